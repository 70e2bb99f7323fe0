"""A resolved briefing as sheets of paper, A4 portrait: a PDF with real text, or a picture of each sheet."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.image import imread

from briefings.map.fonts import font
from briefings.map.lettering import wrapped
from briefings.resolve.blocks import BriefingSection, Captions, Resolved, Table, captions, words
from briefings.resolve.tables import column_shares
from briefings.write.charts import chart_inches, draw_chart

_WIDE, _HIGH, _EDGE, _DPI = 8.27, 11.69, 0.75, 150
_INK, _SOFT, _SHADE = "#14324a", "#56687a", "#e8eef3"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STYLE: Any = {"pdf.fonttype": 42, "text.usetex": False, "text.parse_math": False}


def paper(resolved: Resolved) -> bytes:
    """Return the briefing as a PDF whose fonts are inside and whose text can be searched."""
    out = io.BytesIO()
    told = {"Title": resolved.title, "Author": "PlanAtlas", "Creator": "PlanAtlas", "CreationDate": None}
    with mpl.rc_context(_STYLE), PdfPages(out, metadata=told) as book:
        for sheet in _sheets(resolved):
            book.savefig(sheet)
    return out.getvalue()


def pictures(resolved: Resolved) -> bytes:
    """Return the briefing's sheets as PNG in a zip, with every map on its own and the texts of both."""
    out, said = io.BytesIO(), list[str]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file, mpl.rc_context(_STYLE):
        for number, sheet in enumerate(_sheets(resolved), 1):
            drawn = io.BytesIO()
            sheet.savefig(drawn, format="png", dpi=_DPI, metadata={"Software": None})
            file.writestr(zipfile.ZipInfo(f"sheet-{number:02}.png", _EPOCH), drawn.getvalue())
        for number, (section, captioned) in enumerate(zip(resolved.sections, captions(resolved), strict=True), 1):
            if section.picture is not None:
                file.writestr(zipfile.ZipInfo(f"map-{number:02}.png", _EPOCH), section.picture.data)
            said += [f"## {section.title}", *_told(section, captioned), ""]
        for name, rows in resolved.computed():
            said += [name, *(f"{k}: {text}" for k, text in rows), ""]
        head = [resolved.title, resolved.subtitle, resolved.dated, resolved.used(), *resolved.changes, ""]
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


def _sheets(resolved: Resolved) -> list[Figure]:
    """Return all sheets, things one below the other, none on another."""
    flow, said = _Flow(f"{resolved.title} · {resolved.dated}"), words(resolved.language)
    flow.text(resolved.title, 22)
    flow.text(resolved.subtitle, 12, color=_SOFT)
    flow.text(resolved.dated, 9, color=_SOFT)
    flow.text(f"{said['versions']}: {resolved.used()}", 7, color=_SOFT)
    if resolved.changes:
        flow.heading(said["changes"], 15)
        for text in resolved.changes:
            flow.text(text, 10)
    for section, captioned in zip(resolved.sections, captions(resolved), strict=True):
        _section(flow, section, captioned, said)
    told = resolved.computed()
    if told:
        flow.heading(said["appendix"], 15)
    for name, rows in told:
        flow.heading(name, 11)
        for key, text in rows:
            flow.text(f"{key}: {text}", 8)
    return flow.sheets


def _section(flow: _Flow, section: BriefingSection, captioned: Captions, said: dict[str, str]) -> None:
    flow.heading(section.title, 15, room=4.6 if section.picture else 1.6)
    flow.text(section.value, 16)
    flow.text(section.moved, 10)
    flow.text(section.sentence, 10)
    for text in section.paragraphs:
        flow.text(text, 10)
    if section.picture is not None:
        flow.picture(section.picture.data, captioned.picture)
    if section.chart is not None:
        axes = flow.place(chart_inches(section.chart) + 0.35, left=1.9 if section.chart.kind == "bars" else 0.2)
        draw_chart(axes, section.chart, points=8)
        flow.text(captioned.chart, 8.5, color=_SOFT)
    for table, caption in zip(section.tables, captioned.tables, strict=True):
        flow.table(table, caption)
    for caveat in section.caveats:
        flow.text(caveat, 8, color=_SOFT)
    if section.source:
        flow.text(f"{said['source']}: {section.source}", 7.5, color=_SOFT)


