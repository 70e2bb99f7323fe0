"""What differs between two recordings, kind by kind."""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.answers.record import read_recording

_LEAST = "<nothing>"
_LONG = 400  # lines


@dataclass(frozen=True)
class Difference:
    """One difference: in which answer, where in it, what it was and what it is."""

    asked: str
    where: str
    before: str
    after: str

    @property
    def kind(self) -> tuple[str, str]:
        """Differences of one kind are told together: the same place in the same sort of answer."""
        path = self.asked.partition("?")[0]
        shape = re.sub(r"[0-9a-f]{16}", "{id}", path)
        words = shape.split("/")
        return (
            "/".join(words[:3]) if shape.startswith("GET") else shape.split(" ")[0],
            re.sub(r"\[\d+\]", "[]", self.where),
        )


def differences(before: Path, after: Path) -> list[Difference]:
    """Return every difference between two recordings."""
    old, new = read_recording(before), read_recording(after)
    found = [
        Difference(key, "asked only before", _brief(old[key]["text"]), _LEAST) for key in old.keys() - new.keys()
    ]
    found += [
        Difference(key, "asked only after", _LEAST, _brief(new[key]["text"])) for key in new.keys() - old.keys()
    ]
    for key in sorted(old.keys() & new.keys()):
        for part in ("status", "type"):
            if old[key][part] != new[key][part]:
                found.append(Difference(key, part, str(old[key][part]), str(new[key][part])))
        if old[key]["text"] != new[key]["text"]:
            found += [Difference(key, *one) for one in _within(old[key]["text"], new[key]["text"])]
    return found


def _within(old: str, new: str) -> Iterator[tuple[str, str, str]]:
    try:
        yield from _plain(json.loads(old), json.loads(new), "")
    except ValueError:
        yield from _lines(old, new)


def _plain(old: Any, new: Any, at: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _plain(old.get(key, _LEAST), new.get(key, _LEAST), f"{at}.{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from _plain(one, other, f"{at}[{number}]")
    elif old != new:
        yield at or "body", _brief(old), _brief(new)


def _lines(old: str, new: str) -> Iterator[tuple[str, str, str]]:
    one, other = old.splitlines(), new.splitlines()
    if max(len(one), len(other)) > _LONG:  # a picture, a big file: which lines went and came is enough
        gone, come = (
            list((Counter(one) - Counter(other)).elements()),
            list((Counter(other) - Counter(one)).elements()),
        )
        yield "text", _brief("\n".join(gone)), _brief("\n".join(come))
        return
    for tag, a, b, c, d in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag != "equal":
            yield "text", _brief("\n".join(one[a:b])), _brief("\n".join(other[c:d]))


def _brief(value: object, most: int = 300) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= most else f"{text[:most]}… ({len(text)} characters)"


def told(found: list[Difference], *, examples: int = 2) -> str:
    """Return differences as a text: one block a kind, the most frequent last, each with examples."""
    kinds: dict[tuple[str, str], list[Difference]] = defaultdict(list)
    for one in found:
        kinds[one.kind].append(one)
    lines = []
    for (asked, where), group in sorted(kinds.items()):
        lines.append(f"\n{asked}  {where}: {len(group)} in {len({g.asked for g in group})} answers")
        for one in group[:examples]:
            lines += [f"    {one.asked}  {one.where}", f"      - {one.before}", f"      + {one.after}"]
    lines.append(f"\n{len(found)} differences of {len(kinds)} kinds")
    return "\n".join(lines)
