"""Every function of the registry on four sets of places, against computations that share no code with ours.

Cuts are plain loops of shapely in longitude and latitude, where the sets' edges are straight; areas are those of an
equal-area plane and lengths those of geodesics (both pyproj), along edges split so finely that they follow the edges; distances are geodesics from
every place to every other; fields are added up by pandas.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Geod, Proj

from layers.figures.answer import answer
from layers.figures.figure import Figure
from layers.figures.functions import FUNCTIONS
from layers.figures.question import asked_statistic
from layers.library.library import Library
from tests.four_sets import SETS, places_of

pytestmark = pytest.mark.slow

EARTH = Geod(ellps="WGS84")
CLOSE = 1e-9
Rows = dict[tuple[str, ...], float]


def of(layer: str, **more: Any) -> dict[str, Any]:
    return {"layer": layer, **more}


class World:
    """A set, open as a plan, and the same shapes for the oracles: repaired by ring structure, longitudes running on."""

    def __init__(self, name: str, folder: Path) -> None:
        self.frames = places_of(name).frames
        self.library = Library(places_of(name).write(folder / "plan"))

    def shapes(self, layer: str) -> list[Any]:
        """Shapes of a layer, None where nothing is left of one (no area)."""
        frame = self.frames[layer]
        out = []
        for one in frame.geometry:
            shape = (
                one if shapely.is_valid(one) else shapely.make_valid(one, method="structure", keep_collapsed=False)
            )
            out.append(None if shape.is_empty else shape)
        return out

    @cached_property
    def parcels(self) -> list[Any]:
        return self.shapes("parcels")

    @cached_property
    def areas(self) -> list[Any]:
        return self.shapes("areas")

    @cached_property
    def cut(self) -> dict[tuple[int, int], Any]:
        """Every parcel in every area."""
        pairs = {
            (i, j): one.intersection(other)
            for i, one in enumerate(self.parcels)
            if one is not None
            for j, other in enumerate(self.areas)
            if one.intersects(other)
        }
        return {key: shape for key, shape in pairs.items() if shape.area > 0.0}

    @cached_property
    def apart(self) -> np.ndarray:
        """Geodesic distances from places (rows) to stops (columns), m."""
        here, there = (np.array([p.coords[0] for p in self.shapes(name)]) for name in ("places", "stops"))
        grid = [np.repeat(here, len(there), axis=0), np.tile(there, (len(here), 1))]
        return np.reshape(EARTH.inv(*grid[0].T, *grid[1].T)[2], (len(here), len(there)))

    @property
    def reach_m(self) -> float:
        """A distance that about half of the places are within, of a stop."""
        nearest = np.sort(self.apart.min(axis=1))
        return round(float(0.5 * (nearest[29] + nearest[30])), 3)

    def column(self, layer: str, name: str) -> list[Any]:
        return self.frames[layer][name].tolist()

    def ask(self, **question: Any) -> Figure:
        return answer(self.library, lambda _d, _t: None, asked_statistic(question), software="test")


def area(shape: Any) -> float:
    """Area with edges straight in degrees: geodesics along edges so short that they bow by less than is told."""
    total = 0.0
    for part in shapely.get_parts(shapely.get_parts(shape)):
        if shapely.get_dimensions(part) != 2:
            continue
        for at, ring in enumerate(shapely.get_rings(part)):
            total += (1 if at == 0 else -1) * _ring(ring)
    return total


def _ring(ring: Any) -> float:
    """By the cylindrical equal-area projection about the ring: a geodesic area has no more than 1e-4 m2."""
    xy = shapely.get_coordinates(ring)
    middle = xy.mean(axis=0)
    plane = Proj(proj="cea", lon_0=middle[0], lat_ts=middle[1], ellps="WGS84")
    metres = abs(EARTH.line_length(*xy.T))
    rough = max(abs(EARTH.polygon_area_perimeter(*xy.T)[0]), 1.0)
    steep = max(np.tan(np.radians(np.abs(xy[:, 1]).max())), 0.1)
    step = np.sqrt(1e-10 * rough / metres * 8 * 6.371e6 / steep)
    fine = shapely.get_coordinates(shapely.segmentize(ring, max(step, 0.02) / 111_400.0))
    placed = np.column_stack(plane(*fine.T))
    x, y = (placed - placed[0]).T
    return abs(float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))) / 2


def length(shape: Any) -> float:
    parts = [part for part in shapely.get_parts(shapely.get_parts(shape)) if shapely.get_dimensions(part) == 1]
    fine = [shapely.get_coordinates(shapely.segmentize(part, 1e-4)) for part in parts]
    return float(sum(EARTH.line_length(*xy.T) for xy in fine))


def joined(shapes: Any) -> Any:
    return shapely.union_all(list(shapes))


def named(layer: str, row: int) -> str:
    return f"{layer}-{row}"


def rows_of(found: Figure, *names: str, value: str, kinds: tuple[str, ...] = ("part",)) -> Rows:
    """Rows of a figure's table by their names; the largest figures of each, so that a text column cannot decide."""
    out: Rows = {}
    for row in found.rows:
        if row["kind"] in kinds and isinstance(row.get(value), float):
            out[tuple(getattr(row[name], "en", str(row[name])) for name in names)] = row[value]
    return out


