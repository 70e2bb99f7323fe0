"""A layer as a table and as a chart over HTTP: filtered, sorted, grouped, added up by currency, a page at a time."""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from layers.figures.question import read_questions
from layers.library.library import Library
from layers.plan.field_lists import written_field
from layers.plan.views import View, read_view, view_text
from tests.answered import answered
from tests.small_plan import CATALOG, LAYERS, feature, point, write_plan
from webapp import create_app
from webapp.settings import read_settings
from webapp.state import state_of

DATA = Path(__file__).parents[3] / "data"
WANTED = [("where", "start_iso=2021"), ("where", "investment_value>=100000"), ("where", "@in=zones/z-hq")]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    told = {"data": str(DATA), "instance": str(tmp_path_factory.mktemp("instance"))}
    app = create_app(read_settings({}, told))
    yield app.test_client()
    state_of(app).close()


def _projects() -> list[dict[str, Any]]:
    return [one["properties"] | {"id": one["id"]} for one in _features()]


def _features() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = orjson.loads((DATA / "geojson/projects.geojson").read_bytes())["features"]
    return found


def _ask(client: FlaskClient, what: str, *query: tuple[str, str]) -> Any:
    answer = client.get(f"/api/layers/projects/{what}", query_string=list(query))
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def test_projects_of_2021_over_a_billion_sorted_and_added_up(client: FlaskClient) -> None:
    known = [
        p for p in _projects() if str(p["start_iso"]).startswith("2021") and (p["investment_value"] or 0) >= 1e5
    ]
    told = _ask(client, "rows", *WANTED[:2], ("sort", "-investment_value"), ("columns", "@name,investment_value"))
    assert told["matched"] == len(known) > 5
    yuan = sorted((p["investment_value"] for p in known if p["investment_currency"] == "CNY"), reverse=True)
    dollars = sorted((p["investment_value"] for p in known if p["investment_currency"] == "USD"), reverse=True)
    assert [row["cells"][1] for row in told["rows"]] == [*yuan, *dollars]  # never one order over two currencies
    totals = {(t["field"], t["currency"]): t for t in told["totals"]}
    assert totals["investment_value", "CNY"]["sum"] == math.fsum(yuan)
    assert totals["investment_value", "USD"]["sum"] == math.fsum(dollars)
    land = [p["land_mu"] for p in known]
    assert totals["land_mu", None]["sum"] == pytest.approx(math.fsum(x for x in land if x is not None))
    assert totals["land_mu", None]["unknown"] == sum(x is None for x in land)
    assert not any(t["field"] in ("number", "intensity_value", "uncertainty_m") for t in told["totals"])
    unknown = [p for p in _projects() if str(p["start_iso"]).startswith("2021") and p["investment_value"] is None]
    assert [c["unknown"] for c in told["conditions"]] == [
        sum(p["start_iso"] is None and (p["investment_value"] or 0) >= 1e5 for p in _projects()),
        len(unknown),
    ]
    assert told["conditions"][1]["words"] == {"zh": "总投资 ≥ 10 亿", "en": "Investment ≥ 1 bn"}


@pytest.mark.parametrize(
    ("asked", "limits", "apart"),
    [  # least amount by currency (None: any), and who is told apart: currency, in, left out
        ("investment_value>=10亿", {"CNY": 1e5, "USD": 1e5}, [("USD", 2, 7)]),
        ("investment_value>=100000 CNY", {"CNY": 1e5}, [("USD", 0, 9)]),
        ("investment_value>=¥1bn|USD", {"CNY": 1e5, "USD": 0}, []),
        ("investment_value>=10亿元 | US$150m", {"CNY": 1e5, "USD": 15000}, []),
        ("investment_value>=1.5亿美元", {"USD": 15000}, [("CNY", 0, 43)]),
        ("investment_value?>=100000 CNY", {"CNY": 1e5, None: 0}, [("USD", 0, 9)]),
    ],
)
def test_amounts_are_compared_within_their_currency_and_the_others_are_told(
    client: FlaskClient, asked: str, limits: dict[str | None, float], apart: list[tuple[str, int, int]]
) -> None:
    met = {
        p["id"]
        for p in _projects()
        if (least := limits.get(p["investment_currency"])) is not None and (p["investment_value"] or 0) >= least
    }
    told = _ask(client, "rows", ("where", asked), ("limit", "99"))
    assert {row["id"] for row in told["rows"]} == met
    (one,) = told["conditions"]
    assert one["unknown"] == (None not in limits)
    assert [(c["currency"], c["met"], c["left"]) for c in one["currencies"]] == apart
    for each in one["currencies"]:
        wider = _ask(client, "rows", ("where", each["where"]), ("limit", "99"))
        mine = {p["id"] for p in _projects() if p["investment_currency"] == each["currency"]}
        assert {row["id"] for row in wider["rows"]} == met | mine
        assert str(each["left"]) in each["told"]["zh"] and each["currency"] in each["told"]["en"]


