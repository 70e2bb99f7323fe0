"""Text read in the wrong encoding before it came here: repaired where the repair is certain, else said."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text
from layers.arrow import ArrowColumn, Coded, encode_texts, texts_of
from layers.imports.draft import Draft

DESTROYED = "锟斤拷|\N{REPLACEMENT CHARACTER}|烫烫烫|屯屯屯"
# What bytes 80-FF look like as Latin-1 or Windows-1252, two or more in a row; and no Chinese beside them.
_HIGH = (
    "\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e"
    "\u0192\u02c6\u02dc\u2013-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122"
)
_LATIN = re.compile(f"[{_HIGH}]{{2}}")
_WITHIN_WORD = re.compile("[a-z][\u3400-\u9fff]|[\u3400-\u9fff][a-z]")  # Größe, not Chinese
_HAN = re.compile("[\u3400-\u9fff]")
# Chinese, its punctuation and ASCII: what repaired text consists of
_PLAUSIBLE = re.compile("[\u0020-\u007e\u00b7\u2014-\u2026\u3000-\u303f\u3400-\u9fff\uff00-\uffef\r\n\t]*")
_CP1252 = {ord(bytes([b]).decode("cp1252")): b for b in range(128, 160) if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}


def repair_garbled(draft: Draft) -> Draft:
    """Return a draft whose garbled columns are repaired.

    A column is repaired when every value of it that looks garbled goes back into bytes and out again, strictly,
    as Chinese text. Otherwise it stays as it is. Both are said, as is text that no longer holds what it said.
    """
    notes = list(draft.notes)
    table = draft.properties
    names = list(table.schema.names)
    made, how, _ = _undone(names)
    if made and len(set(made)) == len(made):
        notes.append(
            Text(
                f"列名原是乱码（{how}），已还原：{'、'.join(made)}",
                f"garbled column names restored: {', '.join(made)}",
            )
        )
        names = made
    columns, lost = [], {}
    for name, column in zip(names, table.columns, strict=True):
        if column.type != pa.string():
            columns.append(column)
            continue
        coded = encode_texts(column.combine_chunks())
        broken = pc.match_substring_regex(coded.dictionary, DESTROYED)
        if pc.any(broken).as_py():
            lost[name] = int(pc.sum(pc.take(broken, coded.indices).cast(pa.int64())).as_py() or 0)
        columns.append(_column(name, column, coded, notes))
    if lost:
        total = sum(lost.values())
        zh = "、".join(f"{n}（{k}）" for n, k in lost.items())
        en = ", ".join(f"{n} ({k})" for n, k in lost.items())
        notes.append(
            Text(
                f"{total} 个值的文字在上游已损坏（锟斤拷、\N{REPLACEMENT CHARACTER}），无法还原：{zh}",
                f"{total} values hold text destroyed before it came here: {en}",
            )
        )
    fields = [field.with_name(name) for field, name in zip(table.schema, names, strict=True)]
    held = pa.table(columns, schema=pa.schema(fields)) if fields else table
    return replace(draft, properties=held, notes=tuple(notes))


def _column(name: str, column: ArrowColumn, coded: Coded, notes: list[Text]) -> ArrowColumn:
    """Return one column, repaired when all of it that is garbled can be."""
    texts = coded.dictionary
    foreign = pc.match_substring_regex(texts, "[^\\x00-\\x7F]")
    at = [i for i, yes in enumerate(foreign.to_pylist()) if yes] if pc.any(foreign).as_py() else []
    if not at:
        return column
    made, how, stuck = _undone(texts_of(texts.take(pa.array(at))))
    if stuck:
        notes.append(
            Text(
                f"列 {name} 有 {stuck} 个值像是乱码而不能全部还原，未改动（{how}）",
                f"column {name}: {stuck} values look garbled and cannot all be restored; left as they are",
            )
        )
    if not made:
        return column
    values = texts_of(texts)
    changed = [i for i, text in zip(at, made, strict=True) if values[i] != text]
    first = values[changed[0]], made[at.index(changed[0])]
    for i, text in zip(at, made, strict=True):
        values[i] = text
    hit = pc.is_in(coded.indices, pa.array(changed, coded.indices.type))
    rows = int(pc.sum(hit.cast(pa.int64())).as_py() or 0)
    was, now = first[0][:20], first[1][:20]
    notes.append(
        Text(
            f"列 {name} 的乱码已还原（{how}）：{rows} 个值，如“{was}”→“{now}”",
            f"column {name}: {rows} garbled values restored ({how}), such as “{was}” to “{now}”",
        )
    )
    return pa.chunked_array([pc.take(pa.array(values, pa.string()), coded.indices)])


def _undone(texts: Sequence[str]) -> tuple[list[str], str, int]:
    """Return texts undone, how, and how many look garbled where not all can be undone (then no texts)."""
    latin = [i for i, text in enumerate(texts) if _LATIN.search(text) and not _HAN.search(text)]
    ways: list[tuple[str, Callable[[str], str | None], list[int]]] = [
        ("UTF-8 → Latin-1", _utf8_as_latin, latin),
        ("GBK → Latin-1", _gbk_as_latin, latin),
        ("UTF-8 → GBK", _utf8_as_gbk, [i for i, text in enumerate(texts) if _rare(text)]),
    ]
    stuck, name = 0, ""
    for how, way, at in ways:
        tried = [way(texts[i]) for i in at]
        good = sum(one is not None for one in tried)
        if at and good == len(at):
            out = list(texts)
            for i, one in zip(at, tried, strict=True):
                out[i] = one or out[i]
            if way is _utf8_as_gbk:  # what is plain Chinese either way follows the rest of its column
                out = [way(text) or text for text in texts]
            return out, how, 0
        if good:
            stuck, name = max(stuck, len(at)), how
    return [], name, stuck


def _bytes_of(text: str) -> bytes | None:
    """Return the bytes that Latin-1 or Windows-1252 showed as this text."""
    codes = [_CP1252.get(ord(c), ord(c)) for c in text]
    return bytes(codes) if all(code < 256 for code in codes) else None


def _chinese(data: bytes | None, encoding: str) -> str | None:
    if data is None:
        return None
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return text if _HAN.search(text) and _PLAUSIBLE.fullmatch(text) and text.encode(encoding) == data else None


def _utf8_as_latin(text: str) -> str | None:
    return _chinese(_bytes_of(text), "utf-8")


def _gbk_as_latin(text: str) -> str | None:
    made = _chinese(_bytes_of(text), "gb2312")  # the common characters only: pairs of accents are not Chinese
    return None if made and _WITHIN_WORD.search(made) else made


def _utf8_as_gbk(text: str) -> str | None:
    try:
        data = text.encode("gb18030")
    except UnicodeEncodeError:
        return None
    return None if data.isascii() else _chinese(data, "utf-8")


def _rare(text: str) -> bool:
    """Tell whether text holds Chinese outside the common characters, as misread text does."""
    if not _HAN.search(text):
        return False
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False
