"""Briefings over HTTP: pick views, numbers and text, get slides, documents or pages made in a worker."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Response, request

from briefings.resolve.declaration import (
    Briefing,
    Item,
    ItemKind,
    briefing_marks,
    briefing_text,
    kept_briefings,
    read_briefing,
)
from briefings.resolve.names import check_names
from geo.errors import PlanAtlasError
from geo.text import Text
from layers.errors import BadParameter
from layers.figures.figure import FigureShelf
from layers.figures.question import read_questions
from layers.files import clear_older
from layers.library.library import Library
from layers.plan.statistics import Promises
from layers.plan.views import View
from webapp.accounts.links import UnknownFile
from webapp.accounts.rights import hidden_layers
from webapp.briefings.brought import brought_briefing, template_looked_at
from webapp.figures.routes import readable_figure
from webapp.http.answers import bytes_answer, json_answer
from webapp.http.bodies import json_body
from webapp.http.endpoints import HTML, Operation, Parameter, declare_operation
from webapp.http.kept import Same
from webapp.http.language import current_language
from webapp.http.page import page_once
from webapp.jobs.routes import accept_job, asked_job, current_jobs, deadline_of, look_in_worker, spend
from webapp.state import current_library, current_settings, current_state
from webapp.version import VERSION
from webapp.views.routes import chosen_view, declared_views, open_views

blueprint = Blueprint("briefing_room", __name__)
TYPES = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "toml": "application/toml",
    "png": "image/png",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_FORMATS = ("html", "pdf", "zip", "toml", "pptx", "docx", "pages")  # pages: a small picture of each sheet
_MOST_SITES = 300  # of a layer, offered as dossiers
_ITEMS: dict[str, ItemKind] = {
    "view": "map",
    "state": "map",
    "statistic": "figure",
    "figure": "figure",
    "indicator": "indicator",
    "feature": "dossier",
    "site": "dossier",
    "table": "table",
    "text": "text",
    "chapter": "chapter",
}
_LONGEST_TITLE = 200
_MOST_PICKED, _LONGEST, _DAY = 60, 4000, 86_400
_NAME = Parameter("name", "文件名", "name of the file", example="own.pptx")
_KIND = Parameter("kind", "pptx 或 docx", "pptx or docx", example="pptx")
_FILE = Parameter("file", "文件", "the file", path=True, example="0123456789abcdef.pptx")

_LOOK = Parameter("look", "1 为在浏览器中打开 PDF", "1 opens a PDF in the browser", example="1")


@dataclass(frozen=True)
class BriefingRequest:
    """What a briefing is to hold: its file's text, views that people keep, and the formats it comes out in."""

    declaration: str
    views: tuple[View, ...]
    kinds: tuple[str, ...]
    language: str
    shapes: bool
    template: str
    decimals: int
    address: str = ""


def made_briefing(
    opened: Library, progress: Callable[[float, float], None], wanted: BriefingRequest, out: str
) -> dict[str, Any]:
    """Make a briefing in a worker, in all its formats from one state of the data; a file is whole or not there.

    Parameters
    ----------
    opened
        The plan, in the worker.
    progress
        ``progress(done, total)``.
    wanted
        What was asked for.
    out
        Path of the files, without their endings.
    """
    from briefings.resolve.declaration import briefing_text, read_text  # noqa: PLC0415
    from briefings.resolve.edition import EditionRun, resolve  # noqa: PLC0415
    from briefings.write import formats  # noqa: PLC0415 - matplotlib, in the workers only
    from briefings.write.pdf import page_pictures  # noqa: PLC0415

    briefing = read_text(wanted.declaration)
    shelf = FigureShelf(Path(out).parent.parent / "figures")
    views = {view.id: view for view in wanted.views}
    found = resolve(
        opened,
        briefing,
        run=EditionRun(progress=progress, views=views, decimals=wanted.decimals, address=wanted.address),
        language=wanted.language,
        software=VERSION,
        shelf=shelf,
    )
    kept = replace(briefing, numbers=found.numbers, dossiers=found.dossiers)
    own, files, pages = Path(wanted.template) if wanted.template else None, dict[str, str](), list[str]()
    for kind in wanted.kinds:
        if kind == "pages":
            pages = [_whole(Path(f"{out}.p{n:02}.png"), page) for n, page in enumerate(page_pictures(found), 1)]
            continue
        if kind == "toml":
            data = briefing_text(kept).encode()
        else:
            template = own if own is not None and own.suffix == f".{kind}" else None
            data = formats.write_format(found, kept, kind, template=template, shapes=wanted.shapes)
        files[kind] = _whole(Path(f"{out}.{kind}"), data)
    first = next(iter((*files.values(), *pages)))
    return {"file": first, "files": files, "pages": pages, "changes": list(found.since.lines)}


