"""Tables people bring: cells become columns, a header and features, as found in them or as a person says."""

from layers.imports.tables.reader import Sheet, asks_where, read_table

__all__ = ["Sheet", "asks_where", "read_table"]
