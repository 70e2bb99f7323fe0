"""Words said to people stand in messages/*.toml; Python holds only those that belong to one thing declared there."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from geo.text import Text
from layers.messages import Messages, read_messages

ROOT = Path(__file__).parents[1]
FLOORS = ("layers", "briefings", "webapp")
HAN = re.compile(r"[㐀-鿿]")
PLACE = re.compile(r"\{(\w+)\}")
# What declares one thing, with the words it goes by: an entry of a registry, in one place.
ENTRIES = {
    "Parameter",
    "Operation",
    "Setting",
    "said_option",
    "ExportOption",
    "add_parser",
    "add_argument",
    "add_subparsers",
    "ArgumentParser",
    "SpokenParser",
    "spend",
    "RuleKind",
}
# Modules that hold words, and why. Whole rooms end with a slash.
HELD = {
    "geo/": "no files below this floor: a method's caveat stands beside its arithmetic, as an error does",
    "layers/figures/functions/": "one module a function: its sentence and columns are part of its entry",
    "layers/exports/formats/": "one module a format: what it cannot hold is part of its entry",
    "layers/imports/": "what was found in somebody's file is told where it is found, as an error is; words of headings",
    "layers/exports/": "what a file could not hold is told where it was left out, as an error is",
    "layers/features/": "what is wrong in a file is told where it is found, as an error is",
    "layers/plan/": "what is wrong in a declaration, as an error; words by which a field's measure is known",
    "layers/units.py": "the table of units",
    "layers/figures/question.py": "errors of a question",
    "layers/figures/difference.py": "an error's reason",
    "layers/library/editing.py": "errors' reasons",
    "layers/library/library.py": "an error's reason",
    "layers/library/phrases.py": "words by which people say conditions: read, never said",
    "briefings/write/template.py": "errors' reasons",
    "webapp/settings.py": "the table of settings",
    "webapp/errors.py": "the table of errors",
    "webapp/http/openapi.py": "the table of answers",
    "webapp/jobs/workers.py": "an error",
    "webapp/layers/edits.py": "parameters, and an error's reason",
    "webapp/map/basemap.py": "parameters",
    "webapp/map/renders.py": "an error's reason",
    "webapp/views/saved.py": "errors' reasons",
    "webapp/accounts/": "the letters a name may have",
    "webapp/cli/docs.py": "heads of the pages it writes",
}


@cache
def trees() -> dict[str, ast.Module]:
    found = {}
    for top in ("geo", *FLOORS):
        for path in sorted((ROOT / top).rglob("*.py")):
            found[path.relative_to(ROOT).as_posix()] = ast.parse(path.read_text("utf-8"))
    return found


def error_names() -> set[str]:
    bases: dict[str, set[str]] = {}
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = {ast.unparse(b).split(".")[-1] for b in node.bases}
    found = {"Exception", "PlanAtlasError", "ValueError"}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


def said_in(tree: ast.Module, errors: set[str]) -> Iterator[ast.Constant]:
    """Give the literals with Chinese letters that are no docstring, no error's and no registry entry's."""

    def walk(node: ast.AST) -> Iterator[ast.Constant]:
        if isinstance(node, ast.Raise) or (isinstance(node, ast.ClassDef) and node.name in errors):
            return
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ENTRIES | errors:
            return
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and HAN.search(node.value):
            yield node
        for below in ast.iter_child_nodes(node):
            yield from walk(below)

    yield from walk(tree)


def test_no_words_stand_in_python_but_where_one_thing_is_declared() -> None:
    errors = error_names()
    strays = [
        f"{name}:{one.lineno} {one.value!r}"
        for name, tree in trees().items()
        if not any(name == place or (place.endswith("/") and name.startswith(place)) for place in HELD)
        for one in said_in(tree, errors)
    ]
    assert strays == [], "put them into messages/*.toml and say() them"


def test_the_list_of_places_is_no_longer_than_it_must_be() -> None:
    errors = error_names()
    holding = [name for name, tree in trees().items() if any(said_in(tree, errors))]
    for place in HELD:
        assert any(name == place or (place.endswith("/") and name.startswith(place)) for name in holding), place


def test_a_stray_word_is_seen() -> None:
    errors = error_names()
    source = 'X = "面积"\nclass Lost(PlanAtlasError):\n    zh = "没有"\nraise Lost(why="坏")\n'
    assert [one.value for one in said_in(ast.parse(source), errors | {"Lost"})] == ["面积"]


@pytest.mark.parametrize("floor", FLOORS)
def test_both_languages_have_the_same_places(floor: str) -> None:
    """A placeholder that only one language has drops a value; a plural's ``s`` and counts may be English alone."""
    for key, text in read_messages(ROOT / floor / "messages").table.items():
        zh, en = (set(PLACE.findall(text[language])) for language in ("zh", "en"))
        assert zh ^ en <= {"s", "more", "count"}, key
        assert text["zh"].strip() and text["en"].strip(), key
        assert not HAN.search(re.sub(r"[（(]?自然资发.*号[）)]?", "", text["en"])) or key in (
            "language_zh",
            "other_language",
        ), key


@pytest.mark.parametrize("floor", FLOORS)
def test_what_is_said_is_in_the_table_with_all_its_values(floor: str) -> None:
    """Every ``say("key", ...)`` of a floor has its message, and gives just what the message has places for."""
    table = read_messages(ROOT / floor / "messages").table
    for name, tree in trees().items():
        if not name.startswith(floor):
            continue
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func) in ("say", "say_both") and node.args):
                continue
            if not isinstance(node.args[0], ast.Constant):
                continue
            key = str(node.args[0].value)
            assert key in table, f"{name}: {key}"
            given = {word.arg for word in node.keywords}
            wanted = {one for text in table[key].values() for one in PLACE.findall(text)}
            assert None in given or given == wanted, f"{name}: {key}"


@pytest.mark.parametrize("floor", ("layers", "briefings"))
def test_no_message_is_unused(floor: str) -> None:
    said = "\n".join(p.read_text("utf-8") for p in (ROOT / floor).rglob("*.py"))
    for key in read_messages(ROOT / floor / "messages").table:
        built = re.search(rf'say\(f?"{key.split("_")[0]}_\{{', said) or re.search(
            rf'f"{key.split("_")[0]}_\{{', said
        )
        assert f'"{key}"' in said or f"'{key}'" in said or built, key


def test_messages_fill_in_one_pass_and_texts_by_language(tmp_path: Path) -> None:
    told = Messages({"a": {"zh": "{x}在{y}", "en": "{x} in {y}, {z}"}})
    assert told.say("a", x="{y}", y=Text("河", "river")) == Text("{y}在河", "{y} in river, {z}")
    (tmp_path / "one.toml").write_text('[a]\nzh = "甲"\nen = "A"\n', "utf-8")
    assert read_messages(tmp_path).say("a") == Text("甲", "A")
    (tmp_path / "two.toml").write_text('[a]\nzh = "乙"\nen = "B"\n', "utf-8")
    with pytest.raises(ValueError, match=r"two\.toml: a"):
        read_messages(tmp_path)
    (tmp_path / "two.toml").write_text('[b]\nzh = "乙"\n', "utf-8")
    with pytest.raises(ValueError, match=r"two\.toml: b"):
        read_messages(tmp_path)


def test_no_key_stands_twice_on_a_floor() -> None:
    for floor in FLOORS:
        keys = Counter(
            key
            for path in (ROOT / floor / "messages").glob("*.toml")
            for key in tomllib.loads(path.read_text("utf-8"))
        )
        assert not [key for key, count in keys.items() if count > 1], floor
