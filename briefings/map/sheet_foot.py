"""What stands under a sheet: its sources, its facts, on paper the title block and the line around the sheet."""

from __future__ import annotations

from matplotlib.figure import Figure

from briefings.map.fonts import drawable_text
from briefings.map.furniture import draw_footer
from briefings.map.layouts import Layout, neat_margins
from briefings.map.sheet import SheetDrawn
from briefings.map.sheet_words import sheet_facts, source_lines
from briefings.map.title_block import draw_neat_line, draw_title_block, fit_title_block


def draw_sheet_foot(
    figure: Figure, layout: Layout, sheet: SheetDrawn, *, page: str = "", mapped: bool = True
) -> None:
    """Write what stands under the map, and on paper the title block, with the line around the sheet.

    Parameters
    ----------
    figure, layout, sheet
        The page, where things stand on it, and what is drawn.
    page
        What it says of its place among the sheet's pages; empty where there is one.
    mapped
        Whether there is a map on it: it has a scale and sources then.
    """
    library, size, language = sheet.library, sheet.options.size, sheet.options.language
    number, titled = sheet.view.sheet_number, sheet.options.arrangement == "sheet"
    facts = sheet_facts(library, language, scale=sheet.said.scale if mapped else None, number=number)
    facts |= {"page": page} if page else {}
    lines = source_lines(library, sheet.said.layers, language, sourced=titled) if mapped else []
    if mapped and sheet.answered is not None and titled:  # a document says it itself
        lines.insert(0, drawable_text(sheet.answered.sentence[language], longest=300))
    letters, margins = max(size.points * 0.78, size.least_points), neat_margins(size) if titled else None
    block = None
    if margins is not None:
        told = {"name": drawable_text(sheet.name), **facts}
        block = fit_title_block(figure, layout, told, margins, points=letters)
        draw_neat_line(figure, margins)
    if block is not None:
        draw_title_block(figure, block)
    else:
        lines.append(" · ".join(facts.values()))
    foot = layout.footer if block is None else block.foot
    draw_footer(figure, foot, lines, points=letters, least=size.least_points, low=layout.sided)
