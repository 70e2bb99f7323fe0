"""TOML table -> frozen dataclass. The dataclass is the schema; a mistake names file, line, key and cure."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from geo.text import Text
from layers.errors import DeclarationError
from layers.plan.toml_document import Section, unknown_word

T = TypeVar("T")
_Path = tuple[str | int, ...]
_KINDS = {
    str: ("文本", "text"),
    bool: ("true 或 false", "true or false"),
    int: ("整数", "a whole number"),
    float: ("数字", "a number"),
    tuple: ("列表 [...]", "a list [...]"),
    dict: ("表 {...}", "a table {...}"),
}


def read_declared(cls: type[T], section: Section, **given: object) -> T:
    """Build ``cls`` from a section's table.

    Parameters
    ----------
    cls
        A dataclass whose annotations use str, int, float, bool, Literal, tuple[X, ...], dict[str, X],
        ``X | None`` and other such dataclasses.
    section
        Where the table stands.
    **given
        Values the file does not say, such as the section's id.

    Raises
    ------
    DeclarationError
        An unknown or missing key or a value of the wrong kind; with line, path and what was expected.
    """
    return _dataclass(cls, section.table(), section=section, path=(), given=given)


def _dataclass(
    cls: type[T], table: object, *, section: Section, path: _Path, given: Mapping[str, object] | None = None
) -> T:
    given = given or {}
    if not isinstance(table, dict):
        raise _wrong(section, path, table, dict)
    hints = _hints(cast(Any, cls))
    known = tuple(_key(f) for f in fields(cast(Any, cls)) if f.name not in given)
    for key in table:
        if key not in known:
            raise unknown_word(
                file=section.file,
                line=section.line_of((*path, key)),
                path=_dotted(section, (*path, key)),
                word=key,
                known=known,
                kind="key",
            )
    values = dict(given)
    for f in fields(cast(Any, cls)):
        key = _key(f)
        if key in table:
            values[f.name] = _value(hints[f.name], table[key], section=section, path=(*path, key))
        elif f.name not in values and f.default is MISSING and f.default_factory is MISSING:
            raise DeclarationError(
                file=section.file,
                line=section.line_of(path),
                path=_dotted(section, path),
                found_zh=f"缺少键 '{key}'",
                found_en=f"the key '{key}' is missing",
                expected_zh=f"{key} = {_kind(hints[f.name])[0]}",
                expected_en=f"{key} = {_kind(hints[f.name])[1]}",
            )
    return cls(**values)


@cache
def _hints(cls: type[object]) -> dict[str, Any]:
    """Return the types of a dataclass's fields: worked out once, not for each of thousands of tables."""
    return get_type_hints(cls)


def _key(f: Field[Any]) -> str:
    """Return the key of a field: ``in_`` is written ``in``, a word Python keeps for itself."""
    return f.name.rstrip("_")


def _value(hint: Any, value: object, *, section: Section, path: _Path) -> object:  # noqa: ANN401
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _value(_alternative(args, value), value, section=section, path=path)
    if origin is Literal:
        return _word(args, value, section=section, path=path)
    if origin is tuple:
        if not isinstance(value, list):
            raise _wrong(section, path, value, tuple)
        return tuple(_value(args[0], v, section=section, path=(*path, i)) for i, v in enumerate(value))
    if origin in (dict, Mapping):
        if not isinstance(value, dict):
            raise _wrong(section, path, value, dict)
        return {k: _value(args[1], v, section=section, path=(*path, k)) for k, v in value.items()}
    if is_dataclass(hint):
        return _dataclass(cast(type[object], hint), value, section=section, path=path)
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        raise _wrong(section, path, value, hint)
    return value


def _word(known: tuple[Any, ...], value: object, *, section: Section, path: _Path) -> object:
    """Return a value that is one of the known words."""
    if value not in known:
        raise unknown_word(
            file=section.file,
            line=section.line_of(path),
            path=_dotted(section, path),
            word=str(value),
            known=tuple(str(a) for a in known),
            kind="value",
        )
    return value


def _alternative(args: tuple[Any, ...], value: object) -> Any:  # noqa: ANN401
    """Return the member of a union that fits the value best, so that its error is the useful one."""
    choices = [a for a in args if a is not type(None)]
    for choice in choices:
        if (is_dataclass(choice) or get_origin(choice) in (dict, Mapping)) and isinstance(value, dict):
            return choice
        if get_origin(choice) is tuple and isinstance(value, list):
            return choice
        if choice is type(value):
            return choice
    return choices[0]


def _kind(hint: Any) -> tuple[str, str]:  # noqa: ANN401
    if hint is Text:
        return '{zh = "…", en = "…"}', '{zh = "…", en = "…"}'
    origin = get_origin(hint)
    if origin is Literal:
        words = ", ".join(str(a) for a in get_args(hint))
        return words, words
    if origin in (Union, types.UnionType):
        kinds = [_kind(a) for a in get_args(hint) if a is not type(None)]
        return " 或 ".join(k[0] for k in kinds), " or ".join(k[1] for k in kinds)
    return _KINDS.get(origin or hint, _KINDS[dict])


def _dotted(section: Section, path: _Path) -> str:
    return ".".join([*section.name, *(str(p) for p in path)])


def _wrong(section: Section, path: _Path, value: object, hint: Any) -> DeclarationError:  # noqa: ANN401
    kind = _kind(hint)
    shown = repr(value)[:60]
    return DeclarationError(
        file=section.file,
        line=section.line_of(path),
        path=_dotted(section, path),
        found_zh=f"值为 {shown}",
        found_en=f"found {shown}",
        expected_zh=kind[0],
        expected_en=kind[1],
    )