def _whole(path: Path, data: bytes) -> str:
    """Write a file that is whole or not there; returns its name."""
    part = path.with_name(f".{path.name}")
    part.write_bytes(data)
    part.replace(path)
    return path.name


@blueprint.get("/briefing")
@declare_operation(Operation("做简报的页面", "The page for making a briefing", "pages", HTML))
def briefing_page() -> Response:
    """Pick views and numbers, put them in order, get slides or a document."""
    chosen, opened = current_language(), current_library()
    views = [{"id": v.id, "label": v.title[chosen]} for v in declared_views()]
    views += [{"id": one.id, "label": one.name} for one in open_views()]
    promises = read_questions(opened.folder, hidden=hidden_layers())
    marks = briefing_marks(opened.folder)
    depends = (orjson.dumps(views), Same(promises), marks, opened.marks(restricted=False))
    return page_once("briefing.html", depends, lambda: {"config": _config(opened, views, promises)})


def _config(opened: Library, views: list[dict[str, str]], promises: Promises) -> dict[str, object]:
    """Return what the page for making a briefing offers to pick."""
    chosen = current_language()
    return {
        "lang": chosen,
        "urls": {"messages": "/api/messages"},
        "views": views,
        "statistics": [{"id": s.id, "label": s.label[chosen]} for s in promises.statistics.values()],
        "indicators": [{"id": i.id, "label": i.name[chosen]} for i in promises.indicators.values()],
        "features": [
            {"id": f"{layer.id}/{one.id}", "label": f"{layer.label[chosen]} · {one.name(layer, chosen)}"}
            for snapshot in opened.readable()
            for layer in (snapshot.layer,)
            if layer.search
            for one in snapshot.features[:_MOST_SITES]
        ],
        "briefings": [
            {"id": key, "label": read.title[chosen], "file": briefing_text(read), "draft": _draft(read, chosen)}
            for key in kept_briefings(opened.folder)
            for read in (read_briefing(opened.folder, key),)
        ],
        "cut": [
            snapshot.layer.label[chosen]
            for snapshot in opened.readable()
            if snapshot.layer.search and len(snapshot.features) > _MOST_SITES
        ],
        "sites": _MOST_SITES,
        "title": opened.catalog.plan.title[chosen],
        "most": _MOST_PICKED,
    }


@blueprint.post("/api/briefings")
@declare_operation(
    Operation(
        "生成简报（网页、PDF、PPTX、DOCX 等），返回任务",
        "Make a briefing (page, PDF, PPTX, DOCX and more); answers a job",
        "briefings",
        schema="Job",
        errors=(400, 404, 503),
        body="BriefingWanted",
    ),
    computes=True,
)
def make() -> Response:
    """Start making a briefing; the job's rows name the files, at /briefings/<file> for a day."""
    wanted = _wanted(json_body())
    out = _cleared() / secrets.token_hex(16)
    job = asked_job(made_briefing, wanted, str(out), deadline=deadline_of("max_briefing_seconds"))
    try:
        spend("briefings", "生成简报", "briefings")
    except PlanAtlasError:  # spent; one that finds no place is not counted, for whoever asks tries again
        current_jobs().leave(job)
        raise
    return accept_job(job)


