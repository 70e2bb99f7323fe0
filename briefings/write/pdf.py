"""A resolved briefing as sheets of paper, A4 portrait: a PDF with real text, or a picture of each sheet.

The PDF has a title, searchable text, its fonts and a structure: headings, tables, pictures with the sentences that
stand for them, in the order they are read. The foot of a sheet and a table's heading set again are no part of it.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

import matplotlib as mpl
import matplotlib.lines
import matplotlib.patches

from briefings.map.fonts import FONT_STYLE
from briefings.map.picture import LatePicture, Picture, draw_late
from briefings.map.tagged_pdf import write_tagged
from briefings.resolve.blocks import BriefingSection, Captions, Resolved, fixed_words, number_captions
from briefings.resolve.tables import stands_late
from briefings.write.charts import chart_inches, draw_chart
from briefings.write.paper_flow import PAPER_DPI, PAPER_EDGE, PAPER_WIDE, SOFT, PaperFlow

_LISTED = 4  # sections from which contents are worth a list
_WORDS = 1.9  # inches: a figure's heading, value, sentence and the caption of its chart
_MAP_WORDS = 1.2  # what stands around a map
_CHAPTER = 3.5  # inches: a chapter's heading and the beginning of its first item
_CAPTION = 0.45  # a picture's, of two lines
_WHITE, _TALLER = 2.0, 0.6  # inches below a map from which it is drawn higher, by this share of its height at most
_LABELS = 1.9  # inches left of a chart's bars
_LOOK_DPI = 80  # of a page that is only looked at
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STYLE: Any = {**FONT_STYLE, "text.usetex": False, "text.parse_math": False}


def write_paper(resolved: Resolved) -> bytes:
    """Return the briefing as a PDF whose fonts are inside and whose text can be searched."""
    told = {"Title": resolved.title, "Author": "PlanAtlas", "Creator": "PlanAtlas"}
    with mpl.rc_context(_STYLE):
        flow = _set(resolved)
        return write_tagged(flow.sheets, flow.structure, language=resolved.language, told=told)


def page_pictures(resolved: Resolved) -> list[bytes]:
    """Return a small PNG of each sheet, to be looked at before the files are made."""
    out = []
    with mpl.rc_context(_STYLE):
        for sheet in _set(resolved).sheets:
            drawn = io.BytesIO()
            sheet.savefig(drawn, format="png", dpi=_LOOK_DPI, metadata={"Software": None})
            out.append(drawn.getvalue())
    return out


def write_pictures(resolved: Resolved) -> bytes:
    """Return the briefing's sheets as PNG in a zip, with every map on its own and the texts of both."""
    out, said = io.BytesIO(), list[str]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file, mpl.rc_context(_STYLE):
        for number, sheet in enumerate(_set(resolved).sheets, 1):
            drawn = io.BytesIO()
            sheet.savefig(drawn, format="png", dpi=PAPER_DPI, metadata={"Software": None})
            file.writestr(zipfile.ZipInfo(f"sheet-{number:02}.png", _EPOCH), drawn.getvalue())
        for number, (section, captioned) in enumerate(
            zip(resolved.sections, number_captions(resolved), strict=True), 1
        ):
            if section.picture is not None:
                file.writestr(zipfile.ZipInfo(f"map-{number:02}.png", _EPOCH), section.picture.data)
            said += [f"## {section.title}", *_told(section, captioned), ""]
        for name, rows in resolved.computed():
            said += [name, *(f"{k}: {text}" for k, text in rows), ""]
        head = [resolved.title, resolved.subtitle, resolved.dated, resolved.used(), *resolved.since.lines, ""]
        file.writestr(zipfile.ZipInfo("texts.txt", _EPOCH), "\n".join([*head, *said]))
    return out.getvalue()


def _told(section: BriefingSection, captioned: Captions) -> list[str]:
    lines = [
        section.value,
        section.moved,
        section.sentence,
        *section.paragraphs,
        captioned.picture,
        captioned.chart,
    ]
    for table, caption in zip(section.tables, captioned.tables, strict=True):
        lines += [caption, "\t".join(table.heads), *("\t".join(row) for row in table.rows)]
    return [line for line in [*lines, *section.caveats, section.source] if line]


