"""What stands over an inset: its block's name, where that lies, what the map has nothing of there, its scale."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from briefings.map.fonts import drawable_text, width_em
from briefings.map.grounds import SCALES, Inset, inset_frame, paper_scale
from briefings.map.layers import features_near
from briefings.map.layouts import Options
from briefings.map.lettering import fit_line
from briefings.messages import say
from layers.features.snapshot import Features, Snapshot

_NAME_LINES, _WHERE_LINES = 2, 3
_NAME_SIZE = 1.1  # of the legend's letters
_SCALE_EMS = 8  # what a printed scale takes
LINE_EM = 1.45  # from line to line
TIMES_MAIN = 3.0  # the main map's scale, that an inset of a sheet has at most
_EDGE_EM = 0.3  # between the words and the map


def inset_lines(inset: Inset, options: Options, missing: Sequence[str], inches: float) -> list[tuple[str, float]]:
    """Return the lines over an inset so wide, each with its part of the legend's letters: its name first.

    Parameters
    ----------
    inset, options
        The block, and how the sheet comes out.
    missing
        As ``missing_layers`` gives them.
    inches
        Its width.
    """
    language, ems = options.language, inches * 72 / options.size.legend_points
    name = fit_line(drawable_text(inset.name[language]), ems / _NAME_SIZE, lines=_NAME_LINES)
    where = fit_line(drawable_text(inset.where[language]), ems, lines=_WHERE_LINES)
    if len(where) > 1:  # wind and distance alone, before a second line
        where = fit_line(drawable_text(inset.apart[language]), ems, lines=_WHERE_LINES)
    if missing:
        names = ("、" if language == "zh" else ", ").join(missing)
        told = fit_line(drawable_text(say("inset_empty", layers=names)[language]), ems, lines=_WHERE_LINES)
        if len(told) > 1:  # the map below needs the room more than the layers' names
            told = fit_line(drawable_text(say("inset_none")[language]), ems, lines=_WHERE_LINES)
        where = told if is_printed(options) and options.arrangement == "untitled" else [*told, *where]
    if is_printed(options) and width_em(where[-1]) + _SCALE_EMS > ems:
        where.append("")  # a line for the scale alone
    return [(line, _NAME_SIZE) for line in name] + [(line, 1.0) for line in where]


def is_printed(options: Options) -> bool:
    """Return whether a picture is a sheet or a document's map: its insets say their scale."""
    return options.size.paper and options.arrangement in ("sheet", "untitled")


def missing_layers(
    inset: Inset,
    shown: Sequence[tuple[Snapshot, Features]],
    ground: Collection[str],
    *,
    crs: str,
    language: str,
) -> list[str]:
    """Return what a map is about and its inset has nothing of; nothing where some of it is there.

    Parameters
    ----------
    inset
        The block.
    shown
        The layers of the map with what of them is chosen.
    ground
        Ids of the layers that are no map's subject.
    crs, language
        The plane of the map, ``zh`` or ``en``.
    """
    frame = inset_frame(inset, crs, shape=1.0)
    subject = [one for one in shown if one[0].layer.id not in ground]
    if any(len(features_near([frame], chosen)) for _, chosen in subject):
        return []
    return [snapshot.layer.label[language] for snapshot, _ in subject]


def words_inches(lines: int, options: Options) -> float:
    """Return how high so many lines over an inset are."""
    return (lines + _EDGE_EM) * LINE_EM * options.size.legend_points / 72


def coarsest_scale(scale: float) -> float:
    """Return the smallest printed scale of an inset beside a map of a scale, as its denominator.

    Examples
    --------
    >>> coarsest_scale(60_000), coarsest_scale(80_000)
    (150000.0, 200000.0)
    """
    steps = (step * 10.0**power for power in range(9) for step in SCALES)
    return max(step for step in steps if step <= TIMES_MAIN * scale * (1 + 1e-9))


def inset_scale(inset: Inset, options: Options, crs: str, inches: tuple[float, float]) -> float:
    """Return the printed scale of an inset's map in a place so wide and high, as its denominator.

    Parameters
    ----------
    inset, options, crs
        The block, how the sheet comes out, and the plane of its map.
    inches
        Width and height of the place, without the words.
    """
    size = options.size
    frame = inset_frame(inset, crs, shape=inches[0] / inches[1])
    scale = paper_scale(frame, size, inches[0] * size.dpi / size.width)[1]
    assert scale is not None
    return scale
