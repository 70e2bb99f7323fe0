"""Briefings over HTTP: pick views, numbers and text, get slides or a document made in a worker."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app

from layers.declare import Text
from layers.library import Library
from layers.statistics import read_promises
from layers.views import View
from webapp.access import BadParameter
from webapp.answers import answer
from webapp.endpoints import HTML, Operation, Parameter, operation
from webapp.language import language
from webapp.links import UnknownFile
from webapp.pages import page
from webapp.questions import accepted, jobs, json_body
from webapp.services import library, settings, shelf
from webapp.version import VERSION
from webapp.viewing import chosen_view, saved_views

blueprint = Blueprint("briefing_room", __name__)
TYPES = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_MOST_ITEMS, _LONGEST, _DAY = 60, 4000, 86_400
_FILE = Parameter("file", "文件", "the file", path=True, example="0123456789abcdef.pptx")


@dataclass(frozen=True)
class Wanted:
    """What a briefing is to hold; an item is a view, a statistic or a text."""

    title: str
    subtitle: str
    items: tuple[tuple[str, str], ...]
    views: tuple[View, ...]
    kind: str
    language: str
    shapes: bool


def made(opened: Library, progress: Callable[[float, float], None], wanted: Wanted, out: str) -> dict[str, Any]:
    """Make a briefing in a worker; the file is whole or not there."""
    from briefings.briefing import Briefing, Item, resolve  # noqa: PLC0415 - matplotlib, in the workers only
    from briefings.deck import deck  # noqa: PLC0415
    from briefings.document import document  # noqa: PLC0415

    items = []
    for kind, value in wanted.items:
        if kind == "view":
            items.append(Item("map", view=value))
        elif kind == "statistic":
            items.append(Item("figure", statistic=value))
        else:
            lines = [line.strip() for line in value.splitlines() if line.strip()]
            items.append(Item("text", text=tuple(Text(line, line) for line in lines)))
    briefing = Briefing(
        "asked", Text(wanted.title, wanted.title), Text(wanted.subtitle, wanted.subtitle), tuple(items)
    )
    views = {view.id: view for view in wanted.views}
    found = resolve(
        opened, briefing, language=wanted.language, software=VERSION, progress=progress, views=views,
        shapes=wanted.shapes and wanted.kind == "pptx",
    )  # fmt: skip
    data = (deck if wanted.kind == "pptx" else document)(found, language=wanted.language)
    path = Path(out)
    part = path.with_name(f".{path.name}")
    part.write_bytes(data)
    part.replace(path)
    return {"file": path.name, "figures": found.figures}


@blueprint.get("/briefing")
@operation(Operation("做简报的页面", "The page for making a briefing", "pages", HTML))
def briefing_page() -> Response:
    """Pick views and numbers, put them in order, get slides or a document."""
    chosen, known = language(), library().catalog
    views = [{"id": v.id, "label": v.title[chosen]} for v in known.views.values()]
    views += [{"id": one.id, "label": one.name} for one in saved_views().all()]
    statistics = [
        {"id": s.id, "label": s.label[chosen]} for s in read_promises(library().folder).statistics.values()
    ]
    config = {
        "lang": chosen,
        "urls": {"messages": "/api/messages"},
        "views": views,
        "statistics": statistics,
        "title": known.plan.title[chosen],
        "most": _MOST_ITEMS,
    }
    return page("briefing.html", config=config)


@blueprint.post("/api/briefings")
@operation(
    Operation("生成简报（PPTX、DOCX），返回任务", "Make a briefing (PPTX, DOCX); answers a job", "briefings",
              schema="Job", errors=(400, 404, 503), body="BriefingWanted"),
    computes=True,
)  # fmt: skip
def make() -> Response:
    """Start making a briefing; the job's rows name the file, at /briefings/<file> for a day."""
    wanted = _wanted(json_body())
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in folder.iterdir():
        if time.time() - old.stat().st_mtime > _DAY:
            shutil.rmtree(old, ignore_errors=True) if old.is_dir() else old.unlink(missing_ok=True)
    out = folder / f"{secrets.token_hex(16)}.{wanted.kind}"
    job = jobs().start(made, wanted, str(out), seconds=settings().number("max_import_seconds"))
    keep = shelf()

    def publish(future: Any) -> None:  # noqa: ANN401 - a finished future
        if not future.cancelled() and future.exception() is None:
            for figure in future.result().pop("figures"):
                keep.publish(figure)

    job.future.add_done_callback(publish)
    return accepted(job)


@blueprint.get("/briefings/<file>")
@operation(Operation("生成的简报", "A briefing that was made", "briefings", TYPES["pptx"], parameters=(_FILE,),
                     errors=(404,)))  # fmt: skip
def download(file: str) -> Response:
    """The file."""
    path = _folder() / file
    if not re.fullmatch(r"[0-9a-f]{32}\.(pptx|docx)", file) or not path.is_file():
        raise UnknownFile
    response = answer(path.read_bytes(), TYPES[path.suffix[1:]])
    response.headers["Content-Disposition"] = f'attachment; filename="briefing{path.suffix}"'
    return response


def _folder() -> Path:
    return Path(current_app.root_path).parent / settings().path("instance") / "briefings"


def _wanted(body: dict[str, Any]) -> Wanted:
    kind, given = body.get("format", "pptx"), body.get("items")
    if kind not in TYPES:
        words = ", ".join(TYPES)
        raise BadParameter(name="format", why_zh=f"应为 {words} 之一", why_en=f"it is none of {words}")
    if not isinstance(given, list) or not 0 < len(given) <= _MOST_ITEMS:
        why = f"1–{_MOST_ITEMS}"
        raise BadParameter(name="items", why_zh=f"应有 {why} 项", why_en=f"{why} items are expected")
    items, views = [], []
    statistics = read_promises(library().folder).statistics
    for one in given:
        if not isinstance(one, dict) or len(one) != 1:
            raise BadParameter(
                name="items", why_zh="每项为 view、statistic 或 text", why_en="view, statistic or text"
            )
        ((what, value),) = one.items()
        if what not in ("view", "statistic", "text") or not isinstance(value, str) or len(value) > _LONGEST:
            raise BadParameter(
                name="items", why_zh="每项为 view、statistic 或 text", why_en="view, statistic or text"
            )
        if what == "view":
            views.append(chosen_view(value if value != "map" else ""))
        if what == "statistic" and value not in statistics:
            raise BadParameter(name="items", why_zh=f"没有统计 {value[:40]}", why_en=f"no statistic {value[:40]}")
        items.append((what, value))
    texts = {name: body.get(name, "") for name in ("title", "subtitle")}
    if not all(isinstance(t, str) and len(t) <= _LONGEST for t in texts.values()):
        raise BadParameter(name="title, subtitle", why_zh="应为文本", why_en="texts are expected")
    title = texts["title"] or library().catalog.plan.title[language()]
    return Wanted(
        title, texts["subtitle"], tuple(items), tuple(views), kind, language(), body.get("shapes") is True
    )
