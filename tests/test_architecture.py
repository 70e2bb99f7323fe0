"""What docs/architecture.md points to is there: every file, folder and module it names."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from tests.test_rooms import FLOORS

ROOT = Path(__file__).parents[1]
TOPS = (
    "geo",
    "layers",
    "briefings",
    "webapp",
    "setup",
    "tests",
    "docs",
    "data",
    "sketch",
    "examples",
    "benchmarks",
)
PAGES = ("architecture.md", "architecture.zh.md")


def _named(page: str) -> set[str]:
    return set(re.findall(r"`([^`\s]+)`", (ROOT / "docs" / page).read_text("utf-8")))


def _there(dotted: str) -> bool:
    """Tell whether a dotted name is a module, or something in one."""
    try:
        import_module(dotted)
    except ModuleNotFoundError:
        above, _, last = dotted.rpartition(".")
        return bool(above) and hasattr(import_module(above), last)
    return True


@pytest.mark.parametrize("page", PAGES)
def test_files_and_folders_it_names_are_there(page: str) -> None:
    paths = {name for name in _named(page) if "/" in name and name.split("/")[0] in TOPS}
    assert len(paths) > 20
    assert sorted(name for name in paths if not (ROOT / name).exists()) == []


@pytest.mark.parametrize("page", PAGES)
def test_modules_it_names_are_there(page: str) -> None:
    modules = {name for name in _named(page) if re.fullmatch(r"(geo|layers|briefings|webapp)(\.\w+)+", name)}
    assert len(modules) > 20
    assert sorted(name for name in modules if not _there(name)) == []


def test_both_languages_point_to_the_same() -> None:
    one, other = ({name for name in _named(page) if "/" in name or "." in name} for page in PAGES)
    assert one == other


@pytest.mark.parametrize("page", PAGES)
def test_every_room_is_drawn_on_its_floor(page: str) -> None:
    drawing = (ROOT / "docs" / page).read_text("utf-8").split("```")[1]
    drawn = dict(
        zip(FLOORS, re.split(r"^(?:webapp|briefings|layers|geo)/", drawing, flags=re.M)[:0:-1], strict=True)
    )
    for floor, text in drawn.items():
        rooms = {one.parent.name for one in (ROOT / floor).glob("*/__init__.py")}
        assert sorted(room for room in rooms if f"{room}/" not in text) == [], floor
