"""What a plan's catalog can say. Each class is the schema of one kind of table in ``catalog.toml``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from geo.text import Text

Datum = Literal["WGS84", "CGCS2000", "GCJ02", "BD09"]
Scalar = str | int | float | bool


@dataclass(frozen=True)
class Condition:
    """When a rule applies: the property ``field`` equals a value, is one of some, or is unknown."""

    field: str
    equals: Scalar | None = None
    in_: tuple[Scalar, ...] | None = None
    null: bool | None = None


@dataclass(frozen=True)
class Blocks:
    """The parts the plan's ground falls into: the features of a layer that meet a condition."""

    layer: str
    when: Condition


@dataclass(frozen=True)
class Plan:
    """The plan itself: names, the document it is taken from, and where on Earth it lies.

    ``bounds`` is west, south, east, north and ``center`` longitude, latitude, in degrees (WGS 84).
    ``plane_crs`` is the legal plane coordinate system, an EPSG code. ``near_words`` are groups of words that mean
    about the same to who searches. ``map_maker`` is who signs its sheets (制图单位); empty leaves the line out.
    """

    id: str
    title: Text
    subtitle: Text
    document: Text
    document_no: str
    document_date: str
    bounds: tuple[float, ...]
    center: tuple[float, ...]
    zoom: int
    plane_crs: str
    notice: Text
    languages: tuple[str, ...] = ("zh", "en")
    map_review_no: str = ""
    map_maker: str = ""
    blocks: Blocks | None = None
    near_words: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Group:
    """A branch of the layer tree."""

    id: str
    label: Text


@dataclass(frozen=True)
class Basemap:
    """What is drawn below the layers: the service's own background, nothing, or a tile source."""

    id: str
    label: Text
    kind: Literal["background", "none", "tiles"]
    datum: Datum
    attribution: Text
    url: str = ""
    default: bool = False
    max_zoom: int = 18

    @property
    def fits(self) -> bool:
        """Whether WGS 84 features may be drawn on it without being moved by hundreds of metres."""
        return self.datum in ("WGS84", "CGCS2000")


@dataclass(frozen=True)
class BackgroundLayer:
    """One layer of the own background, in the order drawn; widths in screen pixels."""

    layer: str
    fill: str = ""
    stroke: str = ""
    width: float = 1.0
    min_zoom: int = 0


@dataclass(frozen=True)
class Style:
    """How features look; colours ``#rrggbb``, widths and radii in screen pixels.

    Their names stand on the map from ``label_zoom`` on, in pixels ``label_size`` high; of two names that would lie
    on each other the one with the smaller ``label_rank`` stays in its place.
    """

    color: str | None = None
    fill: str | None = None
    fill_opacity: float | None = None
    opacity: float | None = None
    width: float | None = None
    dash: str | None = None
    radius: float | None = None
    label: Text | None = None
    label_rank: int | None = None
    label_size: float | None = None
    label_color: str | None = None
    label_zoom: int | None = None
    fades_at: str | None = None


@dataclass(frozen=True)
class Rule(Style):
    """A style for the features that meet a condition; the first that fits wins."""

    when: Condition = field(default_factory=lambda: Condition(""))


FieldMeasure = Literal["", "additive", "money", "ratio", "code", "identifier", "uncertainty"]


@dataclass(frozen=True)
class Derivation:
    """The field a value follows from, and the one it is divided by if any; areas come to the field's own unit."""

    of: str
    over: str = ""


@dataclass(frozen=True)
class Schedule:
    """The fields a state on a day follows from: when it begins and ends by the plan, and when it was done."""

    start: str
    end: str
    done: str = ""