def agree(found: Rows, true: Mapping[Any, float], *, scale: float) -> None:
    """Rows are the same ones with the same numbers, to 1e-9 of themselves, or of the whole where they are slivers."""
    for key in {*found, *true}:
        assert found.get(key, 0.0) == pytest.approx(true.get(key, 0.0), rel=CLOSE, abs=1e-11 * scale), key


Oracle = Callable[[World], None]


def tabulate(w: World) -> None:
    found = w.ask(
        function="tabulate", by="kind", unit="m2", inputs={"classes": of("parcels"), "zones": of("areas")}
    )
    whole = sum(area(one) for one in w.areas)
    assert found.value == pytest.approx(whole, rel=CLOSE)
    true: Rows = defaultdict(float)
    for (i, j), shape in w.cut.items():
        true[named("areas", j), w.column("parcels", "kind")[i]] += area(shape)
    rows = rows_of(found, "zone", "class", value="m2").items()
    classes = {key: value for key, value in rows if key[1] in ("big", "small") and key[0].startswith("areas-")}
    agree(classes, dict(true), scale=whole)


def share(w: World) -> None:
    big = [
        at for at, kind in enumerate(w.column("parcels", "kind")) if kind == "big" and w.parcels[at] is not None
    ]
    whole = joined(w.areas)
    part = joined(w.parcels[at] for at in big).intersection(whole)
    found = w.ask(function="share", inputs={"part": of("parcels", where=["kind=big"]), "whole": of("areas")})
    assert found.value == pytest.approx(100 * area(part) / area(whole), rel=CLOSE)


def coverage(w: World) -> None:
    inside = w.apart.min(axis=1) <= w.reach_m
    asking = {
        "function": "coverage",
        "distance_m": w.reach_m,
        "inputs": {"demand": of("places"), "facilities": of("stops")},
    }
    assert w.ask(**asking).value == pytest.approx(100 * inside.mean(), rel=CLOSE)
    people = np.array(w.column("places", "people"))
    weighed = w.ask(**asking, measure="weight", field="people")
    assert weighed.value == pytest.approx(100 * people[inside].sum() / people.sum(), rel=CLOSE)


def band(w: World) -> None:
    inside = w.apart.min(axis=1) <= w.reach_m
    found = w.ask(
        function="band", distance_m=w.reach_m, unit="count", inputs={"part": of("places"), "line": of("stops")}
    )
    assert found.value == inside.sum()
    true = {(named("places", at),): w.apart[at].min() for at in np.flatnonzero(inside).tolist()}
    agree(rows_of(found, "name", value="distance_m"), true, scale=0.0)


