"""A mistake in a declaration names file, line, key and cure, and costs only its own table."""

from pathlib import Path

import pytest

from layers.errors import DeclarationError, LayerUnavailable, UnknownLayer
from layers.library.library import Library
from layers.plan.reader import read_catalog
from tests.small_plan import CATALOG, write_plan


def _line(text: str, needle: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if needle in line)


def test_a_good_catalog_has_no_problems(tmp_path: Path) -> None:
    catalog = read_catalog(write_plan(tmp_path / "p"))
    assert catalog.problems == ()
    assert list(catalog.layers) == ["zones", "rivers", "sites", "pipes"]
    assert catalog.layers["zones"].rules[0].fill == "#cc6644"
    assert catalog.layers["zones"].fields[0].values["core"]["zh"] == "核心"
    assert catalog.plan.title["en"] == "Valley zone plan"


@pytest.mark.parametrize(
    ("old", "new", "needle", "said"),
    [
        ('style = {color = "#334455"', 'style = {colour = "#334455"', "colour =", "did you mean 'color'?"),
        ('geometry = "line"', 'geometry = "lines"', '"lines"', "did you mean 'line'?"),
        ("visible = true\nstyle", 'visible = "yes"\nstyle', 'visible = "yes"', "expected true or false"),
        (
            'group = "space"\nlabel = {zh = "河流"',
            'group = "spaces"\nlabel = {zh = "河流"',
            '"spaces"',
            "not declared",
        ),
        ('label = {zh = "河流", en = "Rivers"}', 'label = {zh = "河流"}', "河流", "'en' is missing"),
        ("visible = true\nstyle", "visible = tru\nstyle", "visible = tru", "TOML syntax error"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_rest_works(
    tmp_path: Path, old: str, new: str, needle: str, said: str
) -> None:
    text = CATALOG.replace(old, new, 1)
    assert text != CATALOG
    catalog = read_catalog(write_plan(tmp_path / "p", catalog=text))
    (problem,) = catalog.problems
    assert said in problem.message("en")
    assert f"line {_line(text, needle)}," in problem.message("en")
    assert f"第 {_line(text, needle)} 行" in problem.message("zh")
    assert len(catalog.layers) == 3
    assert len(catalog.broken) == 1


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    text = CATALOG.replace('source = {zh = "测试", en = "tests"}\n', "", 1)
    catalog = read_catalog(write_plan(tmp_path / "p", catalog=text))
    assert "the key 'source' is missing" in catalog.problems[0].message("en")


def test_a_table_given_twice_is_told(tmp_path: Path) -> None:
    text = CATALOG + '\n[layers.zones]\nfile = "geojson/other.geojson"\n'
    catalog = read_catalog(write_plan(tmp_path / "p", catalog=text))
    assert "given twice" in catalog.problems[0].message("en")
    assert "zones" in catalog.layers


@pytest.mark.parametrize("text", ["", "[plan\n", "x = 1\n", "[plans]\nid = 1\n"])
def test_a_catalog_without_a_plan_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(DeclarationError):
        read_catalog(write_plan(tmp_path / "p", catalog=text))


def test_a_catalog_that_is_missing_or_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="missing"):
        read_catalog(tmp_path)
    (tmp_path / "catalog.toml").write_bytes("[plan]\nid = '规划'".encode("gbk"))
    with pytest.raises(DeclarationError, match="UTF-8"):
        read_catalog(tmp_path)


def test_the_library_reads_again_what_changed(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "p")
    library = Library(folder)
    before = library.snapshot(library.layer("zones"))
    assert library.snapshot(library.layer("zones")) is before
    (folder / "geojson" / "zones.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    after = library.snapshot(library.layer("zones"))
    assert after.version != before.version
    (folder / "catalog.toml").write_text(CATALOG.replace("分区", "新分区"), "utf-8")
    assert library.layer("zones").label.zh == "新分区"


def test_restricted_and_broken_layers_are_told_apart(tmp_path: Path) -> None:
    text = CATALOG.replace('geometry = "line"', 'geometry = "lines"', 1)
    library = Library(write_plan(tmp_path / "p", catalog=text))
    with pytest.raises(UnknownLayer):
        library.layer("pipes")
    assert library.layer("pipes", restricted=True).restricted
    with pytest.raises(LayerUnavailable, match="line"):
        library.layer("rivers")
    assert [one.id for one in library.layers()] == ["zones", "sites"]
