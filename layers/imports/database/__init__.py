"""Tables of databases that the service's setting names: listed, and taken over into a file like any other.

A person names a connection and a table that the connection's role may read; never a host, a port, a file or SQL.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from layers.files import discard
from layers.imports.database.faults import (
    DatabaseFault,
    DatabaseUnreachable,
    EmptyTable,
    MixedSRID,
    NoDatabaseDriver,
    NoGeometry,
    NoPostGIS,
    NoRight,
    ReadTooLong,
    SignInRefusedByDatabase,
    TableError,
    TableTooLarge,
    UnknownDatabase,
    UnknownTable,
    WriteRefused,
)
from layers.imports.database.origin import Named, Origin, SpatialTable, TakeBounds

__all__ = [
    "DatabaseFault",
    "DatabaseUnreachable",
    "EmptyTable",
    "MixedSRID",
    "Named",
    "NoDatabaseDriver",
    "NoGeometry",
    "NoPostGIS",
    "NoRight",
    "Origin",
    "ReadTooLong",
    "SignInRefusedByDatabase",
    "SpatialTable",
    "TableError",
    "TableTooLarge",
    "TakeBounds",
    "UnknownDatabase",
    "UnknownTable",
    "WriteRefused",
    "spatial_tables",
    "take_table",
]


def spatial_tables(named: Named) -> tuple[SpatialTable, ...]:
    """Return the tables and views with a geometry that a connection may read, by name.

    Raises
    ------
    TableError
        One of its kinds; nothing of the address is repeated.
    """
    try:
        from layers.imports.database.listing import list_tables  # noqa: PLC0415 - the driver is an extra
    except ImportError as error:
        raise NoDatabaseDriver from error
    return list_tables(named)


def take_table(
    named: Named,
    table: str,
    out: Path,
    *,
    geometry: str = "",
    bounds: TakeBounds,
    progress: Callable[[float, float], None] = lambda _done, _total: None,
) -> Origin:
    """Read a table into a GeoParquet file in one read-only transaction.

    Parameters
    ----------
    named
        The connection.
    table
        ``schema.table`` as listed.
    out
        The file; gone again when reading fails.
    geometry
        The geometry column, where there are several.
    bounds
        How long it may take and how large the file may become.
    progress
        Is told the rows read, and how many the database expects.

    Raises
    ------
    TableError
        One of its kinds; nothing is left.
    """
    try:
        from layers.imports.database.taking import read_into  # noqa: PLC0415 - the driver is an extra
    except ImportError as error:
        raise NoDatabaseDriver from error
    try:
        return read_into(named, table, out, geometry=geometry, bounds=bounds, progress=progress)
    except BaseException:
        discard(out)
        raise
