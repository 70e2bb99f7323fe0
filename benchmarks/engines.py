"""Ours and the peers: each loads the files its own best way, then answers; both are timed apart."""

import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import shapely

from benchmarks.generate import CORNER, SIDE_M
from benchmarks.questions import COVER_DISSOLVED, COVER_LOCAL, DISTANCE_M, SEGMENTS, TABULATE
from geo import Index, WkbLayer, coverage, tabulate, tabulate_parts


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
    """Ours, on loaded layers."""

    def load(self, folder: Path, count: int, question: str) -> None:
        """Read GeoParquet row group by row group into one frame."""
        name = f"homes_{count}" if question.startswith("cover") else f"parcels_{count}"
        frames = [read().frame() for read in parts_of(folder / f"{name}.parquet")]
        shapes = np.concatenate([frame.geometry.values for frame in frames])
        kinds = pd.concat([frame["class"] for frame in frames], ignore_index=True)
        del frames
        self.parcels = gpd.GeoDataFrame({"class": kinds}, geometry=shapes, crs=4549)
        self.zones, self.parks = _frame(folder / "zones"), _frame(folder / "parks")
        if question == "drawn":
            self.index = Index.of(self.parcels, class_field="class")

    def answer(self, question: str) -> float:
        """Tabulate or cover; areas are ellipsoidal."""
        if question == "tabulate":
            return float(tabulate(self.parcels, self.zones, class_field="class", zone_field="zone").area_m2.sum())
        return float(coverage(self.parcels, self.parks, radius_m=DISTANCE_M, quad_segs=SEGMENTS).covered[0])

    def drawn_s(self, *, count: int = 101) -> list[float]:
        """Return the seconds that drawn polygons of 0.3 to 5 km across take, one by one."""
        rng, times = np.random.default_rng(12), []
        for _ in range(count):
            angle = np.sort(rng.uniform(0.0, 2.0 * np.pi, 24))
            radius = rng.uniform(150.0, 2500.0) * rng.uniform(0.7, 1.0, 24)
            ring = np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None]
            shape = shapely.Polygon(ring + CORNER + rng.uniform(0.1, 0.9, 2) * SIDE_M)
            drawn = gpd.GeoSeries([shape], crs=4549)
            start = time.perf_counter()
            self.index.tabulate(drawn)
            times.append(time.perf_counter() - start)
        return times


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


class DuckDB:
    """DuckDB spatial, tables in memory."""

    def load(self, folder: Path, count: int, question: str) -> None:
        """Read GeoParquet into tables."""
        import_module("duckdb_extensions").import_extension("spatial")
        self.connection = import_module("duckdb").connect(config={"threads": 2})
        self.connection.load_extension("spatial")
        for name, path in _tables(folder, count, question).items():
            self.connection.execute(
                f"create table {name} as select *, row_number() over () id from read_parquet('{path}')"
            )

    def answer(self, question: str) -> float:
        """Run the query."""
        run = self.connection.execute
        if question == "tabulate":
            return float(run(f"select sum(area) from ({TABULATE})").fetchone()[0])
        buffer = f"ST_Buffer(geometry, {DISTANCE_M}, {SEGMENTS})"
        if question == "cover_local":
            run(f"create table reach as select {buffer} geometry from parks")
            return float(run(COVER_LOCAL.format(union="ST_Union_Agg")).fetchone()[0])
        run(f"create table reach as select unnest(ST_Dump(ST_Union_Agg({buffer}))).geom geometry from parks")
        return float(run(COVER_DISSOLVED).fetchone()[0])


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
    if question == "tabulate":
        return {"parcels": folder / f"parcels_{count}.parquet", "zones": folder / "zones.parquet"}
    return {"homes": folder / f"homes_{count}.parquet", "parks": folder / "parks.parquet"}
