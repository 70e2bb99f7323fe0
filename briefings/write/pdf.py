"""A resolved briefing as sheets of paper, A4 portrait: a PDF with real text, or a picture of each sheet.

The PDF has a title, searchable text, its fonts and a structure: headings, tables, pictures with the sentences that
stand for them, in the order they are read. The foot of a sheet and a table's heading set again are no part of it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import matplotlib as mpl
import matplotlib.lines
import matplotlib.patches
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Text

from briefings.map.fonts import FONT_STYLE, sized_font
from briefings.map.lettering import put_line, wrap_text
from briefings.map.picture import LatePicture, Picture, draw_late
from briefings.map.tagged_pdf import Element, Structure, write_tagged
from briefings.resolve.blocks import BriefingSection, Captions, Resolved, Table, fixed_words, number_captions
from briefings.resolve.tables import column_shares, group_rows, stands_late
from briefings.write.charts import chart_inches, draw_chart

_WIDE, _HIGH, _EDGE, _DPI = 8.27, 11.69, 0.75, 150
_INK, _SOFT, _SHADE = "#14324a", "#56687a", "#e8eef3"
_FEWEST_ROWS = 3  # on the last sheet of a table
_LISTED = 4  # sections from which contents are worth a list
_TOGETHER = 3.0  # inches: a table that is lower is not parted
_WORDS = 1.9  # inches: a figure's heading, value, sentence and the caption of its chart
_MAP_WORDS, _SITE_MAP = 1.2, 4.6  # what stands around a map; a site's map with that
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
            sheet.savefig(drawn, format="png", dpi=_DPI, metadata={"Software": None})
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


def _set(resolved: Resolved) -> _Flow:
    """Set all sheets, things one below the other, none on another."""
    flow, said = _Flow(f"{resolved.title} · {resolved.dated}"), fixed_words(resolved.language)
    flow.text(resolved.title, 22, role="H1")
    flow.text(resolved.subtitle, 12, color=_SOFT)
    flow.text(resolved.dated, 9, color=_SOFT)
    found = [one for one in resolved.sections if one.value]
    if len(found) > 1:
        flow.heading(said["findings"], 15)
        for one in found:
            flow.text(one.value, 13)
            flow.text(one.sentence or one.title, 10)
    if len(resolved.sections) >= _LISTED:
        flow.contents(said["contents"], {one.title: resolved.listed(one.title) for one in resolved.sections})
    if resolved.since:
        flow.heading(said["changes"], 15)
    if resolved.since.table is not None:
        flow.table(resolved.since.table, "")
    for text in resolved.since.beside:
        flow.text(text, 10)
    following = [*map(_room, resolved.sections[1:]), 0.0]
    for section, captioned, after in zip(resolved.sections, number_captions(resolved), following, strict=True):
        role = "H3" if resolved.inside(section.title) else "H2"
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


def _appendix(flow: _Flow, resolved: Resolved, said: dict[str, str]) -> None:
    told = resolved.computed()
    if told or resolved.versions:
        flow.heading(said["appendix"], 15, room=2.4)
        flow.text(f"{said['versions']}: {resolved.used()}", 7, color=_SOFT)
    for name, rows in told:
        flow.heading(name, 11, role="H3", room=min(0.5 + 0.2 * len(rows), 1.6))
        for key, text in rows:
            flow.text(f"{key}: {text}", 8)


def _section(
    flow: _Flow, section: BriefingSection, captioned: Captions, said: dict[str, str], *, alt: str, after: float
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
    source = f"{said['source']}: {section.source}" if section.source else ""
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
        flow.text(captioned.chart, 8.5, color=_SOFT)
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
    high = (_WIDE - 2 * _EDGE) * options.size.height / options.size.width
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
        return (_WIDE - 2 * _EDGE) * size.height / size.width + _MAP_WORDS
    if section.picture is not None:
        return _SITE_MAP
    return chart_inches(section.chart) + _WORDS if section.chart is not None else 1.6


class _Flow:
    """Sets things from the top of a sheet to its bottom, then on the next; places in inches."""

    def __init__(self, foot: str) -> None:
        self.foot, self.sheets, self.y = foot, list[Figure](), 0.0
        self.later = list[tuple[str, Table, str]]()  # long tables, for the end
        self.listed = dict[str, tuple[int, float, Element]]()  # sheet and place of each line of the contents
        self.structure = Structure()
        self.turn()

    def turn(self) -> None:
        """Begin a new sheet."""
        sheet = Figure(figsize=(_WIDE, _HIGH), dpi=_DPI, facecolor="white")
        FigureCanvasAgg(sheet)
        self.sheets.append(sheet)
        self.y = _EDGE
        ems = (_WIDE - 2 * _EDGE - 0.6) * 72 / 7
        self.write((wrap_text(self.foot, ems) or [""])[0], 7, _EDGE, _HIGH - 0.42, _SOFT)

    def number(self, words: str) -> None:
        """Write on each sheet its number of how many."""
        first, between, last = words.split("|")
        for number, sheet in enumerate(self.sheets, 1):
            text = f"{first}{number}{between}{len(self.sheets)}{last}"
            letters = sized_font(7, text)
            right, low = 1 - _EDGE / _WIDE, 0.42 / _HIGH
            sheet.text(right, low, text, fontproperties=letters, color=_SOFT, ha="right", va="top")

    def need(self, inches: float) -> None:
        """Turn the sheet when so much is not left."""
        if self.y + inches > _HIGH - _EDGE and self.y > _EDGE:
            self.turn()

    def write(self, text: str, points: float, x: float, y: float, color: str, *, right: bool = False) -> Text:
        """Write one line on the last sheet, as `put_line`; ``x``, ``y`` are inches."""
        return put_line(self.sheets[-1], text, (x / _WIDE, y / _HIGH), points=points, color=color, right=right)

    def heading(self, text: str, points: float, *, role: str = "H2", room: float = 0.9) -> None:
        """Write a heading that stays with what follows."""
        self.y += 0.14
        self.need(room)
        self.text(text, points, role=role)

    def text(
        self, text: str, points: float, *, color: str = _INK, role: str = "P", within: Element | None = None
    ) -> None:
        """Write a paragraph, which is an element of another or of the document; nothing for an empty one.

        Parameters
        ----------
        text
            The words.
        points
            Height of the letters.
        color
            As matplotlib reads it.
        role
            Of the element.
        within
            What it is an element of.
        """
        if not text:
            return
        element = (within or self.structure.root).within(role)
        each = points * 1.45 / 72
        for line in wrap_text(text, (_WIDE - 2 * _EDGE) * 72 / points - 0.5):
            self.need(each)
            self.structure.show(element, self.write(line, points, _EDGE, self.y, color))
            self.y += each
        self.y += 0.06

    @property
    def left(self) -> float:
        """Inches left on the sheet."""
        return _HIGH - _EDGE - self.y

    @staticmethod
    def high(lines: Sequence[tuple[str, float]]) -> float:
        """Return how high notes (text, points) stand, in inches."""
        ems = (_WIDE - 2 * _EDGE) * 72
        rows = [(len(wrap_text(text, ems / points - 0.5)), points) for text, points in lines if text]
        return sum(count * points * 1.45 / 72 + 0.06 for count, points in rows)

    def together(self, lines: Sequence[tuple[str, float]]) -> None:
        """Write notes (text, points) that a sheet's end does not part."""
        self.need(min(self.high(lines), 2.0))
        for text, points in lines:
            self.text(text, points, color=_SOFT)

    def contents(self, head: str, titles: Mapping[str, str]) -> None:
        """Write a list of headings, by their titles; `reached` writes their pages."""
        self.heading(head, 15)
        whole = self.structure.root.within("TOC")
        for title, words in titles.items():
            line = (wrap_text(words, (_WIDE - 2 * _EDGE - 0.6) * 72 / 10) or [""])[0]
            self.need(10 * 1.45 / 72)
            self.listed[title] = (len(self.sheets) - 1, self.y, item := whole.within("TOCI"))
            self.text(line, 10, within=item)

    def reached(self, title: str) -> None:
        """Write into the contents on which sheet a heading stands; the first of its name counts."""
        if title in self.listed:
            sheet, y, item = self.listed.pop(title)
            at, number = ((_WIDE - _EDGE) / _WIDE, y / _HIGH), str(len(self.sheets))
            written = put_line(self.sheets[sheet], number, at, points=10, color=_INK, right=True)
            self.structure.show(item, written)

    def place(self, height: float, *, alt: str, left: float = 0.0) -> mpl.axes.Axes:
        """Return axes over the width of the sheet, for a picture that a sentence stands for."""
        self.need(height + 0.3)
        box = (_EDGE + left, self.y + 0.3, _WIDE - 2 * _EDGE - left, height - 0.6)
        self.y += height
        return self._axes(box, alt)

    def _axes(self, box: tuple[float, float, float, float], alt: str) -> mpl.axes.Axes:
        """Return axes over a box (left, top, width, height, in inches) of the last sheet."""
        left, top, width, height = box
        axes = self.sheets[-1].add_axes((left / _WIDE, 1 - (top + height) / _HIGH, width / _WIDE, height / _HIGH))
        self.structure.show(self.structure.root.within("Figure", alt=alt), axes)
        return axes

    def picture(self, data: bytes, caption: str, *, alt: str) -> None:
        """Put a picture over the width of the sheet, its caption below."""
        pixels = imread(io.BytesIO(data), format="png")
        width = _WIDE - 2 * _EDGE
        height = width * pixels.shape[0] / pixels.shape[1]
        self.need(height + 0.3)
        axes = self._axes((_EDGE, self.y, width, height), alt)
        axes.imshow(pixels, interpolation="none", aspect="auto")
        axes.set_axis_off()
        self.y += height + 0.04
        self.text(caption, 8.5, color=_SOFT)

    def table(self, table: Table, caption: str) -> None:
        """Write a table, its heading again on every sheet."""
        table = group_rows(table)
        points = 8.0 if len(table.heads) <= 7 else 7.0
        total = _WIDE - 2 * _EDGE
        widths = [share * total for share in column_shares(table, ems=total * 72 / points)]
        rows = [_Row(list(wrapped_row(table.heads, widths, points)), 0.0, shade=True)]
        for i, cells in enumerate(table.rows):
            if i in table.groups:
                spanned = wrap_text(cells[0], total * 72 / points - 1) or [""]
                rows.append(_Row([spanned], 0.0, shade=True, group=True))
            else:
                rows.append(_Row(list(wrapped_row(cells, widths, points)), 0.0, shade=i in table.strong))
        rows = [replace(row, high=max(map(len, row.cells)) * points * 1.35 / 72 + 0.06) for row in rows]
        whole = sum(row.high for row in rows)
        self.need(0.3 + (whole if whole < _TOGETHER else sum(row.high for row in rows[:4])))
        element = self.structure.root.within("Table")
        self.text(caption, 8.5, color=_SOFT, role="Caption", within=element)
        head: _Row | None = None  # of the group that is being written
        for i, row in enumerate(rows):
            head = row if row.group else head
            after = rows[i + 1].high if row.group and i + 1 < len(rows) else 0.0
            last = sum(one.high for one in rows[i:]) if len(rows) - i == _FEWEST_ROWS else 0.0
            if i and self.y + max(row.high + after, last) > _HIGH - _EDGE:
                self.turn()
                self._row(rows[0], table, widths, points)
                if head is not None and not row.group:
                    self._row(head, table, widths, points)
            self._row(
                replace(row, role="TD" if i and not row.group else "TH"), table, widths, points, within=element
            )
        self.y += 0.1

    def _row(
        self, row: _Row, table: Table, widths: Sequence[float], points: float, *, within: Element | None = None
    ) -> None:
        """Write a row, an element of a table; one that is set again is none."""
        element = within.within("TR") if within is not None else Element("TR")
        box = (_EDGE / _WIDE, 1 - (self.y + row.high) / _HIGH, sum(widths) / _WIDE, row.high / _HIGH)
        self.sheets[-1].add_artist(
            mpl.patches.Rectangle(
                box[:2], box[2], box[3], facecolor=_SHADE if row.shade else "none", transform=self._whole
            )
        )
        rule = mpl.lines.Line2D(
            (box[0], box[0] + box[2]), (box[1], box[1]), color="#9aa7b3", lw=0.4, transform=self._whole
        )
        self.sheets[-1].add_artist(rule)
        x = _EDGE
        for lines, width, numeric in zip(row.cells, widths, table.numeric, strict=False):
            cell = element.within(row.role, spans=len(table.heads) if row.group else 1)
            for k, line in enumerate(lines):
                y = self.y + 0.03 + k * points * 1.35 / 72
                right = numeric and not row.group
                at = x + width - 0.05 if right else x + 0.05
                written = self.write(line, points, at, y, _INK, right=right)
                if within is not None:
                    self.structure.show(cell, written)
            x += width
        self.y += row.high

    @property
    def _whole(self) -> mpl.transforms.Transform:
        return self.sheets[-1].transFigure


@dataclass(frozen=True)
class _Row:
    """A row of a table: the lines of its cells, its height in inches; a group's one cell spans the table."""

    cells: list[list[str]]
    high: float
    shade: bool = False
    group: bool = False
    role: str = "TD"


def wrapped_row(row: Sequence[str], widths: Sequence[float], points: float) -> Iterator[list[str]]:
    """Yield the lines of each cell of a row; widths in inches."""
    for text, width in zip(row, widths, strict=True):
        yield wrap_text(text, (width - 0.1) * 72 / points - 0.4) or [""]