@pytest.mark.parametrize("asked", ["land_mu>=40 USD", "investment_value>=5|6", "investment_value>=USD"])
def test_a_currency_that_means_nothing_is_refused(client: FlaskClient, asked: str) -> None:
    assert client.get("/api/layers/projects/rows", query_string={"where": asked}).status_code == 400


def test_a_zone_holds_for_the_map_the_table_the_chart_and_the_file_alike(client: FlaskClient) -> None:
    table = _ask(client, "rows", *WANTED, ("limit", "500"))
    drawn = client.get("/layers/projects.geojson", query_string=WANTED).get_json()
    chart = _ask(client, "distribution", *WANTED, ("field", "category"))
    file = client.get("/export/projects.csv", query_string=WANTED).get_data(as_text=True)
    ids = {row["id"] for row in table["rows"]}
    assert ids == {one["id"] for one in drawn["features"]} and 0 < len(ids) < 53
    assert sum(bar["count"] for bar in chart["bars"]) == chart["matched"] == len(ids)
    assert sum(any(key in line for key in ids) for line in file.splitlines()) == len(ids)
    assert table["placed"] == len(ids)  # what has no place is in no zone
    assert table["conditions"][2]["unknown"] > 0


def test_groups_follow_each_other_and_add_up(client: FlaskClient) -> None:
    told = _ask(
        client, "rows", ("group", "category"), ("sort", "-land_mu"), ("limit", "500"), ("columns", "category")
    )
    counted = Counter(p["category"] for p in _projects())
    assert {g["value"]: g["count"] for g in told["groups"]} == counted
    assert [row["cells"][0] for row in told["rows"]] == [
        g["value"] for g in told["groups"] for _ in range(g["count"])
    ]
    whole = sum(t["sum"] for t in told["totals"] if t["field"] == "land_mu")
    assert sum(t["sum"] for g in told["groups"] for t in g["totals"] if t["field"] == "land_mu") == pytest.approx(
        whole
    )
    for group in told["groups"]:
        assert _ask(client, "rows", ("where", group["where"]), ("limit", "0"))["matched"] == group["count"]
    years = _ask(client, "rows", ("group", "start_iso"), ("limit", "0"))["groups"]
    assert [g["words"]["zh"] for g in years][-1:] != ["未说明"] or years[-1]["value"] is None


def test_pages_are_of_one_order_and_the_unknown_comes_last(client: FlaskClient) -> None:
    for sort in ("land_mu", "-land_mu", "@name", "-start_iso,@name"):
        whole = _ask(client, "rows", ("sort", sort), ("limit", "100"), ("columns", sort.strip("-").split(",")[0]))
        pages = [_ask(client, "rows", ("sort", sort), ("offset", str(at)), ("limit", "20")) for at in (0, 20, 40)]
        assert [r["id"] for p in pages for r in p["rows"]] == [r["id"] for r in whole["rows"]]
        if "land" in sort:
            cells = [r["cells"][0] for r in whole["rows"]]
            known = [c for c in cells if c is not None]
            assert cells == [*sorted(known, reverse=sort.startswith("-")), *[None] * (len(cells) - len(known))]


@pytest.mark.parametrize(
    "field", ["category", "schedule_state", "investment_value", "start_iso", "number", "@name"]
)
def test_bars_hold_every_row_once_and_their_conditions_say_the_same(client: FlaskClient, field: str) -> None:
    told = _ask(client, "distribution", ("field", field))
    assert sum(bar["count"] for bar in told["bars"]) == told["matched"] == 53
    for bar in told["bars"][:6]:
        if bar["where"]:
            again = _ask(client, "rows", ("where", bar["where"]), ("limit", "0"))
            assert again["matched"] == bar["count"], bar


def test_sums_of_a_chart_stay_within_a_currency_and_ask_the_same_figure(client: FlaskClient) -> None:
    told = _ask(client, "distribution", ("field", "category"), ("measure", "investment_value"))
    assert told["currency"] == "CNY" and told["question"]["function"] == "sum"
    for bar in told["bars"]:
        mine = [p for p in _projects() if p["category"] == bar["value"]]
        for one in bar["sums"]:
            amounts = [p["investment_value"] for p in mine if p["investment_currency"] == one["currency"]]
            assert one["sum"] == math.fsum(x for x in amounts if x is not None)


def test_states_follow_the_day_in_table_chart_file_and_question(client: FlaskClient) -> None:
    day = ("when", "2023-06-30")
    drawn = client.get("/layers/projects.geojson", query_string=[day]).get_json()["features"]
    states = {one["id"]: one["properties"]["schedule_state"] for one in drawn}
    usual = _ask(client, "rows", ("columns", "schedule_state"), ("limit", "100"))
    table = _ask(client, "rows", day, ("columns", "schedule_state"), ("limit", "100"))
    assert {row["id"]: row["cells"][0] for row in table["rows"]} == states
    assert {row["id"]: row["cells"][0] for row in usual["rows"]} != states
    where = ("where", "schedule_state=under_construction")
    built = sum(one == "under_construction" for one in states.values())
    assert _ask(client, "rows", day, where, ("limit", "0"))["matched"] == built
    chart = _ask(client, "distribution", day, ("field", "schedule_state"))
    assert {bar["value"]: bar["count"] for bar in chart["bars"]} == Counter(states.values())
    assert chart["question"]["inputs"]["items"]["when"] == day[1]
    file = client.get("/export/projects.csv", query_string=[day, where, ("lang", "en")])
    assert sum(any(key in line for key in states) for line in file.get_data(as_text=True).splitlines()) == built
    assert client.get("/api/layers/projects/rows?when=2023").status_code == 400


