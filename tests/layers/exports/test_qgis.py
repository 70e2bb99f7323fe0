"""QGIS draws an exported GeoPackage as the map does: compared, pixel by pixel, with a plain renderer."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from layers.exports import export_snapshot, read_asked
from layers.features.snapshot import Snapshot
from layers.library.library import Library
from layers.plan.style import GeometryKind, Look, look_of
from tests.qgis import qgis_python

ROOT = Path(__file__).parents[3]
SIZE, FAR, PX = 500, 40, 72 / 96
# QGIS begins once and draws every layer: about 15 s.
pytestmark = [pytest.mark.qgis, pytest.mark.slow]
KINDS: dict[int, GeometryKind] = {0: "point", 1: "line", 2: "polygon"}


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Every bundled layer as a GeoPackage, drawn by QGIS."""
    folder = tmp_path_factory.mktemp("qgis")
    library = Library(ROOT / "data")
    for layer in library.layers(restricted=True):
        snapshot = library.snapshot(layer)
        export_snapshot(library, snapshot, read_asked("gpkg"), folder / f"{layer.id}.gpkg", software="PlanAtlas")
        (folder / f"{layer.id}.json").write_text(json.dumps({"box": box_of(snapshot), "size": SIZE}))
    script = Path(__file__).with_name("qgis_drawing.py")
    subprocess.run([qgis_python(), str(script), str(folder)], check=True, capture_output=True, timeout=300)
    yield folder


def box_of(snapshot: Snapshot) -> list[float]:
    """Return a square round what is drawn, as wide as its dense part: parcels are looked at from near."""
    shapes = snapshot.geometry[~shapely.is_missing(snapshot.geometry)]
    some = shapes[:80] if len(shapes) > 1000 else shapes
    west, south, east, north = shapely.total_bounds(some)
    half = max(east - west, north - south) * 0.55 + 0.002
    x, y = (west + east) / 2, (south + north) / 2
    return [x - half, y - half, x + half, y + half]


def plainly(library: Library, snapshot: Snapshot, box: list[float]) -> Any:
    """Draw a layer without QGIS: every feature by its look, as the map page would."""
    layer, classes = snapshot.layer, library.catalog.classes.get(snapshot.layer.scheme, ())
    figure = Figure(figsize=(SIZE / 96, SIZE / 96), dpi=96, facecolor="white")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(box[0], box[2])
    axes.set_ylim(box[1], box[3])
    order = sorted(range(len(snapshot.features)), key=lambda i: -shapely.get_dimensions(snapshot.geometry[i]))
    for i in order:
        feature = snapshot.features[i]
        if feature.geometry is None:
            continue
        kind = KINDS[int(shapely.get_dimensions(feature.geometry))]
        put(axes, feature.geometry, kind, look_of(layer, feature.properties, kind, classes, "official"))
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].astype(float)


def put(axes: Any, shape: Any, kind: GeometryKind, look: Look) -> None:
    dash: Any = (0, [part / look.width for part in look.dash]) if look.dash else "solid"
    stroke = {"edgecolor": to_rgba(look.color, look.opacity), "linewidth": look.width * PX, "linestyle": dash}
    fill = to_rgba(look.fill or look.color, look.fill_opacity)
    for part in shapely.get_parts(shape):
        if kind == "point":
            axes.scatter(
                [part.x],
                [part.y],
                s=(2 * look.radius * PX) ** 2,
                facecolor=[fill],
                edgecolor=[stroke["edgecolor"]],
                linewidth=stroke["linewidth"],
                linestyle=dash,
            )
        elif kind == "line":
            axes.add_patch(PathPatch(Outline(np.asarray(part.coords)[:, :2]), fill=False, **stroke))
        else:
            rings = [np.asarray(ring.coords)[:, :2] for ring in (part.exterior, *part.interiors)]
            codes = [np.r_[Outline.MOVETO, [Outline.LINETO] * (len(r) - 2), Outline.CLOSEPOLY] for r in rings]
            axes.add_patch(
                PathPatch(Outline(np.concatenate(rings), np.concatenate(codes)), facecolor=fill, **stroke)
            )


def near(mask: Any, by: int = 2) -> Any:
    """Return a mask with its surroundings of some pixels."""
    out = mask.copy()
    for dy in range(-by, by + 1):
        for dx in range(-by, by + 1):
            out |= np.roll(np.roll(mask, dy, 0), dx, 1)
    return out


@pytest.mark.parametrize("name", [one.id for one in Library(ROOT / "data").layers(restricted=True)])
def test_qgis_draws_what_the_map_draws(drawn: Path, name: str) -> None:
    library = Library(ROOT / "data")
    snapshot = library.snapshot(library.layer(name, restricted=True))
    box = json.loads((drawn / f"{name}.json").read_text())["box"]
    theirs = imread(drawn / f"{name}.png")[..., :3].astype(float) * 255
    ours = plainly(library, snapshot, box)
    inked, wanted = (np.abs(one - 255).max(axis=2) > 8 for one in (theirs, ours))
    assert wanted.sum() > 100, "the plain renderer draws nothing"
    missing, more = wanted & ~near(inked), inked & ~near(wanted)
    assert missing.sum() <= 0.02 * wanted.sum(), f"QGIS leaves out {missing.sum()} of {wanted.sum()} pixels"
    assert more.sum() <= 0.02 * wanted.sum(), f"QGIS draws {more.sum()} pixels more than {wanted.sum()}"
    both = inked & wanted
    moved = [np.roll(ours, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    apart = np.min([np.abs(theirs - one).max(axis=2) for one in moved], axis=0)[both] > FAR
    # the dashes of a small circle begin elsewhere in the two
    assert apart.mean() < 0.1, f"{apart.mean():.0%} of the pixels have another colour"
    told = json.loads((drawn / f"{name}.told").read_text())
    assert set(told["renderers"]) == {"RuleRenderer"}


def test_columns_are_called_by_their_labels(drawn: Path) -> None:
    names = json.loads((drawn / "projects.told").read_text())["names"]
    assert names["position"] == "位置可靠程度 Position"
