"""Docstrings by one rule: who has four parameters explains each, who raises says so, a formula has its source."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOPS = ("geo", "layers", "briefings", "webapp", "setup")
MODULES = sorted(p for top in TOPS for p in (ROOT / top).rglob("*.py"))
MANY = 4
SECTION = r"{}\n-+\n(.*?)(?=\n\n\w+\n-+\n|\Z)"
FORMULA = re.compile(r"\b(?:np|math)\.(?:sin|cos|tan|arc\w+|a?(?:sin|cos|tan)h?|hypot)\(|leggauss")
# Formulas without such a function: sums of products along edges, and the seats of a parliament.
ALSO = ("geo/measure/moments.py", "geo/measure/edgewise.py", "geo/overlay/rounding.py", "webapp/map/basemap.py")


def _public(tree: ast.Module) -> list[ast.FunctionDef]:
    found = [n for n in tree.body if isinstance(n, ast.FunctionDef)]
    for cls in tree.body:
        if isinstance(cls, ast.ClassDef) and not cls.name.startswith("_"):
            found += [n for n in cls.body if isinstance(n, ast.FunctionDef)]
    return [n for n in found if not n.name.startswith("_")]


def _parameters(function: ast.FunctionDef) -> list[str]:
    names = [a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    return [name for name in names if name not in ("self", "cls")]


def _raised(function: ast.FunctionDef) -> set[str]:
    """Return the errors a function raises in its own lines, not in functions inside it."""
    found: set[str] = set()
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(node, ast.Raise) and node.exc is not None:
            called = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            name = ast.unparse(called).split(".")[-1]
            if name[0].isupper() and not name.startswith("_"):
                found.add(name)
        waiting += list(ast.iter_child_nodes(node))
    return found


def _section(text: str, title: str) -> str:
    found = re.search(SECTION.format(title), text, re.S)
    return found[1] if found else ""


def _faults(source: str) -> list[str]:
    """Return what public functions of a module do not say of themselves."""
    found = []
    for function in _public(ast.parse(source)):
        text, names = ast.get_docstring(function) or "", _parameters(function)
        if not text:
            found.append(f"{function.name} has no docstring")
        told = set(re.findall(r"\w+", " ".join(re.findall(r"^\S.*$", _section(text, "Parameters"), re.M))))
        if len(names) >= MANY and not set(names) <= told:
            found.append(f"{function.name} does not explain {sorted(set(names) - told)}")
        raises = _section(text, "Raises")
        if (raised := _raised(function)) and not raises:
            found.append(f"{function.name} does not say that it raises {sorted(raised)}")
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_public_functions_explain_themselves(path: Path) -> None:
    assert _faults(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "path", sorted((ROOT / "geo").rglob("*.py")), ids=lambda p: p.relative_to(ROOT).as_posix()
)
def test_a_formula_has_its_source(path: Path) -> None:
    text = path.read_text("utf-8")
    if len(FORMULA.findall(text)) > 2:  # one or two are a turned arrow, a degree's width
        assert _section(ast.get_docstring(ast.parse(text)) or "", "References"), path


@pytest.mark.parametrize("name", ALSO)
def test_so_has_a_formula_without_trigonometry(name: str) -> None:
    assert _section(ast.get_docstring(ast.parse((ROOT / name).read_text("utf-8"))) or "", "References")


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("def f(a): pass", "f has no docstring"),
        ('def f(a, b, c, d): "It."', "f does not explain ['a', 'b', 'c', 'd']"),
        (
            'def f(a, b, c, *, d):\n    """It.\n\n    Parameters\n    ----------\n    a, b, c\n        All d.\n    """',
            "f does not explain ['d']",
        ),
        ('def f(a):\n    "It raises no Fault."\n    raise Fault', "f does not say that it raises ['Fault']"),
    ],
)
def test_what_is_not_said_is_found(source: str, fault: str) -> None:
    assert _faults(source) == [fault]