@dataclass(frozen=True)
class Field:
    """A property people see: its label, unit and how it reads; ``text`` names a pair of properties.

    ``measure`` says how its numbers may be used: added up, money (with ``currency``, the field that holds the
    currencies), or never added (ratio, code, identifier, uncertainty).
    ``table`` is the id of the table without places that a joined field comes from, ``source`` where that is from.
    ``derived`` says what it follows from: dossiers work it out anew and tell where another value is stored.
    ``schedule`` makes it the state on a day, worked out of dates: that of the plan's document unless another is
    asked.
    """

    id: str
    label: Text
    type: Literal["text", "number", "integer", "boolean", "date", "list", "code"] = "text"
    unit: str = ""
    decimals: int | None = None
    popup: bool = True
    filter: bool = False
    values: dict[str, Text] = field(default_factory=dict)
    text: Text | None = None
    raw: str = ""
    measure: FieldMeasure = ""
    currency: str = ""
    table: str = ""
    source: Text | None = None
    derived: Derivation | None = None
    schedule: Schedule | None = None


@dataclass(frozen=True)
class Numbered:
    """How features stand on sheets by number, with a list at the side: the fields of number and amount."""

    field: str
    amount: str = ""


@dataclass(frozen=True)
class Layer:
    """The declaration of one layer; its features are a Snapshot.

    ``edge_model`` says what an edge is between two vertices: straight in longitude/latitude
    (``lonlat``, as RFC 7946 says) or straight in a plane (``plane``, survey parcels): its own ``plane_crs``, the
    plan's where none is named. ``datum_operation`` leads from that plane's datum to the layer's (a code of EPSG,
    or parameters), good to ``datum_accuracy_m``.
    ``file`` is where its features stand in the data folder; a layer without one lives in the store.
    ``provenance`` adds the fields that the catalog's ``[provenance]`` declares once for all layers.
    ``usual`` names the roles a layer is usually asked in (classes, zones, demand, facilities, roads, barriers,
    constraints); ``lived`` the class codes of what people live in. ``level`` is the field that tells the levels of
    features that lie in one another, ``usual_level`` the one that is asked for unless another is chosen. ``short``
    names the properties that hold the name as it stands on a map, where that is shorter. A ``numbered`` layer's
    features stand on sheets by their numbers, with a list beside the map. A ``guide`` only leads the eye (the axis
    of a corridor): nothing is near it.
    """

    id: str
    group: str
    label: Text
    geometry: Literal["polygon", "line", "point", "mixed"]
    source: Text
    licence: Text
    file: str = ""
    description: Text = Text("", "")
    datum: Datum = "WGS84"
    edge_model: Literal["lonlat", "plane"] = "lonlat"
    plane_crs: str = ""
    datum_operation: str = ""
    datum_accuracy_m: float | None = None
    restricted: bool = False
    visible: bool = False
    illustrative: bool = False
    order: int = 0
    attribution: Text | None = None
    title: Text = Text("name_zh", "name_en")
    short: Text | None = None
    class_field: str = ""
    scheme: str = ""
    search: tuple[str, ...] = ("name_zh", "name_en")
    map_labels: bool = False
    label_min_zoom: int = 14
    style: Style = Style()
    rules: tuple[Rule, ...] = ()
    fields: tuple[Field, ...] = ()
    provenance: bool = True
    usual: tuple[str, ...] = ()
    lived: tuple[str, ...] = ()
    level: str = ""
    usual_level: str = ""
    numbered: Numbered | None = None
    guide: bool = False


@dataclass(frozen=True)
class Anomaly:
    """An oddity of the plan's document, with the lines where it stands."""

    id: str
    kind: Text
    lines: tuple[int, ...]
    text: Text


_SHORT_CODE = 6  # characters; legend.js has the same


@dataclass(frozen=True)
class LandClass:
    """A class of a land-use scheme; ``code`` means nothing without its ``scheme``.

    ``surface`` is ``land`` or ``water``; empty where the scheme's table does not say.
    """

    scheme: str
    code: str
    name: Text
    color: str
    accessible: str
    surface: str = ""

    @property
    def label(self) -> Text:
        """Its name behind its code; a code that is itself a word or more (``landuse.park``) is left out."""
        code = f"{self.code} " if len(self.code) <= _SHORT_CODE else ""
        return Text(f"{code}{self.name.zh}", f"{code}{self.name.en}")
