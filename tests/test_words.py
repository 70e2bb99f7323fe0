"""One word a thing: the table of docs/words.md is true, and no second word for a thing is in any name."""

import ast
import os
import re
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from webapp import create_app
from webapp.settings import read_settings

ROOT = Path(__file__).parents[1]
TOPS = ("geo", "layers", "briefings", "webapp", "setup")
MODULES = {
    ".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p
    for top in TOPS
    for p in (ROOT / top).rglob("*.py")
}
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in (ROOT / "docs" / "words.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| English")
]
FORBIDDEN = {word for row in ROWS for word in row[4].split()}


@cache
def trees() -> dict[str, ast.Module]:
    return {name: ast.parse(path.read_text("utf-8")) for name, path in MODULES.items()}


def _words(name: str) -> set[str]:
    """Return the words of a dotted, CamelCase, snake_case or slashed name, and its pairs joined by an underscore."""
    parts = [p.lower() for p in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]
    return {*parts, *("_".join(pair) for pair in pairwise(parts))}


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_what_the_table_names_is_there(row: list[str]) -> None:
    assert len(row) == 5 and re.search(r"[一-鿿]", row[1]), row
    for name in re.findall(r"`([^`]+)`", row[2]):
        module, _, last = name.rpartition(".")
        if name in MODULES:
            continue
        assert module in MODULES, name
        assert any(
            isinstance(n, ast.ClassDef | ast.FunctionDef) and n.name == last for n in trees()[module].body
        ), name


def test_no_module_or_class_has_a_second_word() -> None:
    names = [
        *MODULES,
        *(n.name for tree in trees().values() for n in ast.walk(tree) if isinstance(n, ast.ClassDef)),
    ]
    assert {name: _words(name) & FORBIDDEN for name in names if _words(name) & FORBIDDEN} == {}


def test_no_address_no_blueprint_and_no_message_key_has_a_second_word() -> None:
    app = create_app(read_settings(os.environ, {}))
    names = [*(rule.rule for rule in app.url_map.iter_rules()), *app.blueprints]
    for path in (ROOT / "webapp" / "messages").glob("*.toml"):
        names += tomllib.loads(path.read_text("utf-8"))
    assert {name: _words(name) & FORBIDDEN for name in names if _words(name) & FORBIDDEN} == {}


def test_no_script_of_the_page_has_a_second_word() -> None:
    """Neither a module's name nor what it exports."""
    for path in (ROOT / "webapp" / "static").rglob("*.js"):
        exported = r"^export (?:async )?(?:function\*?|class|const|let) (\w+)"
        names = (
            [path.stem, *re.findall(exported, path.read_text("utf-8"), re.M)] if "vendor" not in path.parts else []
        )
        assert {name: _words(name) & FORBIDDEN for name in names if _words(name) & FORBIDDEN} == {}, path


def test_one_spelling_in_every_text() -> None:
    """The table's own row is the one place that may hold the other spelling."""
    tops = (*TOPS, "docs", "tests", "benchmarks", "sketch", "data", "examples")
    kinds = ("*.py", "*.html", "*.toml", "*.js", "*.mjs", "*.ts", "*.css", "*.md")
    paths = [p for top in tops for kind in kinds for p in (ROOT / top).rglob(kind)]
    assert len(paths) > len(MODULES)
    mine = (ROOT / "docs" / "words.md", Path(__file__))
    other = "catalog" + "ue"
    assert [
        p for p in (*paths, *ROOT.glob("*.md")) if p not in mine and other in p.read_text("utf-8").lower()
    ] == []


def test_no_public_name_stands_twice() -> None:
    """A function or class has a name of its own; views have those of their addresses, and ``main`` is every door's."""
    places: dict[str, list[str]] = {}
    for module, tree in trees().items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                if node.name == "main" or any("blueprint." in ast.unparse(d) for d in node.decorator_list):
                    continue
                places.setdefault(node.name, []).append(module)
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


VERBS = """
add aggregate answer audit build call check clean clear compare count cut decode discard draw edit fit gather insert
limit load measure move overlay parse present preview publish put register remember render resolve run save search
select serve share spend split start sweep tabulate undo union verify work
"""
FUNCTIONS = "layers.figures.functions."  # a function of the registry is called as a question calls it


def test_no_function_is_called_by_a_bare_word() -> None:
    """A function is a verb and its noun (`read_catalog`), or names what it gives (`figure_id`, `is_alive`)."""
    bare = {
        f"{module}.{node.name}"
        for module, tree in trees().items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and "_" not in node.name
        if node.name != "main" and node.name not in VERBS.split() and module != FUNCTIONS + node.name
        if not any("blueprint." in ast.unparse(d) for d in node.decorator_list)
    }
    assert bare == set()
