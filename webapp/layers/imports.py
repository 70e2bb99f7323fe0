"""Importing over HTTP: a file comes in parts, is looked at, decided on, and becomes a layer in a worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from layers.errors import BadParameter, OverLimit, UnknownLayer
from layers.imports.datum_parameters import read_parameters
from layers.imports.formats.registry import import_formats
from layers.imports.importer import import_layer
from layers.imports.option_forms import option_form
from layers.imports.options import ImportOptions, parse_options
from layers.imports.preview import preview
from layers.library.ahead import find_ahead
from layers.library.entry import BadLayerId
from layers.library.library import Library
from layers.plan.crosswalk import read_crosswalks
from webapp.accounts.rights import current_person, hidden_layers, require_editor, sees_restricted
from webapp.http.answers import json_answer
from webapp.http.assets import current_assets
from webapp.http.bodies import json_body
from webapp.http.endpoints import HTML, Operation, Parameter, declare_operation
from webapp.http.language import current_language
from webapp.http.page import PAGE_SCRIPTS, answer_page
from webapp.jobs.job import Asker
from webapp.jobs.routes import accept_job, current_jobs, deadline_of
from webapp.layers.upkeep import entry_of
from webapp.layers.uploads import PartOutOfPlace, Upload, Uploads
from webapp.map.frame import plan_map
from webapp.messages import MESSAGES
from webapp.state import current_library, current_settings, current_state

blueprint = Blueprint("imports", __name__)
_UPLOAD = Parameter("upload", "上传编号", "id of the upload", path=True, example="0123456789abcdef01234567")
_LONGEST = 500


def current_uploads() -> Uploads:
    """Return the files waiting."""
    return current_state().uploads


def looked_at(
    opened: Library, progress: Callable[[float, float], None], upload: Upload, wanted: ImportOptions
) -> dict[str, Any]:
    """Look at a file in a worker.

    Parameters
    ----------
    opened
        The plan, in the worker.
    progress
        ``progress(done, total)`` while the file is read.
    upload
        The file.
    wanted
        What was said of the import.
    """
    progress(0, 1)
    return preview(opened, upload.path, wanted, progress=progress, origin=upload.origin)


def import_upload(
    opened: Library, progress: Callable[[float, float], None], upload: Upload, wanted: ImportOptions, who: str
) -> dict[str, Any]:
    """Import a file in a worker.

    Parameters
    ----------
    opened
        The plan, in the worker.
    progress
        ``progress(done, total)``, its steps.
    upload
        The file.
    wanted
        What was said of the import.
    who
        Who imports it.
    """
    report = import_layer(opened, upload.path, wanted, who=who, progress=progress, origin=upload.origin)
    find_ahead(opened, wanted.layer, progress=lambda: progress(0.92, 1))
    return asdict(report)


@blueprint.get("/import")
@declare_operation(Operation("导入图层的页面", "The page for importing layers", "pages", HTML))
def import_page() -> Response:
    """Drop files, look at them on the map, decide, import."""
    chosen, known, found = current_language(), current_library().catalog, current_person()
    parts = plan_map(known.plan, messages=MESSAGES, language=chosen)
    scripts = [current_assets().by_name[name].url for name in (*parts.scripts, *PAGE_SCRIPTS)]
    may = found is not None and "layers:write" in found.scopes
    known_layers = current_library().layers(restricted=sees_restricted()) if may else ()
    layers = [(one.id, one.label[chosen]) for one in known_layers]
    return answer_page(
        "import.html",
        map_body=parts.body,
        scripts=[*scripts, current_assets().add(f"map-{chosen}.js", parts.script).url],
        styles=[
            *(current_assets().by_name[n].url for n in parts.styles),
            current_assets().add("map.css", parts.style).url,
        ],
        may=may,
        config={
            "lang": chosen,
            "urls": {"messages": "/api/messages"},
            "bounds": known.plan.bounds,
            "groups": [(one.id, one.label[chosen]) for one in known.groups.values()],
            "layers": layers,
            "schemes": [[name, name] for name in known.classes] + _others(),
            "imported": [entry_of(one.id) for one in known_layers if not one.file] if found else [],
            "options": option_form(),
            "formats": [
                {"endings": list(one.endings), "zh": one.label.zh, "en": one.label.en} for one in import_formats()
            ],
            "most": current_settings().number("max_upload"),
            "databases": list(current_settings().databases) if may else [],
            "part": min(current_settings().number("max_json"), 4_000_000),
        },
    )


@blueprint.post("/api/uploads")
@declare_operation(
    Operation(
        "开始上传一个文件",
        "Begin to bring a file",
        "import",
        schema="Upload",
        errors=(401, 403, 409, 413, 422),
        body="UploadBegin",
    )
)
def begin() -> Response:
    """Say a file's name and size; its bytes follow in parts.

    Raises
    ------
    BadParameter
        There is no name or no size.
    OverLimit
        The file is too large.
    """
    who, body, most = require_editor().name, json_body(), current_settings().number("max_upload")
    name, size = body.get("name"), body.get("size")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST or type(size) is not int or size < 1:
        raise BadParameter(name="name, size", why_zh="应为文件名和字节数", why_en="a name and bytes are expected")
    if size > most:
        raise OverLimit(limit="upload", seen=size, most=most, setting="max_upload")
    response = _told(current_uploads().begin(name, size, who))
    response.status_code = 201
    return response


@blueprint.put("/api/uploads/<upload>")
@declare_operation(
    Operation(
        "上传文件的一段",
        "One part of a file",
        "import",
        schema="Upload",
        parameters=(_UPLOAD, Parameter("at", "起始字节", "first byte", {"type": "integer"}, example=0)),
        errors=(401, 403, 404, 409, 413, 507),
    )
)
def part(upload: str) -> Response:
    """The bytes from ``at`` on; a part that does not follow is refused and says where to go on.

    Raises
    ------
    BadParameter
        ``at`` is no number.
    """
    found, at = _mine(upload), request.args.get("at", "")
    if not (at.isascii() and at.isdigit() and len(at) < 16):
        raise BadParameter(name="at", why_zh="应为起始字节", why_en="the first byte is expected")
    current_uploads().append(found, int(at), request.get_data())
    return _told(found)


@blueprint.delete("/api/uploads/<upload>")
@declare_operation(
    Operation(
        "移除上传的文件", "Forget a file", "import", schema="Upload", parameters=(_UPLOAD,), errors=(401, 403, 404)
    )
)
def forget(upload: str) -> Response:
    """Nothing of the file is kept."""
    found = _mine(upload)
    response = _told(found)
    current_uploads().remove(found)
    return response


@blueprint.post("/api/uploads/<upload>/preview")
@declare_operation(
    Operation(
        "查看文件内容与可能的坐标系",
        "Look at a file: what it holds, where it would lie",
        "import",
        schema="Job",
        parameters=(_UPLOAD,),
        errors=(401, 403, 404, 409, 422, 503),
        body="Preview",
    )
)
def look(upload: str) -> Response:
    """Start looking at a file; nothing is changed."""
    found, wanted = _whole(upload), _wanted(json_body())
    return accept_job(current_jobs().start(looked_at, found, wanted))


@blueprint.post("/api/uploads/<upload>/import")
@declare_operation(
    Operation(
        "把文件导入为图层或新版本",
        "A file becomes a layer, or a new version of one",
        "import",
        schema="Job",
        parameters=(_UPLOAD,),
        errors=(401, 403, 404, 409, 422, 503),
        body="ImportWanted",
    )
)
def take(upload: str) -> Response:
    """Start the import; the job's rows are its report. The file stays until it is removed or a day has passed."""
    who, found, wanted = require_editor().name, _whole(upload), _wanted(json_body())
    if wanted.layer in hidden_layers():  # as if there were none, and no layer can be made where it is
        raise UnknownLayer(layer=wanted.layer) if wanted.new_version else BadLayerId(found=wanted.layer)
    deadline, memory_b = deadline_of("max_import_seconds"), current_settings().number("max_import_memory")
    return accept_job(
        current_jobs().start(
            import_upload, found, wanted, who, deadline=deadline, memory_b=memory_b, asker=Asker(who)
        )
    )


