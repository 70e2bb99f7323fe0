"""How a sheet is arranged before it is drawn: its ground, its scale, the list of a numbered layer beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shapely.geometry.base import BaseGeometry

from briefings.map.grounds import FILLED, Grounds, grounds_of, paper_scale
from briefings.map.layers import features_near
from briefings.map.layouts import SLIDES, Box, Layout, Options, layout_of
from briefings.map.legend import Legend
from briefings.map.listing import Listing, listing_of
from briefings.map.numbering import fit_listing
from briefings.map.proportions import best_plate, best_standing, spare_place, whole_legend
from layers.features.snapshot import Features, Snapshot
from layers.library.library import Library
from layers.plan.views import View

_LISTED_ELSEWHERE = (
    "plate",
    "bare",
    "untitled",
)  # the map has the numbers; a slide or a table after it their list
_SHARES = (0.36, 0.39, 0.42, 0.46)  # of a sheet, that a list takes


@dataclass(frozen=True)
class Arranged:
    """Where things stand, which ground is shown at what scale, and a list with its place, where there is one."""

    layout: Layout
    ground: Grounds
    scale: float | None
    listing: Listing | None = None
    place: Box | None = None


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
        plain = layout_of(self.options.size, self.options.arrangement)
        alone = self.grounded(plain)
        if not self.options.size.listed or self.options.arrangement not in ("sheet", *_LISTED_ELSEWHERE):
            return alone
        plain = replace(plain, inset=bool(alone.ground.insets))
        for snapshot, chosen in reversed(shown):
            if snapshot.layer.numbered is None:
                continue
            listing = self.listed(snapshot, chosen, alone)
            if self.options.arrangement in _LISTED_ELSEWHERE:
                return replace(alone, listing=listing)
            fit = None if listing is None else self.fitted(listing, plain)
            if listing is None or fit is None:
                return alone
            fit, beside = self.fuller(listing, plain, fit)
            again = self.listed(snapshot, chosen, beside)
            fits = again is not None and self.fitted(again, plain, most=fit[1][2]) is not None
            ground = beside.ground.at_east() if beside.ground.insets else beside.ground
            return replace(beside, ground=ground, listing=again if fits else listing, place=fit[1])
        return alone

    def suited(self, arranged: Arranged, words: Legend) -> Arranged:
        """Return a sheet stood as its ground and its legend want it; a slide's legend is whole.

        Parameters
        ----------
        arranged
            The sheet in its usual layout.
        words
            What its legend says.
        """
        stood = self.stood(arranged, words)
        if self.options.arrangement not in SLIDES:
            return stood
        layout = whole_legend(stood.layout, self.options, stood.ground, words)
        return stood if layout is stood.layout else replace(self.grounded(layout), listing=stood.listing)

    def stood(self, arranged: Arranged, words: Legend) -> Arranged:
        """Return a sheet stood as its ground wants it; as it is with insets or a list on it.

        Parameters
        ----------
        arranged, words
            As for ``suited``.
        """
        ground = arranged.ground
        fixed = ground.insets or arranged.place is not None or (ground.subject or ground.whole) is None
        if fixed or self.options.arrangement == "alone":
            return arranged
        size, slide = self.options.size, self.options.arrangement in SLIDES
        if slide and ground.filled >= FILLED:
            return arranged
        plate = self.options.arrangement == "plate"
        best = best_plate(size, ground) if plate else best_standing(arranged.layout, size, ground, words)
        layout = spare_place(best.layout, size, words) if slide else best.layout
        return replace(arranged, layout=layout, ground=best.ground, scale=best.scale)

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
        for share in _SHARES:
            narrower = None if best.ground.filled >= FILLED else self.fitted(listing, plain, share_from=share)
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
        return Arranged(layout, ground.within(frame), scale)

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
