"""The small plan whose sites begin and end: states on a day, and no promises."""

from __future__ import annotations

from pathlib import Path

from tests.landuse_plan import write_landuse_plan
from tests.small_plan import SITES, feature, layer_table, point, write_layer

FIELDS = """[[layers.sites.fields]]
id = "state"
label = {zh = "状态", en = "State"}
type = "code"
schedule = {start = "begins", end = "ends"}
values = {under_construction = {zh = "在建", en = "under construction"}}
[[layers.sites.fields]]
id = "begins"
label = {zh = "开工", en = "Start"}
type = "date"
[[layers.sites.fields]]
id = "ends"
label = {zh = "竣工", en = "End"}
type = "date"
"""
COUNT = """
[statistics.by_state]
label = {zh = "各状态项目", en = "Sites by state"}
family = {zh = "项目", en = "Sites"}
definition = {zh = "定义", en = "definition"}
formula = {zh = "公式", en = "formula"}
source = {zh = "依据", en = "source"}
function = "count"
unit = "count"
by = "state"
decimals = 0
inputs.items = {layer = "sites"}
"""


def write_timely_plan(folder: Path) -> Path:
    """A plan whose sites begin and end, with one statistic and no promises."""
    write_landuse_plan(folder)
    (folder / "indicators.toml").unlink()
    catalog = (folder / "catalog.toml").read_text("utf-8")
    timely = layer_table("sites", "项目", "Sites", geometry="point", more=FIELDS)
    (folder / "catalog.toml").write_text(catalog.replace(SITES, timely), "utf-8")
    (folder / "statistics.toml").write_text(COUNT, "utf-8")
    dates = [("2023", "2025-06"), ("2024-01", "2024-03"), ("2025-01", "2026")]
    sites = [feature(f"s-{n}", point(104.06, 30.06), begins=a, ends=b) for n, (a, b) in enumerate(dates)]
    write_layer(folder, "sites", sites)
    return folder
