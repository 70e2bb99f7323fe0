"""The second and third yardsticks: irregular edges with one huge zone, and real shapes repeated over the ground.

Every folder has the same files: ``parcels_N`` and ``homes_N`` (one class), ``points_N``, ``zones``, ``parks``,
``rivers``, ``drawn`` (GeoParquet, EPSG:4549), so that every engine is asked the same questions of all yardsticks.
"""

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from benchmarks.generate import CLASSES, CORNER, CRS, ROWS_A_GROUP, SIDE_M, WEIGHTS
from benchmarks.questions import DRAWN_M

HOME = "0701"
SETS = (
    "nyc_streets.gpkg",
    "nyc_neighborhoods.zip",
    "ak_tundra.zip",
    "ak_lakes.zip",
    "ak_swamp.zip",
    "ak_landice.zip",
)
TILE_M = 5_000.0  # side of one copy of the real shapes
STREET_M = 9.0  # wide


def irregular_parcels(count: int, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return parcels that tile the square, every shared edge bent at 1 to 14 places of its own."""
    cells = round(count**0.5)
    step = SIDE_M / cells
    grid = np.stack(np.meshgrid(*[np.linspace(0.0, SIDE_M, cells + 1)] * 2, indexing="ij"), axis=-1)
    grid[1:-1, :, 0] += rng.uniform(-0.38, 0.38, grid[1:-1, :, 0].shape) * step
    grid[:, 1:-1, 1] += rng.uniform(-0.38, 0.38, grid[:, 1:-1, 1].shape) * step
    number = np.arange((cells + 1) ** 2).reshape(cells + 1, cells + 1)
    east = np.stack([number[:-1], number[1:]], axis=-1).reshape(-1, 2)  # edges that run east, then north
    north = np.stack([number[:, :-1], number[:, 1:]], axis=-1).reshape(-1, 2)
    ends = np.concatenate([east, north])
    corner = grid.reshape(-1, 2)
    inner = rng.integers(1, 15, len(ends))
    edge = np.repeat(np.arange(len(ends)), inner)
    place = np.arange(len(edge)) - np.repeat(np.cumsum(inner) - inner, inner)
    along = ((place + 1) / (inner[edge] + 1))[:, None]
    bent = corner[ends[edge, 0]] * (1.0 - along) + corner[ends[edge, 1]] * along
    rim = ((corner[ends[:, 0]] == corner[ends[:, 1]]) & np.isin(corner[ends[:, 0]], [0.0, SIDE_M])).any(axis=1)
    reach = np.minimum(0.045, 0.3 / (inner[edge] + 1))[:, None] * step  # so that no edge turns back on itself
    bent += ~rim[edge][:, None] * reach * rng.uniform(-1.0, 1.0, bent.shape)
    first = np.cumsum(inner) - inner
    # one parcel: south edge, east edge, north edge backwards, west edge backwards
    of_east = np.arange(cells * (cells + 1)).reshape(cells, cells + 1)
    of_north = len(east) + np.arange((cells + 1) * cells).reshape(cells + 1, cells)
    sides = np.stack([of_east[:, :-1], of_north[1:], of_east[:, 1:], of_north[:-1]], axis=-1).reshape(-1, 4)
    backward = np.tile([False, False, True, True], len(sides))
    side = sides.ravel()
    start = np.where(backward, ends[side, 1], ends[side, 0])
    length = inner[side] + 1
    owner = np.repeat(np.arange(len(side)), length)
    at = np.arange(len(owner)) - np.repeat(np.cumsum(length) - length, length)
    step_in = np.where(backward[owner], inner[side[owner]] - at, at - 1)
    xy = bent[np.clip(first[side[owner]] + step_in, 0, len(bent) - 1)]
    xy[at == 0] = corner[start]
    rings = shapely.linearrings(np.round(xy, 3) + CORNER, indices=owner // 4)
    shapes = shapely.polygons(rings)
    bad = ~shapely.is_valid(shapes)
    shapes[bad] = shapely.make_valid(shapes[bad])
    return gpd.GeoDataFrame({"class": _classes(len(shapes), rng)}, geometry=shapes, crs=CRS)


def real_parcels(folder: Path) -> Callable[[int, np.random.Generator], gpd.GeoDataFrame]:
    """Return a maker of real shapes: thin streets, quarters, lakes, swamps, ice; they overlap heavily."""
    parts = [shape for name in SETS for shape in _tile_of(folder / name)]
    tile = np.array(parts, dtype=object)

    def make(count: int, rng: np.random.Generator) -> gpd.GeoDataFrame:
        copies = max(1, round(count / len(tile)))
        across = int(np.ceil(copies**0.5))
        size = SIDE_M / across
        made = []
        for copy in range(copies):
            shift = CORNER + size * np.array([copy % across, copy // across])
            made.append(shapely.transform(tile, lambda xy, shift=shift: xy * (size / TILE_M) + shift))
        shapes = np.concatenate(made)
        shapes = shapes[shapely.is_valid(shapes)]
        return gpd.GeoDataFrame({"class": _classes(len(shapes), rng)}, geometry=shapes, crs=CRS)

    return make


def _tile_of(path: Path) -> list[shapely.Geometry]:
    """Return a set's polygons in one tile; lines are widened to streets."""
    frame = gpd.read_file(path)
    frame = frame.to_crs(frame.estimate_utm_crs() if frame.crs.is_geographic else frame.crs)
    shapes = frame.geometry.to_numpy()
    lines = shapely.get_dimensions(shapes) == 1
    shapes[lines] = shapely.buffer(shapes[lines], STREET_M / 2.0, cap_style="flat", quad_segs=2)
    west, south, east, north = shapely.total_bounds(shapes)
    scale = TILE_M / max(east - west, north - south)
    shapes = shapely.transform(shapes, lambda xy: np.round((xy - [west, south]) * scale, 4))
    good = shapely.is_valid(shapes) & (shapely.area(shapes) > 0.0)
    return list(shapes[good])


def _classes(count: int, rng: np.random.Generator) -> np.ndarray:
    return CLASSES[rng.choice(len(CLASSES), count, p=WEIGHTS)]


def star(middle: np.ndarray, radius: float, vertices: int, rng: np.random.Generator) -> shapely.Polygon:
    """Return a polygon with bays and headlands."""
    angle = np.linspace(0.0, 2.0 * np.pi, vertices, endpoint=False)
    share = np.ones(vertices)
    for wave in range(2, 9):
        share += 0.25 / wave * rng.uniform(-1, 1) * np.sin(wave * angle + rng.uniform(0, 2 * np.pi))
    share = np.clip(share + rng.uniform(-0.01, 0.01, vertices), 0.3, None)
    ring = middle + radius * share[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return shapely.Polygon(np.round(ring, 3))


def zones(rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return 200 zones that tile the square, and one of 20,000 vertices over them."""
    frame = shapely.box(*CORNER, *(CORNER + SIDE_M))
    seeds = shapely.MultiPoint(rng.uniform(0.0, SIDE_M, (200, 2)) + CORNER)
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=frame))
    shapes = list(shapely.segmentize(shapely.intersection(cells, frame), 40.0))
    shapes.append(star(CORNER + SIDE_M / 2.0, 0.25 * SIDE_M, 20_000, rng))
    return gpd.GeoDataFrame({"zone": np.arange(len(shapes))}, geometry=shapes, crs=CRS)


def parks(rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return 5,000 parks, most of them in 40 quarters, so that their service areas overlap."""
    quarter = rng.uniform(0.1, 0.9, (40, 2)) * SIDE_M
    middle = CORNER + np.clip(
        quarter[rng.integers(0, 40, 5000)] + rng.normal(0, 2200, (5000, 2)), 300, SIDE_M - 300
    )
    shapes = [star(at, r, 24, rng) for at, r in zip(middle, rng.uniform(20.0, 150.0, 5000), strict=True)]
    return gpd.GeoDataFrame({"park": np.arange(5000)}, geometry=shapes, crs=CRS)


def rivers(rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return 25 winding lines of some 2,500 vertices."""
    lines = []
    for _ in range(25):
        t, turn = np.linspace(-0.5, 0.5, int(rng.integers(1500, 3500))), rng.uniform(0, np.pi)
        off = sum(rng.uniform(100, 700) / k * np.sin(6.0 * np.pi * k * t + rng.uniform(0, 6)) for k in range(1, 6))
        long = t * rng.uniform(15_000, 40_000)
        turned = np.column_stack(
            [np.cos(turn) * long - np.sin(turn) * off, np.sin(turn) * long + np.cos(turn) * off]
        )
        lines.append(shapely.LineString(np.round(CORNER + rng.uniform(0.2, 0.8, 2) * SIDE_M + turned, 3)))
    return gpd.GeoDataFrame({"river": np.arange(25)}, geometry=lines, crs=CRS)


def drawn(rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return 20 polygons of each size as a person draws them."""
    rows = [
        (size, star(CORNER + size * 0.8 + rng.uniform(0, 1, 2) * (SIDE_M - 1.6 * size), size / 2.0, 40, rng))
        for size in DRAWN_M
        for _ in range(20)
    ]
    return gpd.GeoDataFrame({"size": [s for s, _ in rows]}, geometry=[g for _, g in rows], crs=CRS)


def write(folder: Path, *, count: int, parcels: Callable[[int, np.random.Generator], gpd.GeoDataFrame]) -> None:
    """Write a yardstick's files of one size, those that are missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in (("zones", zones), ("parks", parks), ("rivers", rivers), ("drawn", drawn)):
        if not (folder / f"{name}.parquet").exists():
            make(np.random.default_rng(21)).to_parquet(folder / f"{name}.parquet")
    if not (folder / f"points_{count}.parquet").exists():
        every = parcels(count, np.random.default_rng(22))
        homes = every[every["class"] == HOME].reset_index(drop=True)
        homes.to_parquet(folder / f"homes_{count}.parquet", row_group_size=ROWS_A_GROUP)
        every.to_parquet(folder / f"parcels_{count}.parquet", row_group_size=ROWS_A_GROUP)
        places = np.random.default_rng(23).uniform(0.0, SIDE_M, (count, 2))
        places[::10] = np.floor(places[::10] / 1000.0) * 1000.0 + 437.123  # some stand on one another
        points = gpd.GeoDataFrame(geometry=shapely.points(np.round(places, 3) + CORNER), crs=CRS)
        points.to_parquet(folder / f"points_{count}.parquet", row_group_size=ROWS_A_GROUP)
