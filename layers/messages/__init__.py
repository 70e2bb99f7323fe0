"""Words said to people: tables of both languages, ``messages/*.toml`` of each floor, and their reader."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from geo.text import Text

_PLACE = re.compile(r"\{(\w+)(?:\|([^|{}]*)\|([^|{}]*))?\}")  # a value; or a word for one, and for more


@dataclass(frozen=True)
class Messages:
    """A floor's messages by key, each with ``zh`` and ``en``."""

    table: dict[str, dict[str, str]]

    def said(self, key: str, language: str, **values: object) -> str:
        """Return a message in one language, its ``{placeholders}`` filled, a ``Text`` by its own language.

        ``{count|is|are}`` is the first word where ``count`` is 1, else the second.
        """

        def filled(found: re.Match[str]) -> str:
            name = found[1]
            if name not in values:
                return found[0]
            value = values[name]
            if found[2] is not None:
                return found[2] if value == 1 else found[3]
            return value[language] if isinstance(value, Text) else str(value)

        return _PLACE.sub(filled, self.table[key][language])

    def say(self, key: str, **values: object) -> Text:
        """Return a message in both languages, its ``{placeholders}`` filled.

        Examples
        --------
        >>> told = Messages({"found": {"zh": "找到 {count} 项", "en": "{count} found"}})
        >>> told.say("found", count=3)
        Text(zh='找到 3 项', en='3 found')
        """
        return Text(self.said(key, "zh", **values), self.said(key, "en", **values))


def read_messages(folder: Path) -> Messages:
    """Read the tables of a folder.

    Parameters
    ----------
    folder
        Holds ``*.toml``; each message is a table with ``zh`` and ``en``.

    Raises
    ------
    ValueError
        A key stands twice, or in one language only.
    """
    table: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.toml")):
        for key, text in tomllib.loads(path.read_text("utf-8")).items():
            if key in table or text.keys() != {"zh", "en"}:
                raise ValueError(f"{path.name}: {key}")
            table[key] = text
    return Messages(table)


say = read_messages(Path(__file__).parent).say
