"""What can be computed and what the plan promises: the schemas of ``statistics.toml`` and ``indicators.toml``."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, NotRequired, TypedDict

from geo.text import Text
from layers.errors import DeclarationError
from layers.plan.toml_document import Section, read_sections
from layers.plan.toml_schema import read_declared

STATISTICS_FILE, INDICATORS_FILE = "statistics.toml", "indicators.toml"
_NAMED = re.compile(r"@(?:in\??=|near\??\()([^/)]+)")  # a filter by place: the layer it names
Check = Callable[["Statistic"], "tuple[Text, Text] | None"]


@dataclass(frozen=True)
class Input:
    """A layer in a role of a computation; ``classes`` are code prefixes of the layer's class field.

    ``label`` names what is needed when the plan has no such layer, and in a share the chosen part of one;
    ``version`` is a stored one, the newest if not said; ``when`` the day of the plan's time (``YYYY-MM-DD``) that
    states are told of, that of its document if not said; ``as_of`` is a day (``YYYY-MM-DD``, UTC) at whose end the
    layer is asked, the newest data if not said.
    """

    layer: str
    where: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    label: Text | None = None
    version: int | None = None
    when: str = ""
    as_of: str = ""

    @property
    def layers(self) -> frozenset[str]:
        """The layer, and those its filters name: what lies in them, or near them."""
        return frozenset([self.layer, *(found[1] for text in self.where if (found := _NAMED.match(text)))])


@dataclass(frozen=True)
class SizeRule:
    """The service distance of facilities of a size; areas ellipsoidal, ``min_m2`` in, ``max_m2`` out."""

    min_m2: float
    distance_m: float
    max_m2: float | None = None


@dataclass(frozen=True)
class Threshold:
    """The value a norm or the plan asks for, in the statistic's unit.

    ``read`` is false where nobody has read the source: it then is shown on the figure's page only, as such.
    """

    operator: Literal[">=", "<=", ">", "<", "="]
    value: float
    source: Text
    read: bool = True

    @property
    def sign(self) -> str:
        """The operator as it is printed."""
        return {">=": "≥", "<=": "≤"}.get(self.operator, self.operator)


class KeptInput(TypedDict):
    """A layer in a role, as a published figure keeps it; older figures do not say all."""

    layer: str
    where: list[str]
    classes: list[str]
    ids: list[str]
    label: dict[str, str] | None
    version: NotRequired[int | None]
    when: NotRequired[str]
    as_of: NotRequired[str]


class KeptSizeRule(TypedDict):
    """A service distance by size, as a published figure keeps it."""

    min_m2: float
    distance_m: float
    max_m2: float | None


class KeptThreshold(TypedDict):
    """What a norm asks for, as a published figure keeps it."""

    operator: Literal[">=", "<=", ">", "<", "="]
    value: float
    source: dict[str, str]
    read: NotRequired[bool]


class KeptStatistic(TypedDict):
    """What is read again of the statistic that a published figure keeps whole."""

    label: dict[str, str]
    formula: dict[str, str]
    source: dict[str, str]
    function: str
    unit: str
    inputs: dict[str, KeptInput]
    size_rules: list[KeptSizeRule]
    decimals: int
    threshold: KeptThreshold | None
    read: NotRequired[bool]


@dataclass(frozen=True)
class Statistic:
    """A declared computation: a function of the registry, the layers in its roles, and where it comes from.

    What a function takes, ``layers.figures.functions`` says; ``radii`` are metres by the facilities' value of
    ``by``. ``read`` is false where nobody has read the source: it then is told as such, and not as a norm.
    """

    id: str
    label: Text
    family: Text
    definition: Text
    formula: Text
    source: Text
    function: str
    unit: str
    inputs: dict[str, Input]
    demand_rule: Text = Text("", "")
    distance_rule: Text = Text("", "")
    measure: Literal["area", "length", "count", "weight"] = "area"
    distance_m: float | None = None
    other_distance_m: float | None = None
    size_rules: tuple[SizeRule, ...] = ()
    radii: dict[str, float] = field(default_factory=dict)
    along: Literal["straight", "network"] = "straight"
    field: str = ""
    stated_unit: str = ""
    divisor: str = ""
    less: str = ""
    by: str = ""
    decimals: int = 2
    threshold: Threshold | None = None
    reference: str = ""
    confidence: Text = Text("", "")
    read: bool = True


@dataclass(frozen=True)
class Indicator:
    """A yearly number the plan's document states; never mixed with what is computed.

    ``actual`` are numbers measured since, by year; nobody but who keeps them knows them.
    """

    id: str
    number: int
    group: Text
    name: Text
    unit: Text
    values: dict[str, float]
    raw: dict[str, str]
    lines: tuple[int, ...]
    unit_corrected: Text | None = None
    cumulative: bool = False
    better: Literal["more", "less"] = "more"
    anomalies: tuple[str, ...] = ()
    statistic: str = ""
    note: Text | None = None
    actual: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Target:
    """A spatial target of the plan; ``statistic`` computes it where geometry allows, ``needs`` says what lacks."""

    id: str
    name: Text
    unit: Text
    raw: str
    year: int
    kind: Text
    computation: Text
    lines: tuple[int, ...]
    value: float | None = None
    operator: Literal[">=", "<=", ">", "<", "="] = "="
    anomalies: tuple[str, ...] = ()
    statistic: str = ""
    needs: Text | None = None


@dataclass(frozen=True)
class Promises:
    """The plan's stated numbers and the declared computations, with what was wrong with the rest."""

    statistics: dict[str, Statistic] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    targets: dict[str, Target] = field(default_factory=dict)
    problems: tuple[DeclarationError, ...] = ()


