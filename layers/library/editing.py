"""Edits of a layer's features: placed, moved, changed, drawn, taken out, undone; each with who and why."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
import shapely

from geo.errors import PlanAtlasError
from geo.measure.crs import lonlat_crs
from layers.errors import UnknownFeature
from layers.features.columns import write_content
from layers.features.geometry import FAMILIES, checked_geometry
from layers.features.snapshot import Snapshot
from layers.library.library import Library
from layers.plan.catalog import Field, Layer
from layers.plan.schedule import span_of
from layers.store import Change, Version
from layers.store.version import Reason

_TEXT_LIMIT = 20_000
# What the service itself writes about a place, whatever fields a layer declares.
_PLACE = ("position", "unplaced_reason_zh", "unplaced_reason_en", "position_source_zh", "position_source_en")


class BadEdit(PlanAtlasError):
    """An edit says something the layer cannot hold."""

    code = "bad_edit"
    zh = "要素 {feature} 的{what_zh}无效：{why_zh}。"
    en = "{what_en} of the feature {feature} is not valid: {why_en}."


class NothingToUndo(PlanAtlasError):
    """The layer has no edit that can be undone."""

    code = "nothing_to_undo"
    zh = "图层“{layer}”没有可撤销的编辑。"
    en = "The layer “{layer}” has no edit to undo."


@dataclass(frozen=True)
class Edit:
    """What is wanted of one feature.

    ``feature`` empty: a new one, with an id of ours. ``geometry`` is GeoJSON in longitude/latitude; ``place``
    says whether it is part of the edit (None then takes the feature off the map). ``properties`` replaces the
    named properties only. ``gone`` takes the feature out.
    """

    feature: str = ""
    geometry: Mapping[str, Any] | None = None
    place: bool = False
    properties: Mapping[str, Any] = field(default_factory=dict)
    gone: bool = False
    checked: bool = False  # the geometry is what `check_shapes` made of it


def edit(
    library: Library, layer: Layer, edits: Sequence[Edit], *, who: str, why: str, expected: int | None
) -> Version:
    """Make a new version of a layer from edits of single features.

    Parameters
    ----------
    library
        The open plan.
    layer
        The layer; one that so far is a file only is taken into the store first, as its version 1.
    edits
        At least one.
    who, why
        Kept with the version.
    expected
        Number of the newest version the editor has seen; None: the file.

    Raises
    ------
    BadEdit
        A geometry or a value the layer cannot hold.
    UnknownFeature
        An edit of a feature that does not exist.
    EditConflict
        One of the features was changed since ``expected``.
    """
    changes = read_changes(library.snapshot(layer), edits)
    return keep_changes(library, layer, changes, who=who, why=why, expected=expected)


def check_shapes(edits: Sequence[Edit], *, geometry: str, datum: str) -> list[Edit]:
    """Return edits whose shapes were read and mended; needs no plan, so that it can be done apart.

    Parameters
    ----------
    geometry, datum
        The layer's.

    Raises
    ------
    BadEdit
        A geometry the layer cannot hold.
    """
    told = {"geometry": geometry, "datum": datum}
    return [
        replace(one, geometry=_geometry(one.feature or "-", one.geometry, **told), checked=True) for one in edits
    ]


def read_changes(snapshot: Snapshot, edits: Sequence[Edit]) -> tuple[Change, ...]:
    """Return what edits make of a layer's features; nothing is kept yet.

    Raises
    ------
    BadEdit
        A geometry or a value the layer cannot hold, or no edit at all.
    UnknownFeature
        An edit of a feature that does not exist.
    """
    changes = tuple(_change(snapshot, one) for one in edits)
    if not changes:
        raise BadEdit(
            feature="-", what_zh="内容", what_en="The content", why_zh="没有修改", why_en="nothing changes"
        )
    return changes


def keep_changes(
    library: Library, layer: Layer, changes: Sequence[Change], *, who: str, why: str, expected: int | None
) -> Version:
    """Make a new version of a layer from changes that were read.

    Parameters
    ----------
    library
        The plan.
    layer
        As it is declared.
    changes
        What becomes of each feature.
    who, why
        Who changes them and why, for the list of versions.
    expected
        The version's number the changes were made on; the newest when None.

    Raises
    ------
    EditConflict
        One of the features was changed since ``expected``.
    """
    first = take_over(library, layer, who=who)
    return library.store.edit(layer.id, changes, who=who, why=why, expected=expected or first)


def take_over(library: Library, layer: Layer, *, who: str) -> int:
    """Put a file's features into the store as the layer's first version; returns the first number.

    Nothing happens when the layer has versions already.
    """
    known = library.store.versions(layer.id)
    if known:
        return known[-1].number
    snapshot = library.snapshot(layer)
    crs = lonlat_crs(layer.datum)
    about = {"file": layer.file, "file_version": snapshot.version}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "content.parquet"
        write_content(path, snapshot.content, crs=crs)
        made = library.store.add(layer.id, path, Reason(kind="file", who=who, why="", about=about), expected=None)
    return made.number


def undo(library: Library, layer: Layer, *, who: str) -> Version:
    """Take back the newest edit that has not been taken back, as a new version.

    Raises
    ------
    NothingToUndo
        There is none, or the newest version is not an edit.
    """
    versions = library.store.versions(layer.id)
    taken_back = {v.about.get("undoes") for v in versions}
    for one in versions:
        if one.kind != "edit":
            break
        if one.about.get("undoes") is None and one.number not in taken_back:
            back = [Change(c.feature, c.after, c.before) for c in library.store.changes(layer.id, one.number)]
            return library.store.edit(
                layer.id, back, who=who, why="", expected=versions[0].number, about={"undoes": one.number}
            )
    raise NothingToUndo(layer=layer.id)


def _change(snapshot: Snapshot, wanted: Edit) -> Change:
    layer = snapshot.layer
    before = snapshot.features[snapshot.row_of(wanted.feature)] if wanted.feature else None
    feature_id = wanted.feature or f"n-{secrets.token_hex(5)}"
    told = None if before is None else {"geometry": _plain(before.geometry), "properties": before.properties}
    if wanted.gone:
        if before is None:
            raise UnknownFeature(layer=layer.id, feature="-")
        return Change(feature_id, told, None)
    geometry: Any = (told or {}).get("geometry")
    if wanted.place:
        told_of = {"geometry": layer.geometry, "datum": layer.datum}
        geometry = wanted.geometry if wanted.checked else _geometry(feature_id, wanted.geometry, **told_of)
    known = {f.id: f for f in layer.fields}
    properties = dict(before.properties) if before else {}
    for name, value in wanted.properties.items():
        properties[name] = _value(layer, known, feature_id, name, value)
    if wanted.place and "position" not in wanted.properties:
        properties["position"] = "approximate" if geometry is not None else "unplaced"
        if geometry is not None:
            properties |= {n: None for n in _PLACE[1:3] if n in properties}
    return Change(feature_id, told, {"geometry": geometry, "properties": properties})


def _plain(shape: Any) -> dict[str, Any] | None:  # noqa: ANN401 - shapely geometries
    return None if shape is None else orjson.loads(shapely.to_geojson(shape))


def _geometry(
    feature: str, given: Mapping[str, Any] | None, *, geometry: str, datum: str
) -> dict[str, Any] | None:
    if given is None:
        return None
    # The page works in longitude/latitude of WGS 84 whatever encrypted datum the file has.
    kept = datum if datum == "CGCS2000" else "WGS84"
    checked = checked_geometry(dict(given), families=FAMILIES[geometry], datum=kept)
    if checked.shape is None:
        why = checked.issues[0]
        raise BadEdit(feature=feature, what_zh="图形", what_en="The geometry", why_zh=why.zh, why_en=why.en)
    return checked.json


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# What is a value of a kind of field, and what is said of one that is not.
_FITTING: dict[str, tuple[tuple[Callable[[Any], bool], str, str], ...]] = {
    "number": ((_number, "应为数字", "a number is expected"),),
    "integer": (
        (_number, "应为数字", "a number is expected"),
        (lambda value: value == int(value), "应为整数", "a whole number is expected"),
    ),
    "boolean": ((lambda value: isinstance(value, bool), "应为是或否", "true or false is expected"),),
    "list": (
        (
            lambda value: isinstance(value, list) and len(str(value)) <= _TEXT_LIMIT,
            "应为列表",
            "a list is expected",
        ),
    ),
}


def _value(layer: Layer, known: Mapping[str, Field], feature: str, name: str, value: object) -> Any:  # noqa: ANN401
    """Return a property's new value, fit for its field."""

    def bad(zh: str, en: str) -> BadEdit:
        return BadEdit(
            feature=feature, what_zh=f"字段“{name[:60]}”", what_en=f"The field '{name[:60]}'", why_zh=zh, why_en=en
        )

    pairs = {n for f in layer.fields if f.text for n in (f.text.zh, f.text.en)}
    own = {*known, *pairs, layer.title.zh, layer.title.en, layer.class_field, *layer.search, *_PLACE} - {""}
    if name not in own:
        raise bad("图层没有声明此字段", "the layer declares no such field")
    if value is None:
        return None
    found = known.get(name)
    kind = found.type if found else "text"
    if kind in _FITTING:
        for fits, zh, en in _FITTING[kind]:
            if not fits(value):
                raise bad(zh, en)
        return value
    if not isinstance(value, str) or len(value) > _TEXT_LIMIT:
        raise bad(f"应为文本，最多 {_TEXT_LIMIT} 个字符", f"text of at most {_TEXT_LIMIT} characters is expected")
    if found and found.values and value not in found.values:
        raise bad("应为以下之一：" + "、".join(found.values), "one of " + ", ".join(found.values) + " is expected")
    if kind == "date" and span_of(value) is None:
        raise bad(
            "应为日期，如 2025、2025-06、2025-06-30", "a date such as 2025, 2025-06 or 2025-06-30 is expected"
        )
    return value
