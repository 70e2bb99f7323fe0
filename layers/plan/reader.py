"""Reads a plan's declarations: one bad table costs only itself and is reported with file, line and cure."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from geo.text import Text
from layers.errors import DeclarationError
from layers.messages import say
from layers.plan.catalog import Anomaly, BackgroundLayer, Basemap, Field, Group, LandClass, Layer, Plan
from layers.plan.crosswalk import CROSSWALK_FILE, UNSPLIT, BadCrosswalk, read_crosswalks
from layers.plan.statistics import says_one_of
from layers.plan.toml_document import Section, read_sections
from layers.plan.toml_schema import read_declared
from layers.plan.views import View

T = TypeVar("T")
_DEPTHS = {"plan": 1, "groups": 2, "basemaps": 2, "background": 1, "provenance": 1, "layers": 2, "views": 2}
CATALOG_FILE, ANOMALIES_FILE, CLASSES_FILE = "catalog.toml", "anomalies.toml", "landuse_classes.csv"


@dataclass(frozen=True)
class _Background:
    layers: tuple[BackgroundLayer, ...] = ()


@dataclass(frozen=True)
class _Provenance:
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class _AnomalyTable:
    kind_zh: str
    kind_en: str
    lines: tuple[int, ...]
    text_zh: str
    text_en: str


@dataclass(frozen=True)
class Catalog:
    """All declarations of a plan, and what was wrong with the rest of them.

    ``broken`` holds the layers whose declaration could not be read, by id; ``problems`` everything that
    was wrong, in file order. ``closed`` are the broken ones that are or may be meant to be restricted.
    """

    plan: Plan
    groups: Mapping[str, Group]
    basemaps: Mapping[str, Basemap]
    background: tuple[BackgroundLayer, ...]
    layers: Mapping[str, Layer]
    anomalies: Mapping[str, Anomaly]
    classes: Mapping[str, tuple[LandClass, ...]]
    views: Mapping[str, View] = field(default_factory=dict)
    problems: tuple[DeclarationError, ...] = ()
    broken: Mapping[str, DeclarationError] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()

    @property
    def restricted(self) -> frozenset[str]:
        """The ids of all layers that not everybody may know of."""
        return self.closed | {one.id for one in self.layers.values() if one.restricted}

    def told_problems(self, *, restricted: bool) -> tuple[DeclarationError, ...]:
        """Return what a reader may know of what was wrong."""
        hidden = frozenset() if restricted else self.restricted
        return tuple(one for one in self.problems if not says_one_of(one, hidden))

    def told_broken(self, *, restricted: bool) -> dict[str, DeclarationError]:
        """Return the broken layers that a reader may know of."""
        return {key: one for key, one in self.broken.items() if restricted or key not in self.closed}


# A table that says or misspells that its layer is restricted, and not clearly that it is not.
_CLOSED = re.compile(r"""^\s*["']?res\w*["']?\s*=(?!\s*false\s*(#.*)?$)""", re.MULTILINE | re.IGNORECASE)

# Neutral, and in neither palette.
_UNSPLIT_LOOK = (say("legend_unsplit"), "#9c9c9c", "#767676")


def read_catalog(folder: Path) -> Catalog:
    """Read the declarations of the plan in ``folder``.

    Raises
    ------
    DeclarationError
        The catalog file or its ``[plan]`` table cannot be read; every other mistake costs only the
        table it stands in and is listed in ``Catalog.problems``.
    """
    sections = read_sections(folder / CATALOG_FILE, depths=_DEPTHS)
    broken: dict[str, DeclarationError] = {}
    closed: set[str] = set()
    found, problems = _once(sections)

    def every(kind: str, cls: type[T]) -> dict[str, T]:
        out: dict[str, T] = {}
        for name, section in found.items():
            if name[0] != kind:
                continue
            try:
                out[name[1]] = read_declared(cls, section, id=name[1])
            except DeclarationError as error:
                problems.append(error)
                if kind == "layers":
                    broken[name[1]] = error
                    closed.update({name[1]} if _CLOSED.search(section.text) else ())
        return out

    if ("plan",) not in found:
        raise _missing(CATALOG_FILE, "plan")
    plan = read_declared(Plan, found[("plan",)])
    groups, layers = every("groups", Group), every("layers", Layer)
    for layer_id, layer in list(layers.items()):
        if layer.group not in groups:
            error = _unknown_group(found[("layers", layer_id)], layer, tuple(groups))
            problems.append(error)
            broken[layer_id] = error
            closed.update({layer_id} if layer.restricted else ())
            del layers[layer_id]
    shared = _tolerant(lambda: read_declared(_Provenance, found[("provenance",)]), problems, _Provenance())
    layers = {k: replace(one, fields=one.fields + shared.fields * one.provenance) for k, one in layers.items()}
    background = _tolerant(lambda: read_declared(_Background, found[("background",)]), problems, _Background())
    return Catalog(
        plan=plan,
        groups=groups,
        basemaps=every("basemaps", Basemap),
        background=background.layers if ("background",) in found else (),
        layers=layers,
        anomalies=_read_anomalies(folder, problems),
        classes=_tolerant(lambda: _with_unsplit(folder, problems), problems, {}),
        views=every("views", View),
        problems=tuple(problems),
        broken=broken,
        closed=frozenset(closed),
    )


def _once(sections: Iterable[Section]) -> tuple[dict[tuple[str, ...], Section], list[DeclarationError]]:
    """Return each table by its name, and what is wrong with those declared again."""
    found: dict[tuple[str, ...], Section] = {}
    problems: list[DeclarationError] = []
    for section in sections:
        if section.name in found:
            problems.append(_twice(section))
        else:
            found[section.name] = section
    return found, problems


def _tolerant(read: Callable[[], T], problems: list[DeclarationError], otherwise: T) -> T:
    try:
        return read()
    except DeclarationError as error:
        problems.append(error)
    except KeyError:
        pass  # the table is optional
    return otherwise


def _read_anomalies(folder: Path, problems: list[DeclarationError]) -> dict[str, Anomaly]:
    if not (folder / ANOMALIES_FILE).is_file():
        return {}
    out: dict[str, Anomaly] = {}
    try:
        for section in read_sections(folder / ANOMALIES_FILE, depths={"anomalies": 2}):
            row = read_declared(_AnomalyTable, section)
            key = section.name[1]
            out[key] = Anomaly(key, Text(row.kind_zh, row.kind_en), row.lines, Text(row.text_zh, row.text_en))
    except DeclarationError as error:
        problems.append(error)
    return out


def _read_classes(path: Path) -> dict[str, tuple[LandClass, ...]]:
    """Read the land-use classes; columns scheme, code, name_zh, name_en, color, accessible, and surface if any."""
    if not path.is_file():
        return {}
    out: dict[str, list[LandClass]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), 2):
            try:
                name = Text(row["name_zh"], row["name_en"])
                look = (row["color"], row["accessible"])
                one = LandClass(row["scheme"], row["code"], name, *look, surface=row.get("surface") or "")
            except KeyError as error:
                raise DeclarationError(
                    file=path.name,
                    line=number,
                    path="-",
                    found_zh=f"缺少列 {error}",
                    found_en=f"the column {error} is missing",
                    expected_zh="scheme, code, name_zh, name_en, color, accessible",
                    expected_en="scheme, code, name_zh, name_en, color, accessible",
                ) from error
            out.setdefault(one.scheme, []).append(one)
    return {scheme: tuple(rows) for scheme, rows in out.items()}


