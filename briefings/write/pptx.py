"""A resolved briefing as slides: sharp map pictures, native tables and charts with editable data, sources."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import PP_ALIGN
from pptx.util import Emu, Inches, Pt

from briefings.map.fonts import drawable
from briefings.map.lettering import wrapped
from briefings.resolve.blocks import BriefingSection, Captions, Chart, Resolved, Table, captions, words
from briefings.resolve.tables import column_shares
from briefings.write.pptx_charts import add_chart
from briefings.write.pptx_shapes import add_shapes, described, typeface

_WIDTH, _HEIGHT = Inches(13.333), Inches(7.5)
_INK, _SOFT, _WHITE = (RGBColor.from_string(code) for code in ("14324A", "56687A", "FFFFFF"))
_BESIDE = 4  # columns of a table that fits beside a picture
_TOP, _FLOOR, _LINE = 0.145, 0.855, 1.32
Box = tuple[float, float, float, float]


def deck(resolved: Resolved, *, template: Path | None = None, shapes: bool = False) -> bytes:
    """Return the briefing as a .pptx.

    Parameters
    ----------
    resolved
        The briefing on one state of the data.
    template
        The user's own .pptx whose master and size are kept; its slides are not.
    shapes
        Whether each map comes a second time as shapes that can be edited.
    """
    show = Presentation(str(template) if template else None)
    if template is None:
        show.slide_width, show.slide_height = _WIDTH, _HEIGHT
    else:
        for slide_id in list(show.slides._sldIdLst):
            show.part.drop_rel(slide_id.rId)
            show.slides._sldIdLst.remove(slide_id)
    maker = _Maker(show, resolved, shapes=shapes)
    maker.cover()
    for section, captioned in zip(resolved.sections, captions(resolved), strict=True):
        maker.section(section, captioned)
    maker.appendix()
    show.core_properties.author, show.core_properties.title = "PlanAtlas", resolved.title
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


class _Maker:
    """Puts slides into a presentation; all positions are parts of the slide's size."""

    def __init__(self, show: Any, resolved: Resolved, *, shapes: bool) -> None:  # noqa: ANN401 - pptx has no types
        self.show, self.resolved, self.shapes = show, resolved, shapes
        self.words = words(resolved.language)
        self.wide, self.high = show.slide_width, show.slide_height
        self.scale = min(self.wide / _WIDTH, self.high / _HEIGHT)  # of letters, on a smaller slide
        layouts = list(show.slide_layouts)
        self.layout = min(layouts, key=lambda one: len(list(one.placeholders)))

    def at(self, left: float, top: float, width: float, height: float) -> tuple[Emu, Emu, Emu, Emu]:
        """Return a box given as parts of the slide.

        Parameters
        ----------
        left, top, width, height
            Parts of the slide's width and height, 0 to 1.
        """
        wide, high = self.wide, self.high
        return Emu(int(left * wide)), Emu(int(top * high)), Emu(int(width * wide)), Emu(int(height * high))

    def slide(self, title: str) -> Any:  # noqa: ANN401
        """Add a slide with its title on one line or two."""
        made = self.show.slides.add_slide(self.layout)
        for placeholder in list(made.placeholders):
            placeholder._element.getparent().remove(placeholder._element)
        if title:
            size = 26 if len(self.broken(title, 26, 0.92)) < 2 else 17
            self.text(made, (0.04, 0.025, 0.92, 0.1), self.broken(title, size, 0.92)[:2], size=size, name="title")
        return made

    def broken(self, text: str, size: float, width: float) -> list[str]:
        """Return text in lines that fit a part of the slide's width."""
        return wrapped(text, width * self.wide / Pt(1) / (size * self.scale) * 0.93 - 1)

    def text(self, slide: Any, box: Box, lines: Sequence[str], *, size: float, color: Any = _INK,  # noqa: ANN401
             name: str = "text") -> float:  # fmt: skip
        """Write lines into a box, shortened to what fits; returns where the next thing may stand.

        Parameters
        ----------
        slide
            Where to.
        box
            Left, top, width, height as parts of the slide.
        lines
            One paragraph each.
        size
            Height of the letters in points.
        color
            Of the letters.
        name
            Of the shape, as the selection pane shows it.
        """
        shape = slide.shapes.add_textbox(*self.at(*box))
        shape.name = name
        frame = shape.text_frame
        frame.word_wrap = True
        frame.margin_top = frame.margin_bottom = 0
        each = size * self.scale * _LINE * Pt(1) / self.high
        room, used = max(int(box[3] / each + 1e-6), 1), 0
        for line in lines:
            shown, parts = line, self.broken(line, size, box[2]) or [""]
            if used >= room:
                break
            if used + len(parts) > room:
                shown = "".join(parts[: room - used]).rstrip()[:-1] + "…"
            paragraph = frame.paragraphs[0] if used == 0 else frame.add_paragraph()
            run = paragraph.add_run()
            run.text = shown
            typeface(run, size * self.scale, color)
            used += len(parts)
        height = min(used, room) * each
        shape.height = Emu(int(height * self.high))
        return float(box[1] + height)

    def cover(self) -> None:
        """Make the first slide."""
        slide, found = self.slide(""), self.resolved
        self.text(slide, (0.08, 0.3, 0.84, 0.22), [found.title], size=38, name="title")
        self.text(slide, (0.08, 0.53, 0.84, 0.14), [found.subtitle], size=18, color=_SOFT)
        self.text(slide, (0.08, 0.82, 0.84, 0.05), [found.dated], size=12, color=_SOFT)
        self.text(
            slide, (0.08, 0.87, 0.84, 0.09), [f"{self.words['versions']}: {found.used()}"], size=9, color=_SOFT
        )

    def section(self, section: BriefingSection, captioned: Captions) -> None:
        """Make the slides of one item."""
        slide = self.slide(section.title)
        top = _TOP
        if section.value:
            top = self.text(slide, (0.04, top, 0.92, 0.08), [section.value], size=28, name="value") + 0.005
        if section.moved:
            top = self.text(slide, (0.04, top, 0.92, 0.05), [section.moved], size=13, name="moved") + 0.005
        if section.sentence:
            top = self.text(slide, (0.04, top, 0.92, 0.11), [section.sentence], size=13, color=_SOFT) + 0.01
        if section.kind == "text":
            lines = [f"• {line}" for line in section.paragraphs]
            size = 20 if sum(len(self.broken(line, 20, 0.88)) for line in lines) < 16 else 13
            self.text(slide, (0.06, top, 0.88, _FLOOR - top), lines, size=size)
        elif section.paragraphs:
            top = self.text(slide, (0.04, top, 0.92, 0.12), section.paragraphs, size=12) + 0.01
        tables = list(zip(section.tables, captioned.tables, strict=True))
        shown = section.picture is not None or section.chart is not None
        beside = shown and bool(tables) and len(tables[0][0].heads) <= _BESIDE
        box = (0.04, top, 0.45 if beside else 0.92, _FLOOR - top)
        if section.picture is not None:
            self.picture(slide, section, captioned.picture, box)
        if section.chart is not None:
            self.chart(slide, section.chart, captioned.chart, section, box)
        first: Any = None if shown and not beside else slide
        for table, caption in tables:
            self.tables(first, section, table, caption, (0.51, top, 0.45) if beside else (0.04, top, 0.92))
            first, beside, top = None, False, _TOP
        foot = [*section.caveats[:3], *([f"{self.words['source']}: {section.source}"] if section.source else [])]
        if foot:
            self.text(slide, (0.04, 0.865, 0.92, 0.125), foot, size=9, color=_SOFT, name="source")
        if self.shapes and section.view and section.library:
            self.editable(section)
        said = [
            section.value,
            section.sentence,
            section.moved,
            *section.paragraphs,
            *section.caveats,
            section.source,
        ]
        slide.notes_slide.notes_text_frame.text = "\n".join(text for text in said if text)

    def picture(self, slide: Any, section: BriefingSection, caption: str, box: Box) -> None:  # noqa: ANN401
        """Put a map as large as its box allows, its caption below.

        Parameters
        ----------
        slide
            Where to.
        section
            The map, with its text for who cannot see it.
        caption
            The line below.
        box
            Left, top, width, height as parts of the slide.
        """
        if section.picture is None:
            return
        left, top, width, height = self.at(box[0], box[1], box[2], box[3] - 0.035)
        placed = slide.shapes.add_picture(io.BytesIO(section.picture.data), left, top, height=height)
        if placed.width > width:
            placed.width, placed.height = width, Emu(int(placed.height * width / placed.width))
        placed.left = Emu(left + (width - placed.width) // 2)
        described(placed, self.resolved.alt(section))
        under = (placed.top + placed.height) / self.high + 0.004
        self.text(slide, (box[0], under, box[2], 0.03), [caption], size=9, color=_SOFT, name="caption")

    def editable(self, section: BriefingSection) -> None:
        """Add a slide with the map as shapes that can be edited."""
        if section.view is None or section.library is None:
            return
        slide = self.slide(f"{section.title} · {self.words['shapes']}")
        left, top, width, height = self.at(0.04, 0.14, 0.92, 0.78)
        _, rest = add_shapes(slide, section.library, section.view, (left, top, width, height),
                             language=self.resolved.language)  # fmt: skip
        foot = [section.source] if not rest else [self.words["left"].format(left=rest), section.source]
        self.text(slide, (0.04, 0.93, 0.92, 0.06), foot, size=9, color=_SOFT, name="source")

    def chart(self, slide: Any, chart: Chart, caption: str, section: BriefingSection, box: Box) -> None:  # noqa: ANN401
        """Put a native chart whose data can be edited.

        Parameters
        ----------
        slide
            Where to.
        chart
            Names, values and unit.
        caption
            The line above.
        section
            What the chart is of.
        box
            Left, top, width, height as parts of the slide.
        """
        place = self.at(box[0], box[1], box[2], box[3] - 0.035)
        alt = drawable(f"{section.sentence or section.title}", longest=300)
        add_chart(slide, chart, place, scale=self.scale, alt=alt)
        self.text(
            slide, (box[0], box[1] + box[3] - 0.03, box[2], 0.03), [caption], size=9, color=_SOFT, name="caption"
        )

    def tables(self, slide: Any, section: BriefingSection, table: Table, caption: str,  # noqa: ANN401
               place: tuple[float, float, float]) -> None:  # fmt: skip
        """Put a native table, on as many slides as it takes; its caption above.

        Parameters
        ----------
        slide
            The first slide; more are added.
        section
            What the table is of.
        table
            Headings and rows of texts.
        caption
            The line above, repeated on each slide.
        place
            Left, top and width as parts of the slide.
        """
        left, top, width = place
        rows = list(range(len(table.rows)))
        while rows:
            if slide is None:
                slide = self.slide(section.title + ("" if rows[0] == 0 else self.words["continued"]))
            size = 9.5 if len(table.heads) <= 6 else 8.0
            shares = column_shares(table)
            heights = [self.row_height(table.rows[i], shares, width, size=size) for i in rows]
            room = _FLOOR - top - 0.035 - self.row_height(table.heads, shares, width, size=size)
            fit = 0
            while fit < len(rows) and heights[fit] <= room:
                room -= heights[fit]
                fit += 1
            self.text(slide, (left, top, width, 0.03), [caption], size=9, color=_SOFT, name="caption")
            self.table(slide, section, table, rows[: max(fit, 1)], (left, top + 0.033, width, size))
            rows = rows[max(fit, 1) :]
            slide, left, top, width = None, 0.04, _TOP, 0.92

    def row_height(self, row: Sequence[str], shares: Sequence[float], width: float, *, size: float) -> float:
        """Return how high a row gets, as a part of the slide.

        Parameters
        ----------
        row
            Its cells.
        shares
            Each column's part of the width.
        width
            Of the table, as a part of the slide's.
        size
            Height of the letters in points.
        """
        pairs = zip(row, shares, strict=True)
        lines = max((len(self.broken(t, size, s * width - 0.012)) for t, s in pairs), default=1)
        return float((max(lines, 1) * size * self.scale * 1.25 + 4) * Pt(1) / self.high)

    def table(self, slide: Any, section: BriefingSection, table: Table, rows: list[int], place: Box) -> None:  # noqa: ANN401
        """Put some rows of a table on a slide.

        Parameters
        ----------
        slide
            Where to.
        section
            What the table is of.
        table
            Headings and rows of texts.
        rows
            Positions of the rows to put.
        place
            Left, top, width, height as parts of the slide.
        """
        (left, top, width, size), shares = place, column_shares(table)
        body = [table.heads, *(table.rows[i] for i in rows)]
        high = [self.row_height(row, shares, width, size=size) for row in body]
        graphic = slide.shapes.add_table(len(body), len(table.heads), *self.at(left, top, width, sum(high)))
        described(graphic, drawable(f"{section.title}: {', '.join(table.heads)}", longest=300))
        for c, share in enumerate(shares):
            graphic.table.columns[c].width = Emu(int(share * width * self.wide))
        for r, row in enumerate(body):
            graphic.table.rows[r].height = Emu(int(high[r] * self.high))
            for c, text in enumerate(row):
                cell = graphic.table.cell(r, c)
                cell.margin_top = cell.margin_bottom = Pt(1.5)
                cell.margin_left = cell.margin_right = Pt(4)
                paragraph = cell.text_frame.paragraphs[0]
                if table.numeric[c]:
                    paragraph.alignment = PP_ALIGN.RIGHT
                run = paragraph.add_run()
                run.text = text
                run.font.bold = r == 0 or rows[r - 1] in table.strong
                typeface(run, size * self.scale, _WHITE if r == 0 else _INK)

    def appendix(self) -> None:
        """Say what changed and how each number was computed, two on a slide."""
        if self.resolved.changes:
            lines = [f"• {text}" for text in self.resolved.changes]
            for i in range(0, len(lines), 18):
                slide = self.slide(self.words["changes"])
                self.text(slide, (0.05, _TOP, 0.9, 0.8), lines[i : i + 18], size=14)
        told = self.resolved.computed()
        for i in range(0, len(told), 2):
            slide = self.slide(self.words["appendix"])
            for j, (name, rows) in enumerate(told[i : i + 2]):
                lines = [name, *(f"{k}: {text}" for k, text in rows)]
                taken = sum(len(self.broken(line, 10, 0.45)) for line in lines)
                size = 10 if taken <= 32 else 7.5
                self.text(slide, (0.04 + 0.47 * j, 0.13, 0.45, 0.84), lines, size=size)