def nearest(w: World) -> None:
    found = w.ask(function="nearest", unit="m", inputs={"part": of("places"), "line": of("stops")})
    true = {(named("places", at), named("stops", int(row.argmin()))): row.min() for at, row in enumerate(w.apart)}
    agree(rows_of(found, "name", "other", value="distance_m"), true, scale=0.0)
    assert found.value == pytest.approx(w.apart.min(axis=1).max(), rel=CLOSE)


def crossing(w: World) -> None:
    found = w.ask(function="crossing", inputs={"part": of("ways"), "line": of("areas")})
    pairs = [(i, j) for i, way in enumerate(w.shapes("ways")) for j, one in enumerate(w.areas) if way.crosses(one)]
    assert found.value == len(pairs)
    true = {
        (named("ways", i), named("areas", j)): length(w.shapes("ways")[i].intersection(w.areas[j]))
        for i, j in pairs
    }
    agree(rows_of(found, "name", "other", value="length_m"), true, scale=sum(true.values()))


def overlap(w: World) -> None:
    found = w.ask(function="overlap", unit="m2", inputs={"part": of("parcels"), "constraints": of("areas")})
    assert found.value == pytest.approx(area(joined(w.cut.values())), rel=CLOSE)
    true = {(named("parcels", i), named("areas", j)): area(shape) for (i, j), shape in w.cut.items()}
    agree(rows_of(found, "name", "other", value="m2"), true, scale=found.value or 0.0)


def together(w: World) -> None:
    found = w.ask(function="together", unit="m2", inputs={"first": of("parcels"), "second": of("areas")})
    known = [one for one in w.parcels if one is not None]
    assert found.value == pytest.approx(area(joined([*known, *w.areas])), rel=CLOSE)
    rows = rows_of(found, "name", value="area", kinds=("part", "of_which"))
    assert rows[("parcels",)] == pytest.approx(area(joined(known)), rel=CLOSE)
    assert rows[("layers added up",)] == pytest.approx(sum(area(one) for one in [*known, *w.areas]), rel=CLOSE)


def density(w: World) -> None:
    found = w.ask(function="density", inputs={"part": of("ways"), "whole": of("areas")})
    metres = {j: sum(length(way.intersection(one)) for way in w.shapes("ways")) for j, one in enumerate(w.areas)}
    true = {(named("areas", j),): 1e3 * value / area(w.areas[j]) for j, value in metres.items() if value}
    agree(rows_of(found, "name", value="density"), true, scale=0.0)
    assert found.value == pytest.approx(1e3 * sum(metres.values()) / sum(area(one) for one in w.areas), rel=CLOSE)


def per_head(w: World) -> None:
    found = w.ask(function="per_head", field="people", inputs={"part": of("parcels"), "people": of("areas")})
    ground = area(joined(w.cut.values()))
    assert found.value == pytest.approx(ground / sum(w.column("areas", "people")), rel=CLOSE)


def total(w: World) -> None:
    found = w.ask(function="total", unit="m2", inputs={"items": of("parcels"), "zones": of("areas")})
    known = [one for one in w.parcels if one is not None]
    assert found.value == pytest.approx(area(joined(known)), rel=CLOSE)
    true: Rows = defaultdict(float)
    for (_, j), shape in w.cut.items():
        true[(named("areas", j),)] += area(shape)
    rest = joined(w.areas)
    true[("outside the zones",)] = sum(area(one.difference(rest)) for one in known)
    agree(rows_of(found, "zone", value="amount", kinds=("part", "rest")), dict(true), scale=found.value or 0.0)
    lines = w.ask(function="total", measure="length", unit="m", inputs={"items": of("ways")})
    assert lines.value == pytest.approx(sum(map(length, w.shapes("ways"))), rel=CLOSE)


def transition(w: World) -> None:
    found = w.ask(function="transition", unit="m2", inputs={"before": of("older"), "after": of("parcels")})

    def ground(layer: str) -> list[tuple[str, Any]]:
        """Ground of each class, what two features share given to the earlier."""
        taken, out = shapely.Polygon(), []
        for code, shape in zip(w.column(layer, "class"), w.shapes(layer), strict=True):
            if shape is not None:
                out.append((code, shape.difference(taken)))
                taken = taken.union(shape)
        return out

    moved = 0.0
    after = ground("parcels")
    for code, shape in ground("older"):
        moved += sum(
            area(shape.intersection(new)) for known, new in after if known in ("0701", "1401") and code != known
        )
    assert found.value == pytest.approx(moved, rel=CLOSE)


