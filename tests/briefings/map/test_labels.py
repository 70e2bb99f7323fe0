"""Names on a sheet: those of blocks, axes, clusters and the great river are always there, the short way."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from briefings.map.description import describe_view
from briefings.map.labels import KEPT_RANK, Label, place_labels
from briefings.map.layouts import Options
from briefings.map.picture import draw
from briefings.map.presets import read_size
from layers.library.library import Library
from layers.plan.style import declared_style

pytestmark = pytest.mark.slow  # draws every view of the bundled plan

BUNDLED = Library(Path(__file__).parents[3] / "data")
SIZE = read_size("1200x800")


def test_first_names_without_a_place_of_their_own_lie_on_nothing() -> None:
    """Two thirds of a low map are taken: all five stand below one another in the last."""
    figure = Figure(figsize=(4, 1.2), dpi=100)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 400), ylim=(0, 120))
    names = [Label((f"Cluster of industry {n}",), 200, 60, 1.0, False, rank=1) for n in range(5)]
    taken = Bbox.from_extents(0, 0, 285, 120)
    assert place_labels(axes, names, points=7, taken=[taken]) == len(names)
    boxes = [taken, *(one.get_window_extent().padded(-1.5) for one in axes.texts)]
    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]


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
