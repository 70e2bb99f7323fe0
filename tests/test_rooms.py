"""The rooms of the house and the arrows between them: one way everywhere, no cycle, nothing reached past a room."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Each floor may use all that stands before it in its own list, and what `BELOW` names of other top folders.
# A name is a room (a folder) or a module that stands alone.
FLOORS = {
    "geo": (
        "faces",
        "errors",
        "text",
        "arrays",
        "memory",
        "parallel",
        "measure",
        "result",
        "overlay",
        "access",
        "aggregation",
        "comparison",
        "stated",
        "total",
    ),
    "layers": (
        "messages",
        "errors",
        "units",
        "progress",
        "files",
        "arrow",
        "registry",
        "plan",
        "features",
        "store",
        "library",
        "exports",
        "imports",
        "figures",
        "places",
    ),
    "briefings": ("messages", "templates", "map", "onefile", "resolve", "write"),
    "webapp": (
        "messages",
        "version",
        "settings",
        "instance",
        "state",
        "http",
        "accounts",
        "jobs",
        "views",
        "map",
        "figures",
        "layers",
        "sites",
        "briefings",
        "embeds",
        "errors",
        "application",
        "loaded",
    ),
}
BELOW = {
    "geo": (),
    "layers": ("geo",),
    "briefings": ("geo", "layers"),
    "webapp": ("geo", "layers", "briefings"),
}
# Where all meet: they may use every room of their folder.
DOORS = {"geo", "layers", "briefings", "webapp", "webapp.application", "webapp.loaded", "webapp.cli"}
# What a room may not use although it stands above it.
APART = {
    ("layers.imports", "layers.exports"),
    ("layers.figures", "layers.imports"),
    ("layers.places", "layers.imports"),
    ("webapp.layers", "webapp.figures"),
}
MODULES = sorted(p for name in FLOORS for p in (ROOT / name).rglob("*.py"))
NAMES = {".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for p in MODULES}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room_of(name: str) -> str:
    return ".".join(name.split(".")[:2])


@cache
def imports_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []  # a type's name is no arrow
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            below = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (below & NAMES) or {node.module}
    return frozenset(found)


def ours(path: Path) -> set[str]:
    return {name for name in imports_of(path) if name.split(".")[0] in FLOORS}


def test_every_room_is_on_the_list() -> None:
    there = {room_of(name) for name in NAMES if "." in name}
    assert there == {f"{top}.{room}" for top, rooms in FLOORS.items() for room in rooms} | {"webapp.cli"}


def test_every_room_says_what_it_is_for() -> None:
    for path in MODULES:
        if path.name == "__init__.py":
            assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), path


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_arrows_point_down(path: Path) -> None:
    name = name_of(path)
    top, room = name.split(".")[0], room_of(name)
    for other in ours(path):
        there = room_of(other)
        if other.split(".")[0] != top:
            assert other.split(".")[0] in BELOW[top], f"{name} -> {other}"
        elif room not in DOORS and there != room:
            floors = FLOORS[top]
            assert there not in DOORS, f"{name} -> {other}: imports the folder, where all meet"
            assert floors.index(there.split(".")[1]) < floors.index(room.split(".")[1]), f"{name} -> {other}"
            assert (room, there) not in APART, f"{name} -> {other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_floor_has_only_the_tools_it_needs(path: Path) -> None:
    used = {name.split(".")[0] for name in imports_of(path)}
    if path.relative_to(ROOT).parts[0] == "geo":
        assert not used & {"flask", "folium", "pathlib", "os"}
    if path.name not in ("foliumkit.py", "frame.py"):
        assert not used & {"folium", "branca"}
    if path.relative_to(ROOT).parts[0] in ("layers", "briefings"):
        assert "flask" not in used


def test_the_command_line_imports_no_route() -> None:
    for path in (ROOT / "webapp" / "cli").rglob("*.py"):
        for other in ours(path):
            source = ROOT / Path(*other.split(".")).with_suffix(".py")
            text = source.read_text("utf-8") if source.is_file() else ""
            assert "Blueprint(" not in text, f"{name_of(path)} -> {other}"


def test_no_view_imports_another_view() -> None:
    """What two addresses share lies below both."""
    views = {}
    for path in (ROOT / "webapp").rglob("*.py"):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and any(
                "blueprint" in ast.unparse(d) for d in node.decorator_list
            ):
                views[f"{name_of(path)}.{node.name}"] = path
    for path in (ROOT / "webapp").rglob("*.py"):
        for found in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(found, ast.ImportFrom):
                taken = {f"{found.module}.{alias.name}" for alias in found.names}
                assert not taken & views.keys(), f"{name_of(path)} imports the view {taken & views.keys()}"


def test_there_is_no_import_cycle() -> None:
    names = {name_of(p): p for p in MODULES}
    edges = {name: {i for i in imports_of(path) if i in names and i != name} for name, path in names.items()}
    done: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " -> ".join((*above, name))
        if name not in done:
            for other in sorted(edges[name]):
                visit(other, (*above, name))
            done.add(name)

    for name in sorted(names):
        visit(name, ())


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_files_stay_readable(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400, "are these two subjects?"


def test_no_place_name_is_in_the_code() -> None:
    for path in [*MODULES, *(ROOT / "webapp").rglob("*.html"), *(ROOT / "webapp" / "static").rglob("*.js")]:
        text = path.read_text("utf-8")
        assert not any(word in text for word in ("江阴", "Jiangyin", "青阳", "Qingyang", "高新区", "Helsinki")), (
            path
        )
