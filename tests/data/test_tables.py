"""The plan carried over: complete, sums true, unknown left unknown, every item quoted and explained."""

import csv
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from layers.library.library import Library
from layers.plan.crosswalk import UNSPLIT
from layers.plan.reader import read_catalog

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
COUNTS = {
    "zones": 41,
    "parks": 10,
    "rivers": 21,
    "hills": 6,
    "roads": 47,
    "rail": 6,
    "gateways": 4,
    "community_rooms": 8,
    "communities": 12,
    "facilities": 67,
    "projects": 53,
}
ITEM_LAYERS = sorted(COUNTS)
POSITIONS = {"exact", "approximate", "locality", "schematic", "unplaced"}
DASHES = {"—", "——", "待定"}
NINE_SMALL = {f"p-{number}" for number in (38, 39, 40, 41, 42, 43, 44, 45, 46)}
NO_LAND = {"p-35", "p-37", *(f"p-{number}" for number in range(47, 53))}


@cache
def features(layer):
    document = json.loads((DATA / "geojson" / f"{layer}.geojson").read_text("utf-8"))
    return document["features"]


@cache
def projects():
    return {one["id"]: one["properties"] for one in features("projects")}


@cache
def catalog():
    return read_catalog(DATA)


def plain(text):
    return "".join(text.replace("*", "").split())


def land(*, small):
    known = {key: p["land_mu"] for key, p in projects().items() if p["land_mu"] is not None}
    return sum(mu for key, mu in known.items() if small or key not in NINE_SMALL)


@pytest.mark.parametrize("layer", ITEM_LAYERS)
def test_nothing_of_the_inventory_is_dropped(layer):
    ids = [one["id"] for one in features(layer)]
    assert len(ids) == COUNTS[layer]
    assert len(set(ids)) == len(ids)


def test_53_rows_with_52_numbers():
    assert {p["number"] for p in projects().values()} == set(range(1, 53))


def test_land_adds_up():
    assert land(small=True) == pytest.approx(5017.7, abs=1e-9)
    assert land(small=True) / 15 == pytest.approx(334.5133, abs=5e-5)
    assert land(small=False) == pytest.approx(4976.0, abs=1e-9)
    for key, known in projects().items():
        if known["land_mu"] is not None:
            assert known["land_m2"] == pytest.approx(known["land_mu"] * 2000 / 3, abs=0.01), key


def test_currencies_are_kept_apart():
    sums: dict[str, float] = {}
    rows: dict[str, int] = {}
    for known in projects().values():
        currency = known["investment_currency"]
        rows[currency] = rows.get(currency, 0) + 1
        sums[currency] = sums.get(currency, 0) + (known["investment_value"] or 0)
    assert rows == {"CNY": 43, "USD": 9, None: 1}
    assert (sums["CNY"], sums["USD"]) == (6_938_500, 302_900)
    units = {(p["investment_currency"], p["investment_unit"]) for p in projects().values()}
    assert units == {("CNY", "万元"), ("USD", "万美元"), (None, None)}


def test_unknown_stays_null_beside_its_raw_text():
    assert {key for key, p in projects().items() if p["land_mu"] is None} == NO_LAND
    assert {key for key, p in projects().items() if p["investment_value"] is None} == {"p-41"}
    assert {key for key, p in projects().items() if p["end_iso"] is None} == {"p-03"}
    pairs = (("land_raw", "land_mu"), ("investment_raw", "investment_value"), ("start_raw", "start_iso"))
    for known in projects().values():
        for raw, value in (*pairs, ("end_raw", "end_iso")):
            assert known[raw], raw
            assert (known[raw] in DASHES) == (known[value] is None)
            assert known[value] != 0


def test_dates_are_as_precise_as_printed():
    pieces = {"year": 0, "month": 1, "day": 2}
    for known in projects().values():
        for end in ("start", "end"):
            if known[f"{end}_iso"] is not None:
                assert known[f"{end}_iso"].count("-") == pieces[known[f"{end}_precision"]]
                assert known[f"{end}_raw"].count(".") == pieces[known[f"{end}_precision"]]
    assert projects()["p-06"]["start_iso"] == "2021"


def test_leased_floor_space_is_marked_and_has_no_parcel():
    assert {key for key, p in projects().items() if p["land_likely_floor_area"]} == NINE_SMALL
    placed = {one["id"] for one in features("projects") if one["geometry"] is not None}
    assert not placed & NINE_SMALL


@pytest.mark.parametrize("layer", ITEM_LAYERS)
def test_every_item_is_quoted_under_the_chapter_it_stands_in(layer):
    items = json.loads((DATA.parent / "sketch" / "tables" / "items" / f"{layer}.json").read_text("utf-8"))
    with (DATA.parent / "sketch" / "tables" / "chapters.csv").open(encoding="utf-8", newline="") as file:
        chapters = [(int(row["first_line"]), row["zh"]) for row in csv.DictReader(file)]
    assert chapters == sorted(chapters)
    built = {one["id"]: one["properties"] for one in features(layer)}
    for item in items:
        names = [plain(name) for name in (item["name_zh"], *item["aliases"])]
        assert any(name in plain(item["quote"]) for name in names), item["id"]
        assert len(item["quote"]) <= 120, item["id"]
        assert item["quote_line"] in item["lines"], item["id"]
        chapter = [zh for first, zh in chapters if first <= item["quote_line"]][-1]
        assert built[item["id"]]["chapter_zh"] == chapter
        assert built[item["id"]]["chapter_en"]