def count(w: World) -> None:
    found = w.ask(function="count", inputs={"items": of("places"), "zones": of("areas")})
    true = {
        (named("areas", j),): float(sum(one.intersects(p) for p in w.shapes("places")))
        for j, one in enumerate(w.areas)
    }
    agree(rows_of(found, "name", value="count"), true, scale=0.0)
    assert found.value == len(w.frames["places"])


def sum_(w: World) -> None:
    found = w.ask(function="sum", field="value", inputs={"items": of("parcels"), "zones": of("areas")})
    values = w.column("parcels", "value")
    true: Rows = defaultdict(float)
    for (i, j), shape in w.cut.items():
        if not np.isnan(values[i]):
            true[(named("areas", j),)] += values[i] * area(shape) / area(w.parcels[i])
    agree(rows_of(found, "name", value="value"), dict(true), scale=sum(true.values()))
    assert found.value == pytest.approx(sum(true.values()), rel=CLOSE)


def ratio(w: World) -> None:
    frame = w.frames["parcels"][["value", "stated"]].dropna()
    found = w.ask(function="ratio", field="value", divisor="stated", inputs={"items": of("parcels")})
    assert found.value == pytest.approx(frame.value.sum() / frame.stated.sum(), rel=CLOSE)


def declared(w: World) -> None:
    found = w.ask(function="declared", field="stated", unit="m2", inputs={"items": of("parcels")})
    pairs = zip(w.column("parcels", "stated"), w.parcels, strict=True)
    true = {
        (named("parcels", at),): area(one)
        for at, (value, one) in enumerate(pairs)
        if one is not None and not np.isnan(value)
    }
    agree(rows_of(found, "name", value="measured"), true, scale=sum(true.values()))
    assert found.value == pytest.approx(sum(true.values()), rel=CLOSE)


def adjacency(w: World) -> None:
    found = w.ask(function="adjacency", distance_m=w.reach_m, inputs={"part": of("places"), "line": of("stops")})
    assert found.value == (w.apart.min(axis=1) <= w.reach_m).sum()
    near = {
        (named("places", i), named("stops", j)): w.apart[i, j]
        for i, j in np.argwhere(w.apart <= w.reach_m).tolist()
    }
    agree(rows_of(found, "name", "other", value="distance_m"), near, scale=0.0)


def listing(w: World) -> None:
    found = w.ask(function="listing", inputs={"items": of("places"), "zones": of("areas")})
    held = [(j, i) for j, one in enumerate(w.areas) for i, p in enumerate(w.shapes("places")) if one.intersects(p)]
    assert found.value == len({i for _, i in held})
    assert set(rows_of(found, "zone", "name", value="share")) == {
        (named("areas", j), named("places", i)) for j, i in held
    }


def timeline(w: World) -> None:
    found = w.ask(function="timeline", inputs={"items": of("places")})
    begins = w.frames["places"].begins.str[:4].astype(int)
    ends = w.frames["places"].ends.str[:4].astype(float).fillna(9999)
    years = range(begins.min(), max(begins.max(), int(ends[ends < 9999].max())) + 1)
    going = {(str(year),): float(((begins <= year) & (ends > year)).sum()) for year in years}
    assert rows_of(found, "name", value="under_construction") == going
    assert found.value == max(going.values())


