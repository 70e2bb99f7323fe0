"""Conditions as people say them, to be offered before anybody fills in a form.

"总投资 > 10亿，2021 年开工", "investment over 1 bn": a phrase has parts, each a field with a value, the
word of a value, what an area is called, or a layer; all parts must fit one layer. Fields are called as the catalog
calls them, in either language; nothing is guessed beyond it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import shapely

from geo.text import Text
from layers.errors import BadFilter
from layers.features.amounts import SaidAmount, read_amount
from layers.features.by_currency import currencies_told
from layers.features.snapshot import Snapshot
from layers.features.units_beside import find_apart_column
from layers.library.conditions import read_conditions, with_class_names, words_of
from layers.library.library import Library
from layers.messages import say
from layers.plan.catalog import Field, Layer
from layers.plan.field_lists import written_field
from layers.plan.measures import usage_of
from layers.plan.schedule import scheduled_fields

_BREAK = re.compile(r"\s*(?:[，;；、]|(?<!\d),|,(?!\d)|\band\b|并且|而且|且)\s*")
_BEFORE = (  # said before the value; the longer words first
    (">=", r">=|≥|≧|不少于|不低于|不小于|至少|at least|no less than|from"),
    ("<=", r"<=|≤|≦|不超过|不高于|不大于|至多|最多|at most|up to|no more than"),
    (">", r">|大于|超过|多于|高于|more than|over|above|after|晚于"),
    ("<", r"<|小于|少于|低于|不足|less than|under|below|before|早于"),
    ("~", r"~|包含|含|contains|holds"),
    ("=", r"=|[:：]|等于|为|是|\bis\b|\bin\b"),
)
_AFTER = ((">=", r"及?以上|or more|and more"), ("<=", r"及?以下|以内|or less"))
_SIGN = re.compile("|".join(f"(?P<s{at}>{words})" for at, (_, words) in enumerate(_BEFORE)))
_END = re.compile("(?:" + "|".join(f"(?P<s{at}>{words})" for at, (_, words) in enumerate(_AFTER)) + ")$")
_DATE = re.compile(r"(\d{4})(?:\s*(?:-|/|\.|年)\s*(\d{1,2})(?:\s*(?:-|/|\.|月)\s*(\d{1,2}))?)?\s*[年月日]?")
_DIGITS_FIRST = re.compile(r"\d[\d\-/.年月日]*(?:\s+[\d年月日]+)*\s*")
_FILLERS = re.compile(r"^(?:在|位于|in|within|the|of)\s*(?=\S)|\s*(?:内|里|的|之内)$")
_TIME = "@time="  # what a part says when: only together with a state, and never told by itself
_WHEN = re.compile(r"(?:(?:in|on|at|during|by|于|在)\s*)?(?P<day>\d{4}\S*)")
_YEAR_BEFORE = re.compile(r"\d{4}\s*年\s*(?:\d{1,2}\s*月\s*(?:\d{1,2}\s*日)?)?")
_SPACES = re.compile(r"\s+")
_IN_TIME = {  # by which dates something is in a state at some time of a period
    "not_started": (("start", ">"),),
    "under_construction": (("start", "<="), ("end", ">=")),
    "due_complete": (("end", "<="),),
    "finished": (("end", "<="),),
}
_MIDDLES = {len("2023"): "-06-30", len("2023-06"): "-15"}  # of a year and of a month
_SMALL_WORDS = frozenset({"in", "on", "at", "of", "the", "a", "to", "by", "per", "for", "and"})
_BRACKETS = re.compile(r"\s*[（(][^（()）]*[)）]$")
_MOST_WORDS, _MOST_AREAS, _LEAST_STEM = 14, 5000, 4


@dataclass(frozen=True)
class SaidConditions:
    """What a phrase asks of a layer: conditions as the address writes them, and in words.

    ``when`` is the middle of the time whose states were asked for, a day to show the layer on; else empty.
    """

    layer: Layer
    where: tuple[str, ...]
    words: Text
    when: str = ""


@dataclass(frozen=True)
class _Part:
    """What a part may mean: of which layer ("" any), the condition ("" the layer itself), how well (0 best)."""

    layer: str
    where: str
    rank: int


def read_phrase(library: Library, phrase: str, *, restricted: bool = False, most: int = 3) -> list[SaidConditions]:
    """Return what a phrase may ask of the plan's layers, the likeliest first; nothing where it is no condition.

    Parameters
    ----------
    library
        The open plan.
    phrase
        What somebody wrote.
    restricted
        Whether restricted layers may be named.
    most
        Readings to return.
    """
    pieces = [one for one in _BREAK.split(_plain(phrase)) if one]
    if not pieces or len(_plain(phrase).split()) > _MOST_WORDS:
        return []
    reader = _Reader(library, restricted=restricted)
    parts = [found for piece in pieces for found in reader.parts_of(piece)]
    if not all(parts):
        return []
    when = _period(parts)
    return [told for one in _fitting(parts, reader.layers) if (told := reader.told(*one, when)) is not None][:most]


def _period(parts: Sequence[Sequence[_Part]]) -> str:
    """Return the time that one of some parts may be: a year, a month or a day; empty where none is said."""
    said = {one.where.removeprefix(_TIME) for part in parts for one in part if one.where.startswith(_TIME)}
    return said.pop() if len(said) == 1 else ""


def _period_words(period: str) -> Text:
    """Return what a year or a month is called: 2023 年, 2023 年 6 月."""
    year, _, month = period.partition("-")
    return Text(f"{year} 年{f' {int(month)} 月' if month else ''}", period)


def _fitting(parts: Sequence[Sequence[_Part]], layers: Sequence[Layer]) -> list[tuple[Layer, list[str]]]:
    """Return the layers all parts fit, with the conditions, those whose fields are called so most nearly first."""
    out = []
    for at, layer in enumerate(layers):
        best = [
            min((one for one in part if one.layer in ("", layer.id)), key=_rank, default=None) for part in parts
        ]
        known = [one for one in best if one is not None]
        where = _during(layer, [one.where for one in known if one.where])
        if len(known) == len(parts) and where and any(one.layer for one in known):
            out.append(
                ((sum(one.rank for one in known), not layer.visible, at), layer, list(dict.fromkeys(where)))
            )
    return [(layer, where) for _, layer, where in sorted(out, key=lambda one: one[0])]


def _during(layer: Layer, where: Sequence[str]) -> list[str]:
    """Return conditions with a state and its time as the dates that make it so.

    What is built in 2023 begins no later and ends no earlier; a time without a state is no condition.
    """
    times = [one.removeprefix(_TIME) for one in where if one.startswith(_TIME)]
    if not times:
        return list(where)
    out, said = [], False
    for one in where:
        field, _, state = one.partition("=")
        schedule = scheduled_fields(layer).get(field)
        if schedule is not None and len(times) == 1:
            at = {
                "start": schedule.start,
                "end": schedule.done or schedule.end if state == "finished" else schedule.end,
            }
            out += [f"{at[name]}{sign}{times[0]}" for name, sign in _IN_TIME.get(state, ())]
            said = state in _IN_TIME
        elif not one.startswith(_TIME):
            out.append(one)
    return out if said else []


def _rank(part: _Part) -> int:
    return part.rank


class _Reader:
    """Reads parts against the layers somebody may see."""

    def __init__(self, library: Library, *, restricted: bool) -> None:
        self._library, self._restricted = library, restricted
        self._snapshots = list(library.readable(restricted=restricted))
        self.layers = [with_class_names(library, one.layer) for one in self._snapshots]

    def parts_of(self, piece: str) -> list[list[_Part]]:
        """Return what a piece may mean; several words may hold several parts, the fewest there can be."""
        whole = self._meanings(piece)
        words = piece.split()
        if whole:
            return [whole]
        best: list[list[list[_Part]] | None] = [[]] + [None] * len(words)
        for end in range(1, len(words) + 1):
            for start in range(end):
                before = best[start]
                found = [] if before is None else self._meanings(" ".join(words[start:end]))
                now = best[end]
                if before is not None and found and (now is None or len(before) + 1 < len(now)):
                    best[end] = [*before, found]
        if best[-1] is None and (parted := self._parted_states(piece)) != piece:
            return self.parts_of(parted)
        return best[-1] or [[]]

    def _parted_states(self, piece: str) -> str:
        """Return words with spaces around the times and states that stand in them: 2023年在建项目."""
        spaced = _YEAR_BEFORE.sub(lambda found: f"{_SPACES.sub('', found[0])} ", piece)
        fields = [field for layer in self.layers for field in layer.fields if field.schedule is not None]
        labels = {one.zh for field in fields for one in field.values.values() if len(one.zh) > 1}
        longest = sorted(map(re.escape, labels), key=len, reverse=True)
        if longest:
            spaced = re.sub("|".join(longest), r" \g<0> ", spaced)
        return " ".join(spaced.split())

    def told(self, layer: Layer, where: Sequence[str], period: str) -> SaidConditions | None:
        """Return the conditions with their words and a day in their time; None where the plan takes them not."""
        try:
            words = words_of(read_conditions(self._library, layer, where, restricted=self._restricted))
        except BadFilter:
            return None
        if not period or not scheduled_fields(layer):
            return SaidConditions(layer, tuple(where), words)
        middle = _MIDDLES.get(len(period))
        if middle:
            words = say("phrase_any_day", condition=words, period=_period_words(period))
        return SaidConditions(layer, tuple(where), words, f"{period}{middle or ''}")

    def _meanings(self, text: str) -> list[_Part]:
        found = [
            _Part(layer.id, where, rank)
            for layer, snapshot in zip(self.layers, self._snapshots, strict=True)
            for field in layer.fields
            for where, rank in _asked_of(field, text, snapshot)
        ]
        plain = text
        while (shorter := _FILLERS.sub("", plain)) != plain:
            plain = shorter
        return [*found, *self._times(text), *self._areas(plain), *self._named_layers(plain)]

    def _times(self, text: str) -> Iterator[_Part]:
        """Yield a time for the layers whose states follow from dates."""
        found = _WHEN.fullmatch(text)
        day = _DATE.fullmatch(found["day"]) if found else None
        if day is not None:
            for layer in self.layers:
                if scheduled_fields(layer):
                    yield _Part(layer.id, f"{_TIME}{'-'.join(_padded(day))}", 0)

    def _areas(self, text: str) -> Iterator[_Part]:
        """Yield the areas that are called so; of what a name holds only the one there is."""
        for one in self._snapshots:
            if "zones" not in one.layer.usual or len(one.features) > _MOST_AREAS:
                continue
            ranked = _areas_called(one, text)
            least = min((rank for rank, _ in ranked), default=None)
            best = [key for rank, key in ranked if rank == least]
            if least is not None and (least == 0 or len(best) == 1):
                yield _Part("", f"@in={one.layer.id}/{best[0]}", least)

    def _named_layers(self, text: str) -> Iterator[_Part]:
        for layer in self.layers:
            rank = _alike(text, layer.label)
            if rank is not None:
                yield _Part(layer.id, "", rank)


def _areas_called(snapshot: Snapshot, text: str) -> list[tuple[int, str]]:
    layer, out = snapshot.layer, []
    for one in snapshot.features.placed:
        names = [one.name(layer, lang) for lang in ("zh", "en")]
        if layer.short:
            names += [str(one.properties.get(key) or "") for key in (layer.short.zh, layer.short.en)]
        ranks = [rank for name in names if (rank := _alike(text, Text(name, name))) is not None]
        if ranks and shapely.get_dimensions(one.geometry) == 2:
            out.append((min(ranks), one.id))
    return out


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _alike(said: str, label: Text) -> int | None:
    """Return how nearly words are what something is called: 0 the same, 1 a part of it."""
    ranks = []
    for whole in {label.zh, label.en}:
        name = _plain(_BRACKETS.sub("", whole))
        if not said or not name:
            continue
        if said == name:
            return 0
        if said.isascii():
            ranks += _of_stems(said.split(), name.split())
        elif len(said) > 1 and said in name:
            ranks.append(1)
    return min(ranks, default=None)


def _of_stems(said: Sequence[str], name: Sequence[str]) -> list[int]:
    """Return 1 where every word said begins as one of a name does ("starts", "started" as "start")."""
    meant = [one for one in said if one not in _SMALL_WORDS]  # "in 2023" is no "Land in square metres"
    if not meant:
        return []
    return [1] if all(any(_stem(one, other) for other in name) for one in said) else []


def _stem(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) >= _LEAST_STEM and long.startswith(short))


def _asked_of(field: Field, text: str, snapshot: Snapshot) -> Iterator[tuple[str, int]]:
    """Yield the conditions on a field that words may be, each with how nearly the field is called so."""
    if field.type in ("code", "boolean") or field.values:
        yield from _values_said(field, text)
    for sign, name, value in _parted(text):
        rank = _alike(name, field.label)
        written = None if rank is None else _written(field, sign, value, snapshot)
        if rank is not None and written is not None:
            yield f"{written_field(field.id)}{written}", rank


def _values_said(field: Field, text: str) -> Iterator[tuple[str, int]]:
    """Yield a value whose own word stands there, alone or after the field's name."""
    for code, label in field.values.items():
        if text in _words_of(code, label):
            yield f"{written_field(field.id)}={code}", 0