def _with_unsplit(folder: Path, problems: list[DeclarationError]) -> dict[str, tuple[LandClass, ...]]:
    """Read the land-use classes, with the class of what a crosswalk leaves unsplit in each scheme it leads to."""
    known = _read_classes(folder / CLASSES_FILE)
    try:
        targets = {one.target for one in read_crosswalks(folder).values()}
    except BadCrosswalk as error:  # costs the correspondence only
        told = {"found_zh": error.params["why_zh"], "found_en": error.params["why_en"]}
        expected = {"expected_zh": "用地分类对照表", "expected_en": "a table of corresponding classes"}
        problems.append(DeclarationError(file=CROSSWALK_FILE, line=1, path="-", **told, **expected))
        return known
    for scheme in targets & known.keys():
        if all(one.code != UNSPLIT for one in known[scheme]):
            known[scheme] += (LandClass(scheme, UNSPLIT, *_UNSPLIT_LOOK),)
    return known


def _missing(file: str, table: str) -> DeclarationError:
    return DeclarationError(
        file=file,
        line=1,
        path=table,
        found_zh=f"缺少表 [{table}]",
        found_en=f"the table [{table}] is missing",
        expected_zh=f"一个 [{table}] 表",
        expected_en=f"a [{table}] table",
    )


def _twice(section: Section) -> DeclarationError:
    name = ".".join(section.name)
    return DeclarationError(
        file=section.file,
        line=section.first_line,
        path=name,
        found_zh=f"[{name}] 出现两次，后一处未采用",
        found_en=f"[{name}] is given twice; the second is not used",
        expected_zh="每个编号只出现一次，且各子表相连",
        expected_en="each id once, with its sub-tables directly below it",
    )


def _unknown_group(section: Section, layer: Layer, groups: tuple[str, ...]) -> DeclarationError:
    return DeclarationError(
        file=section.file,
        line=section.line_of(("group",)),
        path=f"layers.{layer.id}.group",
        found_zh=f"未声明的分组 '{layer.group}'",
        found_en=f"the group '{layer.group}' is not declared",
        expected_zh="、".join(groups),
        expected_en=", ".join(groups),
    )
