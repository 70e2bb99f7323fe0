"""Ours and the peers: each loads the files its own best way, then answers; both are timed apart."""

import json
import os
import statistics
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Protocol, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from benchmarks.questions import (
    COVER,
    COVER_DISSOLVED,
    COVER_HITS,
    COVER_LOCAL,
    COVER_ONCE,
    COVER_TWO_STEPS,
    DISTANCE_M,
    DRAWN,
    DRAWN_M,
    DRAWN_ONCE,
    LAYERS,
    POINTS,
    SEGMENTS,
    SIZED,
    SO_FAR,
    TABULATE,
    TABULATE_ONCE,
    reach_of,
)
from geo import (
    Index,
    ServiceRule,
    WkbLayer,
    aggregate,
    find_facts,
    find_ground_once,
    find_zone_facts,
    measure_coverage,
    measure_proximity,
    tabulate,
    tabulate_parts,
)
from geo.measure.crs import shapes_of
from geo.measure.facts import remember
from geo.measure.stored_shapes import StoredGeometry, StoredShapes
from layers.features.lasting_facts import FactsFolder
from layers.features.mapped_shapes import MappedShapes, map_table
from layers.features.opened import ROWS


class Engine(Protocol):
    """Loads files, then answers a question with one number (m2)."""

    def load(self, folder: Path, count: int, question: str) -> None:
        """Bring the layers of a question into the engine."""

    def answer(self, question: str) -> float:
        """Return the total of the answer."""


def parts_of(path: Path) -> list[Callable[[], WkbLayer]]:
    """Return one reader per row group of a GeoParquet file."""

    def read(group: int) -> WkbLayer:
        table = pq.ParquetFile(path).read_row_group(group, columns=["class", "geometry"], use_threads=False)
        return WkbLayer.of(table["geometry"], table.select(["class"]).to_pandas(), crs=4549)

    return [lambda group=group: read(group) for group in range(pq.ParquetFile(path).num_row_groups)]


class PlanAtlas:
    """Ours, on layers whose facts are kept with them, as an imported layer has them."""

    keeps = True

    def load(self, folder: Path, count: int, question: str) -> None:
        """Map the columns of the layer asked about, as the service maps a stored version; read the others."""
        self.folder, layers = folder, LAYERS[question]
        self.classed = layers[0] == "parcels"
        self.subject = (mapped_frame if self.keeps else _read)(folder / f"{layers[0]}_{count}")
        self.others = {name: _frame(folder / name) for name in layers[1:]}
        if self.keeps:
            for name, frame in {f"{layers[0]}_{count}": self.subject, **self.others}.items():
                shelf = folder / f"facts-{name}"
                shelf.mkdir(exist_ok=True)
                remember(shapes_of(frame), FactsFolder(shelf))
        if question == "drawn":
            self.index = Index.of(self.subject, class_field="class")

    def find(self, question: str) -> None:
        """Find what an import finds of a layer, and keep it: of targets, what is left when ground counts once."""
        for frame in (self.subject, *self.others.values()):
            find_facts(frame)
        target = question in ("cover", "band_covered")
        find_ground_once(self.subject, class_field="class" if self.classed and not target else None)
        if "zones" in self.others:
            find_zone_facts(self.others["zones"])

    def answer(self, question: str) -> float:
        """Tabulate, cover, band or count; areas are ellipsoidal."""
        if question == "tabulate":
            zones = self.others["zones"]
            return float(tabulate(self.subject, zones, class_field="class", zone_field="zone").area_m2.sum())
        if question == "points":
            return float(aggregate(self.subject, self.others["zones"], zone_field="zone").count.sum())
        _, around, within = reach_of(question)
        if question == "band":
            return float(measure_proximity(self.subject, self.others[around], within_m=within).within_amount.sum())
        found = measure_coverage(
            self.subject, self.others[around], ServiceRule(radius_m=within, quad_segs=SEGMENTS)
        )
        return float(found.covered[0])

    def drawn_s(self) -> dict[int, list[float]]:
        """Return the seconds drawn polygons take, by their size across, m."""
        return _timed(self.folder, self.index.tabulate, lambda shape: gpd.GeoSeries([shape], crs=4549))


class StoppedError(Exception):
    """A query took longer than it may."""


Asked = TypeVar("Asked")


