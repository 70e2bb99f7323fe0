"""Parts sum to the whole whatever is thrown in: overlaps, unknowns, rings that cross themselves, repeats."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.figures.answer import answer
from layers.figures.figure import Figure
from layers.figures.question import asked_statistic
from layers.library.library import Library
from tests.four_sets import KINDS
from tests.question_plan import LAYER
from tests.small_plan import CATALOG, feature, square, write_layer, write_plan

pytestmark = pytest.mark.slow
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_FIELDS = "".join(
    f'\n[[layers.parcels.fields]]\nid = "{name}"\nlabel = {{zh = "{name}", en = "{name}"}}\n{kind}\n'
    for name, kind in (("kind", 'type = "text"'), ("value", 'type = "number"\nmeasure = "additive"'))
)
WEST, SOUTH, STEP = 104.05, 30.05, 0.001


def ring(x: int, y: int, size: int, lean: int) -> dict[str, Any]:
    """A leaning block, or, where it leans too far, one whose sides cross."""
    at = [(x, y), (x + size, y), (x + size - lean, y + size), (x + lean, y + size), (x, y)]
    return {"type": "Polygon", "coordinates": [[[WEST + a * STEP / 3, SOUTH + b * STEP / 3] for a, b in at]]}


BLOCKS = st.builds(ring, st.integers(0, 40), st.integers(0, 40), st.integers(3, 25), st.integers(-3, 20))
PARCELS = st.lists(
    st.tuples(BLOCKS, st.sampled_from(["big", "small", None]), st.one_of(st.none(), st.integers(0, 900))),
    min_size=2,
    max_size=9,
)
ZONES = st.lists(
    st.builds(
        lambda x, y, s: square(WEST + x * STEP, SOUTH + y * STEP, s * STEP),
        st.integers(-2, 12),
        st.integers(-2, 12),
        st.integers(4, 12),
    ),
    min_size=1,
    max_size=3,
)


def plan(parcels: list[Any], zones: list[dict[str, Any]], *, plane: str = "EPSG:4544", name: str = "z") -> Library:
    folder = Path(tempfile.mkdtemp()) / "plan"
    more = LAYER.format(id="parcels", zh="地块", en="Parcels", geometry=KINDS["parcels"], more="") + _FIELDS
    write_plan(folder, catalog=CATALOG.replace("EPSG:4544", plane) + more)
    rows = [feature(f"p-{at}", shape, kind=kind, value=value) for at, (shape, kind, value) in enumerate(parcels)]
    write_layer(folder, "parcels", [*rows, {**rows[0], "id": "again"}])
    write_layer(
        folder, "zones", [feature(f"{name}-{at}", one, name_en=f"{name} {at}") for at, one in enumerate(zones)]
    )
    return Library(folder)


def ask(library: Library, function: str, *where: str, zones: bool = True, **more: Any) -> Figure:
    inputs: dict[str, Any] = {"items": {"layer": "parcels", "where": list(where)}}
    if zones:
        inputs["zones"] = {"layer": "zones"}
    return answer(
        library,
        lambda _d, _t: None,
        asked_statistic({"function": function, "inputs": inputs, **more}),
        software="test",
    )


def of(found: Figure, column: str, *kinds: str) -> float:
    return sum(row.get(column) or 0.0 for row in found.rows if row["kind"] in kinds)


def row(found: Figure, name: str, column: str = "amount") -> float:
    for one in found.rows:
        if name in (getattr(one.get("zone"), "en", ""), getattr(one.get("name"), "en", "")):
            return float(one[column] or 0.0)
    return 0.0


def added_up(found: Figure) -> float:
    """The features' areas together, which is the ground where none overlap."""
    return row(found, "features added up") or row(found, "total")


@FEW
@given(PARCELS, ZONES)
def test_parts_in_zones_and_outside_are_the_whole(parcels: list[Any], zones: list[dict[str, Any]]) -> None:
    library = plan(parcels, zones)
    found = ask(library, "total", unit="m2")
    parts = of(found, "amount", "part", "rest")
    assert parts - row(found, "counted in more than one zone") == pytest.approx(added_up(found), rel=1e-9)
    alone = ask(library, "total", unit="m2", zones=False)
    assert alone.value == pytest.approx(found.value, rel=1e-9), "cut by zones or not"
    stated = [value for _, _, value in [*parcels, parcels[0]] if value is not None]
    summed = ask(library, "sum", field="value")
    outside = row(summed, "outside the zones", "value")
    whole = (summed.value or 0.0) + outside + row(summed, "not on the map yet", "value")
    assert whole == pytest.approx(sum(stated), rel=1e-9, abs=1e-9)


@FEW
@given(PARCELS, ZONES)
def test_a_filter_its_complement_and_the_unknown_are_the_whole(
    parcels: list[Any], zones: list[dict[str, Any]]
) -> None:
    library = plan(parcels, zones)
    filters = ("kind=big", "kind!=big", "kind=")
    asks: tuple[tuple[str, dict[str, Any]], ...] = (
        ("count", {}),
        ("sum", {"field": "value"}),
        ("total", {"unit": "m2"}),
    )
    for function, more in asks:
        if function == "total":
            sizes = [added_up(ask(library, function, one, **more)) for one in filters if any_of(parcels, one)]
            assert sum(sizes) == pytest.approx(added_up(ask(library, function, **more)), rel=1e-9)
            continue
        parts = [ask(library, function, one, zones=False, **more) for one in filters]
        whole = ask(library, function, zones=False, **more)
        assert sum(one.value or 0.0 for one in parts) == pytest.approx(whole.value or 0.0, rel=1e-9)


def any_of(parcels: list[Any], filter_: str) -> bool:
    fits = {"kind=big": lambda k: k == "big", "kind!=big": lambda k: k == "small", "kind=": lambda k: k is None}
    return any(fits[filter_](kind) for _, kind, _ in parcels)


@FEW
@given(PARCELS, ZONES, st.integers(1, 9))
def test_a_zone_cut_in_two_or_called_otherwise_and_another_plane_change_nothing(
    parcels: list[Any], zones: list[dict[str, Any]], share: int
) -> None:
    first, *rest = zones
    west, south, east, north = shapely.geometry.shape(first).bounds
    middle = west + (east - west) * share / 10
    halves = [square_of(west, south, middle, north), square_of(middle, south, east, north)]
    own = plan(parcels, zones)
    others = (
        plan(parcels, [*halves, *rest]),
        plan(parcels, zones, name="other"),
        plan(parcels, zones, plane="EPSG:4549"),
    )
    asks: tuple[tuple[str, dict[str, Any]], ...] = (
        ("total", {"unit": "m2"}),
        ("sum", {"field": "value"}),
        ("count", {}),
    )
    for function, more in asks:
        true = ask(own, function, **more)
        for other in others:
            found = ask(other, function, **more)
            assert (found.value or 0.0) == pytest.approx(true.value or 0.0, rel=1e-9, abs=1e-9)
            outside = of(found, "amount" if function == "total" else "value", "rest")
            assert outside == pytest.approx(
                of(true, "amount" if function == "total" else "value", "rest"), rel=1e-9, abs=1e-6
            )


def square_of(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    at = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [at]}
