"""Names on a sheet: those of blocks, axes, clusters and the great river are always there, the short way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import shapely

from briefings.map.description import describe_view
from briefings.map.labels import KEPT_RANK
from briefings.map.layouts import Options
from briefings.map.picture import draw
from briefings.map.presets import read_size
from layers.library.library import Library
from layers.plan.style import declared_style

pytestmark = pytest.mark.slow  # draws every view of the bundled plan

BUNDLED = Library(Path(__file__).parents[3] / "data")
SIZE = read_size("1200x800")


@pytest.mark.parametrize("view", sorted(BUNDLED.catalog.views))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_first_names_are_on_every_view(view: str, language: str) -> None:
    wanted = BUNDLED.catalog.views[view]
    said = describe_view(BUNDLED, wanted, Options(size=SIZE, restricted=False))
    ground = shapely.box(*said.frame.lonlat)
    names = {
        feature.short_name(one.snapshot.layer, language)
        for one in said.layers
        if one.snapshot.layer.map_labels
        for feature in one.chosen.placed
        if (declared_style(one.snapshot.layer, feature.properties).label_rank or 100) <= KEPT_RANK
        and feature.geometry.intersects(ground)
    }
    svg = draw(BUNDLED, wanted, Options(size=SIZE, language=language), kind="svg").data.decode()
    drawn = re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", svg))
    assert names, "the view has none"
    assert [one for one in sorted(names) if re.sub(r"\s+", "", one) not in drawn] == []
