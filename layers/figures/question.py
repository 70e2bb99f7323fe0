"""A question in plain words (JSON, command line) made into a statistic, or refused with what is wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, cast, get_args

from geo.errors import PlanAtlasError
from geo.text import Text
from layers.plan.statistics import Function, Input, SizeRule, Statistic

# The roles each function needs, then those it may have; its unit when none is said.
ROLES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "tabulate": (("classes", "zones"), (), "ha"),
    "share": (("part", "whole"), (), "%"),
    "coverage": (("demand", "facilities"), ("zones", "entrances", "roads", "barriers", "barriers_rail"), "%"),
    "density": (("part", "whole"), (), "km/km2"),
    "band": (("part", "line"), (), "ha"),
    "count": (("items",), ("zones",), "count"),
    "nearest": (("part", "line"), (), "m"),
    "crossing": (("part", "line"), (), "count"),
    "overlap": (("part", "constraints"), (), "ha"),
    "sum": (("items",), ("zones",), ""),
    "ratio": (("items",), (), ""),
    "declared": (("items",), (), "mu"),
    "transition": (("before", "after"), (), "ha"),
}
_NAMES = {
    "tabulate": Text("各分区各类面积", "Area by class and zone"),
    "share": Text("占比", "Share"),
    "coverage": Text("覆盖率", "Coverage"),
    "density": Text("密度", "Density"),
    "band": Text("一定距离之内", "Within a distance"),
    "nearest": Text("最近距离", "Distance to the nearest"),
    "crossing": Text("交叉", "Crossings"),
    "overlap": Text("与约束图层的重叠", "Overlap with constraints"),
    "count": Text("个数", "Count"),
    "sum": Text("合计", "Sum"),
    "ratio": Text("比值", "Ratio"),
    "declared": Text("文本面积与图上面积", "Stated and drawn area"),
    "transition": Text("用地转移矩阵", "Land-use transition matrix"),
}
_KEYS = ("function", "inputs", "unit", "distance_m", "size_rules", "radii", "along", "measure", "field",
         "divisor", "by")  # fmt: skip
_CHOICES = {"along": ("straight", "network"), "measure": ("area", "length", "count", "weight")}
_AREAS = ("m2", "ha", "km2", "mu")
_UNITS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("tabulate", "declared", "transition", "overlap"), _AREAS),
    **dict.fromkeys(("share", "coverage"), ("%",)),
    **dict.fromkeys(("count", "crossing"), ("count",)),
    "nearest": ("m", "km"),
}
# Where what is measured decides the unit: the first is taken when none is said.
_UNITS_OF: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "band": {"area": ("ha", "m2", "km2", "mu"), "length": ("km", "m"), "count": ("count",)},
    "density": {"length": ("km/km2",), "count": ("/km2",)},
}
_INPUT_KEYS = ("layer", "where", "classes", "ids", "version")
_LONGEST = 200


class BadQuestion(PlanAtlasError):
    """A question names something that does not exist, lacks something, or has a value of the wrong kind."""

    code = "bad_question"
    zh = "问题中的 {key} 无效：{found_zh}；应为{expected_zh}。"
    en = "{key} of the question is not valid: {found_en}; expected {expected_en}."


def asked(plain: Mapping[str, Any], labels: Mapping[str, Text] | None = None) -> Statistic:
    """Return the statistic a plain question asks for.

    Parameters
    ----------
    plain
        ``function``, ``inputs`` (role to ``layer``, ``where``, ``classes``, ``ids``, ``version``) and, as needed,
        ``unit``, ``distance_m``, ``size_rules``, ``along``, ``measure``, ``field``, ``divisor``, ``by``.
    labels
        What the layers are called, by id; for the question's own name.

    Raises
    ------
    BadQuestion
        Naming the key, what was found, what is expected and the nearest word.

    Examples
    --------
    >>> asked({"function": "count", "inputs": {"items": {"layer": "projects"}}}).unit
    'count'
    """
    for key in plain:
        if key not in _KEYS:
            raise _unknown(str(key), _KEYS)
    function = _word(plain, "function", get_args(Function))
    needed, optional, unit = ROLES[function]
    inputs = _inputs(plain.get("inputs"), needed, optional)
    along = _word(plain, "along", _CHOICES["along"], "straight")
    if along == "network" and "roads" not in inputs:
        raise _bad("inputs", ("缺少 roads", "roads is missing"), ("道路图层", "a layer of roads"))
    rules = _size_rules(plain.get("size_rules", []))
    radii = _radii(plain.get("radii", {}))
    distance = plain.get("distance_m")
    if distance is not None:
        distance = _number("distance_m", distance)
    if sum((distance is not None, bool(rules), bool(radii))) > 1:
        zh, en = "distance_m、size_rules 与 radii 只能给一种", "more than one of distance_m, size_rules and radii"
        raise _bad("distance_m", (zh, en), ("其中一种", "one of them"))
    if function in ("band", "coverage") and distance is None and not (function == "coverage" and (rules or radii)):
        raise _bad("distance_m", ("未给出", "it is missing"), ("以米为单位的距离", "a distance in metres"))
    fields = {key: _text(key, plain.get(key, "")) for key in ("field", "divisor", "by", "unit")}
    for key in {"sum": ("field",), "ratio": ("field", "divisor"), "declared": ("field",)}.get(function, ()):
        if not fields[key]:
            raise _bad(key, ("未给出", "it is missing"), ("字段名", "the name of a field"))
    if radii and not fields["by"]:
        raise _bad("by", ("未给出", "it is missing"), ("设施的类别字段", "the facilities' class field"))
    measure, chosen = _measure(plain, function, fields["unit"] or ("" if function in _UNITS_OF else unit))
    if measure == "weight" and not fields["field"]:
        raise _bad("field", ("未给出", "it is missing"), ("权重字段", "the field of the weight"))
    named = [_named(one, labels or {}) for one in inputs.values()]
    of_zh, of_en = "、".join(n.zh for n in named), ", ".join(n.en for n in named)
    label = Text(f"{_NAMES[function].zh}（{of_zh}）", f"{_NAMES[function].en} ({of_en})")
    return Statistic(
        id="asked",
        label=label,
        family=Text("提问", "questions"),
        definition=label,
        formula=_NAMES[function],
        source=Text("使用者提问", "asked by the user"),
        function=cast(Function, function),
        unit=chosen,
        decimals=0 if chosen == "count" else 2,
        inputs=inputs,
        measure=cast(Any, measure),
        distance_m=distance,
        size_rules=rules,
        radii=radii,
        along=cast(Any, along),
        field=fields["field"],
        divisor=fields["divisor"],
        by=fields["by"],
    )


def _measure(plain: Mapping[str, Any], function: str, unit: str) -> tuple[str, str]:
    """Return what is measured and its unit; a unit that does not measure it is refused."""
    by_measure = _UNITS_OF.get(function)
    if by_measure is None:
        known = _UNITS.get(function, (unit,))
        measure = _word(plain, "measure", _CHOICES["measure"], "count" if unit == "count" else "area")
    else:
        fits = next((m for m, units in by_measure.items() if unit in units), next(iter(by_measure)))
        measure = _word(plain, "measure", tuple(by_measure), fits)
        known = by_measure[measure]
    chosen = unit or known[0]
    if chosen not in known:
        raise _bad("unit", (chosen, chosen), ("、".join(known), ", ".join(known)))
    return measure, chosen


def plainly(statistic: Statistic) -> dict[str, Any]:
    """Return the question that asks for a statistic, in the words ``asked`` takes."""
    told: dict[str, Any] = {"function": statistic.function, "unit": statistic.unit, "inputs": {}}
    for name, wanted in statistic.inputs.items():
        said = {key: getattr(wanted, key) for key in _INPUT_KEYS}
        told["inputs"][name] = {key: value for key, value in said.items() if value}
    for key in ("distance_m", "radii", "field", "divisor", "by"):
        if getattr(statistic, key) not in (None, "", {}):
            told[key] = getattr(statistic, key)
    if statistic.size_rules:
        rules = [{k: getattr(r, k) for k in ("min_m2", "max_m2", "distance_m")} for r in statistic.size_rules]
        told["size_rules"] = [{key: value for key, value in rule.items() if value is not None} for rule in rules]
    if statistic.along != "straight":
        told["along"] = statistic.along
    if statistic.measure != "area":
        told["measure"] = statistic.measure
    return told


def _named(one: Input, labels: Mapping[str, Text]) -> Text:
    label = labels.get(one.layer, Text(one.layer, one.layer))
    if one.version is None:
        return label
    return Text(f"{label.zh} 第 {one.version} 版", f"{label.en} version {one.version}")


def _inputs(given: object, needed: tuple[str, ...], optional: tuple[str, ...]) -> dict[str, Input]:
    if not isinstance(given, dict):
        raise _bad("inputs", ("不是对象", "it is not an object"), ("角色到图层", "roles with their layers"))
    for role in given:
        if role not in (*needed, *optional):
            raise _unknown(f"inputs.{role}", (*needed, *optional), word=str(role))
    for role in needed:
        if role not in given:
            words = "、".join(needed), ", ".join(needed)
            raise _bad("inputs", (f"缺少 {role}", f"{role} is missing"), words)
    return {role: _input(f"inputs.{role}", given[role]) for role in (*needed, *optional) if role in given}


def _input(key: str, wanted: object) -> Input:
    if not isinstance(wanted, dict) or not isinstance(wanted.get("layer"), str):
        raise _bad(key, ("没有图层", "it names no layer"), ('{"layer": "…"}', '{"layer": "…"}'))
    for name in wanted:
        if name not in _INPUT_KEYS:
            raise _unknown(f"{key}.{name}", _INPUT_KEYS, word=str(name))
    version = wanted.get("version")
    if not (version is None or (type(version) is int and version > 0)):
        raise _bad(f"{key}.version", (str(version)[:40],) * 2, ("版本号", "the number of a version"))
    parts = {name: _texts(f"{key}.{name}", wanted.get(name, [])) for name in ("where", "classes", "ids")}
    return Input(wanted["layer"][:_LONGEST], parts["where"], parts["classes"], parts["ids"], version=version)


def _texts(key: str, given: object) -> tuple[str, ...]:
    if (
        not isinstance(given, list | tuple)
        or len(given) > _LONGEST
        or not all(isinstance(one, str) for one in given)
    ):
        raise _bad(key, ("不是文本列表", "it is not a list of texts"), ("文本列表", "a list of texts"))
    return tuple(given)


def _size_rules(given: object) -> tuple[SizeRule, ...]:
    if not isinstance(given, list | tuple) or len(given) > _LONGEST:
        raise _bad("size_rules", ("不是列表", "it is not a list"), ("列表", "a list"))
    out = []
    for i, rule in enumerate(given):
        key = f"size_rules.{i}"
        if not isinstance(rule, dict) or not {"min_m2", "distance_m"} <= set(rule) <= {
            "min_m2",
            "max_m2",
            "distance_m",
        }:
            raise _bad(
                key, ("键不对", "its keys are wrong"), ("min_m2、max_m2、distance_m", "min_m2, max_m2, distance_m")
            )
        most = None if rule.get("max_m2") is None else _number(f"{key}.max_m2", rule["max_m2"])
        least = _number(f"{key}.min_m2", rule["min_m2"], least=0.0)
        out.append(SizeRule(least, _number(f"{key}.distance_m", rule["distance_m"]), most))
    return tuple(out)


def _radii(given: object) -> dict[str, float]:
    if not isinstance(given, dict) or len(given) > _LONGEST:
        raise _bad("radii", ("不是对象", "it is not an object"), ("类别到米", "classes with metres"))
    return {
        str(name)[:_LONGEST]: _number(f"radii.{str(name)[:40]}", metres) for name, metres in sorted(given.items())
    }


def _number(key: str, given: object, *, least: float = -math.inf) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given) or given < least:
        shown = repr(given)[:40]
        raise _bad(key, (shown, shown), ("有限的数", "a finite number"))
    return float(given)


def _text(key: str, given: object) -> str:
    if not isinstance(given, str) or len(given) > _LONGEST:
        raise _bad(key, ("不是文本", "it is not text"), ("文本", "text"))
    return given


def _word(plain: Mapping[str, Any], key: str, known: tuple[str, ...], default: str = "") -> str:
    given = plain.get(key, default)
    if given not in known:
        raise _unknown(key, known, word=str(given)[:40])
    return str(given)


def _unknown(key: str, known: tuple[str, ...], word: str | None = None) -> BadQuestion:
    shown = (key if word is None else word)[:60]
    near = get_close_matches(shown, known, n=1)
    zh = f"“{shown}”未知" + (f"，是否想写 {near[0]}" if near else "")
    en = f"“{shown}” is unknown" + (f"; did you mean {near[0]}" if near else "")
    return _bad(key[:60], (zh, en), ("、".join(known), ", ".join(known)))


def _bad(key: str, found: tuple[str, str], expected: tuple[str, str]) -> BadQuestion:
    return BadQuestion(
        key=key, found_zh=found[0], found_en=found[1], expected_zh=expected[0], expected_en=expected[1]
    )
