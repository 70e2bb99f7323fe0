"""What a new version would change of a layer's fields: told before it happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from geo.text import Text
from layers.arrow import ArrowColumn
from layers.imports.draft import Draft
from layers.plan.catalog import Layer

KINDS = {pa.string(): "text", pa.int64(): "integer", pa.float64(): "number", pa.bool_(): "boolean"}
_WIDER = {("integer", "number"), ("text", "date"), ("code", "text"), ("text", "code"), ("code", "integer")}
_NAMES = {
    "text": ("文本", "text"),
    "number": ("数", "number"),
    "integer": ("整数", "whole number"),
    "list": ("列表", "list"),
    "boolean": ("真假", "true or false"),
    "date": ("日期", "date"),
    "code": ("编码", "code"),
}


@dataclass(frozen=True)
class FieldChange:
    """A field whose kind of values would change; ``loses`` when sums and comparisons of before no longer work."""

    field: str
    before: str
    after: str
    loses: bool
    example: str = ""

    @property
    def text(self) -> Text:
        """What changes, in words."""
        (zh, en), (now_zh, now_en) = _NAMES[self.before], _NAMES[self.after]
        shown = (
            f"（如 {self.example}）" if self.example else "",
            f" (such as {self.example})" if self.example else "",
        )
        return Text(f"{self.field}：{zh} → {now_zh}{shown[0]}", f"{self.field}: {en} to {now_en}{shown[1]}")


@dataclass(frozen=True)
class TypeChanges:
    """Fields that come, go, and change their kind."""

    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    types: tuple[FieldChange, ...] = ()

    def notes(self) -> tuple[Text, ...]:
        """Say it."""
        told = [
            Text(f"字段类型变化：{one.text.zh}", f"a field changes its type: {one.text.en}") for one in self.types
        ]
        if self.new:
            told.append(Text(f"新增字段：{'、'.join(self.new)}", f"new fields: {', '.join(self.new)}"))
        if self.gone:
            told.append(
                Text(f"不再有字段：{'、'.join(self.gone)}", f"fields that are gone: {', '.join(self.gone)}")
            )
        return tuple(told)


def changes_of(draft: Draft, known: Layer) -> TypeChanges:
    """Return what a draft would change of a layer's declared fields."""
    declared = {one.id: one for one in known.fields}
    raws = {one.raw for one in known.fields if one.raw} | {d["raw"] for d in draft.declared.values() if "raw" in d}
    names = draft.properties.schema.names
    types = []
    for name in names:
        one = declared.get(name)
        if one is None:
            continue
        column = draft.properties.column(name)
        after = changed_kind(draft, name)
        if column.null_count == len(column) or after == one.type or one.type in ("list",) or one.text is not None:
            continue
        loses = (one.type, after) not in _WIDER and not (after == "text" and one.type == "code")
        types.append(FieldChange(name, one.type, after, loses, _example(column, after)))
    new = tuple(n for n in names if n not in declared and n not in raws and n != known.class_field)
    gone = tuple(n for n in declared if n not in names)
    return TypeChanges(new, gone, tuple(types))


def types_of(draft: Draft, known: Layer | None, changes: TypeChanges) -> dict[str, str]:
    """Return the type that the catalog will give each column: what a version remembers of its fields."""
    before = {one.id: one.type for one in known.fields} if known else {}
    changed = {one.field: one.after for one in changes.types}
    found = {name: changed_kind(draft, name) for name in draft.properties.schema.names}
    return {name: changed.get(name) or before.get(name) or plain_kind(kind) for name, kind in found.items()}


def plain_kind(kind: str) -> str:
    """Return the catalog's word for a kind: a list is text there."""
    return "text" if kind == "list" else kind


def changed_kind(draft: Draft, name: str) -> str:
    """Return the catalog's word for what a column holds."""
    said = draft.declared.get(name, {}).get("type")
    return said or KINDS.get(draft.properties.column(name).type, "list")


def _example(column: ArrowColumn, after: str) -> str:
    if after != "text":
        return ""
    values: list[Any] = [v for v in column.slice(0, 5000).to_pylist() if v not in (None, "")]
    odd = next(
        (v for v in values if not str(v).replace(".", "").replace("-", "").isdigit()), values[0] if values else ""
    )
    return str(odd)[:30]
