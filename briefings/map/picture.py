"""A view as a picture: PNG, SVG or PDF, the same bytes for the same plan, with its sentence and its table."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox, BboxBase, TransformedBbox
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from briefings.map.answered import Answered, draw_site, site_box, site_label
from briefings.map.description import describe_view, legend_words
from briefings.map.fonts import FONT_STYLE, drawable_text, sized_font
from briefings.map.furniture import (
    draw_graticule,
    draw_title,
    north_arrow,
    scale_bar,
)
from briefings.map.greys import print_grey
from briefings.map.grouping import named_groups
from briefings.map.guides import guide_boxes
from briefings.map.insets import Placing, draw_insets, insets_read, place_insets
from briefings.map.labels import place_labels
from briefings.map.layers import group_name
from briefings.map.layouts import SLIDES, Options, foot_of_plate
from briefings.map.legend import Legend, draw_legend, is_whole, legend_rows
from briefings.map.list_pages import draw_list_page, list_parts, page_words, tell_more
from briefings.map.numbering import draw_listing
from briefings.map.presets import PictureKind
from briefings.map.reading_order import show_sheet
from briefings.map.running_legend import draw_in_lines
from briefings.map.sheet import SheetDrawn, draw_ground, map_axes, mark_selected, number_features, own_label
from briefings.map.sheet_foot import draw_sheet_foot
from briefings.map.tagged_pdf import Structure, write_tagged
from geo.text import Text
from layers.library.library import Library
from layers.plan.palettes import CALM, OFFICIAL, PALETTES
from layers.plan.style import LegendSection
from layers.plan.views import View

STYLE: dict[Any, Any] = {
    "text.parse_math": False,
    "text.hinting": "none",
    "svg.hashsalt": "planatlas",
    "svg.fonttype": "none",
    **FONT_STYLE,
    "path.simplify": True,
    "hatch.linewidth": 0.5,
}
_JPG_QUALITY = 92
_SQUEEZED = {"compress_level": 1, "compress_type": zlib.Z_RLE}  # of a PNG: maps are runs of one colour


@dataclass(frozen=True)
class Picture:
    """A picture with what must not get lost: a sentence (alt text), a table of layers and versions, warnings.

    ``more`` are the pages after the first, where its list goes on; a PDF has them itself.
    """

    data: bytes
    kind: str
    alt: Text
    table: tuple[Mapping[str, Any], ...]
    legend: tuple[LegendSection, ...]
    warnings: tuple[Text, ...] = field(default=())
    more: tuple[bytes, ...] = ()


def draw(
    library: Library,
    view: View,
    options: Options,
    *,
    kind: PictureKind = "png",
    screen: tuple[float, float] | None = None,
    answered: Answered | None = None,
) -> Picture:
    """Draw a view.

    Parameters
    ----------
    library
        The open plan.
    view
        What is shown; layers that do not exist or may not be seen are left out and told.
    options
        How it comes out.
    kind
        The format.
    screen
        Width and height in pixels of the map on the reader's page, so that the picture shows all of it.
    answered
        The figure the view names, with its evidence.
    """
    return draw_kinds(library, view, options, kinds=(kind,), screen=screen, answered=answered)[kind]


def draw_kinds(
    library: Library,
    view: View,
    options: Options,
    *,
    kinds: Sequence[PictureKind],
    screen: tuple[float, float] | None = None,
    answered: Answered | None = None,
) -> dict[str, Picture]:
    """Draw a view once and return it in several formats.

    Parameters
    ----------
    library, view, screen, answered
        As for ``draw``.
    options
        How it comes out.
    kinds
        The formats.
    """
    sheet = _sheet(library, view, options, screen=screen, answered=answered)
    said = sheet.said
    legends = tuple(one.legend for one in said.layers)
    return {
        str(kind): Picture(data, kind, said.alt, said.table, legends, said.warnings, more)
        for kind, (data, *more_) in _drawn(sheet, kinds).items()
        for more in [tuple(more_)]
    }


@dataclass(frozen=True)
class LatePicture:
    """A picture that is drawn when its bytes are first asked for, of the features there were when it was made."""

    sheet: SheetDrawn

    @cached_property
    def data(self) -> bytes:
        """The file."""
        return _files(self.figure, self.sheet, ("png",))["png"]

    @cached_property
    def vector(self) -> bytes:
        """The same as SVG."""
        return _files(self.figure, self.sheet, ("svg",))["svg"]

    @cached_property
    def figure(self) -> Figure:
        """It as it is drawn, in its own size."""
        with mpl.rc_context(_style()):
            return draw_sheet(self.sheet)

    @property
    def alt(self) -> Text:
        """The sentence that stands for it."""
        return self.sheet.said.alt

    @property
    def table(self) -> tuple[Mapping[str, Any], ...]:
        """Its layers with their versions."""
        return self.sheet.said.table

    @property
    def warnings(self) -> tuple[Text, ...]:
        """What it does not show."""
        return self.sheet.said.warnings


def draw_late(library: Library, view: View, options: Options, *, answered: Answered | None = None) -> LatePicture:
    """Return a picture of a view that is drawn only where its bytes are wanted: slides draw maps of their own.

    Parameters
    ----------
    library, view, options, answered
        As for ``draw``.
    """
    return LatePicture(_sheet(library, view, options, answered=answered))


def _sheet(
    library: Library,
    view: View,
    options: Options,
    *,
    screen: tuple[float, float] | None = None,
    answered: Answered | None = None,
) -> SheetDrawn:
    library = library.as_of(view.date) if view.date else library
    library = library.at_time(view.when) if view.when else library
    if view.palette == OFFICIAL and options.arrangement != "sheet":
        view = replace(view, palette=CALM)  # the full colours of the standard are for sheets
    said = describe_view(library, view, options, screen=screen, answered=answered)
    return SheetDrawn(library, view, said, options, answered)


def _drawn(sheet: SheetDrawn, kinds: Sequence[PictureKind]) -> dict[PictureKind, list[bytes]]:
    """Return a sheet in several formats, drawn once, each as its files: a page each, a PDF all in one."""
    parts = list_parts(sheet)
    with mpl.rc_context(_style()):
        figure = draw_sheet(sheet)
        pages = [draw_list_page(sheet, parts, page) for page in range(2, len(parts) + 1)]
        if PALETTES[sheet.view.palette].printed:
            for one in pages:
                print_grey(one)
    files = _files(figure, sheet, kinds, pages)
    after = [_files(one, sheet, [kind for kind in kinds if kind != "pdf"]) for one in pages]
    return {kind: [data, *(one[kind] for one in after if kind in one)] for kind, data in files.items()}


def _style() -> dict[Any, Any]:
    return {**STYLE, "font.family": sized_font(9).get_name()}


def _files(
    figure: Figure, sheet: SheetDrawn, kinds: Sequence[PictureKind], after: Sequence[Figure] = ()
) -> dict[PictureKind, bytes]:
    """Return a drawn sheet in several formats.

    Parameters
    ----------
    figure, sheet, kinds
        It, what it is drawn from, and the formats.
    after
        Its further pages, which a PDF holds.
    """
    if sheet.options.arrangement in ("plate", "bare"):
        figure.set_facecolor("none")
    with mpl.rc_context(_style()):
        out = {kind: _saved(figure, kind, sheet, after) for kind in kinds}
    return {kind: _spoken(data, sheet) if kind == "svg" else data for kind, data in out.items()}


def _spoken(data: bytes, sheet: SheetDrawn) -> bytes:
    """Return an SVG with the names of its layers, its title and its sentence."""
    language, layers = sheet.options.language, [one.snapshot.layer for one in sheet.said.layers]
    names = {group_name(layer): drawable_text(layer.label[language]) for layer in layers}
    said = drawable_text(sheet.said.alt[language], longest=600)
    return named_groups(data, names, title=drawable_text(sheet.name), description=said)


def draw_sheet(sheet: SheetDrawn) -> Figure:
    """Return a sheet as a figure: the main map, the blocks that lie apart as insets, what stands around them."""
    size, said, view = sheet.options.size, sheet.said, sheet.view
    figure = Figure(figsize=(size.width / size.dpi, size.height / size.dpi), dpi=size.dpi, facecolor="white")
    FigureCanvasAgg(figure)
    layout = said.layout
    axes = map_axes(
        figure, layout.map, said.frame, "map", framed=sheet.options.arrangement not in ("plate", "alone")
    )
    labels = draw_ground(axes, said.frame, sheet, sheet.pixel_m(said.frame, layout.map))
    points, slide = size.points, sheet.options.arrangement in SLIDES  # which has words of its own at its foot
    words = sheet_legend(sheet)
    placing = place_insets(figure, layout, sheet, words)
    kept: list[BboxBase] = [*guide_boxes(axes)]
    if placing.insets and placing.over:
        kept.append(TransformedBbox(Bbox.from_bounds(*placing.insets), figure.transFigure))
    if sheet.options.arrangement == "plate":
        kept.append(TransformedBbox(Bbox.from_bounds(*foot_of_plate(layout)), figure.transFigure))
    furniture = [
        *scale_bar(axes, said.frame, points=points, blocks=() if slide else sheet.blocks, taken=kept),
        *north_arrow(axes, said.frame, points=points, language=sheet.options.language),
    ]
    taken = [part.get_window_extent().padded(size.dpi / 24) for part in furniture]
    taken += kept
    if sheet.options.grid:
        draw_graticule(axes, said.frame, points=points, taken=taken)
    number_features(axes, said.frame, sheet, taken)
    if view.site:
        labels = [*labels, *site_label(said.frame, view.site, sheet.options.site_name)]
        taken.extend(site_box(axes, said.frame, view.site))
    if sheet.page:
        labels = own_label(labels, said.frame, sheet)
    place_labels(axes, labels, points=points, taken=taken)
    _around_map(figure, placing, sheet, words)
    if view.site:
        draw_site(axes, said.frame, view.site)
    if view.selected:
        mark_selected(axes, sheet)
    if PALETTES[view.palette].printed:
        print_grey(figure)
    return figure


def sheet_legend(sheet: SheetDrawn) -> Legend:
    """Return what a sheet's legend says."""
    said = sheet.said
    listed = said.listing.layer if said.listing is not None and said.list_place is not None else ""
    more = [one.legend for one in (said.older, sheet.answered) if one is not None]
    ground = said.frame, sheet.view.palette
    return legend_words(sheet.library, said.layers, sheet.options, more=more, listed=listed, ground=ground)


