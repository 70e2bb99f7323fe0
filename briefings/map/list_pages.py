"""A list that is longer than its place beside or below a map goes on, on pages of its own after the sheet."""

from __future__ import annotations

from dataclasses import replace

from matplotlib.figure import Figure

from briefings.map.fonts import sized_font
from briefings.map.furniture import draw_title
from briefings.map.layouts import Box, Layout, level_layout
from briefings.map.listing import Listing
from briefings.map.numbering import ROUNDING_PT, draw_listing, fit_list_rows
from briefings.map.presets import Size
from briefings.map.sheet import SheetDrawn
from briefings.map.sheet_foot import draw_sheet_foot
from briefings.messages import say
from geo.text import Text

_SOFT = "#59656d"
_TOLD_EM = 1.7  # of the legend's letters, what the line below a list takes that goes on


def list_parts(sheet: SheetDrawn) -> list[tuple[Listing, Box]]:
    """Return the parts of a sheet's list, each with its place: on the sheet, then one a page.

    What is on the map is listed first, so that each number there has its name beside it as long as there is room.
    """
    said, size = sheet.said, sheet.options.size
    if said.listing is None or said.list_place is None:
        return []
    told = _TOLD_EM * size.legend_points / 72 * size.dpi / size.height
    left, bottom, width, height = said.list_place
    first, rest = _parted(said.listing, said.list_place, size)
    if rest is None:
        return [(first, said.list_place)]
    place = (left, bottom + told, width, height - told)
    first, rest = _parted(said.listing, place, size, heads=True)
    if not any(group.rows for group in first.groups):  # no room for headings alone
        first, rest = _parted(said.listing, place, size)
    parts, whole = [(first, place)], _page_place(_page_layout(sheet))
    while rest is not None:
        page, more = _parted(rest, whole, size)
        if not page.groups:
            break
        parts.append((page, whole if more is not None else _even_place(page, whole, size)))
        rest = more
    return parts


def _parted(listing: Listing, place: Box, size: Size, *, heads: bool = False) -> tuple[Listing, Listing | None]:
    """Return what of a list finds room in a place, and what does not: None where all does.

    Parameters
    ----------
    listing, place, size
        What is listed, where, and on what sheet.
    heads
        Whether the headings of all groups on the map stand there.
    """
    inches = place[2] * size.width / size.dpi, place[3] * size.height / size.dpi

    def fits(one: Listing) -> bool:
        return fit_list_rows(one, inches, size.legend_points, size.least_points) is not None

    if fits(listing):
        return listing, None
    rows = [row for group in listing.groups for row in group.rows]
    ids = [row.feature for row in sorted(rows, key=lambda row: not row.placed)]
    low, high = 0, len(ids)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(listing.parted(ids[:middle], heads=heads)) else (low, middle)
    return listing.parted(ids[:low], heads=heads), listing.parted(ids[low:], after=ids[:low])


def _even_place(listing: Listing, place: Box, size: Size) -> Box:
    """Return the upper part of a page that a list fills in columns, its letters as large as in all of it."""
    left, bottom, width, height = place
    for share in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        inches = width * size.width / size.dpi, share * height * size.height / size.dpi
        fit = fit_list_rows(listing, inches, size.legend_points, size.least_points)
        if fit is not None and fit.points >= size.legend_points - ROUNDING_PT:
            return (left, bottom + (1 - share) * height, width, share * height)
    return place


def _page_layout(sheet: SheetDrawn) -> Layout:
    """Return where things stand on a page without a map: its title above all, a slide's too."""
    layout = sheet.said.layout
    return level_layout(sheet.options.size) if layout.sided else layout


def _page_place(layout: Layout) -> Box:
    """Return what a page without a map has for its list."""
    left, low, right, top = layout.inner
    return (left, low, right - left, top - low)


def page_words(page: int, parts: int, language: str) -> str:
    """Return what a sheet says of its page, counted from 1; nothing where it has one alone."""
    return say("atlas_page", page=page, count=parts)[language] if parts > 1 else ""


def tell_more(figure: Figure, sheet: SheetDrawn, parts: list[tuple[Listing, Box]]) -> None:
    """Say below a list that it goes on.

    Parameters
    ----------
    figure, sheet
        The sheet, and what is drawn.
    parts
        Of its list.
    """
    left, bottom, _, _ = parts[0][1]
    count = sum(len(group.rows) for one, _ in parts[1:] for group in one.groups)
    text, points = say("list_goes_on", count=count)[sheet.options.language], sheet.options.size.legend_points
    up = (_TOLD_EM / 2) * points / 72 / float(figure.get_figheight())
    figure.text(
        left,
        bottom - up,
        text,
        fontproperties=sized_font(points, text),
        color=_SOFT,
        va="center",
        gid="source-more",
    )


def draw_list_page(sheet: SheetDrawn, parts: list[tuple[Listing, Box]], page: int) -> Figure:
    """Return a page of a sheet with a part of its list, and no map.

    Parameters
    ----------
    sheet
        What is drawn.
    parts
        Of its list.
    page
        Which of them, from 1; the first stands beside the map.
    """
    size, language = sheet.options.size, sheet.options.language
    figure = Figure(figsize=(size.width / size.dpi, size.height / size.dpi), dpi=size.dpi, facecolor="white")
    plain, (listing, place) = _page_layout(sheet), parts[page - 1]
    label = sheet.library.layer(listing.layer, restricted=sheet.options.restricted).label[language]
    under = say("list_again", label=Text(label, label))[language]
    draw_title(figure, plain.title, sheet.name, under, points=size.points)
    draw_listing(figure, place, listing, points=size.legend_points, least=size.least_points)
    layout = replace(plain, map=_page_place(plain), legend=_page_place(plain))
    draw_sheet_foot(figure, layout, sheet, page=page_words(page, len(parts), language), mapped=False)
    return figure
