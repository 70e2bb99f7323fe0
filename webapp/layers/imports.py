"""Importing over HTTP: a file comes in parts, is looked at, decided on, and becomes a layer in a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

from flask import Blueprint, Response, request

from geo.text import Text
from layers.errors import BadParameter, OverLimit
from layers.imports.datum_parameters import CONVENTIONS, read_parameters
from layers.imports.importer import Wanted, import_layer
from layers.imports.preview import preview
from layers.imports.readers.dxf import UNITS
from layers.library.library import Library
from layers.plan.crosswalk import read_crosswalks
from webapp.accounts.rights import editor, person
from webapp.http.answers import json_answer
from webapp.http.assets import assets
from webapp.http.bodies import json_body
from webapp.http.endpoints import HTML, Operation, Parameter, operation
from webapp.http.language import language
from webapp.http.messages import read_messages
from webapp.http.page import PAGE_SCRIPTS, page
from webapp.jobs.routes import accepted, jobs
from webapp.layers.uploads import PartOutOfPlace, Upload, Uploads
from webapp.map.frame import plan_map
from webapp.state import library, settings, state

blueprint = Blueprint("incoming", __name__)
_UPLOAD = Parameter("upload", "上传编号", "id of the upload", path=True, example="0123456789abcdef01234567")
_READ = ("sublayer", "encoding", "unit", "crs", "datum_parameters", "rotation")
_TEXTS = ("label", "source", "licence")
_LONGEST = 500


def uploads() -> Uploads:
    """Return the files waiting."""
    return state().uploads


def looked_at(
    opened: Library, progress: Callable[[float, float], None], upload: Upload, told: dict[str, str]
) -> dict[str, Any]:
    """Look at a file in a worker."""
    progress(0, 1)
    return preview(opened, upload.path, progress=progress, origin=upload.origin, **told)


def imported(
    opened: Library, progress: Callable[[float, float], None], upload: Upload, wanted: Wanted, who: str
) -> dict[str, Any]:
    """Import a file in a worker."""
    report = import_layer(opened, upload.path, wanted, who=who, progress=progress, origin=upload.origin)
    return asdict(report)


@blueprint.get("/import")
@operation(Operation("导入图层的页面", "The page for importing layers", "pages", HTML))
def import_page() -> Response:
    """Drop files, look at them on the map, decide, import."""
    chosen, known, found = language(), library().catalog, person()
    parts = plan_map(known.plan, messages=read_messages(), language=chosen)
    scripts = [assets().by_name[name].url for name in (*parts.scripts, *PAGE_SCRIPTS)]
    layers = [(one.id, one.label[chosen]) for one in library().layers(restricted=True)] if found else []
    return page(
        "import.html",
        map_body=parts.body,
        scripts=[*scripts, assets().add(f"map-{chosen}.js", parts.script).url],
        styles=[*(assets().by_name[n].url for n in parts.styles), assets().add("map.css", parts.style).url],
        may="layers:write" in found.scopes if found else False,
        config={
            "lang": chosen,
            "urls": {"messages": "/api/messages"},
            "bounds": known.plan.bounds,
            "groups": [(one.id, one.label[chosen]) for one in known.groups.values()],
            "layers": layers,
            "schemes": [[name, name] for name in known.classes] + _others(),
            "units": list(UNITS),
            "rotations": list(CONVENTIONS),
            "most": settings().number("max_upload"),
            "databases": list(settings().databases) if found and "layers:write" in found.scopes else [],
            "part": min(settings().number("max_json"), 4_000_000),
        },
    )


@blueprint.post("/api/uploads")
@operation(
    Operation("开始上传一个文件", "Begin to bring a file", "import", schema="Upload",
              errors=(401, 403, 409, 413, 422), body="UploadBegin")
)  # fmt: skip
def begin() -> Response:
    """Say a file's name and size; its bytes follow in parts."""
    who, body, most = editor().name, json_body(), settings().number("max_upload")
    name, size = body.get("name"), body.get("size")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST or type(size) is not int or size < 1:
        raise BadParameter(name="name, size", why_zh="应为文件名和字节数", why_en="a name and bytes are expected")
    if size > most:
        raise OverLimit(limit="upload", seen=size, most=most, setting="max_upload")
    response = _told(uploads().begin(name, size, who))
    response.status_code = 201
    return response


@blueprint.put("/api/uploads/<upload>")
@operation(
    Operation("上传文件的一段", "One part of a file", "import", schema="Upload",
              parameters=(_UPLOAD, Parameter("at", "起始字节", "first byte", {"type": "integer"}, example=0)),
              errors=(401, 403, 404, 409, 413, 507))
)  # fmt: skip
def part(upload: str) -> Response:
    """The bytes from ``at`` on; a part that does not follow is refused and says where to go on."""
    found, at = _mine(upload), request.args.get("at", "")
    if not (at.isascii() and at.isdigit() and len(at) < 16):
        raise BadParameter(name="at", why_zh="应为起始字节", why_en="the first byte is expected")
    uploads().append(found, int(at), request.get_data())
    return _told(found)


