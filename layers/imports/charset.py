"""How the bytes of a text are read: by marks, by structure, strictly; asked where two encodings read as well."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

from geo.text import Text
from layers.imports.draft import Undecided, refuse_file
from layers.imports.writing import OTHERS, chinese_rivals, find_rivals, is_chinese_as_well, sure_writing

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_WIDER = {
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "cp936": "gb18030",
    "ansi_936": "gb18030",
    "936": "gb18030",
    "utf8": "utf-8",
    "unicode": "utf-16",
    "950": "big5",
    "cp950": "big5",
    "ms950": "big5",
    "932": "cp932",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "949": "cp949",
    "65001": "utf-8",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
}
_LATIN = ("cp1252", "cp1250", "cp1254", "iso8859-2")
_SAMPLE, _WORD = 200_000, 40  # characters that are looked at; before the first beyond ASCII, for its word
_BESIDE_LETTERS = re.compile(r"[A-Za-z][^\x00-\x7f]|[^\x00-\x7f][A-Za-z]")  # as bytes of accents in words make it
_COMMON_BIG5 = 0xC6  # first byte of the last of the 5,401 common characters of Big5
_SECOND_LEVEL = 0xD8  # first byte of the less common characters of GB 2312


@dataclass(frozen=True)
class Decoded:
    """A text, how it was read, what is to be said of it and what has to be asked."""

    text: str
    encoding: str
    notes: tuple[Text, ...] = ()
    questions: tuple[Undecided, ...] = ()


def wide_name(name: str) -> str:
    """Return the encoding a name stands for, the widest of its family; empty when nobody knows it.

    Examples
    --------
    >>> wide_name("GBK"), wide_name("UTF8"), wide_name("ANSI 1251"), wide_name("klingon")
    ('gb18030', 'utf-8', 'cp1251', '')
    """
    word = re.sub(r"^(?:ansi|windows|oem)[ _-]?(?=\d)", "", name.strip().lower())
    word = _WIDER.get(word, word)
    try:
        found = codecs.lookup(word).name
    except LookupError:
        return ""
    return _WIDER.get(found, found)


def decode(data: bytes, said: str = "", *, file: str = "-") -> Decoded:
    """Return bytes as text.

    Parameters
    ----------
    data
        The whole file.
    said
        What a person says its encoding is; nothing else is tried then.
    file
        For messages.

    Raises
    ------
    UnreadableFile
        No encoding fits, or not the one that was said.

    Examples
    --------
    >>> decode("滨江公园".encode("gbk")).encoding, decode("公园".encode("utf-16-le") * 4).encoding
    ('gb18030', 'utf-16-le')
    """
    if said:
        return Decoded(_as_said(data, said, file), wide_name(said) or said)
    for mark, name in _MARKS:
        if data.startswith(mark):
            try:
                return Decoded(data.decode(name), name)
            except UnicodeDecodeError:
                if name != "utf-8-sig" or _cut_utf8(data, _error_of(data)) is not None:
                    break
                read = _other(data.removeprefix(mark), file)
                zh = f"文件开头的标记说是 UTF-8，文字却不是；按 {read.encoding} 读取"
                note = Text(zh, f"its mark says UTF-8 and its text is not; read as {read.encoding}")
                return Decoded(read.text, read.encoding, (note, *read.notes), read.questions)
    wide = _utf16(data)
    if wide:
        return Decoded(
            data.decode(wide),
            wide,
            (Text(f"没有字节序标记，按 {wide} 读取", f"read as {wide}, by its bytes; it has no mark"),),
        )
    return _utf8(data) or _other(data, file)


def rare_share(text: str) -> float:
    """Return the share of the characters beyond ASCII that are not common Chinese; 0 where there are none.

    Misread bytes make rare characters; text that is read right is mostly of the few thousand common ones.
    """
    foreign = [c for c in text[:_SAMPLE] if not c.isascii()]
    if not foreign:
        return 0.0
    return sum(_rare(c) for c in foreign) / len(foreign)


def _rare(c: str) -> float:
    """Return how rare a character is: 0 of the first 3,755 of GB 2312 and punctuation, then 0.6, else 1."""
    if "\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uffef" or "\u2010" <= c <= "\u2033" or c in "·×°²³±":
        return 0.0
    try:
        code = c.encode("gb2312")
    except UnicodeEncodeError:
        return 1.0
    return 1.0 if len(code) != 2 or c < "\u4e00" else (0.0 if code[0] < _SECOND_LEVEL else 0.6)


def _looks_latin(data: bytes) -> bool:
    """Tell whether bytes beyond ASCII stand alone between letters, as accents of Western European text do."""
    runs = re.findall(rb"[\x80-\xff]+", data[:_SAMPLE])
    return bool(runs) and sum(len(run) == 1 for run in runs) >= 0.4 * len(runs)


def _as_said(data: bytes, said: str, file: str) -> str:
    name = wide_name(said)
    if not name:
        raise refuse_file(file, f"不认识编码 {said[:20]}", f"there is no encoding {said[:20]}")
    try:
        return data.decode("utf-8-sig" if name == "utf-8" else name).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise refuse_file(
            file,
            f"文字不是 {said[:20]} 编码（第 {error.start:,} 字节处）",
            f"its text is not encoded in {said[:20]} (at byte {error.start:,})",
        ) from error


def _utf16(data: bytes) -> str:
    """Return which UTF-16 bytes without a mark are, by where their zeros are or by what they make."""
    sample = data[:4000]
    if len(data) % 2 or len(sample) < 8:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    for name, zeros, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros > 0.2 * half and others < 0.05 * half:
            try:
                data.decode(name)
            except UnicodeDecodeError:
                continue
            return name
    for name in ("utf-16-le", "utf-16-be"):  # all Chinese: no zeros, but every pair a common character
        try:
            text = sample.decode(name)
            sample.decode("utf-8")
        except UnicodeDecodeError as error:
            if (
                error.encoding != "utf-8"
                or rare_share(text) > 0.1
                or sum(c >= "\u4e00" for c in text) < 0.5 * len(text)
            ):
                continue
            if rare_share(sample.decode("gb18030", "replace")) > 0.3:
                return name
    return ""


def _error_of(data: bytes) -> UnicodeDecodeError:
    """Return where bytes stop being UTF-8."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error
    raise ValueError


