"""Folders of a KML in folders: where one name stands in several, each is called by its path."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from dataclasses import dataclass

_MARKUP = re.compile(
    r"<(?P<close>/?)(?:\w{1,20}:)?(?P<tag>Folder|Placemark)(?:\s[^<>]{0,2000})?(?P<empty>/?)>"
    r"|<(?:\w{1,20}:)?name>\s{0,99}(?P<name><!\[CDATA\[[^\]]{0,300}\]\]>|[^<]{0,300})</(?:\w{1,20}:)?name>"
)
_DEEPEST = 20


@dataclass(frozen=True)
class _Named:
    """A folder's name: its path, and where the name stands in the text."""

    path: tuple[str, ...]
    start: int
    end: int


def with_paths(text: str) -> str:
    """Return a KML's text in which folders of one name in several folders are called ``东区/绿地``, ``西区/绿地``.

    A name that stands in one place only stays as it is, as do folders deeper than twenty.

    Parameters
    ----------
    text
        The whole KML. One pass forward: it costs no more than its length.
    """
    named = _named_folders(text)
    paths: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for folder in named:
        paths[folder.path[-1]].add(folder.path)
    parts, at = [], 0
    for folder in named:
        if len(paths[folder.path[-1]]) > 1 and len(folder.path) > 1:
            parts += [text[at : folder.start], html.escape("/".join(folder.path), quote=False)]
            at = folder.end
    return "".join([*parts, text[at:]]) if parts else text


def _named_folders(text: str) -> list[_Named]:
    found: list[_Named] = []
    open_folders: list[str] = []
    inside = ""  # the element whose name comes next
    for mark in _MARKUP.finditer(text):
        if mark["name"] is not None:
            if inside == "Folder" and open_folders and not open_folders[-1] and len(open_folders) <= _DEEPEST:
                open_folders[-1] = html.unescape(_plain(mark["name"])).strip()
                if open_folders[-1]:
                    path = tuple(name for name in open_folders if name)
                    found.append(_Named(path, mark.start("name"), mark.end("name")))
            inside = ""
        elif mark["empty"]:
            continue
        elif not mark["close"]:
            inside = mark["tag"]
            if inside == "Folder":
                open_folders.append("")
        else:
            inside = ""
            if mark["tag"] == "Folder" and open_folders:
                open_folders.pop()
    return found


def _plain(name: str) -> str:
    return name.removeprefix("<![CDATA[").removesuffix("]]>")
