"""A resolved briefing as slides: sharp map pictures, native tables and charts with editable data, sources."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from briefings.briefing import Resolved, Section, shown
from briefings.fonts import drawable
from briefings.shapes import add_shapes
from briefings.tables import cells, chart_rows, headings, notes
from layers.figures import Figure
from layers.library import Library
from layers.views import View

_WIDTH, _HEIGHT = Inches(13.333), Inches(7.5)
_INK, _SOFT, _WHITE = (RGBColor.from_string(code) for code in ("14324A", "56687A", "FFFFFF"))
_LATIN, _EAST_ASIAN = "Arial", "Microsoft YaHei"
_ROWS = 12  # of a table on one slide
_BESIDE = 4  # columns of a table that fits beside a chart


def deck(resolved: Resolved, *, language: str, template: Path | None = None) -> bytes:
    """Return the briefing as a .pptx.

    Parameters
    ----------
    resolved
        The briefing on one state of the data.
    language
        ``zh`` or ``en``.
    template
        The user's own .pptx whose master and size are kept; its slides are not.
    """
    show = Presentation(str(template) if template else None)
    if template is None:
        show.slide_width, show.slide_height = _WIDTH, _HEIGHT
    else:
        for slide_id in list(show.slides._sldIdLst):
            show.part.drop_rel(slide_id.rId)
            show.slides._sldIdLst.remove(slide_id)
    maker = _Maker(show, language)
    maker.cover(resolved)
    for section in resolved.sections:
        maker.section(section)
    maker.appendix(resolved)
    show.core_properties.author, show.core_properties.title = "PlanAtlas", resolved.title
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


class _Maker:
    """Puts slides into a presentation; all positions follow the slide's size."""

    def __init__(self, show: Any, language: str) -> None:  # noqa: ANN401 - pptx has no types
        self.show, self.language = show, language
        self.wide, self.high = show.slide_width, show.slide_height
        layouts = list(show.slide_layouts)
        self.layout = min(layouts, key=lambda one: len(list(one.placeholders)))

    def at(self, left: float, top: float, width: float, height: float) -> tuple[Emu, Emu, Emu, Emu]:
        """Return a box given as parts of the slide."""
        wide, high = self.wide, self.high
        return Emu(int(left * wide)), Emu(int(top * high)), Emu(int(width * wide)), Emu(int(height * high))

    def slide(self, title: str) -> Any:  # noqa: ANN401
        made = self.show.slides.add_slide(self.layout)
        for placeholder in list(made.placeholders):
            placeholder._element.getparent().remove(placeholder._element)
        self.text(made, (0.04, 0.03, 0.92, 0.09), [title], size=26, color=_INK, name="title")
        return made

    def text(
        self,
        slide: Any,  # noqa: ANN401
        box: tuple[float, float, float, float],
        lines: list[str],
        *,
        size: float,
        color: Any = _INK,  # noqa: ANN401
        name: str = "text",
    ) -> Any:  # noqa: ANN401
        """Write lines into a box, each run with its East-Asian typeface."""
        shape = slide.shapes.add_textbox(*self.at(*box))
        shape.name = name
        frame = shape.text_frame
        frame.word_wrap = True
        for i, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
            run = paragraph.add_run()
            run.text = line
            _typeface(run, size, color)
        return shape

    def cover(self, resolved: Resolved) -> None:
        """Make the first slide."""
        slide = self.slide("")
        self.text(slide, (0.08, 0.32, 0.84, 0.2), [resolved.title], size=40, name="title")
        self.text(slide, (0.08, 0.52, 0.84, 0.1), [resolved.subtitle], size=18, color=_SOFT)
        self.text(slide, (0.08, 0.86, 0.84, 0.06), [resolved.dated], size=12, color=_SOFT)

    def section(self, section: Section) -> None:
        """Make the slides of one item."""
        slide = self.slide(section.title)
        if section.picture:
            box = self.at(0.04, 0.13, 0.92, 0.83)
            placed = slide.shapes.add_picture(io.BytesIO(section.picture.data), box[0], box[1], height=box[3])
            if placed.width > box[2]:
                placed.width, placed.height = box[2], Emu(int(placed.height * box[2] / placed.width))
            placed.left = Emu((self.wide - placed.width) // 2)
            _described(placed, section.picture.alt[self.language])
            if section.view and section.library:
                self.shapes(section, section.library, section.view)
        elif section.figure:
            self.figure(slide, section.figure, section)
        else:
            self.text(slide, (0.06, 0.18, 0.88, 0.7), [f"• {line}" for line in section.paragraphs], size=20)

    def shapes(self, section: Section, library: Library, view: View) -> None:
        """Add a slide with the map as shapes that can be edited."""
        zh = self.language == "zh"
        words = ("可编辑形状", "另有 {left} 个要素未绘出") if zh else ("editable shapes", "{left} not drawn")
        slide = self.slide(f"{section.title} · {words[0]}")
        box = self.at(0.04, 0.13, 0.92, 0.8)
        _, left = add_shapes(slide, library, view, (box[0], box[1], box[2], box[3]), language=self.language)
        if left:
            self.text(slide, (0.04, 0.94, 0.92, 0.05), [words[1].format(left=left)], size=10, color=_SOFT)

    def figure(self, slide: Any, figure: Figure, section: Section) -> None:  # noqa: ANN401
        """Fill a slide with a figure: value, sentence, chart, table, caveats, address."""
        language = self.language
        self.text(slide, (0.04, 0.12, 0.92, 0.08), [shown(figure)[language]], size=30, name="value")
        self.text(
            slide,
            (0.04, 0.2, 0.92, 0.09),
            [drawable(figure.sentence[language], longest=220)],
            size=14,
            color=_SOFT,
        )
        rows = cells(figure, language)
        name, bars = chart_rows(figure, language)
        charted = len(bars) > 1
        beside = charted and len(figure.columns) <= _BESIDE  # a wide table gets slides of its own
        if charted:
            data: Any = CategoryChartData()
            data.categories = [label for label, _ in reversed(bars)]
            data.add_series(name, [value for _, value in reversed(bars)])
            left, top, width, height = self.at(0.04, 0.3, 0.43 if beside else 0.92, 0.52)
            graphic = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, left, top, width, height, data)
            chart = graphic.chart
            chart.has_legend, chart.has_title = False, True
            chart.chart_title.text_frame.text = name
            chart.font.size, chart.font.name = Pt(10), _LATIN
            chart.plots[0].gap_width = 40
            _described(graphic, figure.sentence[language])
        for i in range(0, len(rows), _ROWS):
            first = i == 0 and (beside or not charted)
            here = slide if first else self.slide(f"{section.title} ({i // _ROWS + 1})")
            self.table(here, figure, rows[i : i + _ROWS], left=0.5 if first and beside else 0.04)
        caveats = [drawable(text[language], longest=160) for text in figure.caveats[:2]]
        foot = [
            *([section.moved] if section.moved else []),
            *caveats,
            f"/figures/{figure.id} · {figure.computed_at}",
        ]
        self.text(slide, (0.04, 0.84, 0.92, 0.13), foot, size=10, color=_SOFT, name="source")
        slide.notes_slide.notes_text_frame.text = "\n".join(f"{k}: {v}" for k, v in notes(figure, language))

    def table(self, slide: Any, figure: Figure, rows: list[list[str]], *, left: float) -> None:  # noqa: ANN401
        """Put a native table on a slide."""
        head = headings(figure, self.language)
        if not head:
            return
        box = self.at(left, 0.3, 0.96 - left, 0.04 * (len(rows) + 1))
        graphic = slide.shapes.add_table(len(rows) + 1, len(head), *box)
        _described(graphic, figure.sentence[self.language])
        for r, row in enumerate([head, *rows]):
            for c, text in enumerate(row):
                cell = graphic.table.cell(r, c)
                cell.margin_top = cell.margin_bottom = Pt(1.5)
                run = cell.text_frame.paragraphs[0].add_run()
                run.text = drawable(text, longest=40)
                _typeface(run, 10 if len(head) <= 6 else 8, _WHITE if r == 0 else _INK)

    def appendix(self, resolved: Resolved) -> None:
        """Say how each number was computed, two on a slide."""
        head = "数字是怎样算出来的" if self.language == "zh" else "How each number was computed"
        if resolved.changes:
            self.text(self.slide("自上次以来的变化" if self.language == "zh" else "Changed since last time"),
                      (0.05, 0.15, 0.9, 0.8), list(resolved.changes), size=14)  # fmt: skip
        for i in range(0, len(resolved.figures), 2):
            slide = self.slide(head)
            for j, figure in enumerate(resolved.figures[i : i + 2]):
                lines = [f"{figure.statistic.label[self.language]} = {shown(figure)[self.language]}"]
                lines += [f"{k}: {drawable(v, longest=260)}" for k, v in notes(figure, self.language)]
                self.text(slide, (0.04 + 0.47 * j, 0.14, 0.45, 0.8), lines, size=10)


def _typeface(run: Any, size: float, color: Any) -> None:  # noqa: ANN401
    run.font.size, run.font.color.rgb, run.font.name = Pt(size), color, _LATIN
    properties = run._r.get_or_add_rPr()
    for tag in ("a:ea", "a:cs"):
        made = properties.makeelement(qn(tag), {"typeface": _EAST_ASIAN})
        properties.append(made)


def _described(shape: Any, text: str) -> None:  # noqa: ANN401
    """Give a picture, chart or table its alt text."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", drawable(text, longest=300))
