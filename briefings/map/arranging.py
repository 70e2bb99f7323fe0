"""How a sheet is arranged before it is drawn: its ground, its scale, the list of a numbered layer beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shapely.geometry.base import BaseGeometry

from briefings.map.grounds import FILLED, HELD_FILLED, Grounds, grounds_of, paper_scale
from briefings.map.inset_words import coarsest_scale, inset_lines, inset_scale, missing_layers, words_inches
from briefings.map.layers import features_near
from briefings.map.layouts import PLATE_STRIP, SLIDES, Box, Layout, Options
from briefings.map.legend import Legend, grouped_rows, legend_beside_insets, legend_standing, told_rows
from briefings.map.list_fitting import fit_listing
from briefings.map.listing import Listing, listing_of
from briefings.map.numbering import fit_list_rows
from briefings.map.proportions import beside_insets, best_plate, best_standing, spare_place, whole_legend
from layers.features.snapshot import Features, Snapshot
from layers.library.library import Library
from layers.plan.views import View

_LISTED_ELSEWHERE = (
    "plate",
    "bare",
    "untitled",
)  # the map has the numbers; a slide or a table after it their list
_LEAST_INSET = 0.5  # inches of an inset's map beside a slide's map
_NARROWER = 0.01  # of a sheet, from one width of a map to the next
_MAP_SHARE = 0.505  # of a sheet that stands, its map has at least above a list
_NARROW_SHARES = (0.52, 0.58, 0.64)  # the same beside a narrow ground
_INSET_ROOM, _STEP = 0.1, 0.005  # of a map's width, what insets need beside its subject; to the next scale
_LEGEND_PART = 0.4  # of a column, what a legend takes below a list that goes on elsewhere
_STRIP_COLUMNS = 4  # of a legend below a map that lies
_SHARES = (0.36, 0.39, 0.42, 0.46)  # of a sheet, that a list takes


@dataclass(frozen=True)
class Arranged:
    """Where things stand, which ground is shown at what scale, and a list with its place, where there is one."""

    layout: Layout
    ground: Grounds
    scale: float | None
    listing: Listing | None = None
    place: Box | None = None


def _map_share(one: Arranged) -> float:
    return one.layout.map[2] * one.layout.map[3]


def _worth(one: Arranged) -> tuple[float, float]:
    """Return how well a sheet shows its ground: how full its frame is, then how large it is there."""
    return min(one.ground.filled, one.ground.enough), one.ground.filled * _map_share(one)


@dataclass(frozen=True)
class Arranger:
    """Arranges the sheet of a view; ``screen`` is the size in pixels of the map on the reader's page.

    ``held`` is ground that the sheet is about: its list is of what lies there.
    """

    library: Library
    view: View
    options: Options
    screen: tuple[float, float] | None = None
    held: BaseGeometry | None = None

    def arranged(self, shown: Sequence[tuple[Snapshot, Features]]) -> Arranged:
        """Return how the sheet is arranged, with a list of its topmost numbered layer on paper where that fits.

        The list of a slide's map has no place on it: it is for the next slide. On a ground that a person chose
        the list is of what lies on it.
        """
        plain = self.options.plain
        alone = self.grounded(plain)
        if not self.options.size.listed or self.options.arrangement not in ("sheet", *_LISTED_ELSEWHERE):
            return alone
        plain = replace(plain, inset=bool(alone.ground.insets))
        for snapshot, chosen in reversed(shown):
            if snapshot.layer.numbered is None:
                continue
            listing = self.listed(snapshot, chosen, alone)
            below = None if listing is None else self.over_list(snapshot, chosen, plain)
            if self.options.arrangement in _LISTED_ELSEWHERE:
                return replace(alone, listing=listing)
            if listing is None:
                return alone
            if plain.sided:
                return self.beside_part(snapshot, chosen, plain) or alone
            stood = [self.beside_list(snapshot, chosen, listing, one) for one in self._plains(plain)]
            best = max((one for one in stood if one is not None), key=_worth, default=None)
            poor = best is None or _map_share(best) < _MAP_SHARE or best.ground.filled < best.ground.enough
            return (below if poor else best) or best or self.beside_part(snapshot, chosen, plain) or alone
        return alone

    def _plains(self, plain: Layout) -> list[Layout]:
        """Return the layouts a list may stand in: of an atlas, whose ground has any shape, the other way too."""
        if self.held is None:
            return [plain]
        return [plain, plain.beside(_MAP_SHARE) if plain.columns > 1 else plain.below(_MAP_SHARE, _STRIP_COLUMNS)]

    def beside_list(
        self, snapshot: Snapshot, chosen: Features, listing: Listing, plain: Layout
    ) -> Arranged | None:
        """Return a sheet with all of a list beside or below its map; None where it finds no room.

        Parameters
        ----------
        snapshot, chosen, listing
            The numbered layer, what of it is shown, and its list.
        plain
            The layout without a list.
        """
        fit = self.fitted(listing, plain)
        if fit is None:
            return None
        fit, beside = self.fuller(listing, plain, fit)
        beside = self.with_room(beside)
        again = self.listed(snapshot, chosen, beside)
        fits = again is not None and self.fitted(again, plain, most=fit[1][2]) is not None
        ground = beside.ground.at_east() if beside.ground.insets else beside.ground
        return replace(beside, ground=ground, listing=again if fits else listing, place=fit[1])

    def with_room(self, arranged: Arranged) -> Arranged:
        """Return a printed map at the next scale, where insets lack room beside its subject, if it fills that."""
        ground, (west, south, east, north) = arranged.ground, arranged.ground.frame.bounds
        box = ground.subject
        if arranged.scale is None or box is None or not ground.insets:
            return arranged
        if box[2] - box[0] <= (1 - _INSET_ROOM) * (east - west):
            return arranged
        x, y = (east - west) * _STEP, (north - south) * _STEP
        wider = replace(ground.frame, bounds=(west - x, south - y, east + x, north + y))
        frame, scale = paper_scale(wider, self.options.size, arranged.layout.map[2])
        wide = ground.within(frame)
        return replace(arranged, ground=wide, scale=scale) if wide.filled >= wide.enough else arranged

    def beside_part(self, snapshot: Snapshot, chosen: Features, plain: Layout) -> Arranged | None:
        """Return a sheet whose list begins in the legend's column, above it, and goes on on pages of its own.

        None where the legend is no column, and where each sheet is a page.

        Parameters
        ----------
        snapshot, chosen, plain
            As for ``beside_list``.
        """
        if plain.columns != 1 or self.held is not None:
            return None
        left, bottom, width, height = plain.legend
        low = height * _LEGEND_PART
        beside = self.grounded(replace(plain, legend=(left, bottom, width, low - plain.gap)))
        ground = beside.ground.at_east() if beside.ground.insets else beside.ground
        listing = self.listed(snapshot, chosen, beside)
        return replace(beside, ground=ground, listing=listing, place=(left, bottom + low, width, height - low))

    def suited(self, arranged: Arranged, words: Legend, shown: Sequence[tuple[Snapshot, Features]]) -> Arranged:
        """Return a sheet stood as its ground and its legend want it; a slide's legend is whole.

        Parameters
        ----------
        arranged
            The sheet in its usual layout.
        words
            What its legend says.
        shown
            Its layers, with what of them is chosen.
        """
        if self.options.arrangement == "bare" and arranged.ground.insets and arranged.layout.aside is not None:
            lowered = beside_insets(
                self.options.size, arranged.ground, words, lambda place: self._inset_scale(arranged, place, shown)
            )
            if lowered is not None:
                return replace(arranged, layout=lowered.layout, ground=lowered.ground, scale=lowered.scale)
        stood = self.roomier(self.stood(arranged, words), words, shown)
        sided = stood.layout.sided and stood.scale is None and stood.place is None
        if self.options.arrangement not in SLIDES and not sided:
            return stood
        layout = whole_legend(stood.layout, self.options, stood.ground, words)
        return stood if layout is stood.layout else replace(self.grounded(layout), listing=stood.listing)

    def _inset_scale(self, arranged: Arranged, place: Box, shown: Sequence[tuple[Snapshot, Features]]) -> float:
        """Return the coarsest scale of the insets of a place, as its denominator; endless without room.

        Parameters
        ----------
        arranged, place, shown
            The sheet, the place on it, and its layers.
        """
        size, ground, crs = self.options.size, arranged.ground, arranged.ground.frame.crs
        back, language = {one.layer for one in self.library.catalog.background}, self.options.language
        wide, each = place[2] * size.width / size.dpi, place[3] * size.height / size.dpi / len(ground.insets)
        scales = list[float]()
        for one in ground.insets:
            missing = missing_layers(one, shown, back, crs=crs, language=language)
            left = each - words_inches(len(inset_lines(one, self.options, missing, wide)), self.options)
            scales.append(
                inset_scale(one, self.options, crs, (wide, left)) if min(left, wide) > _LEAST_INSET else math.inf
            )
        return max(scales)

    def roomier(self, arranged: Arranged, words: Legend, shown: Sequence[tuple[Snapshot, Features]]) -> Arranged:
        """Return a sheet whose insets read beside a whole legend: its map narrower, at the same scale.

        As it is where they read at once, or at no width.

        Parameters
        ----------
        arranged, words, shown
            As for ``suited``.
        """
        ground, scale, layout = arranged.ground, arranged.scale, arranged.layout
        bound = scale is None or self.options.arrangement != "sheet" or arranged.place is not None
        if bound or not ground.insets or layout.columns > 1:
            return arranged
        tried, crs = arranged, ground.frame.crs
        back = {one.layer for one in self.library.catalog.background}
        missing = [
            missing_layers(one, shown, back, crs=crs, language=self.options.language) for one in ground.insets
        ]
        share, found = layout.map[2], list[tuple[int, Arranged]]()
        while tried.scale == scale and tried.ground.whole_inside:
            found.append((self._rows_beside_insets(tried, words, missing), tried))
            if found[-1][0] >= len(grouped_rows(words)):
                break
            share -= _NARROWER
            tried = self.grounded(layout.beside(share))
        rows, best = max(found, key=lambda one: one[0], default=(0, arranged))
        return best if rows >= len(told_rows(words, few=False)) else arranged

    def _rows_beside_insets(self, tried: Arranged, words: Legend, missing: Sequence[Sequence[str]]) -> int:
        """Return how many rows a sheet's legend has beside insets that read; 0 where none do."""
        size, ground = self.options.size, tried.ground
        wide, high = size.width / size.dpi, size.height / size.dpi
        assert tried.scale is not None
        limit = coarsest_scale(tried.scale)

        def reads(place: Box) -> bool:
            width, each = place[2] * wide, place[3] * high / len(ground.insets)
            told = max(
                len(inset_lines(one, self.options, none, width))
                for one, none in zip(ground.insets, missing, strict=True)
            )
            left = each - words_inches(told, self.options)
            return left > 0 and all(
                inset_scale(one, self.options, ground.frame.crs, (width, left)) <= limit for one in ground.insets
            )

        beside = legend_beside_insets((wide, high), tried.layout, words, reads)
        if beside is None or not reads(beside[1]):
            return 0
        _, _, across, up = beside[0].legend
        return legend_standing(words, (across * wide, up * high), beside[0].columns)[0]

    def stood(self, arranged: Arranged, words: Legend) -> Arranged:
        """Return a sheet stood as its ground wants it; as it is with insets or a list on it.

        Parameters
        ----------
        arranged, words
            As for ``suited``.
        """
        ground = arranged.ground
        fixed = ground.insets or arranged.place is not None or (ground.subject or ground.whole) is None
        fixed = fixed or self.options.layout is not None
        if fixed or self.options.arrangement == "alone":
            return arranged
        size, slide = self.options.size, self.options.arrangement in SLIDES
        if slide and ground.filled >= ground.enough:
            return arranged
        plate = self.options.arrangement == "plate"
        best = best_plate(size, ground) if plate else best_standing(arranged.layout, size, ground, words)
        layout = spare_place(best.layout, size, words) if slide else best.layout
        return replace(arranged, layout=layout, ground=self.freed(best.ground), scale=best.scale)

    def over_list(self, snapshot: Snapshot, chosen: Features, plain: Layout) -> Arranged | None:
        """Return a sheet whose list stands below a map of half of it, and goes on on pages of its own.

        None where the legend has a column beside the map, and where the subject would not fill its frame.
        """
        if plain.columns == 1 or self.options.arrangement != "sheet":
            return None
        place, layout = plain.over_list(_MAP_SHARE)
        below = self.grounded(layout)
        listing = self.listed(snapshot, chosen, below)
        if listing is None or below.ground.filled < below.ground.enough:
            return None
        size = self.options.size
        inches = place[2] * size.width / size.dpi, place[3] * size.height / size.dpi
        if self.held is not None and not fit_list_rows(listing, inches, size.legend_points, size.least_points):
            return None  # each of an atlas's sheets is a page
        return replace(below, listing=listing, place=place)

    def fuller(
        self, listing: Listing, plain: Layout, fit: tuple[Layout, Box]
    ) -> tuple[tuple[Layout, Box], Arranged]:
        """Return the layout beside a list, and its ground, in which the subject fills its frame best.

        Parameters
        ----------
        listing
            What is listed.
        plain
            The layout without a list.
        fit
            The one with the smallest list; kept where the subject fills it.
        """
        best = self.grounded(fit[0])
        for share in (*_SHARES, *(_NARROW_SHARES if self.held is not None else ())):
            narrower = (
                None if best.ground.filled >= best.ground.enough else self.fitted(listing, plain, share_from=share)
            )
            if narrower is None:
                continue
            tried = self.grounded(narrower[0])
            if tried.ground.filled > best.ground.filled:
                fit, best = narrower, tried
        return fit, best

    def grounded(self, layout: Layout) -> Arranged:
        """Return the ground that a layout has room for."""
        size = self.options.size
        shape = layout.shape * size.width / size.height
        ground = grounds_of(
            self.library, self.view, shape=shape, restricted=self.options.restricted, screen=self.screen
        )
        frame, scale = paper_scale(ground.frame, size, layout.map[2])
        enough = FILLED if self.held is None else HELD_FILLED
        return Arranged(layout, self.freed(replace(ground, frame=frame, enough=enough)), scale)

    def freed(self, ground: Grounds) -> Grounds:
        """Return a ground as it is, on a plate with room at its foot for the slide's own words."""
        return ground.freed(PLATE_STRIP) if self.options.arrangement == "plate" else ground

    def listed(self, snapshot: Snapshot, chosen: Features, on: Arranged) -> Listing | None:
        """Return the list of a layer: all of it, on a ground a person chose what lies there."""
        near = features_near([on.ground.frame], chosen) if on.ground.subject is None else chosen
        near = near if self.held is None or not self.held.area else near.meeting(self.held)
        return listing_of(snapshot, near, language=self.options.language, palette=self.view.palette)

    def fitted(
        self, listing: Listing, layout: Layout, *, most: float = 1.0, share_from: float = 0.0
    ) -> tuple[Layout, Box] | None:
        """Return the layout beside a list and the list's place, where it finds room; else None.

        Parameters
        ----------
        listing, layout
            What is listed, and the layout without it.
        most
            The largest part of the sheet's width it may take.
        share_from
            The part of the sheet it takes at least.
        """
        size = self.options.size
        inches = (size.width / size.dpi, size.height / size.dpi)
        points, least = size.legend_points, size.least_points
        fit = fit_listing(listing, layout, inches, points=points, least=least, share_from=share_from)
        return fit if fit is not None and fit[1][2] <= most + 1e-9 else None
