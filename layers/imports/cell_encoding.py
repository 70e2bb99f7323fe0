"""How the text cells of a table are encoded: as it declares where that reads well, else by their writing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geo.text import Text
from layers.imports.charset import asked_encoding, proved_encoding, rare_share, traditional_share, unlike_readings
from layers.imports.draft import Undecided
from layers.imports.writing import OTHERS, chinese_rivals, is_chinese_as_well, reads_as, sure_writing

_ODD = 0.4  # of its words, where an encoding of no Chinese is still offered
_MOST, _MOST_BESIDE_BIG5 = 0.5, 0.3  # of the characters of a text that reads as it should
_COMMON_BIG5 = 0.05


@dataclass(frozen=True)
class CellEncoding:
    """An encoding, whether the writing proves it, and what is asked where others read as well."""

    name: str
    notes: tuple[Text, ...] = ()
    questions: tuple[Undecided, ...] = ()


def settle_encoding(
    cells: Sequence[bytes], declared: str = "", *, names: Sequence[str] = ("utf-8", "gb18030", "big5", *OTHERS)
) -> CellEncoding:
    """Return how cells are encoded.

    What a file declares is believed where its cells read well so, for many files name a charset that was only
    the machine's; else what their writing proves; what is open is asked, the likeliest first.

    Parameters
    ----------
    cells
        Those beyond ASCII.
    declared
        What the file says; empty where it says nothing that is known.
    names
        What it may be.

    Examples
    --------
    >>> settle_encoding(["滨江公园".encode("gbk")], "utf-8").name
    'gb18030'
    >>> settle_encoding(["강남구".encode("cp949")]).questions[0].choices
    ('gb18030', 'cp949', 'big5')
    """
    if not cells:
        return CellEncoding(declared or "utf-8")
    found = best_of(cells, list(dict.fromkeys([*([declared] if declared else []), *names])))
    odd = {name: share for name, bad, share in found if not bad}
    texts = {name: b" ".join(cells).decode(name, "replace") for name in odd}
    if "utf-8" in odd:
        by_chance = declared != "utf-8" and is_chinese_as_well(texts["utf-8"], texts.get("gb18030", ""))
        open_ = ["gb18030", "utf-8"] if by_chance and declared != "gb18030" else []
        asked = (_asked(cells[0], open_),) if open_ else ()
        return CellEncoding("gb18030" if by_chance else "utf-8", questions=asked)
    sure = sure_writing(texts)
    big5 = odd.get("big5", 1.0) < _COMMON_BIG5
    chinese = odd.get("gb18030", 1.0) <= (_MOST_BESIDE_BIG5 if big5 else _MOST)
    rivals = chinese_rivals(texts) if chinese and not sure else []
    fits = odd.get(declared, 1.0) <= _MOST and (declared != "gb18030" or chinese)
    if fits and not (declared == "gb18030" and (sure or rivals)):
        return CellEncoding(declared)
    if sure:
        return CellEncoding(sure, (proved_encoding(sure),))
    if chinese and not rivals:
        return CellEncoding("gb18030")
    others = [name for name, _, share in found if name in odd and name in OTHERS and share <= _ODD]
    open_ = [*(["gb18030"] if chinese else []), *(rivals if chinese else []), *(["big5"] if big5 else [])]
    open_ = list(dict.fromkeys([*open_, *others])) or list(odd) or [found[0][0]]
    open_ = unlike_readings({name: texts.get(name, name) for name in open_})
    if len(open_) == 1:
        return CellEncoding(open_[0], (proved_encoding(open_[0]),))
    return CellEncoding(open_[0], questions=(_asked(cells[0], open_),))


def _asked(cell: bytes, names: Sequence[str]) -> Undecided:
    return asked_encoding({name: cell.decode(name, "replace").strip()[:12] for name in names})


def best_of(values: Iterable[bytes], names: Iterable[str]) -> list[tuple[str, int, float]]:
    """Return for each encoding how many values it cannot read and how odd what it makes is, the best first.

    A text field of fixed width may end within a character; its last bytes are then let off.
    """
    held = list(values)
    out = []
    for name in names:
        bad, texts = 0, []
        for value in held:
            read = _but_end(value, name)
            bad += read is None
            texts.append(read or "")
        out.append((name, bad, _oddness(texts, name)))
    return sorted(out, key=lambda one: (one[1], one[2] > 0.5, one[2]))


def _oddness(texts: list[str], name: str) -> float:
    """Return how odd texts are that an encoding makes: 0 of what reads as it should, 1 of what nobody writes."""
    if name in OTHERS:
        return 1.0 - reads_as(" ".join(texts), name)
    if name == "big5":
        return traditional_share("".join(texts))
    return 0.0 if name == "utf-8" and any(texts) else rare_share("".join(texts))


def _but_end(value: bytes, name: str) -> str | None:
    for cut in range(4 if len(value) >= 10 else 1):
        try:
            return value[: len(value) - cut].decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return None
