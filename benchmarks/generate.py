"""A synthetic land-use coverage with exact ground truth: irregular parcels that tile 50 x 50 km, zones, parks.

Same recipe as the yardstick it is compared with: jittered cells that share every vertex (20 each), 200 Voronoi
zones with an edge every 40 m, 5,000 round parks; EPSG:4549, metres, seed fixed.
"""

from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

SIDE_M, CRS = 50_000.0, 4549
CORNER = np.array([500_000.0, 3_500_000.0])
CLASSES = np.array(["0701", "0801", "1001", "1301", "1401", "1701", "0101", "0301", "1207", "1601"])
WEIGHTS = np.array([0.2, 0.05, 0.2, 0.03, 0.07, 0.08, 0.2, 0.07, 0.08, 0.02])
INNER, ROWS_A_GROUP = 4, 16_384


def parcels(count: int, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return about ``count`` parcels that tile the square without gap or overlap."""
    cells = round(count**0.5)
    step = SIDE_M / cells
    grid = np.stack(np.meshgrid(*[np.linspace(0.0, SIDE_M, cells + 1)] * 2, indexing="ij"), axis=-1)
    grid[1:-1, :, 0] += rng.uniform(-0.3, 0.3, grid[1:-1, :, 0].shape) * step
    grid[:, 1:-1, 1] += rng.uniform(-0.3, 0.3, grid[:, 1:-1, 1].shape) * step
    south = _bent(grid[:-1], grid[1:], step, rng)
    west = _bent(grid[:, :-1], grid[:, 1:], step, rng)
    south[:, 0, :, 1], south[:, -1, :, 1] = 0.0, SIDE_M
    west[0, :, :, 0], west[-1, :, :, 0] = 0.0, SIDE_M
    corners = [grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]]
    sides = [south[:, :-1], west[1:], south[:, 1:, ::-1], west[:-1, :, ::-1]]
    parts = [part for corner, side in zip(corners, sides) for part in (corner[:, :, None], side)]
    ring = np.concatenate([*parts, corners[0][:, :, None]], axis=2) + CORNER
    shapes = shapely.polygons(ring.reshape(-1, ring.shape[2], 2))
    bad = ~shapely.is_valid(shapes)
    shapes[bad] = shapely.make_valid(shapes[bad])
    kinds = CLASSES[rng.choice(len(CLASSES), len(shapes), p=WEIGHTS)]
    return gpd.GeoDataFrame({"class": kinds}, geometry=shapes, crs=CRS)


def _bent(start: np.ndarray, end: np.ndarray, step: float, rng: np.random.Generator) -> np.ndarray:
    """Return the inner vertices of every edge of the grid, a little off the straight line."""
    along = (np.arange(1, INNER + 1) / (INNER + 1))[:, None]
    line = start[..., None, :] * (1.0 - along) + end[..., None, :] * along
    return line + rng.uniform(-0.05, 0.05, line.shape) * step


def zones(rng: np.random.Generator, *, count: int = 200) -> gpd.GeoDataFrame:
    """Return Voronoi zones of the square, an edge every 40 m."""
    frame = shapely.box(*CORNER, *(CORNER + SIDE_M))
    seeds = shapely.MultiPoint(rng.uniform(0.0, SIDE_M, (count, 2)) + CORNER)
    cells = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=frame))
    shapes = shapely.segmentize(shapely.intersection(cells, frame), 40.0)
    return gpd.GeoDataFrame({"zone": np.arange(len(shapes))}, geometry=shapes, crs=CRS)


def parks(rng: np.random.Generator, *, count: int = 5000) -> gpd.GeoDataFrame:
    """Return round parks of 20 to 120 m radius."""
    centre = shapely.points(rng.uniform(0.0, SIDE_M, (count, 2)) + CORNER)
    shapes = shapely.buffer(centre, rng.uniform(20.0, 120.0, count), quad_segs=6)
    return gpd.GeoDataFrame({"park": np.arange(count)}, geometry=shapes, crs=CRS)


def write(folder: Path, *, count: int) -> None:
    """Write ``parcels_N.parquet``, ``homes_N.parquet`` (class 0701), ``zones.parquet`` and ``parks.parquet``."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)
    target = folder / f"parcels_{count}.parquet"
    if not target.exists():
        every = parcels(count, rng)
        homes = every[every["class"] == "0701"].reset_index(drop=True)
        homes.to_parquet(folder / f"homes_{count}.parquet", row_group_size=ROWS_A_GROUP)
        every.to_parquet(target, row_group_size=ROWS_A_GROUP)
    fixed = np.random.default_rng(8)
    if not (folder / "zones.parquet").exists():
        zones(fixed).to_parquet(folder / "zones.parquet")
        parks(fixed).to_parquet(folder / "parks.parquet")
