"""The import options where they are said: the schema of the API document, the command line, the page's form."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from layers.imports.options import AUTO, OPTIONS, ImportOptions, choices_of, parse_options


def import_schema() -> dict[str, Any]:
    """Return the JSON Schema of the body, as OpenAPI 3.0 writes it."""
    _, found = msgspec.json.schema_components([ImportOptions])
    told: dict[str, Any] = found["ImportOptions"]
    swapped = told["properties"]["swapped"]
    swapped.pop("anyOf", None)
    swapped |= {"type": "boolean", "nullable": True}
    for one in told["properties"].values():
        if "enum" in one:
            one["type"] = "string"
            one["enum"] = sorted(one["enum"])
    told.pop("required", None)
    return told


def flags_of(name: str) -> tuple[str, ...]:
    """Return how an option is called on the command line."""
    return OPTIONS[name].flags or (f"--{name.replace('_', '-')}",)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Put every option on a command line."""
    for name, about in OPTIONS.items():
        flags = flags_of(name)
        words = f"{about.label.zh} / {about.label.en}"
        if about.hint:
            words += f"（{about.hint.zh}）({about.hint.en})"
        words = words.replace("%", "%%")
        told: dict[str, Any] = {"dest": name, "help": words, "default": None}
        if name == "swapped":
            parser.add_argument(*flags, action=argparse.BooleanOptionalAction, **told)
        elif about.control == "check":
            parser.add_argument(*flags, action="store_const", const=True, **told)
        elif about.control == "columns":
            parser.add_argument(*flags, action="append", metavar=about.metavar, **told)
        else:
            choices = choices_of(name) if about.control == "choice" and name != "encoding" else ()
            shown = {"choices": (*choices, AUTO)} if choices else {"metavar": about.metavar or name.upper()}
            parser.add_argument(*flags, **shown, **told)


def options_from(given: object) -> ImportOptions:
    """Return options from what a command line said.

    Raises
    ------
    BadOption
        A value that cannot be said.
    """
    body = {name: value for name in OPTIONS if (value := getattr(given, name, None)) is not None}
    for name, said in body.items():
        if OPTIONS[name].control == "columns":
            pairs = [one.partition("=") for one in said]
            body[name] = {field.strip(): kind.strip() for field, _, kind in pairs}
    return parse_options(body)


def option_form() -> list[dict[str, Any]]:
    """Return what the page needs to ask for each option, in order."""
    return [
        {
            "name": name,
            "label": {"zh": about.label.zh, "en": about.label.en},
            "hint": {"zh": about.hint.zh, "en": about.hint.en} if about.hint else None,
            "flags": list(flags_of(name)),
            "stage": about.stage,
            "control": about.control,
            "kinds": list(about.kinds),
            "choices": [
                {"value": value, "zh": about.words[value].zh, "en": about.words[value].en}
                if value in about.words
                else {"value": value, "zh": value, "en": value}
                for value in choices_of(name)
            ],
        }
        for name, about in OPTIONS.items()
    ]
