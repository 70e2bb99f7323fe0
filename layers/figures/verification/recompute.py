"""Published figures as a witness hears them: made again of their own data, by our engine and by another.

Each figure is computed once more from the versions it was made of; whatever it says is compared: value, rows,
sentence, method, caveats, layers, evidence. A second engine, which shares no code with ours, answers the same
question. A figure whose data changed since is asked of today's data too, and says which layers changed.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import orjson

from geo.errors import PlanAtlasError
from geo.text import Text, join_texts
from layers.figures.answer import answer, figure_id, rests_on_day
from layers.figures.figure import Figure, FigureShelf, figure_of
from layers.figures.functions import FUNCTIONS
from layers.figures.inputs import drawn_of, gather
from layers.figures.kept import DamagedFigure, KeptFigure
from layers.figures.kept_versions import VersionGone, as_published, day_wanted
from layers.figures.question import read_questions
from layers.figures.verification.likeness import evidence_damage, is_alike
from layers.figures.verification.second_answer import SecondAnswer
from layers.figures.verification.sql import Duck, Geos, installed_engine
from layers.library.library import Library
from layers.messages import say
from layers.plan.statistics import Statistic, restore_statistic

State = Literal["same", "data changed", "drift", "not computable"]
STATES: tuple[State, ...] = ("same", "data changed", "drift", "not computable")
DRIFTED, CHANGED = 1, 4  # exit statuses
ABSENT = say("second_engine_absent")
_WORDS = (
    "sentence",
    "method",
    "caveats",
    "needs",
    "crs",
    "meets",
    "state",
    "contributions",
    "unreached",
    "unit",
    "decimals",
    "span",
    "sway",
    "headline",
)
_REWORDED, _NUMBER = ("sentence", "method", "caveats"), re.compile(r"\d[\d,.]*")  # as releases word them
_NAMES: Mapping[str, Text] = {
    "sentence": say("part_sentence"),
    "method": say("part_method"),
    "caveats": say("part_caveats"),
    "needs": say("part_needs"),
    "crs": say("crs"),
    "meets": say("part_meets"),
    "state": say("part_state"),
    "contributions": say("part_contributions"),
    "unreached": say("part_unreached"),
    "unit": say("part_unit"),
    "decimals": say("part_decimals"),
    "span": say("part_span"),
    "sway": say("part_sway"),
    "headline": say("part_headline"),
    "layers": say("part_layers"),
    "columns": say("part_columns"),
    "presentation": say("part_presentation"),
    "statistic": say("part_statistic"),
}


@dataclass(frozen=True)
class Verified:
    """One published figure beside its recomputations.

    Attributes
    ----------
    published, ours, second, today
        The value as published; by our engine and by the second on the figure's own data; on today's data.
    engine
        Which second engine answered; empty where there is no second value.
    state
        ``same``; ``data changed``: same on its own data, which are not today's (or are gone); ``drift``: something
        it says is not what comes out; ``not computable`` (any more).
    findings
        What drifts, row by row, or what changed since.
    """

    figure: str
    label: Text
    published: float | None
    ours: float | None
    second: float | None
    today: float | None
    engine: str
    state: State
    findings: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Verification:
    """All published figures; whether DuckDB answered as the second engine."""

    rows: tuple[Verified, ...]
    second_engine: bool

    @property
    def status(self) -> int:
        """An exit status: 1 where something drifted, 4 where only data changed, 0 where all is the same."""
        states = {row.state for row in self.rows}
        return DRIFTED if states & {"drift", "not computable"} else CHANGED if "data changed" in states else 0


def verify(library: Library, shelf: FigureShelf, *, software: str) -> Verification:
    """Recompute every published figure.

    Parameters
    ----------
    library
        The open plan as it is now.
    shelf
        The published figures.
    software
        Version of the software, for the recomputed figures.
    """
    other = installed_engine()
    rows = tuple(_heard(library, shelf, key, other, software) for key in shelf.ids())
    return Verification(rows, isinstance(other, Duck))


def _heard(library: Library, shelf: FigureShelf, key: str, other: Duck | Geos, software: str) -> Verified:
    try:
        told = shelf.read(key)
        return _verified(library, shelf, told, figure_of(told).statistic, other, software)
    except DamagedFigure as error:
        why = Text(error.message("zh"), error.message("en"))
        return Verified(key, Text(key, key), None, None, None, None, "", "drift", (why,))


def _verified(
    library: Library,
    shelf: FigureShelf,
    told: KeptFigure,
    statistic: Statistic,
    other: Duck | Geos,
    software: str,
) -> Verified:
    try:
        then = as_published(library, shelf, told)
    except VersionGone as error:
        findings = (Text(error.message("zh"), error.message("en")), *evidence_damage(shelf, told, None))
        findings += () if told["id"] in _own_ids(told) or is_of_older_release(told) else (say("differs_id"),)
        state: State = "drift" if len(findings) > 1 else "data changed"
        today = _today(library, statistic, told, software)
        return Verified(told["id"], statistic.label, told["value"], None, None, today, "", state, findings)
    except DamagedFigure:
        raise
    except PlanAtlasError as error:
        why = Text(error.message("zh"), error.message("en"))
        return Verified(told["id"], statistic.label, told["value"], None, None, None, "", "not computable", (why,))
    drawn = drawn_of(told)
    again = answer(then, _quiet, statistic, software=software, drawn=drawn, restricted=True)
    if told["id"] != again.id and is_of_older_release(told):
        return _of_older_release(shelf, told, again)
    findings = (
        *_drift(told, again, software),
        *_claims(library, told, statistic),
        *evidence_damage(shelf, told, again),
    )
    second, name = None, ""
    if again.state == "computed":
        gathered = gather(then, statistic.inputs, drawn=drawn, restricted=True)
        answered = SecondAnswer.of(statistic, gathered, other)
        second, name = answered.value, answered.name
        findings += tuple(answered.differs(again))
    state = "drift" if findings else "same"
    today, moved = again.value, _moved(library, told)
    if moved is not None:
        today = _today(library, statistic, told, software)
        state = state if findings else "data changed"
        findings += (moved,)
    renamed = tuple(_renamed(told, again))
    state, findings = "data changed" if renamed and not findings else state, (*findings, *renamed)
    return Verified(told["id"], statistic.label, told["value"], again.value, second, today, name, state, findings)


def _today(library: Library, statistic: Statistic, told: KeptFigure, software: str) -> float | None:
    try:
        return answer(library, _quiet, statistic, software=software, drawn=drawn_of(told), restricted=True).value
    except PlanAtlasError:  # the layer, a filter's field or a version is gone
        return None


def _moved(library: Library, told: KeptFigure) -> Text | None:
    """Say which layers are another version today; None where none is."""
    names: list[Text] = []
    for use in told["layers"]:
        day = day_wanted(told, use)
        if day is None:
            continue
        try:
            layer = library.layer(use["layer"], restricted=True)
            now = library.snapshot_on(layer, day).version
        except PlanAtlasError:
            now = ""
        if now != use["version"]:
            names.append(Text(f"“{use['label']['zh']}”", f"“{use['label']['en']}”"))
    day = library.day.isoformat()
    statistic = restore_statistic(told["statistic"])
    names += [
        say("plans_day", before=use.day, after=day)
        for use in figure_of(told).layers
        if use.day not in ("", day) and rests_on_day(statistic, use)
    ]
    if not names:
        return None
    names = list(dict.fromkeys(names))
    return say("moved_since", listed=join_texts(say("comma"), names))


def _renamed(told: KeptFigure, again: Figure) -> Iterator[Text]:
    """Say which layers the figure calls by another name than the catalog does today."""
    for old, new in zip(figure_of(told).layers, again.layers, strict=False):
        if old.label != new.label:
            yield say("called_today", old=old.label, new=new.label)


def _quiet(_done: float, _total: float) -> None:
    """Take no note of progress: verifying counts figures."""


def _drift(told: KeptFigure, again: Figure, software: str) -> Iterator[Text]:
    """Say what a figure states that does not come out when it is made again of its own data."""
    old, new = _plain(figure_of(told)), _plain(again)
    if told["id"] not in (again.id, _id_without_day(again)) or told["id"] not in _own_ids(told):
        yield say("differs_id")
    if not is_alike(old["value"], new["value"]):
        yield say("differs_value", old=f"{old['value']!r}", new=f"{new['value']!r}")
    whole = "presentation" in told or any("kind" in row for row in told["rows"])  # the oldest ones say neither
    yield from _rows(old, new, whole=whole)
    words: tuple[str, ...] = (*_WORDS, "layers", "columns", *(("presentation",) if whole else ()))
    for name in words:
        if not is_alike(old[name], new[name]) and (
            old["software"] == software or name not in _REWORDED or _says_less(name, old[name], new[name])
        ):
            yield _differs(name, old[name], new[name])


def _says_less(name: str, old: object, new: object) -> bool:
    """Whether what another release said is more than other words for the same: other numbers, or fewer caveats."""
    if isinstance(old, list) and isinstance(new, list) and len(old) < len(new):
        return True
    return name != "method" and sorted(_NUMBER.findall(str(old))) != sorted(_NUMBER.findall(str(new)))


def _makes_again(told: KeptFigure, statistic: Statistic) -> bool:
    """Whether a figure's command makes it again and does nothing else; the oldest ones ask the question anew."""
    try:
        words = shlex.split(told["command"])
    except ValueError:
        return False
    asks = {"figure": told["id"], "statistic": statistic.id}
    plain = " ".join(map(shlex.quote, words)) == told["command"] and words[:2] == ["python", "run.py"]
    verb, what, *data = words[2:] if len(words) > 3 else ["", ""]
    known = asks.get(verb) == what or (verb == "ask" and f'"function": "{statistic.function}"' in what)
    return plain and known and data[:1] in ([], ["--data"]) and len(data) in (0, 2)


