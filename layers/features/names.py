"""Finding features by what people call them: names, numbers, pinyin, near words and slips of the pen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np

from geo.arrays import Bools, as_list
from layers.features.columns import Content, Positions
from layers.features.near_words import SLIPS, alike_parts, near_phrases, normal_form, normal_forms, slip_pattern
from layers.features.pinyin import name_spellings
from layers.plan.catalog import Field, Layer

_END = "\n"  # between two texts: no word holds it
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[a-z]{4,}")
_LONG_WORD = 8  # letters, from which two slips are forgiven
_MANY = 200_000  # features, from which only what is written is found: readings would take a gigabyte


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

_NONE = np.iinfo(np.int64).max
_MATCH, _ORDER = 48, 40  # bits from which a code holds them; the text's number stands below


_KINDS = [Match.WHOLE, Match.START, Match.PART, Match.NUMBER]


class Answers(Mapping[int, Answer]):
    """The features that answer, by row; a whole number a feature, so that very many are ranked at once.

    Parameters
    ----------
    codes
        Of each row of a layer match, order and text in one number, the least the best; `_NONE`: no answer.
    """

    def __init__(self, codes: Positions) -> None:
        self._codes = codes

    def __getitem__(self, row: int) -> Answer:
        code = int(self._codes[row]) if 0 <= row < len(self._codes) else _NONE
        if code == _NONE:
            raise KeyError(row)
        return Match(code >> _MATCH), (code >> _ORDER) & 0xFF, code & (1 << _ORDER) - 1

    def __iter__(self) -> Iterator[int]:
        return iter(as_list(np.flatnonzero(self._codes != _NONE)))

    def __len__(self) -> int:
        return int(np.count_nonzero(self._codes != _NONE))

    def first(self, most: int) -> list[int]:
        """Return the rows of the best, those alike in the layer's order."""
        rows = np.flatnonzero(self._codes != _NONE)
        ranks = (self._codes[rows] >> _ORDER) * len(self._codes) + rows
        if len(rows) > most:
            rows = rows[np.argpartition(ranks, most)[:most]]
            ranks = (self._codes[rows] >> _ORDER) * len(self._codes) + rows
        return as_list(rows[np.argsort(ranks)])


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
    def of(cls, texts: Sequence[str], row: Sequence[int], field: Sequence[int]) -> _Texts:
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 1
        rows, fields = np.asarray(row, dtype=np.int64), np.asarray(field, dtype=np.int64)
        return cls(_END.join([*texts, ""]), np.cumsum(lengths) - lengths, rows, fields)

    def places(self, word: str) -> Positions:
        """Return where a word is found."""
        return np.fromiter(_occurrences(self.joined, word), dtype=np.int64)

    def texts(self, places: Positions) -> Positions:
        """Return the number of the text that holds each place."""
        found: Positions = np.searchsorted(self.starts, places, side="right") - 1
        return found

    def ends_at(self, texts: Positions, places: Positions) -> Bools:
        """Tell which of some texts end at these places."""
        after = np.append(self.starts[1:], len(self.joined))
        found: Bools = after[texts] - 1 == places
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
        texts: list[str] = []
        rows: list[int] = []
        fields: list[int] = []
        for place, name in enumerate(self._fields):
            values = self._content.values(name)
            if set(map(type, values)) <= {str, type(None)}:  # nearly always: a million are taken at once
                told, here = [one for one in values if one], [row for row, one in enumerate(values) if one]
            else:
                told = [one for value in values for one in _each(value)]
                here = [row for row, value in enumerate(values) for _ in _each(value)]
            texts += normal_forms(told)
            rows += here
            fields += [place] * len(here)
        return _Texts.of(texts, rows, fields)

    @cached_property
    def _typed(self) -> tuple[_Texts, _Texts, np.ndarray[Any, np.dtype[np.bool_]]]:
        """Names as typed in full and by initials; the third says where in the first a syllable begins."""
        full: list[str] = []
        short: list[str] = []
        rows: list[int] = []
        begins: list[int] = []
        length = 0
        known: dict[str, list[tuple[str, ...]]] = {}
        for at in range(int(np.searchsorted(self._told.field, self._names))):  # names come first
            name = self._told.text(at)
            if name not in known:
                known[name] = name_spellings(name)
            for syllables in known[name]:
                begins += [length, *(length + end for end in accumulate(len(one) for one in syllables[:-1]))]
                full.append("".join(syllables))
                short.append("".join(one[0] for one in syllables))
                rows.append(at)
                length += len(full[-1]) + 1
        mask = np.zeros(length + 1, dtype=bool)
        mask[begins] = True
        none = [0] * len(rows)
        return _Texts.of(full, rows, none), _Texts.of(short, rows, none), mask

    @cached_property
    def _words(self) -> tuple[list[str], list[list[int]]]:
        """The different Latin words of the names, and the texts each stands in."""
        found: dict[str, list[int]] = {}
        for at in range(int(np.searchsorted(self._told.field, self._names))):
            for word in dict.fromkeys(_LATIN.findall(self._told.text(at))):
                found.setdefault(word, []).append(at)
        return list(found), list(found.values())

    def prepare(self) -> None:
        """Make what the first search would wait for."""
        _ = self._told if len(self._content) > _MANY else self._typed

    def find(self, text: str, *, near: Iterable[Sequence[str]] = ()) -> Answers:
        """Return the features that answer to some words, and how; see ``named`` for the words of it.

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
        for other in near_phrases(" ".join(words), near):
            codes = self._matches(normal_form(other).split())
            alike = (Match.NEAR << _MATCH) | (codes >> _MATCH << _ORDER) | (codes & (1 << _ORDER) - 1)
            found = np.where((found == _NONE) & (codes != _NONE), alike, found)
        return Answers(found)

    def find_translated(self, text: str, *, near: Iterable[Sequence[str]]) -> Answers:
        """Return what answers to each of several words itself, or by one that means about the same.

        Parameters
        ----------
        text
            Words, such as a firm's name in English of which the layer has the Chinese one.
        near
            Groups of words, some of several, that mean about the same.
        """
        parts = alike_parts(normal_form(text).split(), near)
        if len(parts) < 2:
            return Answers(self._nothing())
        each = [np.min([self._matches(other.split()) for other in part], axis=0) for part in parts]
        worst = np.max(each, axis=0)  # where one is not found, that is `_NONE`
        alike = (Match.NEAR << _MATCH) | (worst & (1 << _MATCH) - 1)
        return Answers(np.where(worst == _NONE, _NONE, alike))

    def find_alike(self, text: str) -> Answers:
        """Return what answers to the words with a slip in each.

        A slip is one character or letter wrong, missing, too many or exchanged; two in a word of eight letters and
        more. Of Chinese words some characters may be left out in the middle, as people shorten names.
        """
        each = [self._exact_or_slip(word) for word in normal_form(text).split()]
        if not each:
            return Answers(self._nothing())
        low = (1 << _MATCH) - 1
        slips = (Match.SLIP << _MATCH) | (each[0] & low)
        return Answers(np.where(np.all([one != _NONE for one in each], axis=0), slips, _NONE))

    def named(self, row: int, answer: Answer) -> NameMatch:
        """Tell how a feature answers, with the text as it is written in the data."""
        match, order, at = answer
        field, wanted = self._fields[int(self._told.field[at])], self._told.text(at)
        found = self._content.values(field, np.array([row]))[0]
        return NameMatch(
            match, order, field, next((one for one in _each(found) if normal_form(one) == wanted), wanted)
        )

    def _nothing(self) -> Positions:
        return np.full(len(self._content), _NONE, dtype=np.int64)

    def _matches(self, words: Sequence[str]) -> Positions:
        """Return for each feature that answers to every word how it does, and in which text it does best."""
        if not words:
            return self._nothing()
        out = self._one(" ".join(words))
        if len(words) > 1:
            worst = np.max([self._one(word) for word in words], axis=0)  # where one is not found, that is `_NONE`
            part = np.maximum(worst >> _MATCH, Match.PART) << _MATCH | (worst & (1 << _MATCH) - 1)
            out = np.where((out == _NONE) & (worst != _NONE), part, out)
        return out

    def _one(self, word: str) -> Positions:
        out = self._nothing()
        self._written(word, out)
        if len(self._content) > _MANY:
            return out
        if word.isascii() and word.replace(" ", "").isalpha():
            self._spelled(word.replace(" ", ""), out)
        elif _CHINESE.search(word) and not (out != _NONE).any():  # 长店: another character of the same sound
            for syllables in name_spellings(word):
                self._spelled("".join(syllables), out)
        return out

    def _written(self, word: str, out: Positions) -> None:
        """Note the features that hold a word as it is written."""
        told = self._told
        places = told.places(word)
        texts = told.texts(places)
        first: Bools = told.starts[texts] == places
        whole = first & told.ends_at(texts, places + len(word))
        field = told.field[texts]
        name, number = field < self._names, field < self._names + self._numbers
        kinds = np.select([name & whole, name & first, name, number & whole], _KINDS, Match.TEXT)
        taken = ~number | name | whole
        if word.isdigit():
            alone = [
                kind != Match.TEXT or told.alone(at, word) for kind, at in zip(kinds, as_list(places), strict=True)
            ]
            taken &= np.array(alone, dtype=bool)
        self._note(out, texts[taken], kinds[taken], 0)

    def _note(self, out: Positions, texts: Positions, match: Positions | int, order: Positions | int) -> None:
        """Note how features answer by some texts, where they do not answer better by others."""
        codes = np.asarray(match, dtype=np.int64) << _MATCH | np.asarray(order, dtype=np.int64) << _ORDER | texts
        np.minimum.at(out, self._told.row[texts], codes)

    def _spelled(self, letters: str, out: Positions) -> None:
        if len(letters) < 2:
            return
        full, short, begins = self._typed
        places = full.places(letters)
        self._take(Match.PINYIN, (full, places[begins[places]]), len(letters), out)
        self._take(Match.INITIALS, (short, short.places(letters)), len(letters), out)

    def _take(self, match: Match, found: tuple[_Texts, Positions], length: int, out: Positions) -> None:
        """Take what is found in typed names: those that are nothing else first, then those that begin so."""
        typed, places = found
        texts = typed.texts(places)
        inside: Bools = typed.starts[texts] != places
        whole = ~inside & typed.ends_at(texts, places + length)
        self._note(out, typed.row[texts], int(match), np.where(whole, 0, 1 + inside))

    def _exact_or_slip(self, word: str) -> Positions:
        out = self._one(word)
        if (out != _NONE).any() or len(self._content) > _MANY:
            return out
        found: list[int] = []
        if _LATIN.fullmatch(word):
            known, texts = self._words
            found = [at for place in _alike(word, known) for at in texts[place]]
        elif len(word) >= SLIPS:
            told, wrong = self._told, slip_pattern(word)
            halves = (word[: len(word) // 2], word[len(word) // 2 :])  # one of which has no slip
            some = {at for half in halves for at in told.texts(told.places(half)).tolist()}
            found = [at for at in some if told.field[at] < self._names and wrong.search(told.text(at))]
        self._note(out, np.array(found, dtype=np.int64), int(Match.SLIP), 0)
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


def _alike(word: str, known: Sequence[str]) -> list[int]:
    """Return the places of the words that differ by a slip, two in long ones; letters exchanged are one slip."""
    from rapidfuzz import process  # noqa: PLC0415 - only where nothing was found
    from rapidfuzz.distance import OSA  # noqa: PLC0415

    most = 2 if len(word) >= _LONG_WORD else 1
    if not known:
        return []
    away = process.cdist([word], known, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8)[0]
    return [int(at) for at in np.flatnonzero(away <= most)]
