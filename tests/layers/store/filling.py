"""Fills a real disk: run in a mount namespace of its own, where small file systems in memory may be mounted.

``python -m tests.layers.store.filling <folder> <what>`` does ``what`` on a disk with a little more room each time,
until it succeeds, and prints one JSON line each time. The test that starts it reads them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import shapely

from geo.errors import PlanAtlasError
from layers.features.columns import content_of, write_content
from layers.figures.answer import answer
from layers.figures.figure import FigureShelf
from layers.imports.importer import import_layer
from layers.imports.options import ImportOptions
from layers.library import editing
from layers.library.backup import back_up
from layers.library.editing import Edit
from layers.library.library import Library
from layers.plan.statistics import read_promises
from tests.landuse_plan import write_landuse_plan

ROOM, STEP_KB, MOST = 64, 16, 60  # MB while there is room; how much more each time; tries


def lots(path: Path, count: int) -> Path:
    """Write some parcels to a file."""
    boxes = [shapely.box(104.05 + i * 1e-5, 30.05, 104.050009 + i * 1e-5, 30.051) for i in range(count)]
    rows = [{"name": f"地块 {i} {i * 7919 % 10_007}", "n": i} for i in range(count)]
    write_content(path, content_of([f"f-{i}" for i in range(count)], boxes, rows), crs="EPSG:4490")
    return path


def _import(library: Library, source: Path) -> None:
    wanted = ImportOptions(layer="lots", label_zh="", label_en="", new_version=True)
    import_layer(library, source, wanted, who="t")


def _edit(library: Library, _source: Path) -> None:
    newest = library.store.newest("lots")
    change = [Edit("f-1", properties={"name": "改" * 9000})]
    editing.edit(
        library, library.layer("lots"), change, who="t", why="", expected=newest.number if newest else None
    )


def _publish(library: Library, _source: Path) -> None:
    statistic = read_promises(library.folder).statistics["structure"]
    figure = answer(library, lambda _done, _total: None, statistic, software="t")
    FigureShelf(library.folder / "figures").publish(figure)


def _back_up(library: Library, _source: Path) -> None:
    back_up(library.folder, library.folder.parent / "kept.zip")


def _unpack(library: Library, source: Path) -> None:
    _import(library, source)


DEEDS: dict[str, Callable[[Library, Path], None]] = {
    "import": _import,
    "edit": _edit,
    "publish": _publish,
    "backup": _back_up,
    "unpack": _unpack,
}


def _mount(place: Path, kb: int) -> None:
    """Mount a disk in memory; of one that is there, change how large it is."""
    again = ["remount"] if place.is_mount() else []
    kind = [] if again else ["-t", "tmpfs", "none"]
    subprocess.run(["mount", "-o", ",".join([*again, f"size={kb}k"]), *kind, str(place)], check=True)


def _used_kb(place: Path) -> int:
    found = os.statvfs(place)
    return (found.f_blocks - found.f_bfree) * found.f_frsize // 1024


def _state(folder: Path) -> dict[str, object]:
    """What the plan holds to whoever opens it anew."""
    library = Library(folder)
    newest = library.store.newest("lots")
    assert newest is not None
    content = library.store.read("lots", newest.number)
    files = [p.relative_to(folder.parent).as_posix() for p in folder.parent.rglob("*") if p.is_file()]
    stray = sorted(n for n in files if ("/." in n and not n.endswith(".lock")) or n.endswith(".part"))
    figures = [p.name for p in (folder / "figures").glob("*.json")] if (folder / "figures").is_dir() else []
    for name in figures:
        FigureShelf(folder / "figures").evidence(name.removesuffix(".json"))
    return {
        "number": newest.number,
        "features": len(content),
        "name": content.row(1)["name"],
        "stray": stray,
        "figures": len(figures),
        "kept": (folder.parent / "kept.zip").exists(),
    }


def main(aside: str, what: str) -> None:
    """Do it with more and more room."""
    place = Path(aside) / "disk"
    place.mkdir()
    _mount(place, ROOM * 1024)
    folder = write_landuse_plan(place / "plan")
    first = lots(Path(aside) / "first.parquet", 40)
    import_layer(Library(folder), first, ImportOptions(layer="lots", label_zh="块", label_en="Lots"), who="t")
    big = lots(Path(aside) / "big.parquet", 3000)
    if what == "unpack":  # the small disk is the one for passing files, not the plan's
        tempfile.tempdir = str(Path(aside) / "passing")
        Path(tempfile.tempdir).mkdir()
        _mount(Path(tempfile.tempdir), 16)
        big = Path(aside) / "big.gpkg"
        import geopandas as gpd

        boxes = [shapely.box(104.05 + i * 1e-5, 30.05, 104.050009 + i * 1e-5, 30.051) for i in range(3000)]
        gpd.GeoDataFrame({"name": [f"块 {i}" for i in range(3000)]}, geometry=boxes, crs=4490).to_file(big)
    small = Path(tempfile.tempdir) if what == "unpack" else place
    room = max(_used_kb(small), STEP_KB)
    for _ in range(MOST):
        room = max(room, _used_kb(small))
        _mount(small, room)
        told: dict[str, object] = {"room": room, "error": None}
        try:
            DEEDS[what](Library(folder), big)
        except PlanAtlasError as error:
            told |= {"error": type(error).__name__, "zh": error.message("zh"), "en": error.message("en")}
        seen = _state(folder)  # while the disk is full
        _mount(small, ROOM * 1024)
        assert _state(folder) == seen
        print(json.dumps(told | seen), flush=True)  # noqa: T201 - read by the test
        if told["error"] is None:
            return
        room += STEP_KB


if __name__ == "__main__":
    main(*sys.argv[1:3])