@pytest.mark.parametrize("layer", ITEM_LAYERS)
def test_every_item_says_where_it_is_or_why_not(layer):
    for one in features(layer):
        known = one["properties"]
        assert known["position"] in POSITIONS
        assert known["name_zh"]
        assert known["name_en"].isascii() or not any("一" <= c <= "鿿" for c in known["name_en"])
        if one["geometry"] is None:
            assert known["position"] == "unplaced", one["id"]
            assert known["unplaced_reason_zh"] and known["unplaced_reason_en"], one["id"]
        else:
            assert known["position"] != "unplaced", one["id"]
            assert known["position_source_zh"] and known["position_source_en"], one["id"]


@pytest.mark.parametrize("layer", ITEM_LAYERS)
def test_notes_come_in_both_languages_and_anomalies_exist(layer):
    for one in features(layer):
        known = one["properties"]
        assert bool(known.get("note_zh")) == bool(known.get("note_en")), one["id"]
        assert set(known["anomalies"]) <= set(catalog().anomalies), one["id"]


def test_35_anomalies_in_both_languages():
    anomalies = catalog().anomalies
    assert list(anomalies) == [f"A{number:02}" for number in range(1, 36)]
    for one in anomalies.values():
        assert one.kind.zh and one.kind.en and one.text.zh and one.text.en
        assert all(1 <= line <= 921 for line in one.lines)


@pytest.mark.parametrize(
    ("anomaly", "ids"),
    [
        ("A09", {"p-01", "p-01b"}),
        ("A10", {"p-03"}),
        ("A11", {"p-35"}),
        ("A12", NO_LAND - {"p-35"}),
        ("A13", {"p-41"}),
        ("A16", NINE_SMALL),
        ("A17", {"p-34"}),
        ("A18", {"p-42"}),
        ("A19", {"p-23"}),
        ("A20", {"p-09", "p-10"}),
        ("A21", {"p-15", "p-49"}),
    ],
)
def test_anomalies_stand_at_the_rows_they_concern(anomaly, ids):
    assert {key for key, p in projects().items() if anomaly in p["anomalies"]} == ids


def test_anomaly_of_currencies_marks_every_dollar_row():
    dollars = {key for key, p in projects().items() if p["investment_currency"] == "USD"}
    assert {key for key, p in projects().items() if "A14" in p["anomalies"]} == dollars


def test_catalog_and_every_layer_read_without_problems():
    assert catalog().problems == ()
    library = Library(DATA)
    assert set(ITEM_LAYERS) < {layer.id for layer in library.layers()}
    for layer in library.layers():
        assert library.snapshot(layer).problems == (), layer.id


def test_declared_fields_codes_and_rules_are_met_by_features():
    everywhere = set().union(*(one["properties"] for layer in ITEM_LAYERS for one in features(layer)))
    shared = {"position", "uncertainty_m", "position_source", "note", "chapter", "lines", "quote", "anomalies"}
    for layer in catalog().layers.values():
        rows = [one["properties"] for one in features(layer.id)]
        for field in layer.fields:
            wanted = {field.text.zh, field.text.en} if field.text else {field.id, field.raw or field.id}
            held = everywhere if field.id in shared else set().union(*rows)
            assert wanted <= held, f"{layer.id}.{field.id}"
            if field.values:
                used = {row[field.id] for row in rows if row.get(field.id) is not None}
                assert used <= set(field.values), f"{layer.id}.{field.id}"
        for rule in layer.rules:
            assert any(_meets(row, rule.when) for row in rows), f"{layer.id}: {rule.label}"


def _meets(row, condition):
    value = row.get(condition.field)
    if condition.null is not None:
        return (value is None) == condition.null
    return value in condition.in_ if condition.in_ is not None else value == condition.equals


def test_land_use_classes_are_whole():
    rows = [row for row in catalog().classes["MNR-2023"] if row.code != UNSPLIT]
    assert len(rows) == 175
    assert len({row.code for row in rows}) == 175
    first = {row.code: row for row in rows if len(row.code) == 2}
    assert len({row.color for row in first.values()}) == len(first) == 24
    assert len({row.accessible for row in first.values()}) == 24
    assert {one["properties"]["class"] for one in features("landuse")} <= {row.code for row in rows}


def test_build_gives_the_committed_bytes():
    script = [sys.executable, str(DATA.parent / "sketch" / "build.py"), "--check"]
    done = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_land_use_stays_light_enough_to_load():
    assert (DATA / "geojson" / "landuse.geojson").stat().st_size < 1_600_000
