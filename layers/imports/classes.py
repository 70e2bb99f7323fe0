"""The land-use classes of a file: which scheme its codes are of, and what they are in the plan's."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text
from layers.arrow import ArrowColumn
from layers.imports.draft import refuse_file
from layers.plan.crosswalk import UNSPLIT, AmbiguousScheme, Crosswalk, fitting_schemes
from layers.plan.reader import Catalog

PLAN_CLASS, MAY_BE = "plan_class", "plan_class_may_be"
LABELS = {
    PLAN_CLASS: {"zh": "规划用地分类", "en": "Plan class"},
    MAY_BE: {"zh": "可能的分类（未拆分）", "en": "May be (unsplit)"},
}


@dataclass(frozen=True)
class Classed:
    """A file's properties with its classes decided: the field and scheme a layer declares, what is to be said."""

    properties: pa.Table
    field: str
    scheme: str
    notes: tuple[Text, ...] = ()


def schemes_of(column: ArrowColumn, catalog: Catalog, crosswalks: dict[str, Crosswalk]) -> dict[str, float]:
    """Return the schemes whose codes a column holds, with the share of its different values they know."""
    if pa.types.is_list(column.type) or pa.types.is_boolean(column.type) or pa.types.is_floating(column.type):
        return {}
    values = {str(v) for v in pc.unique(column.slice(0, 100_000)).to_pylist() if v not in (None, "")}
    known = {name: [c.code for c in classes] for name, classes in catalog.classes.items()}
    known |= {name: list(one.codes) for name, one in crosswalks.items()}
    return fitting_schemes(values, known) if len(values) <= 300 else {}


def class_properties(
    properties: pa.Table, field: str, scheme: str, catalog: Catalog, crosswalks: dict[str, Crosswalk]
) -> Classed:
    """Return properties with the plan's class beside the file's own where its scheme is another.

    A class that corresponds to several of the plan's is `UNSPLIT`, with what it may be beside it: nothing is
    allocated by a guess.

    Parameters
    ----------
    properties
        The file's columns, n rows.
    field
        Of the class; empty when the file has none.
    scheme
        The scheme its codes are of; empty: found by the codes.
    catalog
        Of the plan, with the classes of its scheme.
    crosswalks
        Tables from other schemes, by the id of the scheme.

    Raises
    ------
    UnreadableFile
        There is no such field.
    AmbiguousScheme
        No scheme is said and the codes fit several.
    """
    if not field:
        return Classed(properties, field, scheme)
    if field not in properties.schema.names:
        known = ", ".join(properties.schema.names)
        raise refuse_file(field, f"没有此字段；有 {known}", f"there is no such field; there are {known}")
    column = properties.column(field)
    if not scheme:
        fits = schemes_of(column, catalog, crosswalks)
        if len(fits) > 1:
            raise AmbiguousScheme(field=field, schemes=", ".join(sorted(fits)))
    walk = crosswalks.get(scheme)
    if walk is None:
        return Classed(properties, field, scheme)
    values = [None if v is None else str(v) for v in column.to_pylist()]
    told = {value: walk.told(value) for value in set(values)}
    made = [told[value][0] for value in values]
    for name, at in ((PLAN_CLASS, 0), (MAY_BE, 1)):
        if name in properties.schema.names:
            properties = properties.drop_columns([name])
        properties = properties.append_column(name, pa.array([told[v][at] for v in values], pa.string()))
    unsplit = Counter(v for v, new in zip(values, made, strict=True) if new == UNSPLIT)
    lost: Counter[str | None] = Counter(v for v, new in zip(values, made, strict=True) if new is None and v)
    notes = [_note(walk, len(values) - sum(unsplit.values()) - sum(lost.values()), unsplit, lost)]
    return Classed(properties, PLAN_CLASS, walk.target, tuple(notes))


def _note(walk: Crosswalk, whole: int, unsplit: Counter[str | None], lost: Counter[str | None]) -> Text:
    def listed(found: Counter[str | None]) -> str:
        words = ", ".join(f"{code} × {count}" for code, count in found.most_common(8))
        return f" ({words}{'…' if len(found) > 8 else ''})" if found else ""

    zh = f"按 {walk.scheme} → {walk.target} 对照：{whole} 个一一对应，{sum(unsplit.values())} 个一对多未拆分"
    zh += f"{listed(unsplit)}，{sum(lost.values())} 个没有对应{listed(lost)}；原编码保留"
    en = f"classes from {walk.scheme} to {walk.target}: {whole} correspond, {sum(unsplit.values())} stay unsplit"
    en += f"{listed(unsplit)}, {sum(lost.values())} have no counterpart{listed(lost)}; the file's codes are kept"
    return Text(zh, en)
