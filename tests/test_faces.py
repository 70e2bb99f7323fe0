"""Each room has a face: its ``__init__`` names what it offers, each with a docstring, and costs no start time."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from geo.faces import face_of, lazy_face

ROOT = Path(__file__).parents[1]
FLOORS = ("layers", "briefings", "webapp")
ROOMS = sorted(
    ".".join(path.relative_to(ROOT).parent.parts)
    for top in ("geo", *FLOORS)
    for path in (ROOT / top).glob("*/**/__init__.py")
    if path.parent.name not in ("formats", "functions")  # registries: modules with an entry, found by being there
)
FACES = ["geo", *ROOMS]
LAZY = [room for room in FACES if "lazy_face" in vars(import_module(room))]


@pytest.mark.parametrize("room", FACES)
def test_a_room_names_what_it_offers(room: str) -> None:
    face = import_module(room)
    tree = ast.parse(Path(str(face.__file__)).read_text("utf-8"))
    own = {
        n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and not n.name.startswith("_")
    }
    own |= {
        t.id
        for n in tree.body
        if isinstance(n, ast.Assign)
        for t in n.targets
        if isinstance(t, ast.Name) and t.id.islower() and not t.id.startswith("_")
    }
    names = set(getattr(face, "__all__", own))
    assert names
    assert own <= names
    for name in sorted(names):
        found = getattr(face, name)
        assert found.__doc__, name
        assert name in own or found.__module__.startswith(room), f"{name} is another room's"


@pytest.mark.parametrize("room", LAZY)
def test_a_lazy_name_has_one_meaning(room: str) -> None:
    """A name that is a module's too would be the module as soon as somebody imported that."""
    face = import_module(room)
    assert sorted(face_of(room)) == sorted(face.__all__)
    modules = {path.stem for path in Path(str(face.__file__)).parent.iterdir()}
    assert not modules & set(face.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nobody'"):
        lazy_face(room)("nobody")


def test_a_face_loads_nothing_before_it_is_asked() -> None:
    assert len(LAZY) > 15
    code = f"import sys, {', '.join(LAZY)}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    early = {name for name in loaded.stdout.split() if name.partition(".")[0] in ("geo", *FLOORS)}
    tops = {name.partition(".")[0] for name in LAZY}
    assert early <= {*LAZY, *tops, *(name.rpartition(".")[0] for name in LAZY), "geo.faces"}
    assert "geopandas" not in loaded.stdout.split()
