"""A question in plain words (JSON, command line) made into a statistic, or refused with what is wrong."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from geo.text import Text
from layers.figures.functions import FUNCTIONS
from layers.figures.functions.entry import BadQuestion, Function, Option, bad_question
from layers.files import file_stamp
from layers.messages import say
from layers.plan.schedule import read_day
from layers.plan.statistics import (
    INDICATORS_FILE,
    STATISTICS_FILE,
    Input,
    Promises,
    SizeRule,
    Statistic,
    leave_out_layers,
    read_promises,
)

_ALWAYS = ("function", "inputs", "unit")
_INPUT_KEYS = ("layer", "where", "classes", "ids", "version", "when", "as_of")
_LONGEST = 200
_EMPTY: tuple[object, ...] = (None, "", [], {}, ())


def asked_statistic(
    plain: Mapping[str, Any], labels: Mapping[str, Text] | None = None, kinds: Mapping[str, str] | None = None
) -> Statistic:
    """Return the statistic a plain question asks for.

    Parameters
    ----------
    plain
        ``function``, ``inputs`` (role to ``layer``, ``where``, ``classes``, ``ids``, ``version``, ``as_of``)
        and, as needed, ``unit`` and the options of the function.
    labels
        What the layers are called, by id; for the question's own name.
    kinds
        Of which geometry the layers are, by id: what is measured where nobody says it.

    Raises
    ------
    BadQuestion
        Naming the key, what was found, what is expected and the nearest word.

    Examples
    --------
    >>> asked_statistic({"function": "count", "inputs": {"items": {"layer": "projects"}}}).unit
    'count'
    """
    entry = FUNCTIONS[_word("function", plain.get("function", ""), tuple(FUNCTIONS))]
    for key, value in plain.items():
        if key not in _ALWAYS and entry.option(key) is None and value not in _EMPTY:
            _refuse(entry, str(key))
    inputs = _inputs(plain.get("inputs"), entry)
    plain = entry.complete(plain) if entry.complete is not None else plain
    said = {one.id: _option(one, plain.get(one.id)) for one in entry.options}
    told = _text("unit", plain.get("unit", ""))
    usual = "" if told else _usual(entry, next(iter(inputs.values()), None), kinds or {})
    measure, unit = _measure(entry, said.get("measure") or usual, told)
    named = [_named(one, labels or {}) for one in inputs.values()]
    of_zh, of_en = "、".join(n.zh for n in named), ", ".join(n.en for n in named)
    label = Text(f"{entry.name.zh}（{of_zh}）", f"{entry.name.en} ({of_en})")
    statistic = Statistic(
        id="asked",
        label=label,
        family=say("question_family"),
        definition=label,
        formula=entry.name,
        source=say("asked_by_user"),
        function=entry.id,
        unit=unit,
        decimals=0 if unit == "count" else 2,
        inputs=inputs,
        **cast(Any, {key: value for key, value in said.items() if value not in _EMPTY} | {"measure": measure}),
    )
    check_question(statistic)
    return statistic


def check_question(statistic: Statistic) -> None:
    """Check a statistic against its function: roles, options, and what the function itself asks.

    Raises
    ------
    BadQuestion
        Naming what is wrong.
    """
    entry = FUNCTIONS[_word("function", statistic.function, tuple(FUNCTIONS))]
    for role in statistic.inputs:
        if role not in entry.roles:
            raise _unknown(f"inputs.{role}", entry.roles, word=role)
    for role in entry.needed:
        if role not in statistic.inputs:
            words = "、".join(entry.needed), ", ".join(entry.needed)
            raise bad_question("inputs", (f"缺少 {role}", f"{role} is missing"), words)
    for option in entry.options:
        if option.required and getattr(statistic, option.id) in _EMPTY:
            wanted = option.label
            raise bad_question(option.id, ("未给出", "it is missing"), (wanted.zh, wanted.en))
    if entry.check is not None:
        entry.check(statistic)


def read_questions(folder: Path, *, hidden: frozenset[str] = frozenset()) -> Promises:
    """Read the plan's declared numbers; a statistic its function cannot answer is told among the problems.

    They are read again when their files changed; the same object is returned as long as they did not.

    Parameters
    ----------
    folder
        The plan's data.
    hidden
        Layers that the reader may not know of; what is asked of them is left out.
    """
    return _questions(
        folder, tuple(file_stamp(folder / name) for name in (STATISTICS_FILE, INDICATORS_FILE)), hidden
    )


@lru_cache(maxsize=16)
def _questions(folder: Path, marks: tuple[object, ...], hidden: frozenset[str]) -> Promises:
    if hidden:
        return leave_out_layers(_questions(folder, marks, frozenset()), hidden)
    return read_promises(folder, check=_declared)


def _declared(statistic: Statistic) -> tuple[Text, Text] | None:
    """Return what is wrong with a declared statistic and what is expected, or None."""
    try:
        check_question(statistic)
    except BadQuestion as error:
        told = error.params
        return Text(f"{told['key']}：{told['found_zh']}", f"{told['key']}: {told['found_en']}"), Text(
            str(told["expected_zh"]), str(told["expected_en"])
        )
    return None


def question_words(statistic: Statistic) -> dict[str, Any]:
    """Return the question that asks for a statistic, in the words `asked_statistic` takes."""
    told: dict[str, Any] = {"function": statistic.function, "unit": statistic.unit, "inputs": {}}
    for name, wanted in statistic.inputs.items():
        said = {key: getattr(wanted, key) for key in _INPUT_KEYS}
        told["inputs"][name] = {key: value for key, value in said.items() if value}
    known = {one.id for one in FUNCTIONS[statistic.function].options}
    for key in ("distance_m", "other_distance_m", "radii", "field", "less", "stated_unit", "divisor", "by"):
        if key in known and getattr(statistic, key) not in _EMPTY:
            told[key] = getattr(statistic, key)
    if statistic.size_rules:
        rules = [{k: getattr(r, k) for k in ("min_m2", "max_m2", "distance_m")} for r in statistic.size_rules]
        told["size_rules"] = [{key: value for key, value in rule.items() if value is not None} for rule in rules]
    if statistic.along != "straight":
        told["along"] = statistic.along
    if statistic.measure != "area" and "measure" in known:
        told["measure"] = statistic.measure
    return told


def _refuse(entry: Function, key: str) -> None:
    known = tuple(one.id for one in entry.options)
    fits = [name for name, other in FUNCTIONS.items() if other.option(key) is not None]
    if not fits:
        raise _unknown(key, (*_ALWAYS, *known))
    words = ("、".join(known) or "无", ", ".join(known) or "none")
    zh, en = f"{entry.id} 没有这一项", f"{entry.id} has no such option"
    raise bad_question(key, (zh, en), (f"{entry.id} 的选项：{words[0]}", f"an option of {entry.id}: {words[1]}"))


def _option(option: Option, given: object) -> Any:  # noqa: ANN401 - as the option says
    """Return an option's value as a statistic holds it; None where it was not given."""
    if given in _EMPTY:
        return option.default if option.kind == "choice" and option.default else None
    if option.kind == "number":
        return _number(option.id, given)
    if option.kind == "choice":
        return _word(option.id, given, option.choices)
    if option.kind == "sizes":
        return _size_rules(given)
    return _radii(given) if option.kind == "radii" else _text(option.id, given)


