"""Where do I put ...: a new function, page, setting, statistic or layer is one module, line or table, and everywhere.

Export formats and import options have tests of their own (``test_export_formats.py``, ``test_import_option.py``).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

import webapp.layers
import webapp.settings
from geo.text import Text
from layers.figures.figure import Column
from layers.figures.functions import FUNCTIONS
from layers.figures.functions.entry import Function, Slot
from layers.figures.inputs import Gathered
from layers.figures.outcome import TOTAL, DrawnRows, Outcome, shown_as
from layers.plan.statistics import Statistic
from layers.progress import Steps
from tests.small_plan import feature, layer_table, point, write_layer
from tests.webapp.conftest import Running
from webapp.cli.docs import docs_page
from webapp.cli.main import main
from webapp.settings import SETTINGS, Setting

PAGE = '''
from flask import Blueprint, Response
from webapp.http.answers import json_answer
from webapp.http.endpoints import Operation, declare_operation

blueprint = Blueprint("toy", __name__)

@blueprint.get("/api/toy")
@declare_operation(Operation("玩具页", "A toy page", "service"))
def toy() -> Response:
    """Nothing but a toy."""
    return json_answer({"toy": True})
'''


def _corners(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """Four for each item: enough to be seen."""
    steps.begin(1)
    items = gathered.roles["items"]
    value = 4.0 * len(items.features)
    rows = [{"kind": "total", "name": TOTAL, "corners": value}]
    return Outcome(
        value=value,
        columns=(Column("name", Text("分组", "Group")), Column("corners", Text("角点", "Corners"), "", 0)),
        rows=tuple(rows),
        presentation=shown_as(rows, "corners", drawn=DrawnRows(order="rows"), form="bars"),
        method=Text("每个四角。", "Four each."),
        sentence=Text(f"共 {value:g} 个角点。", f"{value:g} corners in all."),
        caveats=(),
        evidence=items.frame[["geometry"]].assign(feature=list(items.frame.index)),
        contributions=(),
    )


@pytest.fixture
def toy_function(monkeypatch: pytest.MonkeyPatch) -> str:
    """One more entry, as a module of it would give it."""
    entry = Function(
        id="corners",
        name=Text("角点", "Corners"),
        question=Text("有多少角点", "How many corners"),
        slots=(Slot("items", Text("统计图层", "Items")),),
        units={"": ("count",)},
        additive=Text("可相加", "adds up"),
        decimals=0,
        compute=_corners,
    )
    monkeypatch.setitem(FUNCTIONS, entry.id, entry)
    return entry.id


def test_a_function_in_one_module_is_everywhere(
    toy_function: str, make_app: Callable[..., Flask], plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client = make_app(plan).test_client()
    told = {one["id"]: one for one in client.get("/api/functions").json["functions"]}
    assert told[toy_function]["question"] == {"zh": "有多少角点", "en": "How many corners"}
    assert toy_function in json.dumps(client.get("/api/openapi.json").json["components"]["schemas"]["Question"])
    assert main([toy_function, "sites", "--data", str(plan)]) == 0
    assert "共 8 个角点" in capsys.readouterr().out
    assert "| `corners` | How many corners |" in docs_page("functions")


@pytest.mark.browser
def test_a_function_is_offered_on_the_page(
    toy_function: str, make_app: Callable[..., Flask], serve: Callable[[Flask], Running], plan: Path, page: Page
) -> None:
    page.goto(f"{serve(make_app(plan)).url}/?lang=en")
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator("#ask-kind option", has_text="How many corners")).to_have_count(1)


def test_a_page_in_one_module_is_served_and_described(
    make_app: Callable[..., Flask], plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "toy.py").write_text(PAGE, "utf-8")
    monkeypatch.setattr(webapp.layers, "__path__", [*webapp.layers.__path__, str(folder)])
    try:
        client = make_app(plan).test_client()
        assert client.get("/api/toy").json == {"toy": True}
        assert client.get("/api/openapi.json?lang=en").json["paths"]["/api/toy"]["get"]["summary"] == "A toy page"
    finally:
        sys.modules.pop("webapp.layers.toy", None)


def test_a_setting_in_one_line_is_read_shown_and_described(
    make_app: Callable[..., Flask], plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy = Setting("max_toys", "7", int, "玩具数", "toys at once", unit="", limit=True)
    monkeypatch.setattr(webapp.settings, "SETTINGS", (*SETTINGS, toy))
    client = make_app(plan, max_toys="9").test_client()
    row = next(one for one in client.get("/api/limits").json["limits"] if one["setting"] == "max_toys")
    assert (row["value"], row["zh"], row["en"]) == (9, "玩具数", "toys at once")
    assert "toys at once" in client.get("/limits?lang=en").text
    assert "| `PLANATLAS_MAX_TOYS` | toys at once | `7` |" in docs_page("settings")


STATISTIC = """
[statistics.sites_in_zones]
label = {zh = "各分区项目数", en = "Sites by zone"}
family = {zh = "项目", en = "Sites"}
definition = {zh = "落在各分区内的项目个数", en = "how many sites lie in each zone"}
formula = {zh = "个数", en = "count"}
source = {zh = "测试", en = "tests"}
confidence = {zh = "自定", en = "our own"}
function = "count"
unit = "count"
decimals = 0
inputs.items = {layer = "sites"}
inputs.zones = {layer = "zones"}
"""


@pytest.mark.browser
def test_a_statistic_and_a_layer_of_one_table_each_are_everywhere(
    make_app: Callable[..., Flask],
    serve: Callable[[Flask], Running],
    plan: Path,
    page: Page,
    capsys: pytest.CaptureFixture[str],
) -> None:
    wells = layer_table("wells", "水井", "Wells", geometry="point", more="visible = true")
    (plan / "statistics.toml").write_text(STATISTIC, "utf-8")
    (plan / "catalog.toml").write_text((plan / "catalog.toml").read_text("utf-8") + wells, "utf-8")
    write_layer(plan, "wells", [feature("k-1", point(104.07, 30.07), name_zh="一号井", name_en="Well One")])
    app = make_app(plan)
    client = app.test_client()
    assert "sites_in_zones" in {one["id"] for one in client.get("/api/statistics").json["statistics"]}
    assert "wells" in {one["id"] for one in client.get("/api/layers").json["layers"]}
    assert client.get("/export/wells.csv").status_code == 200
    assert main(["statistic", "sites_in_zones", "--data", str(plan)]) == 0
    assert "各分区项目数" in capsys.readouterr().out
    assert main(["count", "wells", "--data", str(plan)]) == 0
    assert "水井" in capsys.readouterr().out
    url = serve(app).url
    page.goto(f"{url}/statistics?lang=en")
    expect(page.locator("main")).to_contain_text("Sites by zone")
    page.goto(f"{url}/?lang=en#on=wells&sel=wells/k-1")
    expect(page.locator("#card-title")).to_have_text("Well One")
    expect(page.locator(".layer-row", has_text="Wells")).to_have_count(1)


@pytest.mark.parametrize("name", ["functions", "exports", "imports", "settings"])
def test_the_docs_say_what_the_registries_say(name: str) -> None:
    written = (Path(__file__).parents[2] / "docs" / f"{name}.md").read_text("utf-8")
    assert written == docs_page(name), "run `python run.py docs`"