def _claims(library: Library, told: KeptFigure, statistic: Statistic) -> Iterator[Text]:
    """Say what a figure claims beside its numbers and is not so: its command, that its norm's source was read."""
    if not _makes_again(told, statistic):
        yield say("differs", what=say("notes_reproduce"))
    declared = read_questions(library.folder).statistics.get(statistic.id, statistic)
    pairs = ((statistic, declared), (statistic.threshold, declared.threshold))
    if any(one and other and one.read and not other.read for one, other in pairs):
        yield say("differs", what=say("notes_source"))


def is_of_older_release(told: KeptFigure) -> bool:
    """Whether a published figure was made when its function answered otherwise: its id says so.

    Parameters
    ----------
    told
        The figure as the shelf keeps it.
    """
    figure = figure_of(told)
    plain = tuple(replace(use, day="", states=()) for use in figure.layers)
    revisions = range(1, FUNCTIONS[figure.statistic.function].revision)
    return any(
        told["id"] == figure_id(figure.statistic, uses, revision=one)
        for one in revisions
        for uses in (figure.layers, plain)
    )


def _of_older_release(shelf: FigureShelf, told: KeptFigure, again: Figure) -> Verified:
    """Return what a figure of an older release is today: it stays as it was published, under its own id."""
    damage = tuple(evidence_damage(shelf, told, None))
    plain = _plain(again)
    same = all(is_alike(told[name], plain[name]) for name in ("value", "rows", "sentence"))  # else nobody can tell
    state: State = "drift" if damage else "same" if same else "data changed"
    findings = (say("older_release", figure=again.id), *damage)
    label = restore_statistic(told["statistic"]).label
    return Verified(told["id"], label, told["value"], again.value, None, again.value, "", state, findings)


