"""How large a list is on its sheet: as much as it reads well in, the rest is the map's."""

from __future__ import annotations

from dataclasses import replace

from briefings.map.layouts import Box, Layout
from briefings.map.listing import Listing
from briefings.map.numbering import LIST_SCALES, fit_list_rows

_WIDEST = 0.46  # of a sheet, a list that is not told to take more
_READS, _READ_PT = 0.9, 8.5  # of the usual letters, points: what reads well; larger ones take no more of the map
_LEGEND_SHARE = 0.14  # of a sheet's height, that the legend below a list takes at least


def fit_listing(
    listing: Listing,
    layout: Layout,
    inches: tuple[float, float],
    *,
    points: float,
    least: float,
    share_from: float = 0.0,
) -> tuple[Layout, Box] | None:
    """Return the layout beside a list and the place of the list; None where it does not fit.

    Parameters
    ----------
    listing
        What is listed.
    layout
        The sheet's, without a list.
    inches
        Width and height of the sheet.
    points, least
        Size of the letters where there is room, and below which they do not go.
    share_from
        Of the sheet, that a list beside the map takes at least.
    """
    wide = layout.columns == 1
    for scale, share in _tries(points, share_from, wide=wide):
        if wide and share < share_from:
            continue
        (left, bottom, width, height), rest = layout.with_list(share)
        most = height - _LEGEND_SHARE if wide else height
        size = points * scale  # no smaller ones: they have a turn of their own
        fit = fit_list_rows(listing, (width * inches[0], most * inches[1]), size, max(size, least))
        if fit is None:
            continue
        high = fit.high / inches[1]
        if wide:
            under = (left, bottom, width, height - high - 0.015)
            return replace(rest, legend=under, columns=2), (left, bottom + height - high, width, high)
        return layout.with_list(high)[1], layout.with_list(high)[0]
    return None


def _tries(points: float, share_from: float, *, wide: bool) -> list[tuple[float, float]]:
    """Return sizes of letters and shares of the sheet, the best first: what reads well before a large map."""
    if not wide:  # a map over the whole width gains by each line a list below it is lower
        return [(scale, share) for share in (0.26, 0.29, 0.32, 0.36, 0.40, 0.44) for scale in LIST_SCALES]
    reads = min(_READS, _READ_PT / points)
    shares = (0.30, 0.33, 0.36, 0.39, 0.42, 0.46) if share_from <= _WIDEST else (share_from,)
    return [(scale, share) for scale in LIST_SCALES for share in (shares if scale < reads else shares[:2])]
