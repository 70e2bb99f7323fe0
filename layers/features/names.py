"""Finding features by what people call them: names, numbers, pinyin, near words and slips of the pen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from geo.arrays import Bools, as_list
from layers.features.columns import Content, Positions
from layers.features.pinyin import name_spellings
from layers.plan.catalog import Field, Layer

_END = "\n"  # between two texts: no word holds it
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[a-z]{4,}")
_LONG_WORD = 8  # letters, from which two slips are forgiven
_MANY = 200_000  # features, from which only what is written is found: readings would take a gigabyte
_LEFT_OUT = 8  # characters that a shortened name leaves out
_SLIPS = 3  # characters, from which one Chinese character may be wrong


class Match(IntEnum):
    """How well a feature answers to the words, best first."""

    WHOLE = 0
    NUMBER = 1
    START = 2
    PART = 3
    PINYIN = 4
    INITIALS = 5
    TEXT = 6
    NEAR = 7
    SLIP = 8


@dataclass(frozen=True)
class NameMatch:
    """How a feature answers to the words, and by which text of which field.

    ``order`` is finer than ``match``: what begins with the words comes before what holds them.
    """

    match: Match
    order: int
    field: str
    text: str


Answer = tuple[Match, int, int]
"""How a feature answers: the match, the finer order, and the number of the text."""


@dataclass(frozen=True)
class _Texts:
    """Many texts as one, so that a word is looked for in all of them at once.

    ``starts`` holds where each begins, ``row`` its feature, ``field`` the place of its field; shape (n,) all.
    """

    joined: str
    starts: Positions
    row: Positions
    field: Positions

    @classmethod
    def of(cls, told: Sequence[tuple[str, int, int]]) -> _Texts:
        lengths = np.fromiter((len(one[0]) + 1 for one in told), dtype=np.int64, count=len(told))
        starts = np.cumsum(lengths) - lengths
        row = np.fromiter((one[1] for one in told), dtype=np.int64, count=len(told))
        field = np.fromiter((one[2] for one in told), dtype=np.int64, count=len(told))
        return cls("".join(f"{one[0]}{_END}" for one in told), starts, row, field)

    def places(self, word: str) -> Positions:
        """Return where a word is found."""
        return np.fromiter(_occurrences(self.joined, word), dtype=np.int64)

    def texts(self, places: Positions) -> Positions:
        """Return the number of the text that holds each place."""
        found: Positions = np.searchsorted(self.starts, places, side="right") - 1
        return found

    def text(self, at: int) -> str:
        """Return one text."""
        start = int(self.starts[at])
        return self.joined[start : self.joined.index(_END, start)]

    def alone(self, place: int, word: str) -> bool:
        """Whether digits stand alone: no other digit beside them."""
        end = place + len(word)
        return not self.joined[max(place - 1, 0) : place].isdigit() and not self.joined[end : end + 1].isdigit()


def _occurrences(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


class NameIndex:
    """What the features of a layer are called.

    Parameters
    ----------
    layer
        Names are its search fields and title; other declared texts are looked into as well. A layer that declares
        no search field is not searched.
    content
        Its features.
    """

    def __init__(self, layer: Layer, content: Content) -> None:
        self._content = content
        names = dict.fromkeys((*layer.search, layer.title.zh, layer.title.en) if layer.search else ())
        numbers = [one.id for one in layer.fields if one.measure == "identifier"] if layer.search else []
        others = [one for one in _texts(layer.fields) if one not in names and one not in numbers]
        self._fields = [*names, *numbers, *(others if layer.search else ())]
        self._names, self._numbers = len(names), len(numbers)

    @cached_property
    def _told(self) -> _Texts:
        out: list[tuple[str, int, int]] = []
        for place, name in enumerate(self._fields):
            for row, value in enumerate(self._content.values(name)):
                out += [(normal_form(one), row, place) for one in _each(value)]
        return _Texts.of(out)

    @cached_property
    def _typed(self) -> tuple[_Texts, _Texts, np.ndarray[Any, np.dtype[np.bool_]]]:
        """Names as typed in full and by initials; the third says where in the first a syllable begins."""
        full: list[tuple[str, int, int]] = []
        short: list[tuple[str, int, int]] = []
        begins: list[int] = []
        length = 0
        known: dict[str, list[tuple[str, ...]]] = {}
        for at in range(int(np.searchsorted(self._told.field, self._names))):  # names come first
            name = self._told.text(at)
            if name not in known:
                known[name] = name_spellings(name)
            for syllables in known[name]:
                begins += [length, *(length + end for end in accumulate(len(one) for one in syllables[:-1]))]
                full.append(("".join(syllables), at, 0))
                short.append(("".join(one[0] for one in syllables), at, 0))
                length += len(full[-1][0]) + 1
        mask = np.zeros(length + 1, dtype=bool)
        mask[begins] = True
        return _Texts.of(full), _Texts.of(short), mask

    @cached_property
    def _words(self) -> tuple[list[str], list[list[int]]]:
        """The different Latin words of the names, and the texts each stands in."""
        found: dict[str, list[int]] = {}
        for at in range(int(np.searchsorted(self._told.field, self._names))):
            for word in dict.fromkeys(_LATIN.findall(self._told.text(at))):
                found.setdefault(word, []).append(at)
        return list(found), list(found.values())

    def find(self, text: str, *, near: Iterable[Sequence[str]] = ()) -> dict[int, Answer]:
        """Return the rows of the features that answer to some words, and how; see ``named`` for the words of it.

        Parameters
        ----------
        text
            Words; each must be found in the feature, in whatever field.
        near
            Groups of words that mean about the same: what holds another of a group is found after what holds the
            word itself.
        """
        words = normal_form(text).split()
        found = self._matches(words)
        for other in _near(" ".join(words), near):
            for row, (match, _, at) in self._matches(normal_form(other).split()).items():
                found.setdefault(row, (Match.NEAR, match, at))
        return found

    def find_alike(self, text: str) -> dict[int, Answer]:
        """Return the rows of what answers to the words with a slip in each.

        A slip is one character or letter wrong, missing, too many or exchanged; two in a word of eight letters and
        more. Of Chinese words some characters may be left out in the middle, as people shorten names.
        """
        each = [self._exact_or_slip(word) for word in normal_form(text).split()]
        rows = set.intersection(*(set(one) for one in each)) if each else set()
        return {row: (Match.SLIP, *each[0][row][1:]) for row in rows}

    def named(self, row: int, answer: Answer) -> NameMatch:
        """Tell how a feature answers, with the text as it is written in the data."""
        match, order, at = answer
        field, wanted = self._fields[int(self._told.field[at])], self._told.text(at)
        found = self._content.values(field, np.array([row]))[0]
        return NameMatch(
            match, order, field, next((one for one in _each(found) if normal_form(one) == wanted), wanted)
        )

    def _matches(self, words: Sequence[str]) -> dict[int, Answer]:
        """Return for each feature that answers to every word how it does, and in which text it does best."""
        if not words:
            return {}
        out = self._one(" ".join(words))
        if len(words) > 1:
            each = [self._one(word) for word in words]
            for row in set.intersection(*(set(one) for one in each)):
                match, order, at = max(one[row] for one in each)
                out.setdefault(row, (max(match, Match.PART), order, at))
        return out

    def _one(self, word: str) -> dict[int, Answer]:
        told = self._told
        out: dict[int, Answer] = {}
        places = told.places(word)
        texts = told.texts(places)
        begin: Bools = told.starts[texts] == places
        for at, place, first in zip(as_list(texts), as_list(places), as_list(begin), strict=True):
            kind = self._kind(at, first=first, last=told.joined[place + len(word)] == _END)
            if kind is not Match.TEXT or not word.isdigit() or told.alone(place, word):
                _better(out, int(told.row[at]), None if kind is None else (kind, 0, at))
        if len(self._content) > _MANY:
            return out
        if word.isascii() and word.replace(" ", "").isalpha():
            self._spelled(word.replace(" ", ""), out)
        elif _CHINESE.search(word) and not out:  # 长店: another character of the same sound
            for syllables in name_spellings(word):
                self._spelled("".join(syllables), out)
        return out

    def _kind(self, at: int, *, first: bool, last: bool) -> Match | None:
        field = int(self._told.field[at])
        if field < self._names:
            return Match.WHOLE if first and last else Match.START if first else Match.PART
        if field < self._names + self._numbers:
            return Match.NUMBER if first and last else None
        return Match.TEXT

    def _spelled(self, letters: str, out: dict[int, Answer]) -> None:
        if len(letters) < 2:
            return
        full, short, begins = self._typed
        places = full.places(letters)
        self._take(Match.PINYIN, (full, places[begins[places]]), len(letters), out)
        self._take(Match.INITIALS, (short, short.places(letters)), len(letters), out)

    def _take(self, match: Match, found: tuple[_Texts, Positions], length: int, out: dict[int, Answer]) -> None:
        """Take what is found in typed names: those that are nothing else first, then those that begin so."""
        typed, places = found
        texts = typed.texts(places)
        inside: Bools = typed.starts[texts] != places
        rows = zip(as_list(typed.row[texts]), as_list(places), as_list(inside), strict=True)
        for at, place, late in rows:
            whole = not late and typed.joined[place + length] == _END
            _better(out, int(self._told.row[at]), (match, 0 if whole else 1 + int(late), at))

    def _exact_or_slip(self, word: str) -> dict[int, Answer]:
        out = self._one(word)
        if out or len(self._content) > _MANY:
            return out
        if _LATIN.fullmatch(word):
            known, texts = self._words
            for place in _alike(word, known):
                for at in texts[place]:
                    _better(out, int(self._told.row[at]), (Match.SLIP, 0, at))
        elif len(word) >= _SLIPS:
            told, wrong = self._told, _one_wrong(word)
            halves = (word[: len(word) // 2], word[len(word) // 2 :])  # one of which has no slip
            for at in {at for half in halves for at in told.texts(told.places(half)).tolist()}:
                if told.field[at] < self._names and wrong.search(told.text(at)):
                    _better(out, int(told.row[at]), (Match.SLIP, 0, at))
        return out


def _texts(fields: Iterable[Field]) -> list[str]:
    named = [one for one in fields if one.type in ("text", "list") and one.measure != "uncertainty"]
    return list(
        dict.fromkeys(name for one in named for name in ((one.text.zh, one.text.en) if one.text else (one.id,)))
    )


def _each(value: object) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, list):
        return [str(one) for one in value]
    if isinstance(value, float) and value.is_integer():
        return [str(int(value))]
    return [str(value)]


def normal_form(text: str) -> str:
    """Return a text as it is compared: one form of each character, no case, one space.

    Examples
    --------
    >>> normal_form("Ｇalaxy　 Semi")
    'galaxy semi'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _better(out: dict[int, Answer], row: int, told: Answer | None) -> None:
    if told is not None and (row not in out or told < out[row]):
        out[row] = told


