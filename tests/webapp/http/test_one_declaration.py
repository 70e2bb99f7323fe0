"""A layer and a statistic are added by data alone: one file and one table each, and every way in knows them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from layers.units import UNITS
from tests.landuse_plan import write_landuse_plan
from tests.small_plan import feature, square, write_layer
from tests.waiting import ended_job
from webapp.cli.main import main
from webapp.state import state_of

ROOT = Path(__file__).parents[3]
LAYER = """
[layers.orchards]
file = "geojson/orchards.geojson"
group = "space"
label = {zh = "果园", en = "Orchards"}
geometry = "polygon"
source = {zh = "测试", en = "tests"}
licence = {zh = "CC0", en = "CC0"}
"""
STATISTIC = """
[statistics.orchard_share]
label = {zh = "果园占比", en = "Orchard share"}
family = {zh = "农业", en = "Farming"}
definition = {zh = "果园占分区的比例", en = "Orchards as a share of the zones"}
formula = {zh = "果园 ÷ 分区", en = "orchards / zones"}
source = {zh = "果园规范", en = "the orchard norm"}
threshold = {operator = ">=", value = 10, source = {zh = "第 4 条", en = "article 4"}}
function = "share"
unit = "%"
inputs.part = {layer = "orchards"}
inputs.whole = {layer = "zones", ids = ["z-1"]}
"""


def test_a_layer_and_a_statistic_are_known_everywhere(
    tmp_path: Path,
    make_app: Callable[..., Flask],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = write_landuse_plan(tmp_path / "plan")
    app = make_app(folder)
    client = app.test_client()
    assert "orchard" not in client.get("/api/catalog").text + client.get("/statistics?lang=en").text.lower()

    write_layer(folder, "orchards", [feature("o", square(104.05, 30.05, 0.02))])
    for name, text in (("catalog.toml", LAYER), ("statistics.toml", STATISTIC)):
        path = folder / name
        path.write_text(path.read_text("utf-8") + text, "utf-8")

    assert client.get("/api/catalog").get_json()["layers"]["orchards"]["label"]["zh"] == "果园"
    assert client.get("/layers/orchards.geojson").get_json()["features"][0]["id"] == "o"
    assert "orchard_share" in {one["id"] for one in client.get("/api/statistics").get_json()["statistics"]}
    for lang, word, norm in (("zh", "果园占比", "果园规范"), ("en", "Orchard share", "the orchard norm")):
        page = client.get(f"/statistics?lang={lang}").text
        assert word in page
        assert norm in page

    answer = client.get("/api/statistics/orchard_share")
    if answer.status_code == 202:
        ended_job(client, answer.get_json())
        answer = client.get("/api/statistics/orchard_share")
    figure = answer.get_json()
    assert answer.status_code == 200, answer.text
    assert figure["value"] == pytest.approx(25, abs=0.01)
    assert figure["meets"] is True
    assert "果园占比" in client.get(f"/figures/{figure['id']}?lang=zh").text
    state_of(app).close()

    monkeypatch.setenv("PLANATLAS_INSTANCE", str(tmp_path / "terminal"))
    assert main(["statistic", "--list", "--language", "en", "--data", str(folder)]) == 0
    assert "orchard_share" in capsys.readouterr().out
    assert main(["statistic", "orchard_share", "--format", "json", "--data", str(folder)]) == 0
    assert json.loads(capsys.readouterr().out)["value"] == figure["value"]


def test_the_page_writes_units_as_the_server_does() -> None:
    script = (ROOT / "webapp/static/js/language.js").read_text(encoding="utf-8")
    table = script.split("const UNITS = {", 1)[1].split("};", 1)[0]
    found = re.findall(r'^\s*"?([^":]+)"?: \{ zh: "([^"]*)", en: "([^"]*)" \},$', table, re.M)
    assert {unit: (zh, en) for unit, zh, en in found} == {unit: (t.zh, t.en) for unit, t in UNITS.items()}