def _own_ids(told: KeptFigure) -> tuple[str, str]:
    """Return the ids a published figure may have by what it says: older ones do not tell of the plan's day."""
    figure = figure_of(told)
    return figure_id(restore_statistic(told["statistic"]), figure.layers), _id_without_day(figure)


def _id_without_day(figure: Figure) -> str:
    return figure_id(figure.statistic, tuple(replace(use, day="", states=()) for use in figure.layers))


def _plain(figure: Figure) -> dict[str, Any]:
    """Return a figure's plain values; of a layer what it is, not what it is called."""
    told: dict[str, Any] = orjson.loads(orjson.dumps(figure.plain()))
    for use in told["layers"]:
        for name in ("label", "day", "states"):  # the days are told apart from what drifts
            del use[name]
    return told


def _differs(name: str, old: object, new: object) -> Text:
    what = _NAMES[name]
    if name == "caveats" and isinstance(old, list) and isinstance(new, list):
        lost = [one for one in new if one not in old]
        more = [one for one in old if one not in new]
        told = [say("differs_lacks", text=Text(**one)) for one in lost]
        told += [say("differs_has", text=Text(**one)) for one in more]
        listed = join_texts(say("semicolon"), told) if told else say("differs_in_order")
        return say("differs_in_texts", what=what, told=listed)
    if isinstance(old, dict) and isinstance(new, dict) and set(old) == {"zh", "en"}:
        return say("differs_from", what=what, old=Text(old["zh"], old["en"]), new=Text(new["zh"], new["en"]))
    return say("differs", what=what)


def _rows(old: Mapping[str, Any], new: Mapping[str, Any], *, whole: bool) -> Iterator[Text]:
    """Say which rows differ, cell by cell; ``whole`` also in their kinds."""
    before: list[dict[str, Any]] = old["rows"]
    after: list[dict[str, Any]] = new["rows"]
    if len(before) != len(after):
        yield say("differs_rows", count=len(before), count2=len(after))
    for was, now in zip(before, after, strict=False):
        for key in sorted(was.keys() | now.keys()):
            if key == "kind" and not whole:
                continue
            if not is_alike(was.get(key), now.get(key)):
                zh, en = _row_name(new, now, "zh"), _row_name(new, now, "en")
                yield say(
                    "differs_row",
                    row=Text(zh, en),
                    column=key,
                    was=_brief(was.get(key)),
                    now=_brief(now.get(key)),
                )


def _row_name(figure: Mapping[str, Any], row: Mapping[str, Any], language: str) -> str:
    words = [row.get(c["id"]) for c in figure["columns"] if c["decimals"] is None]
    return " ".join(str(w[language] if isinstance(w, dict) else w) for w in words if w not in (None, ""))


def _brief(value: object) -> str:
    return value["zh"] if isinstance(value, dict) and "zh" in value else repr(value)
