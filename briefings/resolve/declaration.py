"""A briefing as it is declared: views, numbers, indicators, dossiers and text in one small file."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import tomli_w

from geo.errors import PlanAtlasError
from geo.text import Text
from layers.plan.toml_document import read_sections
from layers.plan.toml_schema import read_declared

ItemKind = Literal["map", "figure", "text", "indicator", "dossier", "table", "chapter"]


class UnknownBriefing(PlanAtlasError):
    """No briefing of that id is in the data folder."""

    code = "unknown_briefing"
    zh = "没有名为“{briefing}”的简报。现有：{known}。"
    en = "There is no briefing “{briefing}”. There are: {known}."


class UnboundNumber(PlanAtlasError):
    """A briefing names a statistic that is not declared."""

    code = "unbound_number"
    zh = "简报引用的统计“{statistic}”没有声明。最接近的：{near_zh}。全部 {count} 项见统计页（/statistics）。"
    en = (
        "The briefing names a statistic “{statistic}” that is not declared. Nearest: {near_en}. "
        "All {count} are on the page of statistics (/statistics)."
    )


class UnknownIndicator(PlanAtlasError):
    """A briefing names an indicator that is not declared."""

    code = "unknown_indicator"
    zh = "简报引用的指标“{indicator}”没有声明。最接近的：{near_zh}。全部 {count} 项见指标页（/indicators）。"
    en = (
        "The briefing names an indicator “{indicator}” that is not declared. Nearest: {near_en}. "
        "All {count} are on the page of indicators (/indicators)."
    )


@dataclass(frozen=True)
class Item:
    """One slide or section.

    A map of a ``view`` (or of a ``state``, what a map's address says after #), a figure of a ``statistic`` as it
    is now, or the published ``figure`` of an id as it was, the years of an ``indicator``, the dossier of a
    ``feature`` (``layer/feature``) or of the site drawn in a ``state``, a ``table`` (what a map's address says
    after # while a table is open under it: layer, filters, order, columns), or text with bound numbers: in
    ``text`` a statistic's id in braces stands for its value with its unit. A ``chapter`` is a title alone: it
    heads the items up to the next one.
    """

    kind: ItemKind
    title: Text = Text("", "")
    view: str = ""
    state: str = ""
    table: str = ""
    statistic: str = ""
    figure: str = ""
    indicator: str = ""
    feature: str = ""
    text: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Number:
    """What a bound number was when the briefing was made: as shown, its figure and the layers' versions."""

    id: str
    shown: Text
    figure: str
    computed_at: str
    value: float | None = None
    versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class KeptRelation:
    """How a site stood to a feature of another layer when its dossier was made, in words."""

    layer: Text
    name: Text
    how: Text


@dataclass(frozen=True)
class KeptDossier:
    """What a dossier derived when the briefing was made, and from which versions of which layers."""

    id: str
    feature: str
    made_at: str
    relations: tuple[KeptRelation, ...] = ()
    verdict: Text = Text("", "")
    values: dict[str, float] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Briefing:
    """The declaration; ``numbers`` and ``dossiers`` are those of an earlier run, by statistic and by feature.

    ``against`` is a day whose data the numbers are compared with (``YYYY-MM-DD``, or ``last-year``), instead of
    those of an earlier run. In a ``traced`` one each numeral a person typed is marked as such.
    """

    id: str
    title: Text
    subtitle: Text = Text("", "")
    items: tuple[Item, ...] = ()
    numbers: Mapping[str, Number] = field(default_factory=dict)
    dossiers: Mapping[str, KeptDossier] = field(default_factory=dict)
    against: str = ""
    traced: bool = False


class BadDay(PlanAtlasError):
    """A briefing is to be compared with a day that is none."""

    code = "bad_against"
    zh = "against = “{found}” 无效：应为 YYYY-MM-DD 或 last-year。"
    en = "against = “{found}” is not valid: YYYY-MM-DD or last-year is expected."


def compared_day(briefing: Briefing, today: date) -> str:
    """Return the day a briefing's numbers are compared with; empty where there is none.

    Raises
    ------
    BadDay
        It is no day.

    Examples
    --------
    >>> compared_day(Briefing("b", Text("a", "a"), against="last-year"), date(2026, 11, 29))
    '2025-11-29'
    """
    if briefing.against == "last-year":
        return (today - timedelta(days=365 + (today.month == 2 and today.day == 29))).isoformat()
    try:
        return date.fromisoformat(briefing.against).isoformat() if briefing.against else ""
    except ValueError as error:
        raise BadDay(found=briefing.against[:40]) from error


def kept_briefings(folder: Path) -> list[str]:
    """Return the ids of the briefings in a data folder."""
    return sorted(p.stem for p in (folder / "briefings").glob("*.toml"))


def briefing_marks(folder: Path) -> tuple[tuple[str, int, int, int], ...]:
    """Return what changes when a briefing of a data folder does: names, times (ns), sizes and numbers of files."""
    found = []
    for one in sorted((folder / "briefings").glob("*.toml")):
        with contextlib.suppress(FileNotFoundError):  # it has gone meanwhile
            told = one.stat()
            found.append((one.name, told.st_mtime_ns, told.st_size, told.st_ino))
    return tuple(found)


def read_briefing(folder: Path, briefing: str) -> Briefing:
    """Read ``briefings/<id>.toml`` of the data folder, or the file of that path.

    Raises
    ------
    UnknownBriefing
        There is none.
    DeclarationError
        It says something it cannot mean; with line and cure.
    """
    path = Path(briefing) if briefing.endswith(".toml") else folder / "briefings" / f"{briefing}.toml"
    if not path.is_file() or not (briefing.endswith(".toml") or re.fullmatch(r"[\w\-]+", briefing)):
        raise UnknownBriefing(briefing=briefing[:60], known=", ".join(kept_briefings(folder)) or "—")
    return read_file(path)


def read_file(path: Path) -> Briefing:
    """Read a briefing's file.

    Raises
    ------
    DeclarationError
        It says something it cannot mean, or has no table ``[briefing]``; with line and cure.
    """
    sections = read_sections(path, depths={"briefing": 1, "numbers": 2, "dossiers": 2})
    numbers = {s.name[1]: read_declared(Number, s, id=s.name[1]) for s in sections if s.name[0] == "numbers"}
    sites = [read_declared(KeptDossier, s, id=s.name[1]) for s in sections if s.name[0] == "dossiers"]
    told = next((s for s in sections if s.name[0] == "briefing"), None)
    if told is None:
        raise UnknownBriefing(briefing=path.name, known="[briefing]")
    return read_declared(
        Briefing, told, id=path.stem, numbers=numbers, dossiers={one.feature: one for one in sites}
    )


def read_text(text: str) -> Briefing:
    """Read a briefing from the text of its file, as a person brings it; same errors as ``read_file``."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "briefing.toml"
        path.write_text(text, "utf-8")
        return read_file(path)


def briefing_text(briefing: Briefing) -> str:
    """Return a briefing as its file, which ``read_file`` reads again; its numbers go with it."""
    table: dict[str, Any] = {
        "briefing": {
            "title": asdict(briefing.title),
            "subtitle": asdict(briefing.subtitle),
            "items": [_item(one) for one in briefing.items],
            **({"against": briefing.against} if briefing.against else {}),
            **({"traced": True} if briefing.traced else {}),
        }
    }
    numbers = {key: _without_none(asdict(one)) for key, one in briefing.numbers.items()}
    for one in numbers.values():
        one.pop("id")
    if numbers:
        table["numbers"] = numbers
    if briefing.dossiers:
        table["dossiers"] = {one.id: _kept_dossier(one) for one in briefing.dossiers.values()}
    return tomli_w.dumps(table)


def _kept_dossier(one: KeptDossier) -> dict[str, Any]:
    told = asdict(one)
    told.pop("id")
    return told | {"relations": list(told["relations"])}


def _item(item: Item) -> dict[str, Any]:
    empty = Item(item.kind)
    changed = [f.name for f in fields(item) if f.name == "kind" or getattr(item, f.name) != getattr(empty, f.name)]
    told = asdict(item)
    return {name: list(told[name]) if name == "text" else told[name] for name in changed}


def _without_none(table: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value is not None}
