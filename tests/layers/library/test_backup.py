"""A backup holds everything and comes back whole, or not at all."""

from __future__ import annotations

import itertools
import zipfile
from pathlib import Path

import pytest

from layers.library import editing
from layers.library.backup import BadBackup, back_up, bring_back
from layers.library.editing import Edit
from layers.library.library import Library
from tests.small_plan import write_plan
from tests.waiting import until
from tests.warm import warm_context
from webapp.cli.main import main


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    folder = write_plan(tmp_path / "plan")
    library = Library(folder)
    zones = library.layer("zones")
    name = str(library.snapshot(zones).content.ids[0])
    editing.edit(library, zones, [Edit(name, properties={"name_zh": "改"})], who="li", why="", expected=None)
    return folder


def test_everything_comes_back(plan: Path, tmp_path: Path) -> None:
    held = Library(plan)  # open, with its write-ahead log, as while the service runs
    before = held.snapshot(held.layer("zones"))
    count = back_up(plan, tmp_path / "b.zip")
    assert bring_back(tmp_path / "b.zip", tmp_path / "new") == count
    opened = Library(tmp_path / "new")
    after = opened.snapshot(opened.layer("zones"))
    assert (after.version, after.number) == (before.version, before.number)
    assert [v.who for v in opened.store.versions("zones")] == [v.who for v in held.store.versions("zones")]
    assert sorted(opened.catalog.layers) == sorted(held.catalog.layers)


def _keeps_editing(folder: str, name: str) -> None:
    library = Library(Path(folder))
    zones = library.layer("zones")
    for number in itertools.count():
        newest = library.store.newest("zones")
        assert newest is not None
        change = [Edit(name, properties={"name_zh": f"改 {number}"})]
        editing.edit(library, zones, change, who="li", why="", expected=newest.number)


def _newest(library: Library) -> int:
    newest = library.store.newest("zones")
    return newest.number if newest else 0


def test_a_backup_made_while_somebody_edits_is_one_state(plan: Path, tmp_path: Path) -> None:
    held = Library(plan)
    name = str(held.snapshot(held.layer("zones")).content.ids[0])
    writer = warm_context().Process(target=_keeps_editing, args=(str(plan), name))
    writer.start()
    try:
        numbers = []
        for turn in range(5):
            newest = held.store.newest("zones")
            assert newest is not None
            until(lambda known=newest.number: _newest(held) > known, every_s=0.01)  # type: ignore[misc]
            back_up(plan, tmp_path / f"{turn}.zip")
            bring_back(tmp_path / f"{turn}.zip", tmp_path / f"{turn}")
            store = Library(tmp_path / f"{turn}").store
            versions = store.versions("zones")
            assert [v.number for v in versions] == list(range(versions[0].number, 0, -1))
            for version in versions:
                held_then, kept = (s.read("zones", version.number) for s in (held.store, store))
                assert list(held_then.rows()) == list(kept.rows()), "as it was, whichever it was"
            numbers.append(versions[0].number)
        assert writer.is_alive()
        assert numbers == sorted(numbers)
        assert numbers[-1] > numbers[0], "it went on meanwhile"
    finally:
        writer.kill()
        writer.join()


def test_a_damaged_backup_changes_nothing(plan: Path, tmp_path: Path) -> None:
    back_up(plan, tmp_path / "b.zip")
    whole = (tmp_path / "b.zip").read_bytes()
    for at in (40, len(whole) // 3, len(whole) // 2, len(whole) - 40):
        broken = tmp_path / "broken.zip"
        broken.write_bytes(whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :])
        try:
            bring_back(broken, tmp_path / "new")
        except BadBackup:
            assert not (tmp_path / "new").exists()
        else:  # a byte that means nothing, such as a time
            opened = Library(tmp_path / "new")
            assert (
                opened.snapshot(opened.layer("zones")).version
                == Library(plan).snapshot(Library(plan).layer("zones")).version
            )
        (tmp_path / "cut.zip").write_bytes(whole[:at])
        with pytest.raises(BadBackup):
            bring_back(tmp_path / "cut.zip", tmp_path / "other")
        assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]
        if (tmp_path / "new").exists():
            (tmp_path / "new").rename(tmp_path / f"kept{at}")


@pytest.mark.parametrize("name", ["../evil", "/evil", "a\\..\\evil", "C:evil"])
def test_paths_lead_nowhere(tmp_path: Path, name: str) -> None:
    import hashlib

    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        sums = ""
        for one in ("catalog.toml", name):
            archive.writestr(one, b"x")
            sums += f"{hashlib.sha256(b'x').hexdigest()}  {one}\n"
        archive.writestr("SHA256SUMS", sums)
    with pytest.raises(BadBackup):
        bring_back(tmp_path / "b.zip", tmp_path / "new")
    assert not list(tmp_path.rglob("*evil*"))


def test_nothing_is_overwritten(plan: Path, tmp_path: Path) -> None:
    back_up(plan, tmp_path / "b.zip")
    with pytest.raises(BadBackup):
        back_up(plan, tmp_path / "b.zip")
    with pytest.raises(BadBackup):
        bring_back(tmp_path / "b.zip", plan)
    with pytest.raises(BadBackup):
        back_up(tmp_path / "nowhere", tmp_path / "c.zip")


def test_on_the_command_line(plan: Path, tmp_path: Path) -> None:
    assert main(["backup", str(tmp_path / "b.zip"), "--data", str(plan)]) == 0
    assert main(["restore", str(tmp_path / "b.zip"), "--into", str(tmp_path / "new")]) == 0
    assert main(["check-data", "--data", str(tmp_path / "new")]) == main(["check-data", "--data", str(plan)])
    assert main(["restore", str(tmp_path / "b.zip"), "--into", str(tmp_path / "new")]) == 2
