"""Codes of another land-use scheme: asked where they could be two, mapped where one corresponds, never split."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from layers.imports.preview import preview
from layers.library.library import Library
from layers.library.listing import describe_layer
from layers.plan.crosswalk import UNSPLIT, AmbiguousScheme, BadCrosswalk, read_crosswalks
from tests.layers.imports.bringing import bring
from tests.small_plan import write_plan

DATA = Path(__file__).parents[3] / "data"
CODES = ["0601", "0601", "0810", "1001", "08H2", "9999", ""]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    folder = write_plan(tmp_path / "p")
    for name in ("landuse_classes.csv", "landuse_crosswalk.csv"):
        (folder / name).write_bytes((DATA / name).read_bytes())
    return Library(folder)


def listed(path: Path, codes: list[str]) -> Path:
    rows = "".join(f"{i},{code},{104 + i / 100},30\n" for i, code in enumerate(codes))
    path.write_text("no,DLBM,lon,lat\n" + rows, "utf-8")
    return path


def test_a_bare_code_of_two_schemes_asks(library: Library, tmp_path: Path) -> None:
    path = listed(tmp_path / "a.csv", ["0601", "1001", "0301"])
    with pytest.raises(AmbiguousScheme, match=r"MNR-2023.*third-survey"):
        bring(library, path, crs="EPSG:4490", class_field="DLBM")
    assert "new" not in library.catalog.layers
    seen = {one["scheme"]: one["target"] for one in preview(library, path)["schemes"]}
    assert (seen["MNR-2023"], seen["third-survey"]) == ("", "MNR-2023")
    bring(library, path, crs="EPSG:4490", class_field="DLBM", scheme="MNR-2023")
    assert library.layer("new").class_field == "DLBM"


def test_the_third_survey_is_mapped_and_what_is_several_stays_unsplit(library: Library, tmp_path: Path) -> None:
    report = bring(
        library, listed(tmp_path / "a.csv", CODES), crs="EPSG:4490", class_field="DLBM", scheme="third-survey"
    )
    found = library.snapshot(library.layer("new"))
    assert found.content.values("DLBM")[:6] == CODES[:6], "the file's codes are kept"
    assert found.content.values("plan_class") == ["1001", "1001", UNSPLIT, "1201", UNSPLIT, None, None]
    assert found.content.values("plan_class_may_be")[2] == "1401|1402"
    assert (found.layer.class_field, found.layer.scheme) == ("plan_class", "MNR-2023")
    note = next(n for n in report.notes if "unsplit" in n.en)
    assert "2 stay unsplit" in note.en
    assert "9999 × 1" in note.en
    assert "08H2 × 1" in note.zh
    assert report.version.about["scheme"] == "third-survey"
    bring(
        library,
        listed(tmp_path / "b.csv", ["0601"]),
        crs="EPSG:4490",
        class_field="DLBM",
        scheme="third-survey",
        new_version=True,
    )
    assert library.snapshot(library.layer("new")).content.values("plan_class") == ["1001"]


def test_what_stays_unsplit_has_a_name_and_a_look_of_its_own(library: Library, tmp_path: Path) -> None:
    bring(library, listed(tmp_path / "a.csv", CODES), crs="EPSG:4490", class_field="DLBM", scheme="third-survey")
    told = describe_layer(library, library.layer("new"))
    assert told["status"] == "ok"
    (unsplit,) = [one for one in told["classes"] if one["code"] == UNSPLIT]
    assert unsplit["name"] == {"zh": "未拆分（可对应多个地类）", "en": "Unsplit (could be several classes)"}
    others = {one.color for one in library.catalog.classes["MNR-2023"] if one.code != UNSPLIT}
    assert unsplit["color"] not in others, "no class's colour"
    assert "GB50137-2011" not in library.catalog.classes or all(
        one.code != UNSPLIT for one in library.catalog.classes["GB50137-2011"]
    ), "only where a crosswalk leads"


@pytest.mark.parametrize("scheme", ["trial-2020", "third-survey", "GB50137-2011"])
def test_every_class_named_is_one_of_the_plans(scheme: str) -> None:
    with (DATA / "landuse_classes.csv").open(encoding="utf-8", newline="") as file:
        known = {row["code"] for row in csv.DictReader(file) if row["scheme"] == "MNR-2023"}
    codes = read_crosswalks(DATA)[scheme].codes
    assert len(codes) >= 50
    assert {target for targets in codes.values() for target in targets} <= known


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"scheme,code\n", "the column target_scheme is missing"),
        ("scheme,code,name_zh,target_scheme,target_codes\na,1,水田,b,1\n".encode("gb18030"), "UTF-8"),
        (b"scheme,code,name_zh,target_scheme,target_codes\na,1,x,b\n", "line 2 is too short"),
    ],
)
def test_a_damaged_table_is_told_and_costs_the_correspondence_only(tmp_path: Path, data: bytes, told: str) -> None:
    folder = write_plan(tmp_path / "p")
    assert read_crosswalks(folder) == {}
    (folder / "landuse_crosswalk.csv").write_bytes(data)
    with pytest.raises(BadCrosswalk, match=told):
        read_crosswalks(folder)
    (folder / "landuse_classes.csv").write_bytes((DATA / "landuse_classes.csv").read_bytes())
    catalog = Library(folder).catalog
    assert catalog.classes
    assert [told in problem.message("en") for problem in catalog.problems] == [True]
