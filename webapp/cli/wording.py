"""How a question is worded on the command line: options become the words the API takes."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from layers.figures.question import BadQuestion

_ALSO = ("zones", "entrances", "roads", "barriers", "barriers_rail")  # layers a coverage may also be given
Build = Callable[[argparse.Namespace], dict[str, Any]]


def add_questions(commands: Any, common: argparse.ArgumentParser, asking: Callable[[Build], object]) -> None:  # noqa: ANN401 - argparse's own type
    """Add the commands that ask a question; ``asking`` makes a command of what builds its question."""
    ask = commands.add_parser("ask", parents=[common], help="用 JSON 提问 / a question as JSON")
    ask.add_argument("question")
    ask.set_defaults(run=asking(lambda o: _json(o.question)))

    tabulate = commands.add_parser("tabulate", parents=[common], help="分区分类面积 / area by class and zone")
    tabulate.add_argument("layer")
    tabulate.add_argument("--zones", required=True)
    tabulate.add_argument("--unit", default="ha")
    tabulate.add_argument("--by", default="", help="类别字段 / class field")
    _choice(tabulate)
    tabulate.set_defaults(run=asking(lambda o: {"function": "tabulate", "unit": o.unit, "by": o.by, "inputs": {
        "classes": _input(o), "zones": {"layer": o.zones}}}))  # fmt: skip

    coverage = commands.add_parser("coverage", parents=[common], help="覆盖率 / coverage by facilities")
    coverage.add_argument("layer")
    coverage.add_argument("--facilities", required=True)
    coverage.add_argument("--distance", type=float)
    coverage.add_argument("--size-rule", action="append", default=[], metavar="MIN:MAX:DISTANCE")
    coverage.add_argument("--radius", action="append", default=[], metavar="CLASS=DISTANCE", help="--by")
    coverage.add_argument("--by", default="", help="设施的类别字段 / the facilities' class field")
    coverage.add_argument("--weight", default="", help="权重字段（如人口） / a weight such as people")
    for role in _ALSO:
        coverage.add_argument("--" + role.replace("_", "-"))
    _choice(coverage)
    coverage.set_defaults(run=asking(_coverage))

    proximity = commands.add_parser(
        "proximity", parents=[common], help="距离、交叉、重叠 / within a distance, nearest, crossing, overlap"
    )
    proximity.add_argument("layer")
    proximity.add_argument("--to", required=True)
    proximity.add_argument("--function", choices=("band", "nearest", "crossing", "overlap"), default="band")
    proximity.add_argument("--distance", type=float)
    proximity.add_argument("--measure", choices=("area", "length", "count"))
    _choice(proximity)
    proximity.set_defaults(run=asking(_proximity))


def _choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--classes", default="", help="类别代码前缀，逗号分隔 / class code prefixes, commas")
    parser.add_argument("--where", action="append", default=[], help="字段=值 / field=value")
    parser.add_argument("--ids", default="", help="要素编号，逗号分隔 / feature ids, commas")


def _split(text: str) -> list[str]:
    return [part for part in text.replace("，", ",").split(",") if part]


def _input(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "layer": options.layer,
        "where": options.where,
        "classes": _split(options.classes),
        "ids": _split(options.ids),
    }


def _coverage(options: argparse.Namespace) -> dict[str, Any]:
    inputs = {"demand": _input(options), "facilities": {"layer": options.facilities}}
    for name in _ALSO:
        if getattr(options, name):
            inputs[name] = {"layer": getattr(options, name)}
    rules = [_size_rule(rule) for rule in options.size_rule]
    return {"function": "coverage", "distance_m": options.distance, "size_rules": rules, "inputs": inputs,
            "radii": dict(_radius(one) for one in options.radius), "by": options.by, "field": options.weight,
            "along": "network" if options.roads else "straight",
            "measure": "weight" if options.weight else "area"}  # fmt: skip


def _proximity(options: argparse.Namespace) -> dict[str, Any]:
    other = "constraints" if options.function == "overlap" else "line"
    told = {"function": options.function, "inputs": {"part": _input(options), other: {"layer": options.to}}}
    said = {"distance_m": options.distance, "measure": options.measure}
    return told | {key: value for key, value in said.items() if value is not None}


def _radius(text: str) -> tuple[str, float]:
    name, _, metres = text.rpartition("=")
    try:
        return name, float(metres)
    except ValueError:
        raise _wrong("--radius", text, "CLASS=DISTANCE (m)") from None


def _size_rule(text: str) -> dict[str, float]:
    try:
        least, most, distance = (float(part) if part else None for part in text.split(":"))
    except ValueError:
        raise _wrong("--size-rule", text, "MIN:MAX:DISTANCE (m2, m2, m)") from None
    rule = {"min_m2": least, "max_m2": most, "distance_m": distance}
    return {name: value for name, value in rule.items() if value is not None}


def _json(text: str) -> dict[str, Any]:
    try:
        plain = json.loads(text)
    except json.JSONDecodeError:
        plain = None
    if not isinstance(plain, dict):
        raise _wrong("question", text[:60], '{"function": "...", "inputs": {...}}')
    return plain


def _wrong(key: str, found: str, expected: str) -> BadQuestion:
    return BadQuestion(key=key, found_zh=found, found_en=found, expected_zh=expected, expected_en=expected)