def _timed(
    folder: Path, ask: Callable[[Asked], object], given: Callable[[shapely.Geometry], Asked]
) -> dict[int, list[float]]:
    """Ask of drawn polygons, small ones first, until the time is over; what is done is said size by size.

    Each is given in the form the engine is asked in.
    """
    times: dict[int, list[float]] = {}
    polygons = _frame(folder / "drawn")
    end = time.perf_counter() + float(os.environ.get("BENCHMARK_CAP_S", "inf"))
    for size in DRAWN_M:
        if times:
            so_far = {one: statistics.median(found) for one, found in times.items()}
            print(json.dumps({SO_FAR: so_far}), flush=True)
        for shape in polygons.geometry[polygons["size"] == size]:
            asked = given(shape)
            start = time.perf_counter()
            if start > end:
                return times
            try:
                ask(asked)
            except StoppedError:
                return times
            times.setdefault(size, []).append(time.perf_counter() - start)
    return times


def _read(path: Path) -> gpd.GeoDataFrame:
    """Return the features of a file, read row group by row group."""
    if path.name.startswith("points"):
        return _frame(path)
    frames = [read().frame() for read in parts_of(path.with_suffix(".parquet"))]
    shapes = np.concatenate([frame.geometry.values for frame in frames])
    kinds = pd.concat([frame["class"] for frame in frames], ignore_index=True)
    return gpd.GeoDataFrame({"class": kinds}, geometry=shapes, crs=4549)


def mapped_frame(path: Path) -> gpd.GeoDataFrame:
    """Return the features of a file whose columns are mapped, from an Arrow file made when there is none."""
    source, opened = path.with_suffix(".parquet"), path.with_suffix(".arrow")
    if not opened.exists() or opened.stat().st_mtime < source.stat().st_mtime:
        part = opened.with_suffix(f".{os.getpid()}")
        with pq.ParquetFile(source) as file, pa.OSFile(str(part), "wb") as sink:
            names = [name for name in file.schema_arrow.names if name in ("class", "geometry")]
            schema = pa.schema([file.schema_arrow.field(name) for name in names])
            with pa.ipc.new_file(sink, schema) as out:
                for batch in file.iter_batches(ROWS, columns=names):
                    out.write_batch(batch)
        part.rename(opened)
    table, _ = map_table(opened)
    shapes = StoredShapes(MappedShapes(table["geometry"]), len(table))
    columns = table.drop_columns(["geometry"]).to_pandas()
    return gpd.GeoDataFrame(columns, geometry=StoredGeometry(shapes, 4549))


class Unknown(PlanAtlas):
    """Ours, on layers of which nothing is known yet."""

    keeps = False


class PlanAtlasParts:
    """Ours, read from the file part by part while it computes."""

    def load(self, folder: Path, count: int, question: str) -> None:
        """Nothing is loaded ahead but the zones."""
        self.parts, self.zones = parts_of(folder / f"parcels_{count}.parquet"), _frame(folder / "zones")

    def answer(self, question: str) -> float:
        """Tabulate while reading."""
        return float(tabulate_parts(self.parts, self.zones, class_field="class", zone_field="zone").area_m2.sum())


class GeoPandas:
    """geopandas.overlay."""

    def load(self, folder: Path, count: int, question: str) -> None:
        """Read GeoParquet."""
        self.parcels = _frame(folder / (f"parcels_{count}" if question == "tabulate" else f"homes_{count}"))
        self.zones, self.parks = _frame(folder / "zones"), _frame(folder / "parks")

    def answer(self, question: str) -> float:
        """Overlay, then sum."""
        if question == "tabulate":
            cut = gpd.overlay(self.parcels, self.zones, how="intersection", keep_geom_type=True)
            return float(cut.assign(area=cut.area).groupby(["zone", "class"]).area.sum().sum())
        reach = self.parks.buffer(DISTANCE_M, quad_segs=SEGMENTS)
        homes = self.parcels[["geometry"]]
        if question == "cover_dissolved":
            whole = gpd.GeoDataFrame(geometry=[reach.union_all()], crs=self.parks.crs).explode()
            return float(gpd.overlay(homes, whole, keep_geom_type=True).area.sum())
        homes = homes.assign(id=np.arange(len(homes)))
        cut = gpd.overlay(homes, gpd.GeoDataFrame(geometry=reach), how="intersection", keep_geom_type=True)
        return float(cut.dissolve("id").area.sum())