def _usual(entry: Function, first: Input | None, kinds: Mapping[str, str]) -> str:
    """Return what is measured of the first layer where nobody says it: length of lines, number of points."""
    kind = kinds.get(first.layer, "") if first else ""
    measure = {"polygon": "area", "line": "length", "point": "count"}.get(kind, "")
    return measure if measure in entry.units else ""


def _measure(entry: Function, wanted: str, unit: str) -> tuple[str, str]:
    """Return what is measured and its unit; a unit that does not measure it is refused."""
    if "" in entry.units or not entry.units:
        known = entry.units.get("", ())
        chosen = unit or (known[0] if known else "")
        measure = wanted or ("count" if chosen == "count" else "area")
    else:
        fits = next((m for m, units in entry.units.items() if unit in units), next(iter(entry.units)))
        measure = wanted or fits
        known = entry.units[measure]
        chosen = unit or known[0]
    if known and chosen not in known:
        raise bad_question("unit", (chosen, chosen), ("、".join(known), ", ".join(known)))
    return measure, chosen


def _named(one: Input, labels: Mapping[str, Text]) -> Text:
    label = labels.get(one.layer, Text(one.layer, one.layer))
    if one.version is not None:
        return say("question_version", label=label, version=one.version)
    return say("question_as_of", label=label, day=one.as_of) if one.as_of else label


def _inputs(given: object, entry: Function) -> dict[str, Input]:
    if not isinstance(given, dict):
        raise bad_question(
            "inputs", ("不是对象", "it is not an object"), ("角色到图层", "roles with their layers")
        )
    for role in given:
        if role not in entry.roles:
            raise _unknown(f"inputs.{role}", entry.roles, word=str(role))
    return {role: _input(f"inputs.{role}", given[role]) for role in entry.roles if role in given}


