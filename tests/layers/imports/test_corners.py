"""Corner points of plots in a text, as land bureaus hand them on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyproj
import pytest
import shapely

from layers.imports.crs_gate import NeedsCRS
from layers.imports.errors import UnreadableFile
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.layers.imports.test_everyday_files import held, library, said, text_file

__all__ = ["library"]
HEAD = "[属性描述]\n格式版本号=1.01版本\n坐标系={datum}\n几度分带={width}\n投影类型=高斯克吕格\n计量单位=米\n带号={zone}\n"
OUTER = [(104.05, 30.05), (104.06, 30.05), (104.06, 30.06), (104.05, 30.06), (104.05, 30.05)]
INNER = [(104.052, 30.052), (104.054, 30.052), (104.054, 30.054), (104.052, 30.052)]
APART = [(104.07, 30.05), (104.08, 30.05), (104.08, 30.06), (104.07, 30.05)]


def corner_file(
    tmp_path: Path, *rings: Any, crs: int = 4523, encoding: str = "gbk", said_of: str = "面", **head: Any
) -> Path:
    to = pyproj.Transformer.from_crs(4490, crs, always_xy=True)
    count = sum(len(ring) for ring in rings)
    lines = [f"{count},1.2345,007,一号地块,{said_of},,工业用地,0601,@"]
    for number, ring in enumerate(rings, 1):
        for at, lonlat in enumerate(ring, 1):
            y, x = to.transform(*lonlat)
            lines.append(f"J{at},{number},{x:.3f},{y:.3f}")
    text = HEAD.format(**{"datum": "2000国家大地坐标系", "width": 3, "zone": 35} | head)
    return text_file(tmp_path, f"{text}[地块坐标]\n" + "\n".join(lines) + "\n", "a.txt", encoding)


@pytest.mark.parametrize(
    ("crs", "head"), [(4523, {}), (4544, {}), (4496, {"width": 6, "zone": 18}), (4507, {"width": 6, "zone": 18})]
)
@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_plot_lies_in_the_plane_its_head_names(
    library: Library, tmp_path: Path, crs: int, head: Any, encoding: str
) -> None:
    report = bring(library, corner_file(tmp_path, OUTER, INNER, crs=crs, encoding=encoding, **head))
    (plot,) = library.snapshot(library.layer("new")).geometry
    meant = shapely.Polygon(OUTER, [INNER])
    assert len(plot.interiors) == 1 and shapely.hausdorff_distance(plot, meant) < 1e-7
    found = held(library)
    assert found.values("地块编号") == ["007"] and found.values("地块用途") == ["工业用地"]
    assert found.values("地块面积（公顷）") == [1.2345]
    assert next(one.unit for one in library.layer("new").fields if one.id.startswith("地块面积")) == "ha"
    assert f"its head names the plane: EPSG:{crs}" in said(report)


def test_rings_that_lie_apart_are_one_plot_of_two_parts(library: Library, tmp_path: Path) -> None:
    bring(library, corner_file(tmp_path, OUTER, APART))
    (plot,) = library.snapshot(library.layer("new")).geometry
    assert len(plot.geoms) == 2


def test_a_ring_in_a_hole_is_ground_again(library: Library, tmp_path: Path) -> None:
    island = [(104.0531, 30.0525), (104.0535, 30.0525), (104.0535, 30.0529), (104.0531, 30.0525)]
    bring(library, corner_file(tmp_path, island, OUTER, APART, INNER))
    (plot,) = library.snapshot(library.layer("new")).geometry
    assert sorted(len(part.interiors) for part in plot.geoms) == [0, 0, 1]
    outer, inner, one, other = (shapely.Polygon(ring).area for ring in (OUTER, INNER, island, APART))
    assert plot.area == pytest.approx(outer - inner + one + other, rel=1e-4)


def test_a_line_of_one_point_costs_no_other_plot(library: Library, tmp_path: Path) -> None:
    text = (
        corner_file(tmp_path, OUTER).read_text("gbk") + f"{'9' * 5000},1,2,二号,线,,,,@\nJ1,1,3526000,35500000\n"
    )
    report = bring(library, text_file(tmp_path, text, "a.txt", "gbk"))
    assert library.snapshot(library.layer("new")).placed == 1
    assert "the points of 1 plot make no shape" in said(report)


def test_what_does_not_fit_is_told(library: Library, tmp_path: Path) -> None:
    path = corner_file(tmp_path, OUTER)
    text = path.read_text("gbk")
    more = "9,1,2,二号,面,,,,@\nJ1,1,3526000.1,x\n" + text.partition("[地块坐标]\n")[2].replace(
        "5,1.2345", "9,1.2345"
    )
    report = bring(library, text_file(tmp_path, text + more, "a.txt", "gbk"))
    assert library.snapshot(library.layer("new")).placed == 2
    assert "the points of 1 plot make no shape" in said(report)
    assert "2 plots have more or fewer points than they say, such as that of line 15: 9" in said(report)


def test_a_head_without_a_plane_is_asked(library: Library, tmp_path: Path) -> None:
    with pytest.raises(NeedsCRS, match="EPSG:4523"):
        bring(library, corner_file(tmp_path, OUTER, zone=""))
    with pytest.raises(UnreadableFile, match="no plot"):
        bring(library, text_file(tmp_path, HEAD + "[地块坐标]\n", "b.txt"))
