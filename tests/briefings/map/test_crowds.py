"""Areas too many and too small for borders: colours stay what they are, nothing is a dark block, the sheet says so."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from briefings.map.crowds import MANY, SMALL, crowded, draw_crowd
from briefings.map.picture import draw
from briefings.map.presets import Size
from layers.library.library import Library
from layers.plan.style import Look
from layers.plan.views import View
from tests.small_plan import write_plan

SIDE = 60  # areas along a side
LAYER = """
[layers.plots]
file = "geojson/plots.geojson"
group = "space"
label = {zh = "小图斑", en = "Plots"}
geometry = "polygon"
source = {zh = "测试", en = "tests"}
licence = {zh = "CC0", en = "CC0"}
style = {color = "#000000", fill = "#ffffff", fill_opacity = 1.0, width = 2.0}

[[layers.plots.fields]]
id = "use"
label = {zh = "用途", en = "Use"}

[[layers.plots.rules]]
when = {field = "use", equals = "a"}
label = {zh = "甲", en = "A"}
fill = "#ff0000"

[[layers.plots.rules]]
when = {field = "use", equals = "b"}
label = {zh = "乙", en = "B"}
fill = "#0000ff"
"""


def grid(count: int, step: float) -> np.ndarray:
    x, y = (place.ravel() * step for place in np.meshgrid(np.arange(count), np.arange(count)))
    return shapely.box(x, y, x + step, y + step)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Two halves of tiny plots, east of one use and west of another, and a few too small to be seen."""
    write_plan(tmp_path)
    catalog = tmp_path / "catalog.toml"
    catalog.write_text(catalog.read_text("utf-8") + LAYER, "utf-8")
    plots = shapely.transform(grid(SIDE, 0.2 / SIDE), lambda xy: xy + np.array([104.0, 30.0]))
    dots = shapely.box(*np.repeat([[104.05], [30.05], [104.050001], [30.050001]], 7, axis=1))
    features = [
        {
            "type": "Feature",
            "id": f"p{row}",
            "properties": {"use": "a" if shape.centroid.x > 104.1 else "b"},
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for row, shape in enumerate([*plots, *dots])
    ]
    body = {"type": "FeatureCollection", "features": features}
    (tmp_path / "geojson" / "plots.geojson").write_text(json.dumps(body), "utf-8")
    return Library(tmp_path)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_sheet_of_small_areas_keeps_their_colours_and_says_how_it_is_drawn(
    library: Library, language: str, tmp_path: Path
) -> None:
    picture = draw(library, View(layers=("plots",)), size=Size(640, 480), language=language)
    (told,) = picture.warnings
    assert f"{SIDE * SIDE + 7}" in told[language] and " 7 " in told[language]
    path = tmp_path / "sheet.png"
    path.write_bytes(picture.data)
    colours = np.asarray(Image.open(path).convert("RGB")).reshape(-1, 3).astype(int)
    red = (np.abs(colours - [255, 0, 0]).max(axis=1) < 12).sum()
    blue = (np.abs(colours - [0, 0, 255]).max(axis=1) < 12).sum()
    dark = (colours.max(axis=1) < 90).sum()
    assert red > 10_000 and blue > 10_000 and dark < 0.05 * (red + blue)
    assert "Plots" in draw(library, View(layers=("plots",)), size=Size(640, 480), language="en", kind="svg").alt.en


def test_a_few_areas_or_large_ones_are_no_crowd() -> None:
    many = grid(50, 1.0)
    assert len(many) > MANY
    assert crowded(many[: MANY - 1], pixel_m=1.0) is None
    assert crowded(many, pixel_m=0.99 / SMALL) is None
    large = crowded(np.append(many, shapely.box(0, 0, 0.1, 0.4)), pixel_m=1.0)
    assert large is not None and large[:-1].all() and not large[-1]


def test_neighbours_that_look_alike_have_no_seam_and_holes_stay_open() -> None:
    figure = Figure(figsize=(1, 1), dpi=100)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_xlim(0.0, 7.3)
    axes.set_ylim(0.0, 7.3)
    axes.axis("off")
    shapes = shapely.difference(grid(7, 1.0), shapely.box(3.0, 3.0, 5.0, 5.0))
    ring = shapely.Polygon([(0, 0), (7.3, 0), (7.3, 7.3), (0, 7.3)], [[(7, 7), (0, 7), (0, 0), (7, 0)]])
    shapes = np.append(shapes[~shapely.is_empty(shapes)], ring)
    draw_crowd(axes, shapes, Look("#000000", 1.0, 1.0, "#008000", 1.0), order=1.0)
    canvas.draw()
    seen = np.asarray(canvas.buffer_rgba())[..., :3].astype(int)
    hole = seen[35:55, 45:65]
    assert (hole == 255).all()
    assert (seen[75:98, 2:98] == [0, 128, 0]).all()
