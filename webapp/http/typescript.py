"""The front end's types, written from the OpenAPI document: ``python -m webapp.http.typescript``.

The outcome, ``static/js/api.d.ts``, is kept in the repository; a test compares the two.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from webapp.http.schemas import all_schemas

FILE = Path(__file__).parents[1] / "static" / "js" / "api.d.ts"
_HEAD = "/** What the service answers and takes, written by `python -m webapp.http.typescript`. */\n"
_PLAIN = {"string": "string", "boolean": "boolean", "integer": "number", "number": "number"}
_WORD = re.compile(r"[A-Za-z_]\w*")


def write_typescript(schemas: Mapping[str, Any]) -> str:
    """Return the components of an OpenAPI document as TypeScript types, in order of name."""
    told = [f"export type {name} = {_type(schema)};\n" for name, schema in sorted(schemas.items())]
    return "\n".join([_HEAD, *told])


def _type(schema: Mapping[str, Any], *, depth: int = 0) -> str:
    told = _bare(schema, depth)
    return f"{told} | null" if schema.get("nullable") else told


def _bare(schema: Mapping[str, Any], depth: int) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "allOf" in schema:
        return " & ".join(_type(one, depth=depth) for one in schema["allOf"])
    if "oneOf" in schema:
        return " | ".join(_type(one, depth=depth) for one in schema["oneOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(one) for one in schema["enum"])
    kind = schema.get("type")
    if kind == "array":
        return _array(schema, depth)
    return _object(schema, depth) if kind == "object" else _PLAIN.get(str(kind), "unknown")


def _array(schema: Mapping[str, Any], depth: int) -> str:
    if "x-tuple" in schema:  # OpenAPI 3.0 itself has no words for one
        return f"[{', '.join(_type(one, depth=depth) for one in schema['x-tuple'])}]"
    item = _type(schema["items"], depth=depth)
    return f"({item})[]" if (" " in item and not item.startswith("{")) or " | " in item else f"{item}[]"


def _object(schema: Mapping[str, Any], depth: int) -> str:
    more = schema.get("additionalProperties")
    properties = schema.get("properties")
    if not properties:
        return f"Record<string, {_type(more, depth=depth) if isinstance(more, dict) else 'unknown'}>"
    required, inside = set(schema.get("required", ())), "  " * (depth + 1)
    lines = [
        f"{inside}{_key(name)}{'' if name in required else '?'}: {_type(one, depth=depth + 1)};"
        for name, one in properties.items()
    ]
    return "\n".join(["{", *lines, "  " * depth + "}"])


def _key(name: str) -> str:
    return name if _WORD.fullmatch(name) else json.dumps(name)


if __name__ == "__main__":
    FILE.write_text(write_typescript(all_schemas()), encoding="utf-8")
