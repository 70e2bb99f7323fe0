"""A named connection, a table of it, and what is recorded of a table taken: never an address or a password."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text
from layers.arrow import ArrowArray
from layers.imports.database.faults import UnknownDatabase

_INTEGER, _DOUBLE, _EXACT = r"^-?\d{1,18}$", r"^-?\d{1,15}(\.\d*)?$", r"^-?0*\.?0*(\d\.?){0,15}0*$"


@dataclass(frozen=True, kw_only=True)
class TakeBounds:
    """How long a table may take to read, s, and how large the file may become, bytes."""

    seconds: int
    most: int


@dataclass(frozen=True)
class Named:
    """A connection by its name; the address is for the driver alone."""

    name: str
    address: str = field(repr=False)


def named_connection(databases: Mapping[str, str], name: str) -> Named:
    """Return a connection of the setting.

    Raises
    ------
    UnknownDatabase
        None has that name.
    """
    if name not in databases:
        raise UnknownDatabase(database=name[:60], known="、".join(databases) or "-")
    return Named(name, databases[name])


@dataclass(frozen=True)
class SpatialTable:
    """A geometry column of a table or view: ``kind`` as PostGIS names it; ``rows`` estimated, or None."""

    schema: str
    table: str
    geometry: str
    kind: str
    srid: int
    dimensions: int
    rows: int | None
    geography: bool = False

    @property
    def name(self) -> str:
        """``schema.table``."""
        return f"{self.schema}.{self.table}"


@dataclass(frozen=True)
class Origin:
    """Where a file taken from a database comes from, and how its columns are to be read.

    ``read_at`` is UTC, ISO 8601; ``crs`` is ``EPSG:...`` or WKT, None without; ``id_field`` is a primary key of
    one column. ``loose`` names columns kept as text until all rows are known: ``number`` or ``list``.
    """

    database: str
    table: str
    geometry: str
    srid: int
    rows: int
    read_at: str
    encoding: str
    crs: str | None
    id_field: str
    loose: Mapping[str, str]
    notes: tuple[Text, ...]

    @property
    def told(self) -> dict[str, Any]:
        """What the layer's record says."""
        names = "database", "table", "geometry", "srid", "rows", "read_at", "id_field"
        return {name: getattr(self, name) for name in names}

    @property
    def source(self) -> Text:
        """Where the data come from, in words."""
        day, rows = self.read_at[:10], f"{self.rows:,}"
        return Text(
            f"导入自数据库 {self.database} 的 {self.table}（{day}，{rows} 行）",
            f"imported from the database {self.database}, {self.table} ({day}, {rows} rows)",
        )

    def plain(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)

    def settled(self, table: pa.Table) -> tuple[pa.Table, tuple[Text, ...]]:
        """Return a table with its loose columns as numbers or lists, and what stayed as text."""
        notes: list[Text] = []
        for name, kind in self.loose.items():
            column = table.column(name).combine_chunks()
            made, note = _numbers(name, column) if kind == "number" else (_lists(column), None)
            notes += [note] if note else []
            if made is not None:
                table = table.set_column(table.schema.get_field_index(name), name, made)
        return table, tuple(notes)


def origin_of(plain: Mapping[str, Any]) -> Origin:
    """Return an origin from plain values."""
    return Origin(**{**plain, "notes": tuple(Text(**note) for note in plain["notes"])})


def _numbers(name: str, texts: ArrowArray) -> tuple[ArrowArray | None, Text | None]:
    """Return decimal texts as whole numbers or doubles, else None; and what is to be said of it."""
    if _all(texts, _INTEGER):
        return pc.cast(texts, pa.int64()), None
    if not _all(texts, _DOUBLE):
        zh = f"字段 {name} 的数值整数部分超过 15 位，按文本保留"
        return None, Text(zh, f"{name} holds numbers of more than 15 digits before the point; kept as text")
    made = pc.cast(texts, pa.float64())
    if _all(texts, _EXACT):
        return made, None
    zh = f"字段 {name} 的数值按双精度保留（约 16 位有效数字）"
    return made, Text(zh, f"the numbers of {name} are kept as doubles, to about 16 significant digits")


def _all(texts: ArrowArray, pattern: str) -> bool:
    return pc.all(pc.match_substring_regex(texts, pattern)).as_py() is not False


def _lists(texts: ArrowArray) -> ArrowArray | None:
    """Return JSON arrays as lists of text; None when one holds more than values."""
    rows: list[list[str | None] | None] = []
    for text in texts.to_pylist():
        values = None if text is None else orjson.loads(text)
        if values is not None and any(isinstance(value, list | dict) for value in values):
            return None
        rows.append(None if values is None else list(_written(values)))
    return pa.array(rows, pa.list_(pa.string()))


def _written(values: Iterable[Any]) -> Iterable[str | None]:
    for value in values:
        yield value if value is None or isinstance(value, str) else orjson.dumps(value).decode()