@blueprint.post("/api/briefings/templates")
@declare_operation(
    Operation(
        "上传自己的模板（.pptx、.docx 作为请求正文）",
        "Bring your own template (.pptx, .docx) as the body",
        "briefings",
        schema="Template",
        parameters=(_KIND, _NAME),
        errors=(400, 413),
    ),
    computes=True,
)
def bring_template() -> Response:
    """Check a template and keep it for a day; nothing of a bad one stays.

    Raises
    ------
    BadParameter
        The kind is neither.
    PlanAtlasError
        It cannot be used, or looking at it takes too much; nothing of it stays.
    """
    spend("templates", "上传模板", "templates")
    kind = request.args.get("kind", "")
    if kind not in ("pptx", "docx"):
        raise BadParameter(name="kind", why_zh="应为 pptx 或 docx", why_en="pptx or docx is expected")
    folder = _cleared()
    path = folder / f"{secrets.token_hex(16)}.template.{kind}"
    path.write_bytes(request.get_data())
    try:
        lacks, uses = look_in_worker(
            template_looked_at, str(path), kind, request.args.get("name", "") or path.suffix
        )
    except PlanAtlasError:
        path.unlink(missing_ok=True)
        raise
    told = {"lacks": [asdict(text) for text in lacks], "uses": [asdict(text) for text in uses]}
    return json_answer({"template": path.name, **told})


@blueprint.get("/briefings/<file>")
@declare_operation(
    Operation(
        "生成的简报",
        "A briefing that was made",
        "briefings",
        TYPES["pptx"],
        parameters=(_FILE, _LOOK),
        errors=(404,),
    )
)
def download(file: str) -> Response:
    """The file.

    Raises
    ------
    UnknownFile
        There is none, or not any more.
    """
    path = _folder() / file
    if not re.fullmatch(rf"[0-9a-f]{{32}}(\.p\d{{2,3}})?\.({'|'.join(TYPES)})", file) or not path.is_file():
        raise UnknownFile
    response = bytes_answer(path.read_bytes(), TYPES[path.suffix[1:]])
    how = "inline" if path.suffix in (".pdf", ".png") and request.args.get("look") == "1" else "attachment"
    response.headers["Content-Disposition"] = f'{how}; filename="briefing{path.suffix}"'
    return response


def _folder() -> Path:
    return current_state().instance / "briefings"


def _cleared() -> Path:
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    clear_older(folder, before=time.time() - _DAY)
    return folder


def _wanted(body: dict[str, Any]) -> BriefingRequest:
    kinds, template = _kinds(body), body.get("template", "")
    suits = "|".join(kinds)
    if template and not (
        isinstance(template, str) and re.fullmatch(rf"[0-9a-f]{{32}}\.template\.({suits})", template)
    ):
        words = ", ".join(f".{kind}" for kind in kinds)
        raise BadParameter(name="template", why_zh=f"应为 {words} 模板", why_en=f"a {words} template is expected")
    if template and not (_folder() / template).is_file():
        raise UnknownFile
    briefing = brought_briefing(body["declaration"]) if "declaration" in body else _asked(body)
    known = read_questions(current_library().folder, hidden=hidden_layers())
    named = {item.view: View(id=item.view) for item in briefing.items if item.kind == "map"}  # looked for below
    check_names(briefing, known, named)  # a placeholder that is not known is refused before anything is made
    for item in briefing.items:
        if item.figure:
            readable_figure(item.figure)  # by who asks, and there
    views = tuple(chosen_view(item.view) for item in briefing.items if item.kind == "map" and item.view)
    where = str(_folder() / template) if template else ""
    settings, shapes = current_settings(), body.get("shapes") is True
    decimals, address = settings.number("decimals"), settings.text("public_address")
    return BriefingRequest(
        briefing_text(briefing), views, kinds, current_language(), shapes, where, decimals, address
    )


