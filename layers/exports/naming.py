"""What ids and codes are called, so that a table shows names beside them; and what the file itself is called."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text
from layers.errors import LayerUnavailable
from layers.exports.columns import cut
from layers.features.query import FilterCondition
from layers.features.snapshot import Snapshot
from layers.library.library import Library
from layers.plan.catalog import Layer
from layers.plan.schedule import scheduled_fields, usual_day

_MOST = 5000  # different values of a property that is looked up
_LONGEST, _PART, _TITLED = 110, 48, 2  # letters of a file's name, and of what stands in it
_BYTES = 240  # of UTF-8; a name of more is refused on some disks
_LOOSE = " ._-–—·"  # what means nothing at the end of a name
# In a file's name: what one system or another refuses, and what turns the letters after it round.
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+')


def told_contents(
    library: Library, layer: Layer, conditions: Sequence[FilterCondition], *, number: int | None = None
) -> tuple[Text, ...]:
    """Return what a file of a layer holds, part by part: plan, layer, each condition, version, day of its states.

    Parameters
    ----------
    library
        The plan, at the day of its time that is asked for.
    layer
        Whose features leave.
    conditions
        What they had to meet.
    number
        Of the version that was asked for; None for the newest.
    """
    day = library.when or (usual_day(library.catalog.plan).isoformat() if scheduled_fields(layer) else "")
    version = "" if number is None else f"v{number}"
    return (
        library.catalog.plan.title,
        layer.label,
        *(one.words() for one in conditions),
        *(Text(one, one) for one in (version, day) if one),
    )


def file_stem(parts: Sequence[Text], language: str) -> str:
    """Return a file's name without its ending, in letters every system takes.

    Examples
    --------
    >>> file_stem([Text("规划", "Plan"), Text("项目", "Sites: new/old")], "en")
    'Plan_Sites new old'
    """
    cleared = [_shortened(" ".join(_FORBIDDEN.sub(" ", one[language]).split()), _PART) for one in parts]
    left = [one for one in cleared if one]
    if len(left) > _TITLED and _is_too_long(left):
        left = left[1:]  # what is in the file says more than of which plan it is
        while len(left) > 1 and _is_too_long(left):  # no condition stands half in a name
            left = left[:-1]
    return cut(_shortened("_".join(left), _LONGEST), _BYTES).strip(_LOOSE)


def _is_too_long(parts: Sequence[str]) -> bool:
    name = "_".join(parts)
    return len(name) > _LONGEST or len(name.encode()) > _BYTES


def _shortened(text: str, most: int) -> str:
    """Return the beginning of a text, cut between two words or numbers where it has several.

    Examples
    --------
    >>> _shortened("plan atlas 2021–2025", 16), _shortened("东部产业区规划图集", 5)
    ('plan atlas', '东部产业区')
    """
    kept = text[:most]
    if len(text) > most and not text[most].isspace():
        whole, space, _ = kept.rpartition(" ")
        kept = whole if space and len(whole) > most // 2 else kept
    return kept.strip(_LOOSE)


def names_for(library: Library, snapshot: Snapshot) -> dict[str, Mapping[str, Text]]:
    """Return, for each property that holds codes or ids of features, what each of them is called.

    Classes are called as in the layer's scheme and declared values as the catalog says; a property whose every
    value is the id of a feature of one other layer, that everybody may see, shows that feature's title.
    """
    layer, found = snapshot.layer, {}
    for one in layer.fields:
        if one.values:
            found[one.id] = one.values
    if layer.class_field:
        found[layer.class_field] = {c.code: c.name for c in library.catalog.classes.get(layer.scheme, ())}
    wanted: dict[str, set[str]] = {}
    for name in snapshot.content.names:
        column = snapshot.content.properties.column(name)
        if (
            name not in found
            and pa.types.is_string(column.type)
            and not snapshot.content.properties.field(name).metadata
        ):
            values = pc.unique(column).drop_null()
            if 0 < len(values) <= _MOST:
                wanted[name] = {str(value) for value in values.to_pylist()}
    for name, texts in wanted.items():
        for other in library.layers():
            titles = _titles(library, snapshot if other.id == layer.id else None, other.id)
            if titles and texts <= titles.keys():
                found[name] = {text: titles[text] for text in texts}
                break
    return {name: words for name, words in found.items() if words}


def _titles(library: Library, own: Snapshot | None, layer_id: str) -> dict[str, Text]:
    """Return what a layer's features are called, by id; nothing when it cannot be read or holds too many."""
    try:
        snapshot = own or library.snapshot(library.layer(layer_id))
    except LayerUnavailable:
        return {}
    if len(snapshot.content) > _MOST:
        return {}
    title, ids = snapshot.layer.title, map(str, snapshot.content.ids)
    zh, en = (snapshot.content.values(name) for name in (title.zh, title.en))
    return {i: Text(str(a or b or i), str(b or a or i)) for i, a, b in zip(ids, zh, en, strict=True)}