def _parted(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield the ways words may be sign, name and value: with a sign between, after the value, or none."""
    for found in _SIGN.finditer(text):
        sign = _BEFORE[int((found.lastgroup or "s0")[1:])][0]
        yield sign, text[: found.start()].strip(), text[found.end() :].strip()
    if (end := _END.search(text)) is not None:
        sign = _AFTER[int((end.lastgroup or "s0")[1:])][0]
        yield from ((sign, name, value) for name, value in _named_values(text[: end.start()].strip()))
    yield from (("", name, value) for name, value in _named_values(text))


def _named_values(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and value where a number divides them, or a space."""
    if (found := re.search(r"(?:us|hk|nt)?[¥$€£]?\d", text)) is not None and found.start():
        yield text[: found.start()].strip(), text[found.start() :].strip()
    if (found := _DIGITS_FIRST.match(text)) is not None and found.end() < len(text):
        yield text[found.end() :].strip(), text[: found.end()].strip()
    words = text.split()
    for cut in range(1, len(words)):
        yield " ".join(words[:cut]), " ".join(words[cut:])


def _written(field: Field, sign: str, value: str, snapshot: Snapshot) -> str | None:
    """Return sign and value as the address writes them; None where the value is none of the field's kind."""
    if field.type in ("number", "integer"):
        amount = _amount(field, value, snapshot) if sign != "~" else None
        return None if amount is None else f"{sign or '='}{amount.number:.15g} {amount.currency}".rstrip()
    if field.type == "date":
        day = _DATE.fullmatch(value)
        return None if day is None or sign == "~" else (sign or "=") + "-".join(_padded(day))
    if field.values:
        return next((f"={code}" for code, label in field.values.items() if value in _words_of(code, label)), None)
    return f"~{value}" if field.type == "text" and value and sign in ("=", "~") else None


def _padded(day: re.Match[str]) -> Iterator[str]:
    return (part.zfill(2) for part in day.groups() if part)


def _words_of(code: str, label: Text) -> tuple[str, ...]:
    return _plain(code), _plain(label.zh), _plain(label.en)


def _amount(field: Field, value: str, snapshot: Snapshot) -> SaidAmount | None:
    """Return an amount in the unit of its field, with its currency where the layer tells currencies apart.

    One that names none is of the currency most amounts are in: 1 bn of another is not as much.
    """
    money = usage_of(field, snapshot.layer).measure == "money"
    said = read_amount(value, field, money=money, apart=money)
    if said is None or not money:
        return said
    apart = find_apart_column(field, snapshot.layer, snapshot.features)
    if not apart:
        return read_amount(value, field, money=money, apart=False) if said.currency else said
    if said.currency:
        return said
    count = Counter(one for one in currencies_told(snapshot.features, apart) if one)
    return replace(said, currency=max(sorted(count), key=lambda one: count[one])) if count else said