def _asked(body: dict[str, Any]) -> Briefing:
    given = body.get("items")
    if not isinstance(given, list) or not 0 < len(given) <= _MOST_PICKED:
        why = f"1–{_MOST_PICKED}"
        raise BadParameter(name="items", why_zh=f"应有 {why} 项", why_en=f"{why} items are expected")
    items = []
    promises = read_questions(current_library().folder, hidden=hidden_layers())
    for one in given:
        fields = dict(one) if isinstance(one, dict) else {}
        title = fields.pop("title", "")
        ((what, value),) = fields.items() if len(fields) == 1 else (("", ""),)
        if not isinstance(title, str) or len(title) > _LONGEST_TITLE:
            raise BadParameter(
                name="items.title",
                why_zh=f"应为至多 {_LONGEST_TITLE} 个字符的文本",
                why_en=f"a text of at most {_LONGEST_TITLE} characters is expected",
            )
        if what not in _ITEMS or not isinstance(value, str) or len(value) > _LONGEST:
            words = ", ".join(_ITEMS)
            raise BadParameter(name="items", why_zh=f"每项为 {words} 之一", why_en=f"each is one of {words}")
        for name, known in (("statistic", promises.statistics), ("indicator", promises.indicators)):
            if what == name and value not in known:
                raise BadParameter(
                    name="items", why_zh=f"没有 {name} {value[:40]}", why_en=f"no {name} {value[:40]}"
                )
        if what == "text":
            lines = [line.strip() for line in value.splitlines() if line.strip()]
            items.append(Item("text", Text(title, title), text=tuple(Text(line, line) for line in lines)))
        elif what == "chapter":
            items.append(Item("chapter", Text(value, value)))
        else:
            items.append(_picked(Item(_ITEMS[what], Text(title, title)), what, value))
    texts = {name: body.get(name, "") for name in ("title", "subtitle")}
    if not all(isinstance(t, str) and len(t) <= _LONGEST for t in texts.values()):
        raise BadParameter(name="title, subtitle", why_zh="应为文本", why_en="texts are expected")
    title = texts["title"] or current_library().catalog.plan.title[current_language()]
    subtitle = texts["subtitle"]
    return Briefing("asked", Text(title, title), Text(subtitle, subtitle), tuple(items))


def _picked(item: Item, what: str, value: str) -> Item:
    named = "state" if what == "site" else what  # a drawn site is one of a map's address
    return replace(item, **{named: value})  # type: ignore[arg-type]  # view, state, statistic, figure, indicator or feature


def _kinds(body: dict[str, Any]) -> tuple[str, ...]:
    """Return the formats asked for, each once: those of ``formats``, else the one of ``format``."""
    given = body.get("formats", [body.get("format", "pptx")])
    if (
        not isinstance(given, list)
        or not given
        or not all(isinstance(one, str) and one in _FORMATS for one in given)
    ):
        words = ", ".join(_FORMATS)
        raise BadParameter(name="format", why_zh=f"应为 {words} 之一", why_en=f"it is none of {words}")
    return tuple(dict.fromkeys(given))


def _draft(briefing: Briefing, chosen: str) -> dict[str, Any]:
    """Return a declared briefing as the page edits it, in one language."""
    items = []
    for item in briefing.items:
        if item.kind == "chapter":
            items.append({"kind": "chapter", "value": item.title[chosen], "title": ""})
            continue
        what = next((one for one in _ITEMS if getattr(item, one, "")), "text")
        value = "\n".join(line[chosen] for line in item.text) if what == "text" else getattr(item, what)
        kind = "site" if item.kind == "dossier" and what == "state" else what
        items.append({"kind": kind, "value": value, "title": item.title[chosen]})
    return {"title": briefing.title[chosen], "subtitle": briefing.subtitle[chosen], "items": items}