@blueprint.delete("/api/uploads/<upload>")
@operation(Operation("移除上传的文件", "Forget a file", "import", schema="Upload", parameters=(_UPLOAD,),
                     errors=(401, 403, 404)))  # fmt: skip
def forget(upload: str) -> Response:
    """Nothing of the file is kept."""
    found = _mine(upload)
    response = _told(found)
    uploads().remove(found)
    return response


@blueprint.post("/api/uploads/<upload>/preview")
@operation(
    Operation("查看文件内容与可能的坐标系", "Look at a file: what it holds, where it would lie", "import",
              schema="Job", parameters=(_UPLOAD,), errors=(401, 403, 404, 409, 422, 503), body="Preview")
)  # fmt: skip
def look(upload: str) -> Response:
    """Start looking at a file; nothing is changed."""
    found, body = _whole(upload), json_body()
    told = {name: _text(body, name) for name in _READ}
    read_parameters(told["datum_parameters"], told["rotation"])
    return accepted(jobs().start(looked_at, found, told))


@blueprint.post("/api/uploads/<upload>/import")
@operation(
    Operation("把文件导入为图层或新版本", "A file becomes a layer, or a new version of one", "import",
              schema="Job", parameters=(_UPLOAD,), errors=(401, 403, 404, 409, 422, 503), body="ImportWanted")
)  # fmt: skip
def take(upload: str) -> Response:
    """Start the import; the job's rows are its report. The file stays until it is removed or a day has passed."""
    who, found = editor().name, _whole(upload)
    seconds = settings().number("max_import_seconds")
    return accepted(jobs().start(imported, found, _wanted(json_body()), who, seconds=seconds))


def _others() -> list[list[str]]:
    """Return the schemes that are mapped to one of the plan's, each with the words of the choice."""
    return [[one.scheme, f"{one.scheme} → {one.target}"] for one in read_crosswalks(library().folder).values()]


def _mine(key: str) -> Upload:
    return uploads().find(key, editor().name)


def _whole(key: str) -> Upload:
    found = _mine(key)
    if found.have != found.size:
        raise PartOutOfPlace(have=found.have)
    return found


def plain(upload: Upload) -> dict[str, Any]:
    """Return an upload as it is told; the size of a table still being read is not known."""
    return {"upload": upload.id, "name": upload.name, "size": max(upload.size, 0), "have": upload.have}


def _told(upload: Upload) -> Response:
    response = json_answer(plain(upload))
    response.headers["Cache-Control"] = "no-store"
    return response


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > _LONGEST or any(c < " " for c in value):
        raise BadParameter(
            name=name, why_zh=f"应为文本，最多 {_LONGEST} 字", why_en=f"text of at most {_LONGEST} characters"
        )
    return value.strip()


def _wanted(body: dict[str, Any]) -> Wanted:
    """Return what a request wants; unknown keys are refused."""
    keys = {f.name for f in fields(Wanted)} - set(_TEXTS)
    keys |= {f"{name}_{lang}" for name in _TEXTS for lang in ("zh", "en")}
    for name in body:
        if name not in keys:
            raise BadParameter(name=name[:60], why_zh="未知", why_en=f"unknown; known: {', '.join(sorted(keys))}")
    names = "swapped", "new_version", "check_tiling"
    switches: dict[str, Any] = {name: body.get(name, False) for name in names}
    if not all(isinstance(v, bool) for v in switches.values()):
        raise BadParameter(name=", ".join(names), why_zh="应为 true 或 false", why_en="true or false")
    texts: dict[str, Any] = {name: _pair(body, name) for name in _TEXTS}
    plain: dict[str, Any] = {
        name: _text(body, name)
        for name in ("layer", "group", "crs", "sublayer", "encoding", "id_field", "class_field", "scheme",
                     "edge_model", "why", "unit", "datum_parameters", "rotation")
    }  # fmt: skip
    if not texts["label"].zh:
        texts["label"] = Text(plain["layer"], plain["layer"])
    if plain["edge_model"] not in ("", "lonlat", "plane"):
        raise BadParameter(name="edge_model", why_zh="应为 lonlat 或 plane", why_en="lonlat or plane")
    read_parameters(plain["datum_parameters"], plain["rotation"])
    known = library().catalog
    if plain["group"] and plain["group"] not in known.groups:
        raise BadParameter(name="group", why_zh="没有此分组", why_en="there is no such group")
    if plain["scheme"] and plain["scheme"] not in {*known.classes, *(name for name, _ in _others())}:
        raise BadParameter(name="scheme", why_zh="没有此分类标准", why_en="there is no such scheme")
    return Wanted(**plain, **switches, **texts)


def _pair(body: dict[str, Any], name: str) -> Text:
    zh, en = _text(body, f"{name}_zh"), _text(body, f"{name}_en")
    return Text(zh or en, en or zh)