def sheet_reads(sheet: SheetDrawn) -> int:
    """Return how well a sheet reads: 0 where its legend is not whole, 2 where its insets read too."""
    size, words = sheet.options.size, sheet_legend(sheet)
    wide, high = size.width / size.dpi, size.height / size.dpi
    figure = Figure(figsize=(wide, high), dpi=size.dpi)
    placing = place_insets(figure, sheet.said.layout, sheet, words)
    place = placing.layout.legend
    said = place[2] > 0 and legend_rows(words.sections, words.positions, words.language)
    if said and not is_whole(words, (place[2] * wide, place[3] * high), placing.layout.columns, few=True):
        return 0
    return 1 + insets_read(figure, placing, sheet)


def _around_map(figure: Figure, placing: Placing, sheet: SheetDrawn, words: Legend) -> None:
    """Put title, legend, insets and foot in their places."""
    size, view, language = sheet.options.size, sheet.view, sheet.options.language
    plan, points, layout = sheet.library.catalog.plan, size.points, placing.layout
    parts = list_parts(sheet)
    if sheet.options.arrangement == "sheet":
        under = view.description[language] or plan.subtitle[language]
        under = f"{plan.title[language]} · {under}" if view.title[language] else under
        draw_title(figure, layout.title, sheet.name, under, points=points)
    if layout.legend[2] == 0:  # a map alone
        return
    if placing.insets:
        draw_insets(figure, placing.insets, sheet, over=placing.over)
    if parts:
        listing, place = parts[0]
        draw_listing(figure, place, listing, points=size.legend_points, least=size.least_points)
    if len(parts) > 1:
        tell_more(figure, sheet, parts)
    if not (layout.runs and draw_in_lines(figure, layout.legend, words)):
        draw_legend(figure, layout.legend, words, columns=layout.columns)
    if sheet.options.arrangement in ("sheet", "untitled"):
        page = sheet.page or page_words(1, len(parts), language)
        draw_sheet_foot(figure, layout, sheet, page=page)