def test_a_file_is_called_what_it_holds(client: FlaskClient) -> None:
    query = [("where", "start_iso=2021"), ("when", "2023-06-30"), ("columns", "@name"), ("lang", "zh")]
    header = client.get("/export/projects.xlsx", query_string=query).headers["Content-Disposition"]
    name = unquote(header.partition("filename*=UTF-8''")[2])
    assert 'filename="projects.xlsx"' in header and name.endswith("_2023-06-30.xlsx")
    assert "重大产业项目" in name and "2021" in name and "江阴高新区" in name
    assert not set(name) & set('\\/:*?"<>|')


def test_the_area_as_drawn_stands_in_the_table_and_its_file_as_in_the_figure(client: FlaskClient) -> None:
    def ask(*query: tuple[str, str]) -> Any:
        return client.get("/api/layers/landuse/rows", query_string=[("where", "class=0701"), *query]).get_json()

    told = ask(("columns", "@name,@area"), ("sort", "-@area"), ("limit", "500"))
    areas = [row["cells"][1] for row in told["rows"]]
    assert areas == sorted(areas, reverse=True) and len(areas) == min(told["matched"], 500) and areas[-1] > 0
    (total,) = [one for one in told["totals"] if one["field"] == "@area"]
    figure = answered(Library(DATA), read_questions(DATA).statistics["land_structure"])
    (row,) = [one for one in figure.rows if one.get("class") == "0701" and one["zone"].en == "all zones"]
    assert total["sum"] == pytest.approx(row["m2"] / 1e4, rel=1e-9) and total["said"]
    assert not any(one["field"] == "@area" for one in ask(("limit", "0"))["totals"])  # measured only where asked
    file = client.get("/export/landuse.csv?where=class=0701&columns=@name,@area&sort=-@area").get_data(
        as_text=True
    )
    assert repr(areas[0]) in file.splitlines()[1]
    assert client.get("/api/layers/roads/rows?columns=@area").status_code == 400  # lines have none


def test_columns_of_any_name_are_sorted_grouped_filtered_and_taken_along(
    tmp_path: Path, make_app: Callable[..., Flask]
) -> None:
    names = ["面积（亩）", "建筑,m2", "1~2层", "达标?", "-增减", "占比%"]
    fields = "".join(
        f'[[layers.lots.fields]]\nid = "{name}"\nlabel = {{zh = "{name}", en = "{name}"}}\ntype = "integer"\n'
        for name in names
    )
    head = '[layers.lots]\nfile = "geojson/lots.geojson"\ngroup = "space"\ngeometry = "point"\n'
    texts = "".join(f'{one} = {{zh = "地块", en = "Lots"}}\n' for one in ("label", "source", "licence"))
    title = 'title = {zh = "n", en = "n"}\n'
    lots = [
        feature(f"l-{at}", point(104.0 + at / 1e3, 30.0), n=f"l{at}", **dict.fromkeys(names, at))
        for at in (1, 3, 2)
    ]
    plan = write_plan(
        tmp_path / "lots", catalog=CATALOG + head + texts + title + fields, layers=LAYERS | {"lots": lots}
    )
    client = make_app(plan).test_client()
    for name in names:
        written = written_field(name)
        query = {"columns": f"@name,{written}", "sort": f"-{written}", "where": f"{written}>=2"}
        told = client.get("/api/layers/lots/rows", query_string=query).get_json()
        assert [row["cells"][1] for row in told["rows"]] == [3, 2], (name, told)
        groups = client.get("/api/layers/lots/rows", query_string={"group": name}).get_json()["groups"]
        bars = client.get("/api/layers/lots/distribution", query_string={"field": name}).get_json()["bars"]
        for where in [one["where"] for one in (*groups, *bars)]:
            found = client.get("/api/layers/lots/rows", query_string={"where": where}).get_json()
            assert found["matched"] >= 1, (where, found)
        file = client.get("/export/lots.csv", query_string=query).get_data(as_text=True)
        assert len(file.splitlines()) == 3 and name.replace(",", "") in file.splitlines()[0].replace(",", "")
        table = f"lots;-{written};@name,{written};{written}"
        assert read_view(view_text(View(table=table))).table == table


@pytest.mark.parametrize(
    "query",
    [
        "rows?sort=colour",
        "rows?columns=colour",
        "rows?group=colour",
        "rows?limit=501",
        "rows?offset=-1",
        "rows?where=colour=1",
        "distribution",
        "distribution?field=category&measure=intensity_value",
    ],
)
def test_what_is_not_there_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/layers/projects/{query}").status_code in (400, 413)
