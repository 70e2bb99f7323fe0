"""Dependencies point one way: geo <- layers <- briefings <- webapp, and no import cycle."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALLOWED = {
    "geo": {"geo"},
    "layers": {"geo", "layers"},
    "briefings": {"geo", "layers", "briefings"},
    "webapp": {"geo", "layers", "briefings", "webapp"},
}
MODULES = sorted(p for name in ALLOWED for p in (ROOT / name).rglob("*.py"))

NAMES = {".".join(p.relative_to(ROOT).with_suffix("").parts) for p in MODULES}


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            below = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (below & NAMES) or {node.module}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_module_imports_only_what_lies_below(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0]
    ours = {name.split(".")[0] for name in _imports(path)} & set(ALLOWED)
    assert ours <= ALLOWED[layer]
    if layer == "geo":
        assert not any(name.split(".")[0] in ("flask", "folium", "pathlib", "os") for name in _imports(path))
    if path.name not in ("foliumkit.py", "maps.py"):
        assert not any(name.split(".")[0] in ("folium", "branca") for name in _imports(path))


def test_there_is_no_import_cycle() -> None:
    names = {".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p for p in MODULES}
    edges = {name: {i for i in _imports(path) if i in names and i != name} for name, path in names.items()}
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
    assert len(path.read_text("utf-8").splitlines()) <= 300


def test_no_place_name_is_in_the_code() -> None:
    for path in [*MODULES, *(ROOT / "webapp").rglob("*.html"), *(ROOT / "webapp" / "static").rglob("*.js")]:
        text = path.read_text("utf-8")
        assert not any(word in text for word in ("江阴", "Jiangyin", "青阳", "Qingyang", "高新区")), path
