"""Tables made to keep a reader busy are read or refused at once: long cells, many columns, signs without end."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from layers.imports.errors import UnreadableFile
from layers.imports.formats.reading import read_source
from layers.imports.tables.angles import parse_angle, parse_packed
from layers.imports.tables.columns import pair_parts
from layers.imports.tables.headings import heading_of, pair_of


def test_a_long_cell_is_no_coordinate() -> None:
    for text in ("1" * 200_000 + "°", "1 " * 50_000, "°'" * 50_000, "1," * 50_000, "N" * 100_000):
        assert parse_angle(text)[0] != parse_angle(text)[0]
        assert parse_packed(text) != parse_packed(text)
        assert pair_parts(text) is None
        assert heading_of("经度" + text) is None or len(text) > 0
        assert pair_of(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        ",".join(f"c{i}" for i in range(20_000)) + "\n" + ",".join(["1"] * 20_000),
        ";" * 2_000_000,
        'a,lon,lat\n"' + "x,\n" * 300_000,
        "n,lon,lat\n" + '1,"' + "1" * 200_000 + '°","31°"\n',
        '{"type":"Feature","geometry":null,"properties":{"a":' + "9" * 200_000 + "}}",
    ],
    ids=["columns", "separators", "quotes", "digits", "number"],
)
def test_a_table_without_end_ends(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(text, "utf-8")
    with contextlib.suppress(UnreadableFile):
        assert len(read_source(tmp_path / "a.csv").geometry) <= 1
