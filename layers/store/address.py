"""The address of a database: what the driver reads, and the schema, which is ours."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit


def part_address(address: str) -> tuple[str, str]:
    """Return an address as the driver reads it, and the schema it names, else ``planatlas``.

    Examples
    --------
    >>> part_address("postgresql://host/plans?schema=east")
    ('postgresql://host/plans', 'east')
    """
    parts = urlsplit(address)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    schema = next((value for name, value in asked if name == "schema" and value), "planatlas")
    rest = urlencode([(name, value) for name, value in asked if name != "schema"])
    return urlunsplit(parts._replace(query=rest)), schema.replace('"', "")


def schema_of(address: str) -> str:
    """Return the schema an address names."""
    return part_address(address)[1]
