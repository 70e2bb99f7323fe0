"""What a placemark says beside its fields: when, its style, address and telephone, put among its fields.

GDAL reads 2020-01 as the first second of that month, no end of a span beside a plain one, and no style, address
or telephone at all.

References
----------
OGC 12-007r2, KML 2.3, 9.1 (Feature), 15 (TimePrimitive: dateTime, date, gYearMonth or gYear).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_INSIDE = r"\s{0,99}([^<]{1,300}?)\s{0,99}</"
_PREFIX = r"(?:\w{1,20}:)?"
_WHEN = re.compile(rf"<{_PREFIX}TimeStamp\b[^<>]{{0,300}}>\s{{0,99}}<{_PREFIX}when>{_INSIDE}")
_SPAN = re.compile(
    rf"<{_PREFIX}TimeSpan\b[^<>]{{0,300}}>\s{{0,99}}(?:<{_PREFIX}begin>{_INSIDE}{_PREFIX}begin>)?"
    rf"\s{{0,99}}(?:<{_PREFIX}end>{_INSIDE})?"
)
_PLAIN = {
    name: re.compile(rf"<{_PREFIX}{tag}(?:\s[^<>]{{0,300}})?>{_INSIDE}")
    for name, tag in (("style", "styleUrl"), ("address", "address"), ("phone", "phoneNumber"))
}
_EXTENDED = re.compile(rf"<({_PREFIX})ExtendedData(?:\s[^<>]{{0,300}})?(/?)>")
MOMENTS = ("timestamp", "begin", "end")
_DAY = re.compile(r"-?\d{4}(?:-\d{2}(?:-\d{2})?)?")


def beside_fields(placemark: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the text, still escaped, of what a placemark says beside its fields."""
    if found := _WHEN.search(placemark):
        yield "timestamp", found[1]
    if found := _SPAN.search(placemark):
        yield from ((name, text) for name, text in zip(("begin", "end"), found.groups(), strict=True) if text)
    for name, pattern in _PLAIN.items():
        if found := pattern.search(placemark):
            yield name, found[1]


def with_fields(placemark: str, fields: dict[str, str]) -> str:
    """Return a placemark with fields, text by name, among those it has."""
    data = "".join(f'<Data name="{name}"><value>{text}</value></Data>' for name, text in fields.items())
    if not data:
        return placemark
    found = _EXTENDED.search(placemark)
    if found and not found[2]:
        return placemark[: found.end()] + data + placemark[found.end() :]
    at = placemark.find(">") + 1
    if found:
        placemark = placemark[: found.start()] + placemark[found.end() :]
    return f"{placemark[:at]}<ExtendedData>{data}</ExtendedData>{placemark[at:]}"


def is_day(text: str) -> bool:
    """Tell whether a text is a date of KML, to the day, month or year."""
    return bool(_DAY.fullmatch(text))