def shared_reach(w: World) -> None:
    """Circles of geodesics where they overlap; both are polygons, short by 2e-6 of their area."""
    stops = [p.coords[0] for p in w.shapes("stops")]
    radius = w.reach_m
    found = w.ask(function="shared_reach", distance_m=radius, unit="m2", inputs={"facilities": of("stops")})
    turn = np.linspace(0, 360, 2_000, endpoint=False)
    circles = []
    for lon, lat in stops:
        x, y, _ = EARTH.fwd(np.full(2_000, lon), np.full(2_000, lat), turn, np.full(2_000, radius))
        circles.append(
            shapely.Polygon(
                np.column_stack([np.where(np.array(x) < 0, np.array(x) + 360, x) if lon > 170 else x, y])
            )
        )
    once = joined(circles)
    both = joined(a.intersection(b) for i, a in enumerate(circles) for b in circles[:i])
    assert both.area > 0
    assert (found.value or 0.0) == pytest.approx(area(both), abs=1e-5 * area(once))
    (rest,) = [row["m2"] for row in found.rows if row["kind"] == "rest"]
    assert rest == pytest.approx(area(once.difference(both)), abs=1e-5 * area(once))


def grouped(w: World, members: Callable[[int], str]) -> dict[str, Rows]:
    """Count, value and ground of parcels by area and group, from the cuts alone."""
    out: dict[str, Rows] = {key: defaultdict(float) for key in ("count", "value", "amount")}
    values = w.column("parcels", "value")
    for (i, j), shape in w.cut.items():
        key, cut = (named("areas", j), members(i)), area(shape)
        out["count"][key] += cut / area(w.parcels[i])
        out["amount"][key] += cut
        if not np.isnan(values[i]):
            out["value"][key] += values[i] * cut / area(w.parcels[i])
    return out


def by_kind(w: World) -> None:
    """Every function with groups, by a text."""
    kinds = w.column("parcels", "kind")
    true = grouped(w, lambda i: kinds[i])
    inputs = {"items": of("parcels"), "zones": of("areas")}
    for function, names, value, more in (
        ("count", ("name", "group"), "count", {}),
        ("sum", ("name", "group"), "value", {"field": "value"}),
        ("total", ("zone", "name"), "amount", {"unit": "m2"}),
    ):
        found = w.ask(function=function, by="kind", inputs=inputs, **more)
        rows = {
            key: one for key, one in rows_of(found, *names, value=value).items() if key[0].startswith("areas-")
        }
        agree(rows, true[value], scale=sum(true[value].values()))
    held = w.frames["parcels"][["kind", "value", "stated"]].dropna().groupby("kind").sum()
    ratios = w.ask(function="ratio", by="kind", field="value", divisor="stated", inputs={"items": of("parcels")})
    shown = rows_of(ratios, "name", value="ratio", kinds=("total",))
    agree(shown, {(str(kind),): row["value"] / row["stated"] for kind, row in held.iterrows()}, scale=0.0)
    listed = w.ask(function="listing", by="kind", inputs=inputs)
    told = {(row["zone"].en, row["name"].en, row["group"].en) for row in listed.rows if row["kind"] == "part"}
    assert {(zone, group) for zone, _, group in told} <= set(true["count"])
    assert all(kinds[int(name.split("-")[1])] == group for _, name, group in told)


def by_year(w: World) -> None:
    """Groups of a date are its years, and what states none stands apart."""
    years = [None if day is None else day[:4] for day in w.column("parcels", "begun")]
    found = w.ask(function="count", by="begun", inputs={"items": of("parcels")})
    known = {(year,): float(years.count(year)) for year in set(years) - {None}}
    agree(rows_of(found, "name", value="count"), known, scale=0.0)
    (unknown,) = [row["count"] for row in found.rows if row["kind"] == "unknown"]
    assert unknown == years.count(None)


