"""What the dashboard shows: the schema of ``dashboard.toml``, parts with declared statistics."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace
from pathlib import Path

from geo.text import Text
from layers.errors import DeclarationError
from layers.plan.statistics import Promises
from layers.plan.toml_document import read_sections, unknown_word
from layers.plan.toml_schema import read_declared

DASHBOARD_FILE = "dashboard.toml"


@dataclass(frozen=True)
class Part:
    """A part of the dashboard: its heading, and the ids of the statistics that stand under it, in order."""

    id: str
    label: Text
    statistics: tuple[str, ...]


@dataclass(frozen=True)
class Dashboard:
    """The parts in order, and what was wrong with the rest."""

    parts: tuple[Part, ...] = ()
    problems: tuple[DeclarationError, ...] = ()


def read_dashboard(folder: Path, known: Promises, hidden: Set[str] = frozenset()) -> Dashboard:
    """Read the parts; a plan without the file has one for each family of its statistics.

    Parameters
    ----------
    folder
        The plan's data.
    known
        The declared statistics; a part that names another keeps the rest and is told among the problems.
    hidden
        Ids of statistics the reader may not know of: left out; a part with no other goes.
    """
    if not (folder / DASHBOARD_FILE).is_file():
        return Dashboard(_by_family(known))
    parts: list[Part] = []
    problems: list[DeclarationError] = []
    try:
        sections = read_sections(folder / DASHBOARD_FILE, depths={"parts": 2})
    except DeclarationError as error:
        return Dashboard(_by_family(known), (error,))
    for section in sections:
        try:
            part = read_declared(Part, section, id=section.name[1])
        except DeclarationError as error:
            problems.append(error)
            continue
        said = tuple(one for one in part.statistics if one not in hidden)
        if part.statistics and not said:
            continue
        wrong = [one for one in said if one not in known.statistics]
        problems += [
            unknown_word(
                file=section.file,
                line=section.line_of(("statistics",)),
                path=".".join(section.name),
                word=one,
                known=tuple(known.statistics),
                kind="value",
            )
            for one in wrong
        ]
        parts.append(replace(part, statistics=tuple(one for one in said if one not in wrong)))
    return Dashboard(tuple(parts), tuple(problems))


def _by_family(known: Promises) -> tuple[Part, ...]:
    families: dict[Text, list[str]] = {}
    for one in known.statistics.values():
        families.setdefault(one.family, []).append(one.id)
    return tuple(Part(f"family-{at}", label, tuple(ids)) for at, (label, ids) in enumerate(families.items(), 1))