class _Flow:
    """Sets things from the top of a sheet to its bottom, then on the next; places in inches."""

    def __init__(self, foot: str) -> None:
        self.foot, self.sheets, self.y = foot, list[Figure](), 0.0
        self.turn()

    def turn(self) -> None:
        """Begin a new sheet."""
        sheet = Figure(figsize=(_WIDE, _HIGH), dpi=_DPI, facecolor="white")
        FigureCanvasAgg(sheet)
        self.sheets.append(sheet)
        self.y = _EDGE
        ems = (_WIDE - 2 * _EDGE - 0.6) * 72 / 7
        self.write((wrapped(self.foot, ems) or [""])[0], 7, _EDGE, _HIGH - 0.42, _SOFT)
        self.write(str(len(self.sheets)), 7, _WIDE - _EDGE, _HIGH - 0.42, _SOFT, right=True)

    def need(self, inches: float) -> None:
        """Turn the sheet when so much is not left."""
        if self.y + inches > _HIGH - _EDGE and self.y > _EDGE:
            self.turn()

    def write(self, text: str, points: float, x: float, y: float, color: str, *, right: bool = False) -> None:
        """Write one line with its upper edge at a place.

        Parameters
        ----------
        text
            One line.
        points
            Height of the letters.
        x, y
            Left (or right) and upper edge, in points from the sheet's upper left corner.
        color
            As matplotlib reads it.
        right
            Whether ``x`` is the right edge.
        """
        self.sheets[-1].text(
            x / _WIDE,
            1 - y / _HIGH,
            text,
            fontproperties=font(points, text),
            color=color,
            va="top",
            ha="right" if right else "left",
        )

    def heading(self, text: str, points: float, *, room: float = 0.9) -> None:
        """Write a heading that stays with what follows."""
        self.y += 0.14
        self.need(room)
        self.text(text, points)

    def text(self, text: str, points: float, *, color: str = _INK) -> None:
        """Write a paragraph; nothing for an empty one."""
        each = points * 1.45 / 72
        for line in wrapped(text, (_WIDE - 2 * _EDGE) * 72 / points - 0.5) if text else ():
            self.need(each)
            self.write(line, points, _EDGE, self.y, color)
            self.y += each
        self.y += 0.06 if text else 0

    def place(self, height: float, *, left: float = 0.0) -> mpl.axes.Axes:
        """Return axes over the width of the sheet."""
        self.need(height + 0.3)
        box = (_EDGE + left, self.y + 0.3, _WIDE - 2 * _EDGE - left, height - 0.6)
        self.y += height
        return self.sheets[-1].add_axes(
            (box[0] / _WIDE, 1 - (box[1] + box[3]) / _HIGH, box[2] / _WIDE, box[3] / _HIGH)
        )

    def picture(self, data: bytes, caption: str) -> None:
        """Put a picture over the width of the sheet, its caption below."""
        pixels = imread(io.BytesIO(data), format="png")
        width = _WIDE - 2 * _EDGE
        height = width * pixels.shape[0] / pixels.shape[1]
        self.need(height + 0.3)
        box = (_EDGE / _WIDE, 1 - (self.y + height) / _HIGH, width / _WIDE, height / _HIGH)
        axes = self.sheets[-1].add_axes(box)
        axes.imshow(pixels, interpolation="none", aspect="auto")
        axes.set_axis_off()
        self.y += height + 0.04
        self.text(caption, 8.5, color=_SOFT)

    def table(self, table: Table, caption: str) -> None:
        """Write a table, its heading again on every sheet."""
        points = 8.0 if len(table.heads) <= 6 else 6.5
        total = _WIDE - 2 * _EDGE
        widths = [share * total for share in column_shares(table)]
        cells = [
            [wrapped(t, (w - 0.1) * 72 / points - 0.4) or [""] for t, w in zip(row, widths, strict=True)]
            for row in (table.heads, *table.rows)
        ]
        high = [max(map(len, row)) * points * 1.35 / 72 + 0.06 for row in cells]
        self.need(0.3 + sum(high[:3]))
        self.text(caption, 8.5, color=_SOFT)
        for i in range(len(cells)):
            if i and self.y + high[i] > _HIGH - _EDGE:
                self.turn()
                self._row(cells[0], table, widths, high[0], points, shade=True)
            self._row(cells[i], table, widths, high[i], points, shade=i == 0 or i - 1 in table.strong)
        self.y += 0.1

    def _row(
        self,
        row: Sequence[list[str]],
        table: Table,
        widths: Sequence[float],
        high: float,
        points: float,
        *,
        shade: bool,
    ) -> None:
        box = (_EDGE / _WIDE, 1 - (self.y + high) / _HIGH, sum(widths) / _WIDE, high / _HIGH)
        self.sheets[-1].add_artist(
            mpl.patches.Rectangle(
                box[:2],
                box[2],
                box[3],
                facecolor=_SHADE if shade else "none",
                edgecolor="#9aa7b3",
                lw=0.4,
                transform=self.sheets[-1].transFigure,
            )
        )
        x = _EDGE
        for lines, width, numeric in zip(row, widths, table.numeric, strict=True):
            for k, line in enumerate(lines):
                y = self.y + 0.03 + k * points * 1.35 / 72
                self.write(line, points, x + width - 0.05 if numeric else x + 0.05, y, _INK, right=numeric)
            x += width
        self.y += high