ADDED_UP = ("points", "band")  # by ours too: places, and parcel by parcel


def overlap_somewhere(shapes: np.ndarray) -> bool:
    """Tell, by a few of a layer's shapes, whether some share ground: who knows the layer asks accordingly."""
    some = shapes[:: max(1, len(shapes) // 200)]
    mine, other = shapely.STRtree(shapes).query(some)
    common = shapely.area(shapely.intersection(some[mine], shapes[other]))
    return bool(common.sum() > 1.001 * shapely.area(some).sum())  # each is held against itself too


def asked_once(folder: Path, count: int, question: str) -> bool:
    """Tell whether an answer has ground beside sums, or in their place: where what is asked of lies twice."""
    if question in ADDED_UP:
        return False
    return overlap_somewhere(_frame(folder / f"{LAYERS[question][0]}_{count}").geometry.to_numpy())


class Tuned:
    """geopandas as one who knows it well asks: an index, prepared shapes, what lies inside is not cut."""

    def load(self, folder: Path, count: int, question: str) -> None:
        """Read GeoParquet, measure and index."""
        self.folder, layers = folder, LAYERS[question]
        frame = _frame(folder / f"{layers[0]}_{count}")
        self.shapes = frame.geometry.to_numpy()
        self.kinds = frame["class"].factorize()[0] if "class" in frame else None
        self.overlap = question not in ADDED_UP and overlap_somewhere(self.shapes)
        self.others = {name: _frame(folder / name) for name in layers[1:]}
        self.area, self.tree = shapely.area(self.shapes), shapely.STRtree(self.shapes)

    def answer(self, question: str) -> float:
        """Look into each zone, or each part of the dissolved reach."""
        if question in ("tabulate", "points"):
            wholes = self.others["zones"].geometry.to_numpy()
        else:
            _, around, within = reach_of(question)
            areas = self.others[around].buffer(within, quad_segs=SEGMENTS)
            wholes = shapely.get_parts(areas.union_all())
        if question == "points":
            shapely.prepare(wholes)
            return float(len(self.tree.query(wholes, predicate="contains")[0]))
        if question == "tabulate" and self.overlap:
            return sum(self.classes_inside(shape)[-1][0] for shape in wholes)
        return sum(self._inside(shape) for shape in wholes)

    def _inside(self, shape: shapely.Geometry) -> float:
        shapely.prepare(shape)
        hit = self.tree.query(shape, predicate="intersects")
        if self.overlap:  # to join first and cut once is quicker
            return float(shapely.area(shapely.intersection(shapely.union_all(self.shapes[hit]), shape)))
        whole = shapely.covers(shape, self.shapes[hit])
        cut = shapely.intersection(self.shapes[hit[~whole]], shape)
        return float(self.area[hit[whole]].sum() + shapely.area(cut).sum())

    def drawn_s(self) -> dict[int, list[float]]:
        """Return the seconds drawn polygons take."""
        return _timed(self.folder, self.classes_inside, lambda shape: shape)

    def classes_inside(self, shape: shapely.Geometry) -> dict[int, tuple[float, float]]:
        """Return for each class in a shape the sum of its areas and the ground it covers, and for all (-1)."""
        shapely.prepare(shape)
        hit = self.tree.query(shape, predicate="intersects")
        whole = shapely.covers(shape, self.shapes[hit])
        inside, area, kind = self.shapes[hit], self.area[hit], self.kinds[hit]
        inside[~whole] = shapely.intersection(inside[~whole], shape)
        area[~whole] = shapely.area(inside[~whole])
        groups = {int(one): np.flatnonzero(kind == one) for one in np.unique(kind)} | {-1: np.arange(len(hit))}

        def measured(rows: np.ndarray) -> tuple[float, float]:
            total = float(area[rows].sum())
            return total, float(shapely.area(shapely.union_all(inside[rows]))) if self.overlap else total

        return {one: measured(rows) for one, rows in groups.items()}


class DuckDB:
    """DuckDB spatial, tables in memory."""

    def load(self, folder: Path, count: int, question: str) -> None:
        """Read GeoParquet into tables."""
        import_module("duckdb_extensions").import_extension("spatial")
        self.connection = import_module("duckdb").connect(config={"threads": 2})
        self.connection.load_extension("spatial")
        self.folder, self.once = folder, asked_once(folder, count, question)
        for name, path in _tables(folder, count, question).items():
            self.connection.execute(
                f"create table {name} as select *, row_number() over () id from read_parquet('{path}')"
            )

    def answer(self, question: str) -> float:
        """Run the query."""
        run = self.connection.execute
        if question == "tabulate" and self.once:
            return float(
                run(f"select sum(area) from ({self.tabulate_once}) where class is not null").fetchone()[0]
            )
        if question == "tabulate":
            return float(run(f"select sum(area) from ({TABULATE})").fetchone()[0])
        if question == "points":
            return float(run(POINTS).fetchone()[0])
        table, around, within = reach_of(question)
        buffer = f"ST_Buffer(geometry, {within}, {SEGMENTS})"
        if question == "cover" and not self.once:
            run(f"create table reach as select {buffer} geometry from parks")
            run(COVER_HITS)
            return float(run(COVER_TWO_STEPS).fetchone()[0])
        if question in ("cover", "band", "band_covered"):
            whole = f"select unnest(ST_Dump(ST_Union_Agg({buffer}))).geom geometry from {around}"
            run(f"create table reach as select row_number() over () id, geometry from ({whole})")
            query = COVER_ONCE if self.once else COVER
            return float(run(query.format(table=table, union="ST_Union_Agg")).fetchone()[0])
        if question == "cover_local":
            run(f"create table reach as select {buffer} geometry from parks")
            return float(run(COVER_LOCAL.format(union="ST_Union_Agg")).fetchone()[0])
        run(f"create table reach as select unnest(ST_Dump(ST_Union_Agg({buffer}))).geom geometry from parks")
        return float(run(COVER_DISSOLVED).fetchone()[0])

    tabulate_once = TABULATE_ONCE.format(union="ST_Union_Agg", zones="zones", part="0")

    def drawn_s(self) -> dict[int, list[float]]:
        """Return the seconds drawn polygons take, with an index."""
        self.connection.execute("create index parcels_by_place on parcels using rtree (geometry)")

        query = DRAWN_ONCE if self.once else DRAWN

        def given(shape: shapely.Geometry) -> str:
            return query.format(shape=f"ST_GeomFromText('{shape.wkt}')", union="ST_Union_Agg")

        return _timed(Path(self.folder), lambda text: self.connection.execute(text).fetchone(), given)


class SedonaDB:
    """SedonaDB (DataFusion), tables in memory."""

    def load(self, folder: Path, count: int, question: str) -> None:
        """Read GeoParquet into memory tables."""
        self.session = import_module("sedonadb").connect()
        self.session.sql("set datafusion.execution.target_partitions = 2").execute()
        for name, path in _tables(folder, count, question).items():
            self.session.read_parquet(str(path)).to_memtable().to_view(name)
        if question != "tabulate":
            numbered = "select row_number() over () id, geometry from homes"
            self.session.sql(numbered).to_memtable().to_view("homes", overwrite=True)

    def answer(self, question: str) -> float:
        """Run the query."""
        if question == "tabulate":
            return float(self.session.sql(TABULATE).to_pandas()["area"].sum())
        buffer = f"ST_Buffer(geometry, {DISTANCE_M}, 'quad_segs={SEGMENTS}')"
        if question == "cover_local":
            self.session.sql(f"select {buffer} geometry from parks").to_memtable().to_view("reach")
            return float(self.session.sql(COVER_LOCAL.format(union="ST_Union_Agg")).to_pandas()["area"].sum())
        whole = f"select ST_Union_Agg({buffer}) geometry from parks"
        parts = gpd.GeoDataFrame(self.session.sql(whole).to_pandas()).explode()
        self.session.create_data_frame(parts).to_view("reach")
        return float(self.session.sql(COVER_DISSOLVED).to_pandas()["area"].sum())


def _frame(path: Path) -> gpd.GeoDataFrame:
    return gpd.read_parquet(path.with_suffix(".parquet"))


def _tables(folder: Path, count: int, question: str) -> dict[str, Path]:
    names = {name: f"{name}_{count}" if name in SIZED else name for name in LAYERS[question]}
    return {name: folder / f"{file}.parquet" for name, file in names.items()}
