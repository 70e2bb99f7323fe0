"""How what a stored version holds came in: the file or table, and what was decided about its places and text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geo.measure.crs_words import crs_label
from geo.text import Text, join_texts
from layers.messages import say
from layers.store.version import Version

_CONVENTIONS = ("coordinate_frame", "position_vector")


def import_of(versions: Sequence[Version], number: int) -> Version | None:
    """Return the import that a version rests on through edits and restorations; None for a file of the plan."""
    known = {one.number: one for one in versions}
    at: int | None = number
    while at is not None and (one := known.get(at)) is not None and one.kind != "import":
        at = one.about.get("restores") if one.kind == "restore" else one.parent
    return known.get(at) if at is not None else None


def came_in(about: Mapping[str, Any]) -> Text:
    """Return how an import was read, in words.

    Examples
    --------
    >>> came_in({"file": "a.csv", "format": "CSV", "used_crs": "EPSG:4490"}).en
    'a.csv (CSV), read in China Geodetic Coordinate System 2000 (EPSG:4490), said at the import'
    """
    read = [str(about[key]) for key in ("format", "encoding") if about.get(key)]
    used, declared = str(about.get("used_crs") or ""), about.get("declared_crs")
    name, held = crs_label(used), used == declared
    comma = say("came_comma")
    told = [say("came_file", file=about.get("file", ""), read=Text(comma.zh.join(read), comma.en.join(read)))]
    if used:
        told.append(say("came_crs", crs=name, said=say("came_declared" if held else "came_said")))
    if about.get("swapped_axes"):
        told.append(say("came_swapped"))
    if about.get("datum_parameters"):
        *numbers, last = str(about["datum_parameters"]).split(" ")
        turned = last if last in _CONVENTIONS else ""
        said = " ".join([*numbers, *([] if turned else [last])])
        told.append(say("came_moved", numbers=said, turned=say(f"came_{turned}") if turned else ""))
    if about.get("scheme") and about.get("class_field"):
        told.append(say("came_scheme", scheme=about["scheme"], field=about["class_field"]))
    return join_texts(say("came_between"), told)
