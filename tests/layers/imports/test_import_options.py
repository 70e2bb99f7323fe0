"""An import option is one field and an import format one module: everything else reads them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from layers.imports import formats
from layers.imports.formats.registry import import_formats
from layers.imports.option_forms import add_options, import_schema, option_form, options_from
from layers.imports.options import OPTIONS, BadOption, ImportOptions, parse_options
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.small_plan import write_plan
from webapp.cli.docs import docs_page
from webapp.http import typescript


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser()
    add_options(made)
    return made


@pytest.mark.parametrize("name", list(OPTIONS))
def test_every_option_is_said_everywhere(name: str) -> None:
    about = OPTIONS[name]
    assert about.label.zh
    assert about.label.en
    assert name in import_schema()["properties"]
    assert name in {one["name"] for one in option_form()}
    assert f"  {name}?: " in typescript.FILE.read_text("utf-8")
    columns = {"types": {"a": "number"}, "measures": {"a": "ratio"}}
    told = (columns | {"swapped": True}).get(name, True if about.control == "check" else "")
    words = [one["value"] for one in next(f for f in option_form() if f["name"] == name)["choices"]]
    value = told or (words[0] if words else "x")
    said = [*(about.flags or (f"--{name.replace('_', '-')}",))][:1]
    if not isinstance(value, bool):
        said.append(f"a={columns[name]['a']}" if name in columns else str(value))
    assert (
        getattr(options_from(parser().parse_args(said)), name)
        == value
        == getattr(parse_options({name: value}), name)
    )


@pytest.mark.parametrize(
    "body",
    [
        {"nope": 1},
        {"layer": 3},
        {"edge_model": "curved"},
        {"new_version": "yes"},
        {"why": "x" * 501},
        {"crs": "a\nb"},
        {"types": {"a": "colour"}},
        {"types": "a"},
        {"measures": {"a": "big"}},
        {"swapped": 1},
        {"separator": "%"},
    ],
)
def test_what_cannot_be_said_is_told(body: dict[str, object]) -> None:
    with pytest.raises(BadOption) as told:
        parse_options(body)
    assert next(iter(body)) in told.value.message("zh")


def test_what_was_kept_holds_until_one_says_otherwise() -> None:
    kept = {"crs": "EPSG:4549", "encoding": "gb18030", "swapped": True, "types": {"a": "text"}, "gone": 1}
    later = ImportOptions(layer="a", encoding="utf-8", crs="auto").after(kept)
    assert (later.encoding, later.crs, later.swapped, later.types) == ("utf-8", "", True, {"a": "text"})
    assert ImportOptions(swapped=False).after(kept).swapped is False
    assert msgspec.to_builtins(ImportOptions().after({})) == {}


TOY = """
import numpy as np
import pyarrow as pa
import shapely

from geo.text import Text
from layers.imports.draft import Draft
from layers.imports.formats.registry import ImportFormat

def read_toy(source):
    x, y = map(float, source.head.decode().split()[1:3])
    shapes = np.array([shapely.Point(x, y)], dtype=object)
    return Draft("Toy", pa.table({"n": ["one"]}), shapes, None, "EPSG:4490", "utf-8")

FORMAT = ImportFormat("Toy", Text("玩具", "Toy"), ("toy",), lambda s: s.head.startswith(b"TOY "), read_toy, rank=5)
"""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One more module of formats, as if it lay in the folder."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "toy_points.py").write_text(TOY, "utf-8")
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path / "more")])
    yield
    sys.modules.pop("layers.imports.formats.toy_points", None)


def test_a_format_in_one_module_is_read_and_listed(toy: None, tmp_path: Path) -> None:
    assert "Toy" in {one.id for one in import_formats()}
    assert "| Toy | `.toy` |" in docs_page("imports")
    library = Library(write_plan(tmp_path / "p"))
    (tmp_path / "a.toy").write_text("TOY 104.05 30.05")
    assert (report := bring(library, tmp_path / "a.toy")).format == "Toy"
    assert report.placed == 1