def leave_out_layers(known: Promises, layers: Set[str]) -> Promises:
    """Return what is declared without what is asked of some layers, or says their ids."""
    if not layers:
        return known
    kept = {
        key: one
        for key, one in known.statistics.items()
        if not any(layers & source.layers for source in one.inputs.values())
    }
    targets = {key: one for key, one in known.targets.items() if one.statistic in kept or not one.statistic}
    problems = tuple(one for one in known.problems if not says_one_of(one, layers))
    return replace(known, statistics=kept, targets=targets, problems=problems)


def says_one_of(problem: DeclarationError, layers: Set[str]) -> bool:
    """Whether a problem says the id of one of some layers."""
    return any(layer in problem.message("en") + problem.message("zh") for layer in layers)


def read_promises(folder: Path, *, check: Check | None = None) -> Promises:
    """Read both files; either may be missing, and a mistake costs only its own table.

    Parameters
    ----------
    folder
        The plan's data.
    check
        Returns what is wrong with a statistic and what is expected instead, or None; it knows the functions.
    """
    found: dict[str, dict[str, object]] = {"statistics": {}, "indicators": {}, "targets": {}}
    schema: dict[str, type] = {"statistics": Statistic, "indicators": Indicator, "targets": Target}
    problems: list[DeclarationError] = []
    for name in (STATISTICS_FILE, INDICATORS_FILE):
        if not (folder / name).is_file():
            continue
        try:
            sections = read_sections(folder / name, depths=dict.fromkeys(schema, 2))
        except DeclarationError as error:
            problems.append(error)
            continue
        for section in sections:
            kind, key = section.name
            try:
                made: Any = read_declared(schema[kind], section, id=key)
                _checked(made, section, check)
                found[kind][key] = made
            except DeclarationError as error:
                problems.append(error)
    return Promises(problems=tuple(problems), **found)  # type: ignore[arg-type]  # each table by its schema


def _checked(made: object, section: Section, check: Check | None) -> None:
    wrong = check(made) if check is not None and isinstance(made, Statistic) else None
    if wrong is not None:
        raise section.mistake(*wrong)


def restore_statistic(plain: KeptStatistic) -> Statistic:
    """Return a statistic from the plain values a published figure keeps."""
    values: dict[str, Any] = {
        k: Text(**v) if isinstance(v, dict) and set(v) == {"zh", "en"} else v for k, v in plain.items()
    }
    values["inputs"] = {
        role: Input(
            layer=kept["layer"],
            where=tuple(kept["where"]),
            classes=tuple(kept["classes"]),
            ids=tuple(kept["ids"]),
            label=Text(**kept["label"]) if kept["label"] else None,
            version=kept.get("version"),
            when=kept.get("when", ""),
            as_of=kept.get("as_of", ""),
        )
        for role, kept in plain["inputs"].items()
    }
    values["size_rules"] = tuple(SizeRule(**rule) for rule in plain["size_rules"])
    limit = plain["threshold"]
    values["threshold"] = None
    if limit:
        source, read = Text(**limit["source"]), limit.get("read", True)
        values["threshold"] = Threshold(limit["operator"], limit["value"], source, read)
    return Statistic(**values)
