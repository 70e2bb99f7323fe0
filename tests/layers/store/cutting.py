"""Cuts the power of a real disk: what was not flushed to it is gone.

``python -m tests.layers.store.cutting <folder> <cuts> <flush>`` runs in a mount namespace of its own. The plan lies
on an ext4 file system in an image file. A writer imports, edits, goes back, publishes, and says so after each deed.
At odd moments it is stopped and the image is copied: that is what the disk holds, without anything that is only in
memory. Each copy is mounted, as after a restart, and looked through. One JSON line a cut; the test reads them.
With ``flush`` = ``no`` the writer's `os.fsync` does nothing: then something must be missing.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from geo.errors import PlanAtlasError
from layers.figures.answer import answer
from layers.figures.figure import FigureShelf
from layers.imports.importer import import_layer
from layers.imports.options import ImportOptions
from layers.library import editing
from layers.library.editing import Edit
from layers.library.library import Library
from layers.plan.statistics import read_promises
from tests.landuse_plan import write_landuse_plan
from tests.layers.store.filling import lots

DISK_MB = 24


def _mount(image: Path, place: Path) -> None:
    place.mkdir(exist_ok=True)
    # Without auto_da_alloc ext4 does nothing for writers that forget to flush before they rename.
    command = ["mount", "-o", "loop,noauto_da_alloc,commit=60", str(image), str(place)]
    subprocess.run(command, check=True)


def write(folder: Path, aside: Path) -> None:
    """Do one deed after the other, each told when it is done."""

    def say(**told: object) -> None:
        print(json.dumps(told), flush=True)  # noqa: T201 - read by the one who cuts

    shelf = FigureShelf(folder / "figures")
    statistic = read_promises(folder).statistics["structure"]
    for turn in range(10_000):
        library = Library(folder)
        source = lots(aside / f"{turn}-1.parquet", 300 + turn % 50)
        layer = f"lots{turn}"
        made = import_layer(
            library, source, ImportOptions(layer=layer, label_zh="块", label_en="Lots"), who="t"
        ).version
        say(layer=layer, number=made.number, declared=True)
        source = lots(aside / f"{turn}-2.parquet", 200 + turn % 50)
        wanted = ImportOptions(layer=layer, label_zh="", label_en="", new_version=True)
        made = import_layer(library, source, wanted, who="t").version
        say(layer=layer, number=made.number)
        change = [Edit("f-1", properties={"name": f"改 {turn}"})]
        made = editing.edit(library, library.layer(layer), change, who="t", why="", expected=made.number)
        say(layer=layer, number=made.number)
        made = library.store.restore(layer, 1, who="t", why="")
        say(layer=layer, number=made.number)
        figure = answer(library, lambda _done, _total: None, statistic, software=f"t{turn}")
        shelf.publish(figure)
        say(figure=figure.id)


def look(folder: Path, told: list[dict[str, Any]]) -> dict[str, object]:
    """Return what is wrong with a plan after a cut, given what was told done before it."""
    wrong: list[str] = []
    library = Library(folder)
    wrong += [f"catalog: {error.message('en')}" for error in library.catalog.problems]
    store, versions = library.store, 0
    for layer in store.layers():
        for version in store.versions(layer):
            versions += 1
            try:
                held = len(store.read(layer, version.number))
            except PlanAtlasError as error:
                wrong.append(f"{layer} {version.number}: {error.message('en')}")
            else:
                if held != version.features:
                    wrong.append(f"{layer} {version.number}: {held} of {version.features}")
    shelf = FigureShelf(folder / "figures")
    figures = [p.stem for p in (folder / "figures").glob("[!.]*.json")]
    for name in figures:
        try:
            shelf.read(name)
            shelf.evidence(name)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            wrong.append(f"figure {name}: {error!r}")
    for one in told:
        if "figure" in one:
            wrong += [] if one["figure"] in figures else [f"figure {one['figure']} is gone"]
            continue
        newest = store.newest(one["layer"])
        if newest is None or newest.number < one["number"]:
            wrong.append(f"{one['layer']} {one['number']} is gone")
        if one.get("declared") and one["layer"] not in library.catalog.layers:
            wrong.append(f"{one['layer']} is not in the catalog")
    if not wrong:  # and it goes on
        name = "after"
        source = lots(folder.parent / "after.parquet", 20)
        import_layer(library, source, ImportOptions(layer=name, label_zh="后", label_en="After"), who="t")
        if len(library.snapshot(library.layer(name)).features) != 20:
            wrong.append("it does not go on")
        wrong += [f"stray {p.name}" for p in (folder / "store").rglob(".tmp-*")]
    return {"wrong": wrong, "told": len(told), "versions": versions, "figures": len(figures)}


def _cut(image: Path, aside: Path, told: list[dict[str, Any]]) -> None:
    """Look through what the disk holds now, as a process to which the writer is dead and gone."""
    after = aside / "after"
    shutil.copyfile(image, aside / "cut.img")
    _mount(aside / "cut.img", after)
    alone = ("unshare", "--pid", "--fork")
    command = [*alone, sys.executable, "-m", "tests.layers.store.cutting", "look", str(after / "plan")]
    subprocess.run(command, input=json.dumps(told), text=True, check=True)
    subprocess.run(["umount", str(after)], check=True)


def main(aside: Path, cuts: int, *, flush: bool) -> None:
    """Cut, mount, look; again and again."""
    image, place = aside / "disk.img", aside / "disk"
    with image.open("wb") as file:
        file.truncate(DISK_MB * 2**20)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
    _mount(image, place)
    folder = write_landuse_plan(place / "plan")
    os.sync()
    command = [sys.executable, "-m", "tests.layers.store.cutting", "write", str(folder), str(aside), str(flush)]
    dice, told = random.Random(11), list[dict[str, Any]]()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:

        def listen() -> None:
            for line in writer.stdout or ():
                told.append(json.loads(line))

        listening = threading.Thread(target=listen)
        listening.start()
        try:
            while not told and writer.poll() is None:
                time.sleep(0.01)
            for _ in range(cuts):
                time.sleep(dice.random() * 0.4)
                writer.send_signal(signal.SIGSTOP)
                time.sleep(0.01)  # what it said before it stopped has arrived
                _cut(image, aside, list(told))
                writer.send_signal(signal.SIGCONT)
        finally:
            writer.kill()
    listening.join()
    subprocess.run(["umount", str(place)], check=True)


if __name__ == "__main__":
    if sys.argv[1] == "write":
        if sys.argv[4] == "False":
            os.fsync = lambda fd: None
        write(Path(sys.argv[2]), Path(sys.argv[3]))
    elif sys.argv[1] == "look":
        try:
            found = look(Path(sys.argv[2]), json.load(sys.stdin))
        except Exception as error:  # noqa: BLE001 - a plan that does not open is what is looked for
            found = {"wrong": [f"it does not open: {error!r}"]}
        print(json.dumps(found), flush=True)  # noqa: T201 - read by the test
    else:
        main(Path(sys.argv[1]), int(sys.argv[2]), flush=sys.argv[3] != "no")
