"""What texts of a column are: numbers, numbers with units, dates; changed only as a whole, and said."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text
from layers.imports.dates import DATE_NAME, PRECISIONS, iso_dates
from layers.imports.draft import Draft
from layers.imports.encoding import repaired
from layers.imports.units import NONE, Written, common, unit_in_header, unit_of
from layers.plan.catalog import Field

_TABLES = ("CSV", "XLSX")  # where a number is written as text because all is
_NUMBER = r"^(?P<number>[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*(?P<unit>[^\d\s].*)?$"
_YEAR_MONTH = r"^(?:19|20)\d{2}(?:\.(?:0?[1-9]|1[0-2]))?$"
_ID_NAME = re.compile(
    r"(^|_|\s)(id|fid|code|no|number|phone|tel|mobile|zip|postcode)$|编号|编码|代码|代号|标识|电话|手机|邮编|证号|号码|bm$",
    re.IGNORECASE,
)
_DIGITS, _WORDS = 15, 30
_STAYS = ("text", "code", "list", "boolean")


@dataclass(frozen=True)
class _Column:
    """A column being looked at: its distinct texts, trimmed and in NFKC form, and where each stands."""

    name: str
    texts: pa.Array
    indices: pa.Array
    format: str
    declared: Field | None

    def spread(self, values: pa.Array) -> pa.ChunkedArray:
        """Return values of the distinct texts for every row."""
        return pa.chunked_array([pc.take(values, self.indices)])

    def rows(self, chosen: pa.Array) -> int:
        """Return how many rows hold the chosen of the distinct texts."""
        return int(pc.sum(pc.take(chosen.cast(pa.int64()), self.indices)).as_py() or 0)

    def example(self, chosen: pa.Array) -> str:
        """Return one of the chosen texts."""
        return str(self.texts.filter(chosen)[0].as_py())[:20]


@dataclass(frozen=True)
class _Read:
    """What a column was read as; no ``values`` when it stays as it is."""

    values: pa.ChunkedArray | None = None
    declared: Mapping[str, str] = field(default_factory=dict)
    keep_raw: bool = False
    note: Text | None = None


def recognised(
    draft: Draft, *, fields: Mapping[str, Field] | None = None, keep: Collection[str] = frozenset()
) -> Draft:
    """Return a draft whose garbled texts are repaired and whose numbers and dates are such, with notes.

    A column is changed only when every value of it that is not empty reads as a number with one kind of unit, as
    a plain number (CSV and Excel sheets), or as a date. Codes with leading zeros, numbers of more than 15 digits
    and columns named as ids stay text. Where the unit written was converted, the text stays in ``<name>_raw``.

    Parameters
    ----------
    draft
        As read.
    fields
        What the catalog declares of a layer that exists: its texts stay texts, its units are the target.
    keep
        Columns that stay text whatever they hold: ids, classes.
    """
    draft = repaired(draft)
    notes, declared = list(draft.notes), {k: dict(v) for k, v in draft.declared.items()}
    columns: dict[str, pa.ChunkedArray] = {}
    schema: list[pa.Field] = []
    plain: list[str] = []
    taken = set(draft.properties.schema.names)
    for one, column in zip(draft.properties.schema, draft.properties.columns, strict=True):
        known = (fields or {}).get(one.name)
        still = one.name in keep or bool(one.metadata) or (known is not None and known.type in _STAYS)
        still |= one.name.endswith("_raw") and one.name[:-4] in taken  # the text beside a number of ours
        read = _Read() if still else _read(one.name, column, draft.format, known)
        columns[one.name] = column if read.values is None else read.values
        schema.append(one if read.values is None else pa.field(one.name, read.values.type))
        if read.note:
            notes.append(read.note)
        elif read.values is not None:
            plain.append(one.name)
        if read.declared:
            declared[one.name] = dict(read.declared)
        if read.keep_raw:
            raw = f"{one.name}_raw"
            while raw in taken:
                raw += "_"
            taken.add(raw)
            columns[raw] = column
            schema.append(one.with_name(raw))
            declared.setdefault(one.name, {})["raw"] = raw
    if plain:
        notes.append(Text(f"作为数字读取的列：{'、'.join(plain)}", f"columns read as numbers: {', '.join(plain)}"))
    table = pa.table(list(columns.values()), schema=pa.schema(schema)) if columns else draft.properties
    return replace(draft, properties=table, notes=tuple(notes), declared=declared)


def _read(name: str, column: pa.ChunkedArray, format_: str, known: Field | None) -> _Read:
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        unit = unit_in_header(name)
        return _Read(declared={"unit": unit.name}, note=_from_header(name, unit)) if unit else _Read()
    if column.type != pa.string():
        return _Read()
    coded = pc.dictionary_encode(column.combine_chunks())
    texts = pc.utf8_trim_whitespace(pc.utf8_normalize(coded.dictionary, form="NFKC"))
    empty = pc.equal(texts, "")
    if not len(texts) or pc.all(empty).as_py():
        return _Read()
    numeric = pc.match_substring_regex(texts, r"^[-+]?\d")
    if 2 * pc.sum(numeric.cast(pa.int64())).as_py() < len(texts) - pc.sum(empty.cast(pa.int64())).as_py():
        return _Read()
    texts = pc.if_else(empty, pa.scalar(None, pa.string()), texts)
    seen = _Column(name, texts, coded.indices, format_, known)
    return _as_dates(seen) or _as_numbers(seen) or _Read()


def _as_dates(seen: _Column) -> _Read | None:
    called = bool(DATE_NAME.search(seen.name)) or (seen.declared is not None and seen.declared.type == "date")
    dotted = "never" if seen.format == "XLSX" else "alone" if called else "beside"
    known = seen.texts.is_valid()
    found = iso_dates(pc.fill_null(seen.texts, ""), dotted=dotted, years=called)  # type: ignore[arg-type]
    if found is None:
        months = pc.fill_null(pc.match_substring_regex(seen.texts, _YEAR_MONTH), True)
        if pc.all(months).as_py() and pc.any(pc.match_substring(seen.texts, ".")).as_py():
            return _left(
                seen, "可能是年月（2021.1 与 2021.10 之别），也可能是数字", "they may be year.month, or numbers"
            )
        return None
    iso, kind = found
    unread = pc.and_(known, iso.is_null())
    count = seen.rows(unread)
    if count:
        if 2 * count > seen.rows(known):
            return None
        one = seen.example(unread)
        return _left(
            seen, f"{count} 个值不能读作日期（如“{one}”）", f"{count} values do not read as dates, such as “{one}”"
        )
    counts = {c["values"]: c["counts"] for c in seen.spread(kind).drop_null().value_counts().to_pylist()}
    ordered = [(PRECISIONS[k], counts[k]) for k in PRECISIONS if k in counts]
    zh = f"列 {seen.name} 为日期，按各自精度记录：" + "、".join(f"{n} 个到{word[0]}" for word, n in ordered)
    en = f"column {seen.name} holds dates, each to its own precision: " + ", ".join(
        f"{n} {word[1]}" for word, n in ordered
    )
    return _Read(seen.spread(iso), {} if "time" in counts else {"type": "date"}, note=Text(zh, en))


def _as_numbers(seen: _Column) -> _Read | None:
    parts = pc.extract_regex(seen.texts, _NUMBER)
    suffix = pc.dictionary_encode(pc.fill_null(pc.struct_field(parts, "unit"), ""))
    if len(suffix.dictionary) > _WORDS:
        return None
    written = [unit_of(word) for word in suffix.dictionary.to_pylist()]
    bad = np.array([unit is None for unit in written])[np.asarray(suffix.indices)]
    known = seen.texts.is_valid()
    unread = pc.and_(known, pc.or_(parts.is_null(), pa.array(bad)))
    units = [one for one in written if one is not None]
    stated = unit_of(seen.declared.unit) if seen.declared and seen.declared.unit else unit_in_header(seen.name)
    bare = all(one.unit == NONE for one in units)
    count = seen.rows(unread)
    if count:
        if bare or 2 * count > seen.rows(known):
            return None
        one = seen.example(unread)
        zh = f"{count} 个值不能读作带单位的数（如“{one}”）"
        return _left(seen, zh, f"{count} values do not read as numbers with a unit, such as “{one}”")
    number = pc.replace_substring(pc.struct_field(parts, "number"), ",", "")
    if not _exact(number, plain=bare):
        return None
    if bare and (seen.format not in _TABLES or _ID_NAME.search(seen.name)):
        return None
    if bare and all(one.times == 1 for one in units):
        return _plain(seen, number, stated)
    return _with_units(seen, number, suffix, [one or Written(NONE) for one in written], stated)


def _exact(number: pa.Array, *, plain: bool) -> bool:
    """Tell whether the numbers are such, not codes: no leading zero, nothing a double would not keep."""
    codes = pc.match_substring_regex(number, r"^[-+]?0\d" + (r"|^\+" if plain else ""))
    digits = pc.utf8_length(pc.replace_substring_regex(number, r"^[-+]?(?:0\.0*)?|\.", ""))
    long = pc.greater(digits, _DIGITS)
    if pc.any(codes).as_py():
        return False
    if not pc.any(long).as_py():
        return True
    texts = number.filter(pc.fill_null(long, False))
    same = pc.equal(pc.cast(pc.cast(texts, pa.float64()), pa.string()), texts)  # as a double was written
    return bool(pc.all(pc.and_(same, pc.match_substring(texts, "."))).as_py())


def _plain(seen: _Column, number: pa.Array, stated: Written | None) -> _Read:
    whole = pc.all(pc.invert(pc.match_substring(number, "."))).as_py()
    wanted = seen.declared is not None and seen.declared.type == "number"
    values = seen.spread(pc.cast(number, pa.int64() if whole and not wanted else pa.float64()))
    if stated is None:
        return _Read(values)
    return _Read(values, {"unit": stated.name}, note=_from_header(seen.name, stated))


def _with_units(
    seen: _Column, number: pa.Array, suffix: pa.DictionaryArray, written: list[Written], stated: Written | None
) -> _Read:
    """Read numbers whose units differ at most by a multiplier, or are stated: by the catalog or the header."""
    at = np.asarray(suffix.indices)
    used = sorted({int(i) for i, ok in zip(at, seen.texts.is_valid().to_pylist(), strict=True) if ok})
    own = [
        Written(stated.unit, stated.times * one.times) if stated and one.unit == NONE else one for one in written
    ]
    every = [own[i] for i in used]
    target = stated or common(every)
    words = [suffix.dictionary[i].as_py() for i in used]
    named = "、".join(word or "—" for word in words), ", ".join(word or "-" for word in words)
    if target is None or any(one.unit.kind != target.unit.kind for one in every):
        return _left(
            seen, f"单位不一（{named[0]}）且未声明统一单位", f"units differ ({named[1]}), none is declared"
        )
    factors = np.array([float(one.into(target)) if one.unit.kind == target.unit.kind else 1.0 for one in own])
    lost = bool((factors[used] != 1.0).any())
    value = np.asarray(pc.cast(number, pa.float64()).fill_null(np.nan))
    value = np.where(factors[at] == 1.0, value, _tidy(value * factors[at]))
    values = seen.spread(pa.array(value, pa.float64(), from_pandas=True))
    zh, en = (
        f"列 {seen.name} 为带单位的数，单位 {target.name}",
        f"column {seen.name} holds numbers in {target.name}",
    )
    if lost:
        zh += f"，由 {named[0]} 换算，原文另存一列"
        en += f", converted from {named[1]}; the text as it was stands in a column beside it"
    return _Read(values, {"unit": target.name} if target.name else {}, lost, Text(zh, en))


def _tidy(value: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Round to 15 digits, which is what a product of decimals keeps: 0.29 x 100 is 29."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = 10.0 ** (14 - np.floor(np.log10(np.abs(value))))
        out: np.ndarray[Any, np.dtype[np.float64]] = np.round(value * scale) / scale
    return np.where(np.isfinite(out), out, value)


def _left(seen: _Column, zh: str, en: str) -> _Read:
    return _Read(note=Text(f"列 {seen.name} 保留为文本：{zh}", f"column {seen.name} stays text: {en}"))


def _from_header(name: str, unit: Written) -> Text:
    return Text(f"列 {name} 的单位取自列名：{unit.name}", f"the unit of column {name} is in its name: {unit.name}")
