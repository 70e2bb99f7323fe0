"""How a question is worded on the command line: every function is a command, its roles and options are options."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from layers.figures.functions import FUNCTIONS
from layers.figures.functions.entry import BadQuestion, Function, Option, bad_question
from webapp.cli.commands import Commands

Build = Callable[[argparse.Namespace], dict[str, Any]]
_FLAGS = {"distance_m": "distance", "size_rules": "size-rule", "radii": "radius"}


class _Question(Protocol):
    layer: str
    where: list[str]
    classes: str
    ids: str
    as_of: str


def add_questions(commands: Commands, common: argparse.ArgumentParser, asking: Callable[[Build], object]) -> None:
    """Add the commands that ask a question; ``asking`` makes a command of what builds its question."""
    ask = commands.add_parser("ask", parents=[common], help="用 JSON 提问 / a question as JSON")
    ask.add_argument("question")
    ask.set_defaults(run=asking(lambda o: _json(o.question)))
    for entry in FUNCTIONS.values():
        parser = commands.add_parser(entry.id, parents=[common], help=_both(entry))
        first, *others = entry.slots
        parser.add_argument("layer", help=f"{first.label.zh} / {first.label.en}")
        for slot in others:
            words = f"{slot.label.zh} / {slot.label.en}"
            parser.add_argument(_flag(slot.id), dest=slot.id, required=not slot.optional, help=words)
        if entry.units or any(option.kind == "field" for option in entry.options):
            known = " ".join(dict.fromkeys(unit for units in entry.units.values() for unit in units))
            parser.add_argument("--unit", default="", help=known)
        for option in entry.options:
            _add(parser, option)
        parser.add_argument("--classes", default="", help="类别代码前缀，逗号分隔 / class code prefixes, commas")
        parser.add_argument("--where", action="append", default=[], help="字段=值 / field=value")
        parser.add_argument("--ids", default="", help="要素编号，逗号分隔 / feature ids, commas")
        parser.add_argument(
            "--as-of", default="", metavar="YYYY-MM-DD", help="截至该日的数据 / data as of that day"
        )
        parser.set_defaults(run=asking(_building(entry)))


def _both(entry: Function) -> str:
    return f"{entry.question.zh} / {entry.question.en}".replace("%", "%%")


def _flag(name: str) -> str:
    return "--" + _FLAGS.get(name, name).replace("_", "-")


def _add(parser: argparse.ArgumentParser, option: Option) -> None:
    """Add an option of a function: what it takes follows from its kind."""
    how: Mapping[str, Mapping[str, Any]] = {
        "number": {"type": float},
        "field": {},
        "choice": {"choices": option.choices},
        "sizes": {"action": "append", "metavar": "MIN:MAX:DISTANCE"},
        "radii": {"action": "append", "metavar": "CLASS=DISTANCE"},
    }
    words = f"{option.label.zh} / {option.label.en}"
    for choice, said in zip(option.choices, option.words, strict=False):
        words += f"; {choice}: {said.zh} / {said.en}"
    words = words.replace("%", "%%")
    parser.add_argument(_flag(option.id), dest=option.id, help=words, **how[option.kind])


def _building(entry: Function) -> Build:
    def build(options: argparse.Namespace) -> dict[str, Any]:
        first, *others = entry.slots
        inputs: dict[str, Any] = {first.id: _input(options)}
        for slot in others:
            if getattr(options, slot.id):
                inputs[slot.id] = {"layer": getattr(options, slot.id), "as_of": options.as_of}
        told: dict[str, Any] = {"function": entry.id, "unit": getattr(options, "unit", ""), "inputs": inputs}
        for option in entry.options:
            value = getattr(options, option.id)
            if value is not None:
                told[option.id] = _read(option, value)
        return told

    return build


def _read(option: Option, value: Any) -> Any:  # noqa: ANN401 - as the option says
    if option.kind == "sizes":
        return [_size_rule(one) for one in value]
    return dict(_radius(one) for one in value) if option.kind == "radii" else value


def _split(text: str) -> list[str]:
    return [part for part in text.replace("，", ",").split(",") if part]


def _input(options: _Question) -> dict[str, Any]:
    return {
        "layer": options.layer,
        "where": options.where,
        "classes": _split(options.classes),
        "ids": _split(options.ids),
        "as_of": options.as_of,
    }


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
    return bad_question(key, (found, found), (expected, expected))