def _near(word: str, near: Iterable[Sequence[str]]) -> list[str]:
    groups = _normal_groups(tuple(tuple(group) for group in near))
    return [other for group in groups if word in group for other in group if other != word]


@lru_cache(maxsize=8)
def _normal_groups(near: tuple[tuple[str, ...], ...]) -> list[list[str]]:
    return [[normal_form(one) for one in group] for group in near]


def _alike(word: str, known: Sequence[str]) -> list[int]:
    """Return the places of the words that differ by a slip, two in long ones; letters exchanged are one slip."""
    from rapidfuzz import process  # noqa: PLC0415 - only where nothing was found
    from rapidfuzz.distance import OSA  # noqa: PLC0415

    most = 2 if len(word) >= _LONG_WORD else 1
    if not known:
        return []
    away = process.cdist([word], known, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8)[0]
    return [int(at) for at in np.flatnonzero(away <= most)]


def _one_wrong(word: str) -> re.Pattern[str]:
    """Return an expression for a word with one character other, missing or too many, or some left out amid it."""
    other = [re.escape(word[:at]) + "." + re.escape(word[at + 1 :]) for at in range(len(word))]
    missing = [re.escape(word[:at] + word[at + 1 :]) for at in range(len(word))] if len(word) > _SLIPS else []
    more = [re.escape(word[: at + 1]) + "." + re.escape(word[at + 1 :]) for at, _ in enumerate(pairwise(word))]
    left_out = [
        f"{re.escape(word[:at])}.{{2,{_LEFT_OUT}}}{re.escape(word[at:])}" for at in range(2, len(word) - 1)
    ]
    return re.compile("|".join((*other, *more, *missing, *left_out)))
