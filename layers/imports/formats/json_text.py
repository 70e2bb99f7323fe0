"""JSON as people have it: other encodings, NaN, keys given twice, long numbers, files cut off; all of it told."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import orjson

from geo.text import Text
from layers.features.geojson import holds_nan
from layers.imports.charset import decode
from layers.imports.draft import Found, Undecided, refuse_file

_DEEP_LISTS, _DEEP_OBJECTS = b"[[[[[[", b"{" * 40
_SLOW = 400_000_000  # bytes up to which the exact, slower reader is used where it is needed
_LONG = re.compile(rb"(?<![\d.\"eE])-?\d{19,}(?![\d.\"eE])")
_NAME = rb"[\w$.\x80-\xff]{0,80}"
_SCRIPT = re.compile(
    rb"\s{0,99}(?:(?:var|let|const)\s{1,9}"
    + _NAME
    + rb"\s{0,9}=|(?:window|self|module|exports)"
    + _NAME
    + rb"\s{0,9}="
    rb"|export\s{1,9}default|[\w$]" + _NAME + rb"\()\s{0,99}(?=[{\[])"
)
_BARE_WORD = re.compile(rb"(?<=[:,\[\s])-?(?:NaN|Infinity|nan|undefined)(?=\s*[,}\]])")


@dataclass(frozen=True)
class Loaded:
    """A parsed document, how it was encoded, and what is to be said of it."""

    document: Any
    encoding: str
    notes: tuple[Text, ...]
    found: tuple[Found, ...] = ()
    questions: tuple[Undecided, ...] = ()


def load_json(data: bytes, said: str = "", *, file: str) -> Loaded:
    """Return what a JSON text holds; features line by line become a collection.

    Raises
    ------
    UnreadableFile
        It is no JSON, nested too deeply, or cut off; says where.
    """
    notes: list[Text] = []
    found: list[Found] = []
    encoding, questions = "utf-8", tuple[Undecided, ...]()
    if said or not _is_utf8(data):
        read = decode(data, said, file=file)
        encoding, questions = read.encoding, read.questions
        data = read.text.removeprefix("\ufeff").encode()
        if encoding not in ("utf-8", "utf-8-sig"):
            notes += [Text(f"文字按 {encoding} 读取", f"its text is read as {encoding}"), *read.notes]
    data = _unwrapped(data.removeprefix(b"\xef\xbb\xbf"), notes)
    if data.count(_DEEP_LISTS) or data.count(_DEEP_OBJECTS):
        raise refuse_file(file, "嵌套过深", "it is nested too deeply")
    data = _without_nul(data, notes)
    if b"NaN" in data or b"Infinity" in data or b"undefined" in data:
        data = _without_nan(data, notes, found)
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        document = _by_lines(data, notes, found)
        if document is None:
            raise refuse_file(file, *_reason(data, error)) from error
    if len(data) <= _SLOW:
        long = _LONG.search(data) is not None
        if long or _keys_written(data) != _keys_held(document):
            document = _exactly(data, document, notes)
    return Loaded(document, encoding, tuple(notes), tuple(found), questions)


def is_script(head: bytes) -> bool:
    """Tell whether a text begins as a script does that holds one JSON value, as maps for the web come.

    Examples
    --------
    >>> is_script(b'var lots = {"type"'), is_script(b"name,lon,lat")
    (True, False)
    """
    return _SCRIPT.match(head) is not None


def _unwrapped(data: bytes, notes: list[Text]) -> bytes:
    """Return the JSON value of a script that does nothing but name it or hand it over."""
    found = _SCRIPT.match(data[:400])
    if found is None:
        return data
    notes.append(
        Text("文件是脚本，读取了其中的 JSON 数据", "it is a script; the JSON value in it is read, nothing is run")
    )
    value = data[found.end() :].rstrip(b"; \t\r\n")
    return value.removesuffix(b")") if b"(" in found[0] else value


def _is_utf8(data: bytes) -> bool:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:200].count(b"\x00") > 20:
        return False
    if data.isascii():
        return True
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _without_nul(data: bytes, notes: list[Text]) -> bytes:
    count = data.count(b"\\u0000") + data.count(b"\x00")
    if not count:
        return data
    notes.append(Text(f"去掉了 {count} 个空字符（NUL）", f"{count} NUL characters were taken out"))
    return data.replace(b"\x00", b"").replace(b"\\u0000", b"")


def _reason(data: bytes, error: orjson.JSONDecodeError) -> tuple[str, str]:
    """Return why a text is no JSON: it ends too early, or something stands where it may not."""
    text = data.rstrip()
    try:
        json.loads(text)
        at = len(text)
    except json.JSONDecodeError as more:
        at = len(more.doc[: more.pos].encode("utf-8", "replace")) if more.pos < len(more.doc) else len(text)
    except (ValueError, RecursionError):
        at = error.pos
    whole = text.count(b'"Feature"') - 1
    if at >= len(text) - 1 or (text[-1:] not in b"}]" and at >= len(text) - 400):
        zh = f"文件被截断：在第 {len(text):,} 字节处突然结束（之前约有 {max(whole, 0):,} 个完整要素）；"
        zh += "请重新导出或下载"
        en = f"the file is cut off: it ends at byte {len(text):,} in the middle "
        en += f"(about {max(whole, 0):,} whole features before); export or download it again"
        return zh, en
    line = text[:at].count(b"\n") + 1
    near = text[max(at - 20, 0) : at + 20].decode("utf-8", "replace").replace("\n", " ")
    return f"不是有效的 JSON（第 {line} 行，“{near}”附近）", f"it is not valid JSON (line {line}, near “{near}”)"


def _without_nan(data: bytes, notes: list[Text], found: list[Found]) -> bytes:
    """Take what is no number for unknown, and name the features that have it."""
    clean, count = _BARE_WORD.subn(b"null", data)
    if count:
        zh, en = "NaN 或 Infinity 不是 JSON 的值，读作空", "NaN or Infinity are no JSON values; read as unknown"
        rows = _rows_with_nan(_BARE_WORD.sub(b"NaN", data)) if len(data) <= _SLOW else ()
        if rows:
            found.append(Found("not_a_number", zh, en, "mended", rows=rows))
        notes.append(Text(f"{count} 个 {zh}", f"{count} {en}"))
    return clean


def _rows_with_nan(data: bytes) -> tuple[int, ...]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):  # lines of features, or no JSON: told when it is read
        return ()
    features = document.get("features") if isinstance(document, dict) else None
    return tuple(row for row, one in enumerate(features if isinstance(features, list) else ()) if holds_nan(one))


def _by_lines(data: bytes, notes: list[Text], found: list[Found]) -> dict[str, Any] | None:
    """Return features written one a line; None when the first line is none. Lines that cannot be read are said."""
    rows, bad = [], []
    for number, line in enumerate(data.split(b"\n"), 1):
        text = line.strip(b"\x1e \r\t")
        if not text:
            continue
        try:
            row = orjson.loads(text)
        except orjson.JSONDecodeError:
            row = None
        if isinstance(row, dict) and row.get("type") == "Feature":
            rows.append(row)
        elif not rows:
            return None
        else:
            bad.append(number)
    if bad:
        words = ", ".join(map(str, bad[:8])) + ("…" if len(bad) > 8 else "")
        zh, en = (
            f"{len(bad)} 行无法读取，已略过（{words}）",
            f"{len(bad)} lines cannot be read; left out ({words})",
        )
        notes.append(Text(zh, en))
        found.append(
            Found("unreadable_line", "行无法读取", "the line cannot be read", "left out", lines=tuple(bad))
        )
    return {"type": "FeatureCollection", "features": rows} if rows else None


def _keys_written(data: bytes) -> int:
    """Return how many keys a text writes: names followed by a colon, outside of texts."""
    return sum(
        data.count(sign) - data.count(b"\\" + sign)
        for sign in (b'":', b'" :', b'"\t:', b'"\n:', b'"\r\n:', b'"  :')
    )


def _keys_held(document: Any) -> int:  # noqa: ANN401 - parsed JSON
    count, waiting = 0, [document]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            count += len(one)
            waiting += [
                value for key, value in one.items() if key != "coordinates" and isinstance(value, dict | list)
            ]
        else:
            waiting += [value for value in one if isinstance(value, dict | list)] if isinstance(one, list) else []
    return count


def _exactly(data: bytes, document: Any, notes: list[Text]) -> Any:  # noqa: ANN401 - parsed JSON
    """Read once more with every digit of whole numbers, and count keys that stand twice in one object."""
    twice: Counter[str] = Counter()

    def gathered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            names = Counter(name for name, _ in pairs)
            twice.update(name for name, count in names.items() if count > 1)
        return made

    try:
        exact = json.loads(data, object_pairs_hook=gathered)
    except (ValueError, RecursionError):  # lines of features: each was read by itself
        return document
    if twice:
        words = ", ".join(f"{name[:30]} × {count}" for name, count in twice.most_common(5))
        notes.append(
            Text(
                f"有对象把同一个键写了两次，取后一个（{words}）",
                f"objects give a key twice; the last one is kept ({words})",
            )
        )
    return exact
