"""What holds for the page's own scripts: types from the API's document, text that stays text, no reload."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from webapp import create_app
from webapp.http.assets import Assets
from webapp.http.openapi import openapi_document
from webapp.http.schemas import all_schemas
from webapp.http.typescript import FILE, write_typescript
from webapp.settings import read_settings

ROOT = Path(__file__).parents[3]
SCRIPTS = sorted((ROOT / "webapp" / "static" / "js").rglob("*.js"))
MARKUP = re.compile(
    r"unsafeHTML|unsafeSVG|unsafeMathML|unsafeStatic|lit-html/static|lit-html/directives/unsafe"
    r"|insertAdjacentHTML|outerHTML|document\.write|\.innerHTML\s*="
)
ANY = re.compile(r"(@type|@param|@returns|@typedef|@property)[^*]*\{[^}]*\bany\b|\bany\b[\[>]|Promise<any>")


def test_the_types_of_the_page_are_those_of_the_document() -> None:
    written = write_typescript(all_schemas())
    assert FILE.read_text("utf-8") == written, "run: python -m webapp.http.typescript"
    assert "| null" in written


def test_a_schema_becomes_a_type() -> None:
    told = write_typescript(
        {
            "Text": {"type": "object", "required": ["zh"], "properties": {"zh": {"type": "string"}}},
            "Some": {
                "type": "object",
                "properties": {
                    "names": {"type": "array", "items": {"$ref": "#/components/schemas/Text"}},
                    "state": {"type": "string", "enum": ["a", "b"], "nullable": True},
                    "by": {"type": "object", "additionalProperties": {"type": "integer"}},
                },
            },
        }
    )
    assert "export type Text = {\n  zh: string;\n};" in told
    assert "names?: Text[];" in told
    assert 'state?: "a" | "b" | null;' in told
    assert "by?: Record<string, number>;" in told


def test_the_document_is_valid(tmp_path: Path) -> None:
    app = create_app(read_settings({}, {"instance": str(tmp_path)}))
    with app.test_request_context("/"):
        validate(openapi_document(app, "en"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_text_never_becomes_markup(path: Path) -> None:
    assert not MARKUP.search(path.read_text("utf-8"))


def test_what_parses_markup_is_found() -> None:
    for line in (
        'import { unsafeHTML } from "lit-html/directives/unsafe-html.js"',
        "place.innerHTML = words",
        "place.insertAdjacentHTML('beforeend', words)",
    ):
        assert MARKUP.search(line)


def test_no_module_that_parses_markup_is_served() -> None:
    served = Assets(ROOT / "node_modules").by_name
    assert not [name for name in served if "unsafe" in name or "static" in name]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_the_page_is_never_loaded_anew_to_show_a_change(path: Path) -> None:
    assert "location.reload" not in path.read_text("utf-8")


def import_cycles(scripts: dict[str, str]) -> list[list[str]]:
    """Return modules that import one another, each circle once; of types alone none is."""
    below = {
        name: re.findall(r'^(?:import|export) (?:[^;"]* from )?"\./([\w-]+\.js)"', text, re.M)
        for name, text in scripts.items()
    }
    found: list[list[str]] = []
    done: set[str] = set()

    def go(name: str, way: list[str]) -> None:
        if name in way:
            found.append(way[way.index(name) :])
        elif name not in done:
            for one in below.get(name, []):
                go(one, [*way, name])
            done.add(name)

    for name in below:
        go(name, [])
    return found


def test_no_module_of_the_page_imports_itself_by_others() -> None:
    assert import_cycles({path.name: path.read_text("utf-8") for path in SCRIPTS}) == []
    assert import_cycles({"a.js": 'import { b } from "./b.js";', "b.js": 'import "./a.js";'}) == [["a.js", "b.js"]]


def test_types_say_what_things_are() -> None:
    places = [f"{p.name}: {found.group()}" for p in SCRIPTS for found in ANY.finditer(p.read_text("utf-8"))]
    assert len(places) < 40, places


def test_packages_are_imported_at_their_hashed_addresses() -> None:
    served = Assets(ROOT / "node_modules")
    store = served.own["js/store.js"].decode()
    assert served.by_name["signals.js"].url in store
    assert '"@preact/signals-core"' not in store
    live = served.by_name["lit-live.js"].body.decode()
    for name in ("lit-html.js", "lit-directive.js", "lit-directive-helpers.js"):
        assert served.by_name[name].url in live
    for name, body in served.own.items():
        if name.endswith(".js"):
            assert not re.search(r'^import [^";]*"(?![./])', body.decode(), re.MULTILINE), name


SHEETS = sorted((ROOT / "webapp" / "static" / "css").glob("*.css"))


@pytest.mark.parametrize("path", SHEETS, ids=lambda p: p.name)
def test_colours_and_sizes_of_type_come_from_the_tokens(path: Path) -> None:
    text = path.read_text("utf-8")
    if path.name == "tokens.css":
        return
    assert not re.findall(r":[^;{}]*#[0-9a-fA-F]{3,8}\b", text), "name a colour in tokens.css"
    assert not re.findall(r"\b(?:rgba?|hsla?)\(|:\s*(?:white|black|red|gr[ae]y|blue)\b", text), (
        "name a colour in tokens.css"
    )
    assert not re.findall(r"font-size:\s*[\d.]", text), "take a size of tokens.css"
    assert not re.findall(r"(?:padding|margin|gap)[\w-]*:[^;{}]*\b[1-9]\d*px", text), "take a space of tokens.css"
    known = set(re.findall(r"(--[\w-]+):", (path.parent / "tokens.css").read_text("utf-8")))
    assert set(re.findall(r"var\((--[\w-]+)\)", text)) <= known


@pytest.mark.parametrize("name", ["onefile/onefile.css", "write/html.css"])
def test_a_file_to_take_along_names_its_colours_once(name: str) -> None:
    """It stands alone, so its tokens are its own first rule."""
    tokens, _, rest = (ROOT / "briefings" / name).read_text("utf-8").partition("\n")
    assert tokens.startswith(":root {")
    assert not re.findall(r":[^;{}]*#[0-9a-fA-F]{3,8}\b", rest)
    assert set(re.findall(r"var\((--[\w-]+)\)", rest)) <= set(re.findall(r"(--[\w-]+):", tokens))


def test_every_sheet_is_used_by_a_page() -> None:
    pages = "".join(p.read_text("utf-8") for p in (ROOT / "webapp" / "templates").glob("*.html"))
    for path in SHEETS:
        assert f"css/{path.name}" in pages or f"'{path.stem}'" in pages, path.name


MARKED = re.compile(
    r"""f(?:"|'|\"\"\")[^"\n]*<(?:p|h[1-6]|div|span|section|ul|li|table|tr|t[dh]|img|iframe|a|dl|html|main|aside)[\s>]"""
)


@pytest.mark.parametrize("top", ["briefings", "layers", "webapp"])
def test_no_page_is_put_together_from_strings(top: str) -> None:
    for path in (ROOT / top).rglob("*.py"):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            assert not MARKED.search(line), f"{path.name}:{number}: a template says this, and escapes"


def test_markup_put_together_is_found() -> None:
    assert MARKED.search('out = f"<p>{text}</p>"')
    assert not MARKED.search('out = f"<c:layout>{text}</c:layout>"')
