"""A resolved briefing as sheets of paper, A4 portrait: a PDF with real text, or a picture of each sheet.

The PDF has a title, searchable text, its fonts and a structure: headings, tables, pictures with the sentences that
stand for them, in the order they are read. The foot of a sheet and a table's heading set again are no part of it.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any

import matplotlib as mpl
import matplotlib.lines
import matplotlib.patches

from briefings.map.fonts import FONT_STYLE
from briefings.map.picture import LatePicture, Picture
from briefings.map.tagged_pdf import write_tagged
from briefings.resolve.blocks import BriefingSection, Captions, Resolved, fixed_words, number_captions
from briefings.resolve.conclusions import finding_parts, told_findings, without_conclusions
from briefings.resolve.document_maps import light_drawing, picture_heights, redraw_for_document
from briefings.resolve.tables import stands_late
from briefings.write.charts import chart_inches, draw_chart
from briefings.write.page_fill import fill_pages
from briefings.write.paper_flow import LEAD_POINTS, PAPER_DPI, SOFT, TEXT_HIGH, TEXT_WIDE, PaperFlow

_LISTED = 4  # sections from which contents are worth a list
_WORDS = 4.5 * 72 / 2.54  # points of a sheet, that a picture leaves to its heading, sentence, caption and source
_FINDING, _APART = 13.0, 0.17  # points of a finding's letters; inches between findings
_ENDING = 4  # lines of how a number was made, that end it together
_LABELS = 1.9  # inches left of a chart's bars
_LOOK_DPI = 80  # of a page that is only looked at
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STYLE: Any = {**FONT_STYLE, "text.usetex": False, "text.parse_math": False, "text.hinting": "none"}


def write_paper(resolved: Resolved) -> bytes:
    """Return the briefing as a PDF whose fonts are inside and whose text can be searched."""
    told = {"Title": resolved.title, "Author": "PlanAtlas", "Creator": "PlanAtlas"}
    with mpl.rc_context(_STYLE):
        flow = _set(resolved, drawn=True)
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


def _set(resolved: Resolved, *, drawn: bool = False) -> PaperFlow:
    """Set all sheets, things one below the other: read first, for how the sheets fill, then set so.

    Parameters
    ----------
    resolved
        The briefing.
    drawn
        Whether maps are drawn on the sheets, as a PDF has them, or put there as pictures.
    """
    foot = f"{resolved.title} · {resolved.dated}"
    read = PaperFlow(foot, resolved.language)
    _all(read, resolved, drawn=drawn)
    flow = PaperFlow(foot, resolved.language, fill_pages(read.pieces, TEXT_HIGH * 72 + 0.5))
    _all(flow, resolved, drawn=drawn)
    flow.number(fixed_words(resolved.language)["page_of"])
    return flow


def _all(flow: PaperFlow, resolved: Resolved, *, drawn: bool) -> None:
    """Set the whole briefing."""
    said = fixed_words(resolved.language)
    flow.text(resolved.title, 22, role="H1")
    flow.text(resolved.subtitle, 12, color=SOFT)
    flow.text(resolved.dated, 9, color=SOFT)
    found, resolved = told_findings(resolved), without_conclusions(resolved)
    if found:
        flow.heading(said["findings"], 15)
    for one in found:
        flow.space(_APART)
        flow.text(finding_parts(one), _FINDING)
    if len(resolved.sections) >= _LISTED:
        words = resolved.contents()
        flow.contents(said["contents"], {one.title: words[one.title] for one in resolved.sections})
    if resolved.since:
        flow.heading(said["changes"], 15)
    if resolved.since.table is not None:
        flow.table(resolved.since.table, "")
    for text in resolved.since.beside:
        flow.text(text, 10)
    for section, captioned in zip(resolved.sections, number_captions(resolved), strict=True):
        role = "H3" if resolved.inside(section) else "H2"
        flow.heading(section.title, 19 if section.kind == "chapter" else 15, role=role)
        flow.reached(section.title)
        _section(flow, section, captioned, alt=resolved.alt(section), drawn=drawn)
    for title, table, caption in flow.later:
        flow.heading(f"{said['full']} · {title}", 15)
        flow.table(table, caption)
    _appendix(flow, resolved, said)


def _appendix(flow: PaperFlow, resolved: Resolved, said: dict[str, str]) -> None:
    told = resolved.computed()
    if told or resolved.versions:
        flow.heading(said["appendix"], 15)
        flow.text(f"{said['versions']}: {resolved.used()}", 7, color=SOFT)
    for name, rows in told:
        flow.heading(name, 11, role="H3")
        for at, (key, text) in enumerate(rows):
            flow.text(f"{key}: {text}", 8, kept=at < 2 or len(rows) - _ENDING <= at < len(rows) - 1)


def _section(flow: PaperFlow, section: BriefingSection, captioned: Captions, *, alt: str, drawn: bool) -> None:
    """Set one item: what it is about and its picture together, its source below that, then its tables.

    Parameters
    ----------
    flow
        The sheets.
    section, captioned
        The item, and what its parts are called.
    alt
        The sentence that stands for its picture.
    drawn
        Whether a map is drawn on the sheet.
    """
    shown = section.picture is not None or section.drawn is not None
    followed, source = shown or bool(section.tables), section.sourced(flow.language)
    for amount in section.amounts:
        flow.text(amount, 16, kept=True)
    flow.text(section.lead, LEAD_POINTS, kept=followed)
    for text in section.explained:
        flow.text(text, 10, kept=followed)
    if section.picture is not None:
        _picture(flow, section.picture, alt=alt, drawn=drawn)
        flow.text(captioned.picture, 8.5, color=SOFT, kept=bool(source) or section.drawn is not None)
    if section.drawn is not None:
        bars, high = section.drawn.kind == "bars", chart_inches(section.drawn) + 0.35
        axes = flow.place(
            high, most=high * 2.0, alt=section.sentence or section.title, left=_LABELS if bars else 0.2
        )
        if axes is not None:
            draw_chart(axes, section.drawn, points=8, room=_LABELS)
        flow.text(captioned.chart, 8.5, color=SOFT, kept=bool(source))
    pairs = list(zip(section.tables, captioned.tables, strict=True))
    here = [pair for pair in pairs if not stands_late(pair[0], section)]
    flow.later += [(section.title, *pair) for pair in pairs if pair not in here]
    notes, told = [(caveat, 8.0) for caveat in section.caveats], [(source, 7.5)] if source else []
    if shown and here:  # the source stays with the picture, notes with the table
        flow.notes(told)
        flow.read_on()
    elif shown:
        notes = told + notes
    else:
        notes += told
    for table, caption in here:
        flow.table(table, caption, noted=bool(notes) and table is here[-1][0])
    flow.notes(notes)


def _picture(flow: PaperFlow, picture: Picture | LatePicture, *, alt: str, drawn: bool) -> None:
    """Set a picture: a map is laid out anew for the height it is planned with."""
    high, least, most = (one / 72 for one in picture_heights(picture, TEXT_WIDE * 72, TEXT_HIGH * 72 - _WORDS))
    planned = flow.begun(high + 0.04, kept=True, range_=(least + 0.04, most + 0.04)) - 0.04
    if planned < 0:
        return
    if not isinstance(picture, LatePicture):
        flow.picture(picture.data, planned, alt=alt)
        return
    fitted = redraw_for_document(picture, TEXT_WIDE * 72, planned * 72)
    if drawn and light_drawing(fitted.figure):
        flow.drawing(fitted.figure, alt=alt)
    else:
        flow.picture(fitted.data, planned, alt=alt)