def _saved(figure: Figure, kind: PictureKind, sheet: SheetDrawn, after: Sequence[Figure]) -> bytes:
    """Return the file: with its title and sentence inside, without a clock or the name of a program.

    Parameters
    ----------
    figure, kind, sheet, after
        As for ``_files``.
    """
    language = sheet.options.language
    head, said = drawable_text(sheet.name), drawable_text(sheet.said.alt[language], longest=600)
    if kind == "pdf":
        structure = Structure()
        for one in (figure, *after):
            show_sheet(structure, one, alt=said)
        return write_tagged([figure, *after], structure, language=language, told={"Title": head, "Subject": said})
    if kind == "png":
        return _as_png(figure, {"Title": head, "Description": said})
    out = io.BytesIO()
    more: dict[str, Any] = {"pil_kwargs": {"quality": _JPG_QUALITY, "subsampling": 0}}
    if kind == "svg":
        more = {"metadata": {"Date": None, "Creator": None}}
    figure.savefig(out, format=kind, dpi=figure.dpi, **more)
    return out.getvalue()


def _as_png(figure: Figure, told: Mapping[str, str]) -> bytes:
    """Return a figure as PNG: without a fourth channel where all of it is opaque, a fifth less to write."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    image = Image.fromarray(np.asarray(canvas.buffer_rgba()))  # type: ignore[no-untyped-call]
    if to_rgba(figure.get_facecolor())[3] == 1.0:
        image = image.convert("RGB")
    info = PngInfo()
    for name, text in told.items():
        info.add_text(name, text)
    out = io.BytesIO()
    image.save(out, "png", **_SQUEEZED, dpi=(figure.dpi, figure.dpi), pnginfo=info)
    return out.getvalue()