def _others() -> list[list[str]]:
    """Return the schemes that are mapped to one of the plan's, each with the words of the choice."""
    return [
        [one.scheme, f"{one.scheme} → {one.target}"] for one in read_crosswalks(current_library().folder).values()
    ]


def _mine(key: str) -> Upload:
    return current_uploads().find(key, require_editor().name)


def _whole(key: str) -> Upload:
    found = _mine(key)
    if found.have != found.size:
        raise PartOutOfPlace(have=found.have)
    return found


def plain_upload(upload: Upload) -> dict[str, Any]:
    """Return an upload as it is told; the size of a table still being read is not known."""
    return {"upload": upload.id, "name": upload.name, "size": max(upload.size, 0), "have": upload.have}


def _told(upload: Upload) -> Response:
    response = json_answer(plain_upload(upload))
    response.headers["Cache-Control"] = "no-store"
    return response


def _wanted(body: dict[str, Any]) -> ImportOptions:
    """Return what a request wants; what the plan does not have is refused."""
    found = parse_options(body)
    read_parameters(found.datum_parameters, found.rotation)
    known = current_library().catalog
    if found.group and found.group not in known.groups:
        raise BadParameter(name="group", why_zh="没有此分组", why_en="there is no such group")
    if found.scheme and found.scheme not in {*known.classes, *(name for name, _ in _others())}:
        raise BadParameter(name="scheme", why_zh="没有此分类标准", why_en="there is no such scheme")
    return found
