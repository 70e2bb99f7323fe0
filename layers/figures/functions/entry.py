"""What a function of the registry says of itself: its roles, options and units, how it computes and is checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Protocol

from geo.errors import PlanAtlasError
from geo.text import Text
from layers.figures.inputs import Gathered
from layers.figures.outcome import Outcome
from layers.figures.verification.sql import Duck, Geos
from layers.plan.statistics import Statistic
from layers.progress import Steps

Geometry = Literal["point", "line", "polygon"]
AREAS = ("ha", "m2", "km2", "mu")


class BadQuestion(PlanAtlasError):
    """A question names something that does not exist, lacks something, or has a value of the wrong kind."""

    code = "bad_question"
    zh = "问题中的 {key} 无效：{found_zh}；应为：{expected_zh}。"
    en = "{key} of the question is not valid: {found_en}; expected {expected_en}."


@dataclass(frozen=True)
class Slot:
    """A role of a function: a layer the question names, and what it must be.

    Attributes
    ----------
    id
        The role's name in a question.
    label
        In the panel's form.
    geometry
        The kinds it takes; none named: any, also features without a place.
    optional
        The question may leave it out.
    classed
        The layer has land-use classes.
    drawn
        A drawn polygon may stand in it.
    finer
        Offered among the finer rules of the form.
    usual
        What a layer in this role usually is: the word a layer's ``usual`` declares.
    """

    id: str
    label: Text
    geometry: tuple[Geometry, ...] = ()
    optional: bool = False
    classed: bool = False
    drawn: bool = False
    finer: bool = False
    usual: str = ""


@dataclass(frozen=True)
class Option:
    """A key of a question besides its layers and its unit.

    ``kind`` says what it takes: a ``number`` (in ``unit``), a ``field`` of the layer in the role ``role`` that may
    be used as one of ``measures``, a ``choice``, ``sizes`` (size rules) or ``radii`` (metres by class).
    """

    id: Literal[
        "distance_m",
        "other_distance_m",
        "size_rules",
        "radii",
        "along",
        "measure",
        "field",
        "stated_unit",
        "less",
        "divisor",
        "by",
    ]
    label: Text
    kind: Literal["number", "field", "choice", "sizes", "radii"]
    required: bool = False
    default: float | str | None = None
    unit: str = ""
    role: str = ""
    measures: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    words: tuple[Text, ...] = ()
    finer: bool = False
    derived: bool = False


class Compute(Protocol):
    """How a function answers a question on the layers gathered for it."""

    def __call__(self, statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
        """Return the answer; ``steps`` tells how far it is."""


Sway = Callable[[Statistic, Gathered, float], "tuple[float | None, float | None]"]
Recompute = Callable[[Statistic, Gathered, Duck | Geos], float | None]
Recount = Callable[[Statistic, Gathered, Duck | Geos], "dict[Cell, float]"]


@dataclass(frozen=True)
class Cell:
    """A number in a figure's table: its column, and the words of the row it stands in."""

    column: str
    named: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Zoned:
    """How rows are checked zone by zone: the role of the zones, the columns of their names and of the value."""

    role: str
    name: str
    value: str


@dataclass(frozen=True)
class Function:
    """One thing that can be computed, with everything that is known of it; there is no second list.

    Attributes
    ----------
    id
        The word in ``statistics.toml``, in a question and on the command line.
    name, question
        What it is called, and how the panel asks it.
    slots, options
        The layers it takes, and the other keys of a question.
    units
        The units of the value, the usual one first; by measure where what is measured decides. Of a function
        without any the unit is that of its fields.
    additive
        What of its table may be added up, in words.
    compute
        Answers a question.
    recompute
        The value by another engine that shares no code with ``geo``; None where there is no second value.
    zoned, recount
        How rows are checked: zone by zone, or by a function of its own.
    sway
        Between what the value lies when positions are off by so many metres: least and most, None where unbounded.
    arcs
        Whether arcs of buffers take part: engines cut those into sides of their own.
    check
        What must hold of a question beyond its slots and options; raises `BadQuestion`.
    complete
        Returns a plain question with what it means and does not say.
    revision
        Counted up when the same question on the same data is answered otherwise than before: such figures
        have addresses of their own.
    order
        Where it stands in a list of functions.
    """

    id: str
    name: Text
    question: Text
    slots: tuple[Slot, ...]
    units: Mapping[str, tuple[str, ...]]
    additive: Text
    compute: Compute
    recompute: Recompute | None = None
    options: tuple[Option, ...] = ()
    zoned: Zoned | None = None
    recount: Recount | None = None
    check: Callable[[Statistic], None] | None = None
    complete: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    sway: Sway | None = None
    arcs: bool = False
    decimals: int = 2
    revision: int = 1
    order: int = 100

    @property
    def needed(self) -> tuple[str, ...]:
        """The roles a question must name."""
        return tuple(slot.id for slot in self.slots if not slot.optional)

    @property
    def roles(self) -> tuple[str, ...]:
        """All roles, in their order."""
        return tuple(slot.id for slot in self.slots)

    @property
    def unit(self) -> str:
        """The unit of the value when none is said."""
        first = next(iter(self.units.values()), ())
        return first[0] if first else ""

    def option(self, key: str) -> Option | None:
        """Return an option by its key."""
        return next((one for one in self.options if one.id == key), None)

    def plain(self) -> dict[str, Any]:
        """Return what the API tells of it: everything but the code."""
        return {
            "id": self.id,
            "name": asdict(self.name),
            "question": asdict(self.question),
            "slots": [asdict(slot) for slot in self.slots],
            "options": [asdict(option) for option in self.options],
            "units": {key: list(known) for key, known in self.units.items()},
            "additive": asdict(self.additive),
            "decimals": self.decimals,
            "verified": self.recompute is not None,
            "revision": self.revision,
        }


def bad_question(key: str, found: tuple[str, str], expected: tuple[str, str]) -> BadQuestion:
    """Return an error that names a key of the question, what was found and what is expected (zh, en)."""
    return BadQuestion(
        key=key, found_zh=found[0], found_en=found[1], expected_zh=expected[0], expected_en=expected[1]
    )


LESS = Text("再减去的字段（如水域）", "Less another field (such as water)")
DISTANCE = Option(
    "distance_m", Text("距离（米）", "Distance (m)"), "number", required=True, default=500.0, unit="m"
)
