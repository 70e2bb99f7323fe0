"""An atlas has contents and a sheet for each placed feature, named after it, at a round scale that shows it whole."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from briefings.map import atlas
from briefings.map.atlas import draw_atlas
from briefings.map.layouts import Options
from briefings.map.presets import NoSheets, read_size
from layers.library.library import Library
from layers.plan.views import View
from tests.briefings.write.page_structure import structure_of
from tests.small_plan import LAYERS, feature, write_plan


def _zone(name: str, wide: float, high: float) -> dict[str, object]:
    corners = [[104.05, 30.05], [104.05 + wide, 30.05], [104.05 + wide, 30.05 + high], [104.05, 30.05 + high]]
    ground = {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
    return feature(name, ground, name_zh=name, name_en=name, kind="core", position="exact")


def test_each_feature_has_its_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shares, drawn = list[float](), vars(atlas)["_drawn"]

    def measured(*asked: Any) -> Any:
        figure, said = drawn(*asked)
        shares.append(said.layout.map[2] * said.layout.map[3])
        return figure, said

    monkeypatch.setattr(atlas, "_drawn", measured)
    zones = [_zone("Tall", 0.03, 0.07), _zone("Wide", 0.08, 0.03), _zone("Narrow", 0.016, 0.09)]
    library = Library(write_plan(tmp_path / "p", layers={**LAYERS, "zones": zones}))
    options = Options(read_size("a4-landscape"), "en")
    placed = [one for one in library.snapshot(library.layer("zones")).features if one.geometry is not None]
    data = draw_atlas(library, View(sheet_number="07"), "zones", options)
    with pypdfium2.PdfDocument(data) as book:
        sizes = [page.get_size() for page in book]
        contents, *sheets = [page.get_textpage().get_text_range() for page in book]
        marks = [(mark.level, mark.get_title(), mark.get_dest().get_index()) for mark in book.get_toc()]
    assert len(sheets) == len(placed) > 1
    assert [wide < high for wide, high in sizes] == [False, True, False, True], (
        "tall ground stands, wide ground lies"
    )
    assert min(shares) >= 0.5, "narrow ground has its neighbours beside it, no white"
    names = [one.name(library.layer("zones"), "en") for one in placed]
    assert [(level, page) for level, _, page in marks] == [(0, at) for at in range(len(placed) + 1)]
    assert marks[0][1] == "Contents"
    assert all(name in title for name, (_, title, _) in zip(names, marks[1:], strict=True)), "and a bookmark each"
    for number, (name, words) in enumerate(zip(names, sheets, strict=True), 2):
        assert re.search(rf"{re.escape(name)}\s+{number}\b", contents)
        assert name in words
        assert f"Page {number} of {len(placed) + 1}" in words
        assert f"Sheet 07-{number - 1}" in words
        scale = re.search(r"Scale 1:([\d,]+)", words)
        assert scale
        assert int(scale[1].replace(",", "")) % 1000 == 0
    for zone, told in zip(placed, structure_of(data)[1:], strict=True):
        read = [(one.role, one.alt or " ".join(one.words)) for one in told if one.role in ("H1", "Figure")]
        assert [role for role, _ in read] == ["H1", "Figure"], "the title, then the map by its sentence"
        assert zone.name(library.layer("zones"), "en") in read[0][1]
        assert read[1][1].startswith(f"Map “{read[0][1]}”")
        assert [one for one in told if one.role == "LBody" and one.words], "its legend is a list"
        assert "Scale 1:" in "".join(told[-1].words), "its foot is read last"


def test_a_layer_without_places_has_no_atlas(tmp_path: Path) -> None:
    library = Library(write_plan(tmp_path / "p", layers={"zones": []}))
    with pytest.raises(NoSheets):
        draw_atlas(library, View(), "zones", Options(read_size("a4-landscape"), "en"))