def filtered(w: World) -> None:
    """What a filter chooses by kind and by day, and what it leaves; a day not stated leaves a range."""
    days, kinds = w.column("parcels", "begun"), w.column("parcels", "kind")
    chosen = {
        "kind=big": [kind == "big" for kind in kinds],
        "kind!=big": [kind != "big" for kind in kinds],
        "begun<2023": [day is not None and day < "2023" for day in days],
        "begun>=2023": [day is not None and day >= "2023" for day in days],
        "begun=2022-12..2023-01": [day in ("2022-12-31", "2023-01-01") for day in days],
    }
    values = np.array(w.column("parcels", "value"))
    whole: dict[str, float] = {}
    for where, mine in chosen.items():
        parcels = of("parcels", where=[where])
        inside = {key: shape for key, shape in w.cut.items() if mine[key[0]]}
        drawn = w.ask(function="overlap", unit="m2", inputs={"part": parcels, "constraints": of("areas")})
        assert drawn.value == pytest.approx(area(joined(inside.values())), rel=CLOSE)
        added = w.ask(function="sum", field="value", inputs={"items": parcels})
        assert added.value is not None
        whole[where] = added.value
        assert added.value == pytest.approx(np.nansum(values[mine]), rel=CLOSE)
        unknown = float(np.nansum(values[[day is None for day in days]]))
        if where.startswith("begun"):
            ends: Any = (pytest.approx(added.value), pytest.approx(added.value + unknown))
            assert added.span == ends
        else:
            assert added.span is None
    assert whole["kind=big"] + whole["kind!=big"] == pytest.approx(np.nansum(values), rel=CLOSE)
    assert whole["begun<2023"] + whole["begun>=2023"] + unknown == pytest.approx(np.nansum(values), rel=CLOSE)


def of_a_day(w: World) -> None:
    """Data as of a day that has no older version are those of now, and the figure says so."""
    inputs = {"items": of("parcels", as_of="2020-01-01"), "zones": of("areas")}
    found, now = (
        w.ask(function="total", unit="m2", inputs=one)
        for one in (inputs, {"items": of("parcels"), "zones": of("areas")})
    )
    assert found.value == now.value
    assert any("2020-01-01" in one.en for one in found.caveats)


def covered_by_zone(w: World) -> None:
    """Coverage by zone, of points and of the ways' length: within a polygon that is far larger than the distance."""
    inside = w.apart.min(axis=1) <= w.reach_m
    inputs = {"demand": of("places"), "facilities": of("stops"), "zones": of("areas")}
    found = w.ask(function="coverage", distance_m=w.reach_m, inputs=inputs)
    held = [[one.intersects(p) for p in w.shapes("places")] for one in w.areas]
    rows = {
        key: one for key, one in rows_of(found, "zone", value="covered").items() if key[0].startswith("areas-")
    }
    agree(
        rows,
        {(named("areas", j),): float((inside & np.array(one)).sum()) for j, one in enumerate(held)},
        scale=0.0,
    )
    any_ = np.array(held).any(axis=0)
    if any_.any():
        assert found.value == pytest.approx(100 * inside[any_].mean(), rel=CLOSE)


MORE: dict[str, Oracle] = {
    "groups": by_kind,
    "years": by_year,
    "filters": filtered,
    "a day": of_a_day,
    "coverage by zone": covered_by_zone,
}


ORACLES: dict[str, Oracle] = {
    "tabulate": tabulate,
    "share": share,
    "coverage": coverage,
    "band": band,
    "nearest": nearest,
    "crossing": crossing,
    "overlap": overlap,
    "together": together,
    "density": density,
    "per_head": per_head,
    "total": total,
    "transition": transition,
    "count": count,
    "sum": sum_,
    "ratio": ratio,
    "declared": declared,
    "adjacency": adjacency,
    "listing": listing,
    "timeline": timeline,
    "shared_reach": shared_reach,
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], World]:
    return cache(lambda name: World(name, tmp_path_factory.mktemp("set")))


def test_every_function_is_tried() -> None:
    assert set(ORACLES) == set(FUNCTIONS)


@pytest.mark.parametrize("function", ORACLES)
@pytest.mark.parametrize("name", SETS)
def test_the_number_is_that_of_a_computation_which_is_not_ours(
    world: Callable[[str], World], name: str, function: str
) -> None:
    ORACLES[function](world(name))


@pytest.mark.parametrize("asked", MORE)
@pytest.mark.parametrize("name", SETS)
def test_groups_filters_and_days_are_those_of_a_computation_which_is_not_ours(
    world: Callable[[str], World], name: str, asked: str
) -> None:
    MORE[asked](world(name))
