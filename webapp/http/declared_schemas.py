"""JSON schemas read off the dataclasses that answers are made from, so that the two cannot part."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

_PLAIN: Mapping[type, str] = {str: "string", bool: "boolean", int: "integer", float: "number"}


def declared_schema(cls: type, named: Mapping[type, str], *, stored: bool = False) -> dict[str, Any]:
    """Return the schema of what ``dataclasses.asdict`` makes of an instance.

    Parameters
    ----------
    cls
        A dataclass whose annotations use plain types, Literal, tuples, mappings, unions with None and other
        such dataclasses.
    named
        Dataclasses that are components of their own; they are referred to by name.
    stored
        Whether a field with a default may be missing: what was kept by an older release lacks newer fields.
    """
    hints = get_type_hints(cls)
    told = {field.name: _of(hints[field.name], named, stored=stored) for field in fields(cls)}
    needed = [f.name for f in fields(cls) if not stored or (f.default is MISSING and f.default_factory is MISSING)]
    return {"type": "object", "properties": told, "required": needed}


def _of(hint: Any, named: Mapping[type, str], *, stored: bool) -> dict[str, Any]:  # noqa: ANN401
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _either(inner, named, stored=stored)
    if origin is Literal:
        return {"type": "string", "enum": list(inner)}
    if origin in (tuple, list):
        return {"type": "array", "items": _of(inner[0], named, stored=stored)}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _of(inner[1], named, stored=stored)}
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if hint in named:
        return {"$ref": f"#/components/schemas/{named[hint]}"}
    return declared_schema(hint, named, stored=stored) if isinstance(hint, type) and is_dataclass(hint) else {}


def _either(inner: tuple[Any, ...], named: Mapping[type, str], *, stored: bool) -> dict[str, Any]:
    some = [one for one in inner if one is not type(None)]
    told = (
        _of(some[0], named, stored=stored)
        if len(some) == 1
        else {"oneOf": [_of(one, named, stored=stored) for one in some]}
    )
    if len(some) == len(inner):
        return told
    return {"allOf": [told], "nullable": True} if "$ref" in told else told | {"nullable": True}