def _input(key: str, wanted: object) -> Input:
    if not isinstance(wanted, dict) or not isinstance(wanted.get("layer"), str):
        like = f'{{"layer": "{wanted[:40] if isinstance(wanted, str) else "…"}"}}'
        raise bad_question(key, ("没有图层", "it names no layer"), (like, like))
    for name in wanted:
        if name not in _INPUT_KEYS:
            raise _unknown(f"{key}.{name}", _INPUT_KEYS, word=str(name))
    version = wanted.get("version")
    if not (version is None or (type(version) is int and version > 0)):
        raise bad_question(f"{key}.version", (str(version)[:40],) * 2, ("版本号", "the number of a version"))
    when = wanted.get("when", "")
    if not isinstance(when, str) or (when and read_day(when) is None):
        raise bad_question(
            f"{key}.when", (str(when)[:40],) * 2, ("2021-08-31 这样的日期", "a day such as 2021-08-31")
        )
    day = asked_day(f"{key}.as_of", wanted.get("as_of") or "")
    parts = {name: _texts(f"{key}.{name}", wanted.get(name, [])) for name in ("where", "classes", "ids")}
    layer = wanted["layer"][:_LONGEST]
    return Input(layer, parts["where"], parts["classes"], parts["ids"], version=version, when=when, as_of=day)


def asked_day(key: str, given: object) -> str:
    """Return a day whose data are asked for (``YYYY-MM-DD``); empty for the newest.

    Raises
    ------
    BadQuestion
        It is no such day.
    """
    with contextlib.suppress(ValueError):
        if given == "" or (isinstance(given, str) and date.fromisoformat(given).isoformat() == given):
            return given
    raise bad_question(key, (str(given)[:40],) * 2, ("日期，如 2026-03-31", "a day like 2026-03-31"))


def _texts(key: str, given: object) -> tuple[str, ...]:
    if (
        not isinstance(given, list | tuple)
        or len(given) > _LONGEST
        or not all(isinstance(one, str) for one in given)
    ):
        like = f'["{given[:40] if isinstance(given, str) else "…"}"]'
        zh, en = f"文本列表，如 {like}", f"a list of texts like {like}"
        raise bad_question(key, ("不是文本列表", "it is not a list of texts"), (zh, en))
    return tuple(given)


def _size_rules(given: object) -> tuple[SizeRule, ...]:
    if not isinstance(given, list | tuple) or len(given) > _LONGEST:
        raise bad_question("size_rules", ("不是列表", "it is not a list"), ("列表", "a list"))
    out = []
    for i, rule in enumerate(given):
        key = f"size_rules.{i}"
        if not isinstance(rule, dict) or not {"min_m2", "distance_m"} <= set(rule) <= {
            "min_m2",
            "max_m2",
            "distance_m",
        }:
            raise bad_question(
                key, ("键不对", "its keys are wrong"), ("min_m2、max_m2、distance_m", "min_m2, max_m2, distance_m")
            )
        most = None if rule.get("max_m2") is None else _number(f"{key}.max_m2", rule["max_m2"])
        least = _number(f"{key}.min_m2", rule["min_m2"], least=0.0)
        out.append(SizeRule(least, _number(f"{key}.distance_m", rule["distance_m"]), most))
    return tuple(out)


def _radii(given: object) -> dict[str, float]:
    if not isinstance(given, dict) or len(given) > _LONGEST:
        raise bad_question("radii", ("不是对象", "it is not an object"), ("类别到米", "classes with metres"))
    return {
        str(name)[:_LONGEST]: _number(f"radii.{str(name)[:40]}", metres) for name, metres in sorted(given.items())
    }


def _number(key: str, given: object, *, least: float = -math.inf) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given) or given < least:
        shown = repr(given)[:40]
        raise bad_question(key, (shown, shown), ("有限的数", "a finite number"))
    return float(given)


def _text(key: str, given: object) -> str:
    if not isinstance(given, str) or len(given) > _LONGEST:
        raise bad_question(key, ("不是文本", "it is not text"), ("文本", "text"))
    return given


def _word(key: str, given: object, known: tuple[str, ...]) -> str:
    if given not in known:
        raise _unknown(key, known, word=str(given)[:40])
    return str(given)


def _unknown(key: str, known: tuple[str, ...], word: str | None = None) -> BadQuestion:
    shown = (key if word is None else word)[:60]
    near = get_close_matches(shown, known, n=1)
    zh = f"“{shown}”未知" + (f"，是否想写 {near[0]}" if near else "")
    en = f"“{shown}” is unknown" + (f"; did you mean {near[0]}" if near else "")
    return bad_question(key[:60], (zh, en), ("、".join(known), ", ".join(known)))
