"""Which column says in what currency or unit amounts of another are, so that sums keep them apart everywhere."""

from __future__ import annotations

from layers.features.snapshot import Features
from layers.plan.catalog import Field, Layer
from layers.plan.measures import is_money, usage_of
from layers.units import currency_of, is_unit

_FIRST = 1000  # values of a column that are looked at before all are


def find_apart_column(field: Field, layer: Layer | None, features: Features) -> str:
    """Return the column whose values keep a field's amounts apart: its currencies or units; empty where none does.

    Parameters
    ----------
    field
        A field that may be added up.
    layer
        Whose it is.
    features
        Whose values tell what a column holds.
    """
    return usage_of(field, layer).currency or _units_beside(field, layer, features)


def _units_beside(field: Field, layer: Layer | None, features: Features) -> str:
    """Return the column that says in which currency or unit each amount of a field is, by its values; else "".

    One that is all currencies belongs to what is named like money; where nothing is, and one of other units, to
    the only quantity that states no unit, or to the one it is named after or stands beside.
    """
    fields = layer.fields if layer is not None else ()
    if field.unit and not field.unit.startswith("万"):
        return ""
    numbers = [one for one in fields if one.type in ("number", "integer")]
    texts = [one for one in fields if one.type in ("text", "code") and one.id != field.id]
    for one in texts:
        words = _stated(features, one.id)
        if not words or not all(is_unit(word) for word in words):
            continue
        if all(currency_of(word) for word in words):
            if is_money(field) or (not any(map(is_money, numbers)) and _meant(one, field, layer)):
                return one.id
        elif not field.unit and _meant(one, field, layer):
            return one.id
    return ""


def _stated(features: Features, name: str) -> set[str]:
    """Return the words a column states; none of a column that is plainly not one of units."""
    first = {str(word) for word in features[:_FIRST].values(name) if word not in (None, "")}
    if not all(is_unit(word) for word in first):
        return set()
    return {str(word) for word in features.values(name) if word not in (None, "")}


def _meant(units: Field, field: Field, layer: Layer | None) -> bool:
    """Whether a column of units belongs to a field: called after it, right behind it, or the only one it could."""
    fields = layer.fields if layer is not None else ()
    return _named_after(units, field) or _beside(units, field, fields) or _only_bare(field, layer)


def _named_after(units: Field, field: Field) -> bool:
    """Whether a column of units is called after a field: 面积 and 面积单位, cost and cost_unit."""
    return any(
        one.casefold().startswith(other.casefold()) and one != other
        for one, other in ((units.id, field.id), (units.label.zh, field.label.zh))
        if other
    )


def _only_bare(field: Field, layer: Layer | None) -> bool:
    fields = layer.fields if layer is not None else ()
    bare = [one for one in fields if one.type in ("number", "integer") and not one.unit]
    bare = [one for one in bare if usage_of(one, layer).measure in ("additive", "money")]
    return [one.id for one in bare] == [field.id]


def _beside(units: Field, field: Field, fields: tuple[Field, ...]) -> bool:
    ids = [one.id for one in fields]
    return field.id in ids and ids.index(units.id) - ids.index(field.id) == 1
