"""Columns of numbers: plain, with units, in either decimal sign; and what looks like numbers and is names."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text
from layers.arrow import ArrowArray, Coded, encode_texts, fill_null, is_equal, is_greater, text_lengths, texts_of
from layers.imports.column import TABLES, ReadColumn, SeenColumn, left_as_text, stated_unit, unit_from_header
from layers.imports.numbers import numbers_of
from layers.imports.tables.places import decimal_question
from layers.imports.units import NONE, Written, common_unit, unit_of
from layers.units import unit_name

_ID_NAME = re.compile(
    r"(^|_|\s)(id|fid|code|no|number|phone|tel|mobile|zip|postcode)$|编号|编码|代码|代号|标识|电话|手机|邮编|证号|号码|bm$|号$|批次",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"面积|长度|宽|高|深|价|额|率|比|量|数$|人口|坐标|经度|纬度|lon|lat|lng|^x$|^y$|area|length|width|height|price|cost|rate|"
    r"ratio|share|density|value|amount|total|sum|mean|score|percent",
    re.IGNORECASE,
)
_ABOUT = (
    r"^(?:约|約|大约|近|超过?|不足|不少于|不大于|不小于|≥|≤|>|<|~|about |ca\.? ?)\s*\d[\d.,]*"
    r"|^\d[\d.,]*\s*(?:[~至]\s*\d[\d.,]*|(?:以上|以下|左右|上下|余)$)"
)
_SHAPES = (
    (r"^\d{1,3}\s?/\s?\d{1,3}$", "分数", "a fraction"),
    (r"^(?:[Bb]|-)?\d{1,3}\s?[Ff]$", "楼层", "a number of floors"),
    (r"^\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[-~至]\s?\d{1,2}:\d{2})?$", "时刻", "a time of day"),
)
_CUT = r"^[1-9](?:\.\d+)?[eE]\+?[12]\d$"  # 3.20281E+17
_DIGITS, _WORDS = 15, 30


def as_numbers(seen: SeenColumn) -> ReadColumn | None:
    """Return a column as numbers, as it is with the reason, or None where it is none."""
    if seen.own.point and seen.own.comma:
        pair = [seen.example(pc.match_substring_regex(seen.texts, form)) for form in (r"\d[.]\d", r"\d[,]\d")]
        return left_as_text(
            seen,
            f"小数点与逗号混用（{pair[0]}、{pair[1]}）",
            f"points and commas are mixed ({pair[0]}, {pair[1]})",
        )
    cut = fill_null(pc.match_substring_regex(seen.texts, _CUT), False)
    if _ID_NAME.search(seen.name) and pc.any(cut).as_py():
        one = seen.example(cut)
        zh = f"{seen.rows(cut)} 个长编号已被 Excel 写成 {one} 的形式，末尾的数字已丢失；"
        en = f"{seen.rows(cut)} values are long ids that Excel wrote as {one} and its like: last digits are lost. "
        zh += "请把原表该列设为文本后重新导出"
        return left_as_text(seen, zh, f"{en}Make the column text in the first file and export it again")
    parts = numbers_of(seen.texts, seen.decimal)
    suffix = encode_texts(fill_null(parts.unit, ""))
    if len(suffix.dictionary) > _WORDS:
        return None
    written = [unit_of(word) for word in texts_of(suffix.dictionary)]
    bad = np.array([unit is None for unit in written])[np.asarray(suffix.indices)]
    known = seen.texts.is_valid()
    unread = pc.and_(known, pc.or_(parts.number.is_null(), pa.array(bad)))
    units = [one for one in written if one is not None]
    stated = stated_unit(seen)
    bare = all(one.unit == NONE for one in units)
    count = seen.rows(unread)
    if count:
        if 3 * count > 2 * seen.rows(known) or (
            bare and (seen.format not in TABLES or _ID_NAME.search(seen.name))
        ):
            return None
        one = seen.example(unread)
        words = ("数", "numbers") if bare else ("带单位的数", "numbers with a unit")
        return left_as_text(
            seen,
            f"{count} 个值不能读作{words[0]}（如“{one}”）",
            f"{count} values do not read as {words[1]}, such as “{one}”",
        )
    if not seen.lenient and not _exact(parts.number, plain=bare):
        return None if _ID_NAME.search(seen.name) or seen.format not in TABLES else _inexact(seen, parts.number)
    if bare and not seen.lenient and (seen.format not in TABLES or _ID_NAME.search(seen.name)):
        return None
    if bare and not seen.lenient and (why := _as_identifiers(seen, parts.number, stated)):
        return left_as_text(seen, *why)
    question = decimal_question(seen.name, texts_of(seen.texts.drop_null())) if seen.asked else None
    if bare and all(one.times == 1 for one in units):
        read = _plain(seen, parts.number, stated)
    else:
        read = _with_units(seen, parts.number, suffix, [one or Written(NONE) for one in written], stated)
    return replace(
        read, note=read.note if seen.asked else _with_signs(seen, parts.grouped, read.note), question=question
    )


def as_about(seen: SeenColumn) -> ReadColumn:
    """Return a column as it is; where most of it says about how much, or from where to where, with the reason."""
    about = fill_null(pc.match_substring_regex(seen.texts, _ABOUT), False)
    known = seen.rows(seen.texts.is_valid())
    if 2 * seen.rows(about) < known:
        return _as_shaped(seen, known)
    one = seen.example(about)
    return left_as_text(
        seen,
        f"多为约数或区间（如“{one}”），不能相加",
        f"most of it is about a number or a range, such as “{one}”, which cannot be added up",
    )


def _as_shaped(seen: SeenColumn, known: int) -> ReadColumn:
    """Return a column as it is; where most of it is fractions, floors or times of day, with the reason."""
    if seen.format not in TABLES or _ID_NAME.search(seen.name):
        return ReadColumn()
    for form, zh, en in _SHAPES:
        shaped = fill_null(pc.match_substring_regex(seen.texts, form), False)
        if 2 * seen.rows(shaped) > known:
            one = seen.example(shaped)
            return left_as_text(
                seen, f"多为{zh}（如“{one}”），不作为数", f"most of it is {en}, such as “{one}”, and no number"
            )
    return ReadColumn()


def _with_signs(seen: SeenColumn, grouped: ArrowArray, note: Text | None) -> Text | None:
    """Say how commas were read where they were."""
    if seen.decimal == ",":
        said = Text(f"列 {seen.name} 的逗号是小数点", f"commas of column {seen.name} are decimal signs")
    elif pc.any(fill_null(grouped, False)).as_py():
        one = seen.example(grouped)
        said = Text(
            f"列 {seen.name} 的千位分隔符已去掉（如 {one}）",
            f"signs between thousands of column {seen.name} are taken out, such as {one}",
        )
    else:
        return note
    return Text(f"{note.zh}；{said.zh}", f"{note.en}; {said.en}") if note else said


def _as_identifiers(seen: SeenColumn, number: ArrowArray, stated: Written | None) -> tuple[str, str] | None:
    """Return why numbers are rather the names of things: 1.1 and 1.10 are two, zeros at the end count."""
    known = number.drop_null()
    values = pc.cast(known, pa.float64())
    if len(pc.unique(values)) < len(pc.unique(known)):
        counts = pc.value_counts(values)
        twice = counts.filter(is_greater(counts.field("counts"), 1)).field("values")
        pair = texts_of(known.filter(is_equal(values, twice[0]))[:2] if len(twice) else known[:2])
        if any("." in one for one in pair) and not stated and not _MEASURED.search(seen.name):
            zh = f"{pair[0]} 与 {pair[1]} 写法不同，可能是编号"
            return zh, f"{pair[0]} and {pair[1]} are written differently, as ids are"
    short = pc.match_substring_regex(known, r"^\d{1,3}\.\d{1,2}$")
    ends = pc.match_substring_regex(known, r"\.\d0$")
    places = pc.match_substring_regex(known, r"\.\d$")
    uneven = pc.any(ends).as_py() and pc.any(places).as_py()
    if pc.all(short).as_py() and uneven and not stated and not _MEASURED.search(seen.name):
        one = known.filter(ends)[0].as_py()
        return (
            f"末尾的 0 可能有意义（如 {one}），如为数请指定类型",
            f"zeros at the end may mean something, such as {one}; say the type if they are numbers",
        )
    return None


def _inexact(seen: SeenColumn, number: ArrowArray) -> ReadColumn | None:
    """Return a column of numbers that would lose something as it is; None where codes begin with zeros."""
    known = number.drop_null()
    if pc.any(pc.match_substring_regex(known, r"^[-+]?0\d")).as_py():
        return None
    powers = known.filter(pc.match_substring_regex(known, r"^[-+]?\d+[eE]\d+$|^\+"))
    if len(powers):
        one = texts_of(powers[:1])[0]
        zh, en = f"{one} 可能是编号；如应为数请指定类型", f"{one} may be a code; say the type if they are numbers"
        return left_as_text(seen, zh, en)
    one = texts_of(known.take(pc.sort_indices(text_lengths(known))[-1:]))[0][:25]
    return left_as_text(
        seen,
        f"有的数位数太多，读作数会丢位（如 {one}）；如应为数请指定类型",
        f"some numbers have more digits than a number keeps, such as {one}; say the type if they are numbers",
    )


def _exact(number: ArrowArray, *, plain: bool) -> bool:
    """Tell whether the numbers are such, not codes: no leading zero, nothing a double would not keep."""
    codes = pc.match_substring_regex(number, r"^[-+]?0\d|^[-+]?\d+[eE]\d+$" + (r"|^\+" if plain else ""))
    bare = pc.replace_substring_regex(number, r"[eE].*$", "")
    digits = text_lengths(pc.replace_substring_regex(bare, r"^[-+]?(?:0\.0*)?|\.", ""))
    long = is_greater(digits, _DIGITS)
    if pc.any(codes).as_py():
        return False
    if not pc.any(long).as_py():
        return True
    texts = number.filter(fill_null(long, False))
    same = is_equal(pc.cast(pc.cast(texts, pa.float64()), pa.string()), texts)  # as a double was written
    return bool(pc.all(pc.and_(same, pc.match_substring(texts, "."))).as_py())


def _plain(seen: SeenColumn, number: ArrowArray, stated: Written | None) -> ReadColumn:
    whole = pc.all(pc.invert(pc.match_substring_regex(number, r"[.eE]|^[-+]?\d{19,}$"))).as_py()
    wanted = seen.declared is not None and seen.declared.type == "number"
    values = seen.spread(pc.cast(number, pa.int64() if whole and not wanted else pa.float64()))
    if stated is None:
        return ReadColumn(values)
    return ReadColumn(values, {"unit": stated.name}, note=unit_from_header(seen.name, stated))


def _with_units(
    seen: SeenColumn,
    number: ArrowArray,
    suffix: Coded,
    written: list[Written],
    stated: Written | None,
) -> ReadColumn:
    """Read numbers whose units differ at most by a multiplier, or are stated: by the catalog or the header."""
    at = np.asarray(suffix.indices)
    used = sorted({int(i) for i, ok in zip(at, seen.texts.is_valid().to_pylist(), strict=True) if ok})
    own = [
        Written(stated.unit, stated.times * one.times) if stated and one.unit == NONE else one for one in written
    ]
    every = [own[i] for i in used]
    target = stated or common_unit(every)
    words = [suffix.dictionary[i].as_py() for i in used]
    named = "、".join(word or "—" for word in words), ", ".join(unit_name(word, "en") or "-" for word in words)
    if target is None or any(one.unit.kind != target.unit.kind for one in every):
        return left_as_text(
            seen, f"单位不一（{named[0]}）且未声明统一单位", f"units differ ({named[1]}), none is declared"
        )
    factors = np.array([float(one.into(target)) if one.unit.kind == target.unit.kind else 1.0 for one in own])
    lost = bool((factors[used] != 1.0).any())
    value = np.asarray(pc.cast(number, pa.float64()).fill_null(np.nan))
    value = np.where(factors[at] == 1.0, value, _tidy(value * factors[at]))
    values = seen.spread(pa.array(value, pa.float64(), from_pandas=True))
    zh, en = (
        f"列 {seen.name} 为带单位的数，单位 {unit_name(target.name, 'zh')}",
        f"column {seen.name} holds numbers in {unit_name(target.name, 'en')}",
    )
    if not target.name:
        zh, en = f"列 {seen.name} 为数，没有单位", f"column {seen.name} holds numbers without a unit"
    if lost:
        zh += f"，由 {named[0]} 换算，原文另存一列"
        en += f", converted from {named[1]}; the text as it was stands in a column beside it"
    return ReadColumn(values, {"unit": target.name} if target.name else {}, lost, Text(zh, en))


def _tidy(value: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Round to 15 digits, which is what a product of decimals keeps: 0.29 x 100 is 29."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = 10.0 ** (14 - np.floor(np.log10(np.abs(value))))
        out: np.ndarray[Any, np.dtype[np.float64]] = np.round(value * scale) / scale
    return np.where(np.isfinite(out), out, value)