def traditional_share(text: str) -> float:
    """Return the share of the characters beyond ASCII that are not of the commoner half of Big5."""
    foreign = [c for c in text[:_SAMPLE] if not c.isascii()]
    rare = 0
    for c in foreign:
        try:
            first = c.encode("big5")[0]
        except UnicodeEncodeError:
            first = 0
        rare += not 0xA1 <= first <= _COMMON_BIG5
    return rare / max(len(foreign), 1)


def _cut_utf8(data: bytes, error: UnicodeDecodeError) -> str | None:
    if error.reason != "unexpected end of data" or data[: error.start].isascii():
        return None
    return data[: error.start].decode("utf-8")


def _utf8(data: bytes) -> Decoded | None:
    """Read UTF-8, whole or cut off within its last character; None of other bytes."""
    notes: tuple[Text, ...] = ()
    try:
        text: str | None = data.decode("utf-8")
    except UnicodeDecodeError as error:
        text = _cut_utf8(data, error)
        zh = "文件在一个字的中间结束，可能不完整"
        notes = (Text(zh, "the file ends in the middle of a character; it may be cut off"),)
    if text is None:
        return None
    return _chinese_as_well(data, text, cut=bool(notes)) or Decoded(text, "utf-8", notes)


def _chinese_as_well(data: bytes, text: str, *, cut: bool = False) -> Decoded | None:
    """Return what is asked of a few words of Chinese whose bytes are UTF-8 by chance; None of other text."""
    first = re.search(r"[^\x00-\x7f]", text)
    if not first:
        return None
    begun = text[max(first.start() - _WORD, 0) : first.start() + _SAMPLE]
    if not is_chinese_as_well(begun, begun.encode("utf-8").decode("gb18030", "replace"), cut=cut):
        return None
    chinese = _begun_as(data, "gb18030")
    if chinese is None:
        return None
    asked = asked_encoding(_where_they_differ({"gb18030": chinese, "utf-8": text}))
    return Decoded(data.decode("gb18030"), "gb18030", questions=(asked,))