def _set(resolved: Resolved) -> PaperFlow:
    """Set all sheets, things one below the other, none on another."""
    flow, said = (
        PaperFlow(f"{resolved.title} · {resolved.dated}", resolved.language),
        fixed_words(resolved.language),
    )
    flow.text(resolved.title, 22, role="H1")
    flow.text(resolved.subtitle, 12, color=SOFT)
    flow.text(resolved.dated, 9, color=SOFT)
    found = [one for one in resolved.sections if one.value]
    if len(found) > 1:
        flow.heading(said["findings"], 15)
        for one in found:
            flow.text(one.value, 13)
            flow.text(one.sentence or one.title, 10)
    if len(resolved.sections) >= _LISTED:
        words = resolved.contents()
        flow.contents(said["contents"], {one.title: words[one.title] for one in resolved.sections})
    if resolved.since:
        flow.heading(said["changes"], 15)
    if resolved.since.table is not None:
        flow.table(resolved.since.table, "")
    for text in resolved.since.beside:
        flow.text(text, 10)
    following = [*map(_room, resolved.sections[1:]), 0.0]
    for section, captioned, after in zip(resolved.sections, number_captions(resolved), following, strict=True):
        role = "H3" if resolved.inside(section) else "H2"
        points = 19 if section.kind == "chapter" else 15
        flow.heading(section.title, points, role=role, room=_room(section))
        flow.reached(section.title)
        _section(flow, section, captioned, said, alt=resolved.alt(section), after=after)
    for title, table, caption in flow.later:
        flow.heading(f"{said['full']} · {title}", 15, room=2.0)
        flow.table(table, caption)
    _appendix(flow, resolved, said)
    flow.number(said["page_of"])
    return flow


def _appendix(flow: PaperFlow, resolved: Resolved, said: dict[str, str]) -> None:
    told = resolved.computed()
    if told or resolved.versions:
        flow.heading(said["appendix"], 15, room=2.4)
        flow.text(f"{said['versions']}: {resolved.used()}", 7, color=SOFT)
    for name, rows in told:
        flow.heading(name, 11, role="H3", room=min(0.5 + 0.2 * len(rows), 1.6))
        for key, text in rows:
            flow.text(f"{key}: {text}", 8)


def _section(
    flow: PaperFlow, section: BriefingSection, captioned: Captions, said: dict[str, str], *, alt: str, after: float
) -> None:
    """Set one item.

    Parameters
    ----------
    flow
        The sheets.
    section, captioned
        The item, and what its parts are called.
    said
        The fixed words.
    alt
        The sentence that stands for its picture.
    after
        Inches that the next item wants; zero where none follows.
    """
    source = section.sourced(flow.language)
    notes = [*((caveat, 8.0) for caveat in section.caveats), (source, 7.5)]
    for amount in section.amounts:
        flow.text(amount, 16)
    flow.text(section.moved, 10)
    flow.text(section.sentence, 10)
    for text in section.paragraphs:
        flow.text(text, 10)
    if section.picture is not None:
        below = after if section.chart is None and not section.tables else 0.0
        drawn = _filling(section.picture, free=flow.left - flow.high(notes), after=below)
        flow.picture(drawn.data, captioned.picture, alt=alt)
    if section.chart is not None:
        bars = section.chart.kind == "bars"
        high = chart_inches(section.chart) + 0.35
        axes = flow.place(high, alt=section.sentence or section.title, left=_LABELS if bars else 0.2)
        draw_chart(axes, section.chart, points=8, room=_LABELS)
        flow.text(captioned.chart, 8.5, color=SOFT)
    for table, caption in zip(section.tables, captioned.tables, strict=True):
        if stands_late(table, section):
            flow.later.append((section.title, table, caption))
        else:
            flow.table(table, caption)
    flow.together(notes)


def _filling(picture: Picture | LatePicture, *, free: float, after: float) -> Picture | LatePicture:
    """Return a picture: a map is drawn higher where the rest of its sheet would stay white.

    Parameters
    ----------
    picture
        Of an item.
    free
        Inches left for it and its caption.
    after
        Inches that what comes next wants, if it does not find them.
    """
    if not isinstance(picture, LatePicture):
        return picture
    sheet, options = picture.sheet, picture.sheet.options
    high = (PAPER_WIDE - 2 * PAPER_EDGE) * options.size.height / options.size.width
    white = free - high - _CAPTION
    if not _WHITE < white < after:
        return picture
    size = replace(options.size, height=round(options.size.height * (1 + min(white / high, _TALLER))))
    return draw_late(sheet.library, sheet.view, replace(options, size=size), answered=sheet.answered)


def _room(section: BriefingSection) -> float:
    """Return the inches a section's heading wants below it: what it is about begins on its sheet."""
    if section.kind == "chapter":
        return _CHAPTER
    if isinstance(section.picture, LatePicture):
        size = section.picture.sheet.options.size
        return (PAPER_WIDE - 2 * PAPER_EDGE) * size.height / size.width + _MAP_WORDS
    return chart_inches(section.chart) + _WORDS if section.chart is not None else 1.6
