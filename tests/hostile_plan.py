"""A plan whose every text tries to run something: in the page, in a template, on the server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.small_plan import CATALOG, LAYERS, write_plan

TEXTS = (
    "<img src=x onerror=\"window.__x='img'\">",
    "</script><script>window.__x='script'</script>",
    "`${window.__x='backtick'}`",
    "{{7*7}}",
    "{% raise %}",
    "{{ cycler.__init__.__globals__.os.popen('touch CANARY').read() }}",
    "'\"><svg onload=window.__x='svg'>",
    "javascript:window.__x='url'",
    "\u202egpj.exe\u202c\u2028\u2029",
    "=cmd|'/C calc'!A0",
)
ALL = " ".join(TEXTS)
KEY = "<img src=x onerror=window.__x='key'>"


def write_hostile_plan(folder: Path) -> Path:
    """Write the small plan with hostile names, labels, values and property keys."""
    spoilt = {name: [_spoil(f) for f in features] for name, features in LAYERS.items()}
    return write_plan(folder, catalog=_spoilt_catalog(), layers=spoilt)


def _spoil(feature: dict[str, Any]) -> dict[str, Any]:
    known = feature["properties"]
    text = {k: f"{v} {ALL}" for k, v in known.items() if isinstance(v, str) and k not in ("position", "kind")}
    return {**feature, "properties": {**known, **text, "kind": ALL, KEY: ALL, "__proto__": {"polluted": ALL}}}


def _spoilt_catalog() -> str:
    out = []
    for line in CATALOG.split("\n"):
        if "zh = " in line and not line.startswith(("style", "values")):
            out.append(_in_texts(line))
        else:
            out.append(line)
    return "\n".join(out)


def _in_texts(line: str) -> str:
    """Append the hostile text to every string of a zh/en pair."""
    parts = line.split('"')
    quoted = [json.dumps(part + " " + ALL, ensure_ascii=False) if i % 2 else part for i, part in enumerate(parts)]
    return "".join(quoted)