def _other(data: bytes, file: str) -> Decoded:
    """Read what is not UTF-8: as what its writing proves, as common Chinese; otherwise what fits is asked."""
    found = {name: text for name in ("gb18030", "big5", *OTHERS) if (text := _begun_as(data, name)) is not None}
    if not found:
        raise refuse_file(
            file, "文字编码无法识别，请说明编码（encoding）", "its text encoding is unknown; say the encoding"
        )
    if sure := sure_writing(found):
        return _proved(_as_said(data, sure, file), sure)
    chinese = found.get("gb18030")
    traditional = "big5" in found and traditional_share(found["big5"]) < 0.05
    likely = chinese is not None and rare_share(chinese) <= (0.3 if traditional or _looks_latin(data) else 0.7)
    as_well = chinese_rivals(found) if likely else find_rivals(found)
    if chinese is not None and likely and not as_well:
        return Decoded(data.decode("gb18030"), "gb18030")
    maybe = chinese is not None and (likely or not _looks_latin(data) or not _BESIDE_LETTERS.search(chinese))
    east = [*(["gb18030"] if maybe else []), *(["big5"] if traditional else [])]
    open_ = list(
        dict.fromkeys([*as_well, *east] if as_well and as_well[0] in _LATIN else [*east, *as_well])
    ) or list(found)
    open_ = unlike_readings({name: found[name] for name in open_})
    name = open_[0]
    if len(open_) == 1 and name in OTHERS:
        return _proved(_as_said(data, name, file), name)
    asked = asked_encoding(_where_they_differ({one: found[one] for one in open_}))
    return Decoded(data.decode(name, "replace"), name, questions=(asked,))


def unlike_readings(texts: Mapping[str, str]) -> list[str]:
    """Return encodings, of those that make the same text the first only: they are no different answers.

    Parameters
    ----------
    texts
        The text by encoding.
    """
    return list({text: name for name, text in reversed(list(texts.items()))}.values())[::-1]


def asked_encoding(shown: Mapping[str, str]) -> Undecided:
    """Return what is asked where a text reads well in several encodings.

    Parameters
    ----------
    shown
        A few characters of it by encoding, the likeliest first.
    """
    zh = "；".join(f"{one}：{word}" for one, word in shown.items())
    en = "; ".join(f"{one}: {word}" for one, word in shown.items())
    text = Text(f"文字编码不能确定（{zh}），请选择", f"the encoding of its text is not certain ({en}); choose one")
    return Undecided("encoding", text, tuple(shown))


def _begun_as(data: bytes, name: str) -> str | None:
    """Return the beginning of a text in an encoding, None where it is not such; no more than that is held.

    Chinese is tried to the end, as it is what most files are; of others it is the beginning that tells.
    """
    whole = name in ("gb18030", "big5")
    reader = codecs.getincrementaldecoder(name)()
    begun = ""
    try:
        for at in range(0, len(data) if whole else min(len(data), _SAMPLE), _SAMPLE):
            piece = reader.decode(data[at : at + _SAMPLE])
            begun = begun or piece
        if whole or len(data) <= _SAMPLE:
            begun += reader.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return begun


def _proved(text: str, name: str) -> Decoded:
    return Decoded(text, name, (proved_encoding(name),))


def proved_encoding(name: str) -> Text:
    """Return what is said of a text whose writing proves its encoding."""
    return Text(f"按其文字，编码读作 {name}", f"its text is read as {name}, by how it is written")


def _where_they_differ(found: dict[str, str]) -> dict[str, str]:
    """Return a few characters of each reading, from where two of them first differ."""
    at = next((i for i, some in enumerate(zip(*found.values(), strict=False)) if len(set(some)) > 1), 0)
    at = at or next((i for i, c in enumerate(next(iter(found.values()))) if not c.isascii()), 0)
    return {
        name: "".join(c if c.isprintable() else " " for c in text[max(at - 6, 0) : at + 10]).strip()
        for name, text in found.items()
    }
