"""Hashes of a briefing's page, part by part, computed alike here and in the page, so that a change is named."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from geo.errors import PlanAtlasError

_VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "wbr"})


class NotAPack(PlanAtlasError):
    """The file is no briefing's page with hashes inside."""

    code = "not_a_pack"
    zh = "{file} 不是带校验值的简报网页。请用 planatlas briefing … -o 名称.html 生成。"
    en = "{file} is not a briefing's page with hashes. Make one with planatlas briefing … -o name.html."


@dataclass(frozen=True)
class Checked:
    """What a page's hashes say; ``seal`` stands for all of them and can be compared with what its maker tells."""

    parts: int
    changed: tuple[str, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]
    seal: str
    sealed: bool

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, taken out or put in."""
        return self.sealed and not (self.changed or self.missing or self.added)


def part_hash(tree: Any) -> str:  # noqa: ANN401 - nested lists
    """Return the hash of an element: its name, attributes, texts and children, in order."""
    return hashlib.sha256(json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def seal_of(parts: Mapping[str, str]) -> str:
    """Return one hash for all parts in their order."""
    return hashlib.sha256("\n".join(f"{name} {value}" for name, value in parts.items()).encode()).hexdigest()


def part_hashes(page: str) -> dict[str, str]:
    """Return the hash of every part of a page, by name."""
    return {name: part_hash(tree) for name, tree in _parsed(page).parts}


def check_seal(page: str, *, file: str) -> Checked:
    """Compare a page's parts with the hashes it carries.

    Raises
    ------
    NotAPack
        It carries none.
    """
    found = _parsed(page)
    try:
        told = json.loads(found.manifest)
        parts, seal = dict(told["parts"]), str(told["seal"])
    except (ValueError, KeyError, TypeError):
        raise NotAPack(file=file) from None
    now = {name: part_hash(tree) for name, tree in found.parts}
    twice = [name for name, _ in found.parts]
    return Checked(
        len(parts),
        tuple(name for name in parts if name in now and now[name] != parts[name]),
        tuple(name for name in parts if name not in now),
        (*(name for name in now if name not in parts or twice.count(name) > 1), *found.strangers),
        seal,
        seal_of(parts) == seal,
    )


def _parsed(page: str) -> _Parts:
    found = _Parts()
    found.feed(page)
    found.close()
    return found


class _Parts(HTMLParser):
    """The elements of the body: parts as trees, the manifest's text, and whatever else stands there."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[tuple[str, Any]] = []
        self.strangers: list[str] = []
        self.manifest = ""
        self._stack: list[tuple[str, Any]] = []  # open elements below the body
        self._body = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        if tag == "body":
            self._body = True
        if tag in ("html", "head", "body") or (not self._body and tag != "style"):
            return
        known = {key: value or "" for key, value in attrs}
        tree = [tag, [[key, known[key]] for key in sorted(known)], []]
        if self._stack:
            self._stack[-1][1][2].append(tree)
        if tag not in _VOID:
            self._stack.append((tag, tree))
        elif not self._stack:
            self._finished(tree)

    def handle_data(self, data: str) -> None:
        """Take text; pieces of one text are one."""
        if not self._stack:
            if self._body and data.strip():
                self.strangers.append(data.strip()[:40])
            return
        held = self._stack[-1][1][2]
        if held and isinstance(held[-1], str):
            held[-1] += data
        else:
            held.append(data)

    def handle_endtag(self, tag: str) -> None:
        """End an element, and those left open inside it."""
        while self._stack and any(name == tag for name, _ in self._stack):
            name, tree = self._stack.pop()
            if not self._stack:
                self._finished(tree)
            if name == tag:
                return

    def _finished(self, tree: Any) -> None:  # noqa: ANN401
        known = dict(map(tuple, tree[1]))
        if known.get("data-part"):
            self.parts.append((known["data-part"], tree))
        elif known.get("id") == "manifest":
            self.manifest = "".join(map(str, tree[2]))
        elif known.get("id") != "seal":
            self.strangers.append(f"<{tree[0]}>")
