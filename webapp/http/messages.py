"""The interface's words: one table, ``messages/*.toml``, both languages; page scripts read the same table."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Messages:
    """All messages by key, each with ``zh`` and ``en``."""

    table: dict[str, dict[str, str]]

    def said(self, key: str, language: str, **values: object) -> str:
        """Return a message with its ``{placeholders}`` filled."""
        text = self.table[key][language]
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text


@cache
def read_messages() -> Messages:
    """Read the tables beside this module."""
    here = Path(__file__).parents[1]
    table: dict[str, dict[str, str]] = {}
    for path in [*sorted((here / "messages").glob("*.toml")), *here.glob("messages.toml")]:
        table |= tomllib.loads(path.read_text("utf-8"))
    return Messages(table)
