"""The fourteen jobs of the guide, each done as a planner does it: on the bundled plan, in a browser, by what is seen.

A usual run walks the odd ones in Chinese and the even ones in English; ``TEST_PICTURES=1`` walks all in both and writes
the guide's pictures (docs/jobs/).
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from python_calamine import CalamineWorkbook

from tests.waiting import until_on
from tests.webapp.conftest import Running
from tests.webapp.on_map import click_at
from tests.webapp.parcels_twice import EPSG, write_parcels_twice
from tests.webapp.walking import DRAWING, PHONE, WIDE, Walk, editor, page, service

__all__ = ["editor", "page", "service"]  # the fixtures

pytestmark = [pytest.mark.slow, pytest.mark.browser]  # the bundled plan in a browser
SITE = "z=14&c=31.905,120.305&on=zones,projects"


def find_one_six_ways(walk: Walk) -> None:
    walk.open()
    for way in ("changdian", "cd", "长店", "JCET", "p-06", "长电"):
        walk.page.keyboard.press("/")
        walk.write("#search", way)
        expect(
            walk.page.locator("#search-results [role=option]", has_text=re.compile("长电微系统|JCET")).first
        ).to_be_visible()
    walk.picture("01-find")
    walk.page.keyboard.press("Enter")
    expect(walk.page.locator("#card-title")).to_contain_text(re.compile("长电|JCET"))


def read_where_and_when(walk: Walk) -> None:
    walk.open("/#sel=projects/p-06")
    lead = walk.page.locator("#card .card-lead")
    expect(lead.locator(".site-verdict .verdict").first).to_be_visible()
    expect(lead).to_contain_text("2021 → 2023-12")
    walk.picture("02-card")
    walk.press(walk.named("site_dossier_link", "link", "#card"))
    expect(walk.page.locator("#verdict .verdict").first).to_be_visible()


def list_projects(walk: Walk) -> None:
    walk.open()
    asked = {
        "zh": "总投资 ≥ 10亿，2021 年开工，高新区本部",
        "en": "investment ≥ 1 bn, start 2021, main area",
    }
    walk.page.keyboard.press("/")
    walk.write("#search", asked[walk.lang])
    walk.press(walk.page.locator("#search-results [role=option]", has_text="2021").first)
    expect(walk.page.locator("[data-chip-layer=projects]")).to_contain_text("8 / 53")
    apart = {"zh": "3 项以美元计，未比较", "en": "3 stated in USD: not compared"}[walk.lang]
    expect(walk.page.locator("#chips .chip.dashed").first).to_contain_text(apart)
    walk.press("[data-sort=investment_value]")
    expect(walk.page.locator("#table tfoot")).to_contain_text({"zh": "272.30 亿元", "en": "¥27.23 bn"}[walk.lang])
    expect(walk.page.locator("#table tbody tr:not(.spacer)").first).to_contain_text(re.compile("长电|JCET"))
    assert walk.pressed == 3, "words, the line that offers them as conditions, the heading that sorts"
    walk.picture("03-list")


def see_what_is_built_in_2023(walk: Walk) -> None:
    walk.open("/#t=2023-06-30&on=zones,projects")
    expect(walk.page.locator("#time-day")).to_have_value("2023-06-30")
    walk.press("[data-state=under_construction]")
    expect(walk.page.locator("[data-chip-layer=projects]")).to_contain_text("11 / 53")
    expect(walk.page.locator("#table tfoot")).to_contain_text({"zh": "373.00 亿元", "en": "¥37.30 bn"}[walk.lang])
    walk.press("[data-state=under_construction]")
    walk.press("#time-chart")
    expect(walk.page.locator("#chart svg.distribution")).to_be_visible()
    walk.picture("04-time")
    walk.press("#chart-to-briefing")
    expect(walk.page.locator("#status")).to_contain_text("1")
    (taken,) = walk.page.evaluate("JSON.parse(localStorage.getItem('planatlas-briefing'))")
    assert taken["kind"] == "figure"
    walk.press("#chart-figure")
    expect(walk.page.locator("#sentence")).to_be_visible()


def check_a_site_of_40_mu(walk: Walk) -> None:
    walk.open(f"/#{SITE}")
    walk.press("#check-open")
    panel = walk.page.locator(".drawn-site")
    walk.press(panel.locator("#site-aim"))
    expect(panel.locator(".site-size")).to_contain_text({"zh": "40.0 亩", "en": "40.0 mu"}[walk.lang])
    walk.write("#site-name", "候选 1")
    walk.choose("#site-industry", "ic")
    expect(panel.locator("#site-check .site-verdict .verdict.drawn")).to_be_visible()
    walk.picture("05-site")
    sheet = walk.named("site_sheet_link", "link", ".drawn-site").get_attribute("href") or ""
    assert "name=" in sheet and "industries=ic" in sheet
    assert walk.page.request.get(walk.service.url + sheet).body().startswith(b"%PDF")
    assert walk.pressed < 8, "the check, the area, name and industry; then its page"
    walk.press("#site-keep")
    expect(panel.locator("#site-kept")).to_be_visible()


def place_an_unplaced_project(walk: Walk) -> None:
    walk.open("/unplaced")
    walk.press(walk.page.locator("#projects ~ table a").first)
    walk.ready()
    walk.press("#place-now")
    expect(walk.page.locator(".edit-fold #edit-point")).to_be_visible()
    click_at(walk.page, 0.5, 0.5)
    walk.picture("06-place")
    walk.press("[data-position=approximate]")
    expect(walk.page.locator("#card .badge").first).not_to_contain_text(walk.word("position_unplaced"))
    walk.page.keyboard.press("Control+z")
    expect(walk.page.locator("#card .badge").first).to_contain_text(walk.word("position_unplaced"))


def compare_two_versions(walk: Walk) -> None:
    service = f"{walk.service.url}/api/layers/parks"
    if len(walk.page.request.get(f"{service}/versions").json()["versions"]) < 2:
        edit = {
            "expected": None,
            "edits": [{"feature": "pk-bj", "properties": {"name_en": "Binjiang park, west"}}],
        }
        made = walk.page.request.post(f"{service}/edits", data=edit, headers={"Origin": walk.service.url})
        assert made.status == 200, made.text()
    walk.open("/#on=zones,parks")
    row = walk.page.locator(".layer-row", has=walk.page.locator("[data-layer=parks]"))
    walk.press(row.locator(".layer-more > summary"))
    walk.press(row.locator("[data-compare=parks]"))
    expect(walk.page.locator("#differences tbody tr")).to_have_count(1)
    assert walk.pressed == 2, "what stands behind the layer, and its comparison"
    walk.press("#twin-close")
    walk.press(row.locator(".versions-fold > summary"))
    walk.press(row.locator("ol.versions > li[value='2']").get_by_role("button", name=walk.word("version_compare")))
    expect(row.locator("ol.versions")).to_contain_text("→")
    walk.press(row.locator("ol.versions > li[value='1']").get_by_role("button", name=walk.word("version_beside")))
    expect(walk.page.locator("#differences tbody tr")).to_have_count(1)
    walk.picture("07-versions")
    if len(walk.page.request.get(f"{service}/versions").json()["versions"]) < 3:
        again = {"expected": 2, "edits": [{"feature": "pk-bj", "properties": {"name_en": "Binjiang park, east"}}]}
        made = walk.page.request.post(f"{service}/edits", data=again, headers={"Origin": walk.service.url})
        assert made.status == 200, made.text()
    walk.open("/#on=zones,parks&with=v:parks@1~2")
    rows = walk.page.locator("#differences tbody tr")
    expect(rows).to_have_count(1)
    expect(rows.locator("td").last).to_have_text("Binjiang park, west")
    expect(walk.page.locator("#twin-here")).to_contain_text("2")
    walk.page.select_option("#twin-newer", "3")
    expect(rows.locator("td").last).to_have_text("Binjiang park, east")
    assert walk.page.url.endswith("with=v:parks@1"), "the newest is what there is now"


def read_area_by_zone_and_class(walk: Walk) -> None:
    walk.open("/statistics")
    row = walk.page.locator("#land_structure")
    if row.locator("button.compute").count():
        walk.press(row.locator("button.compute"))
    walk.press(row.locator(".result a"))
    expect(walk.page.locator("#sentence")).to_contain_text("%")
    walk.ready()
    walk.picture("08-areas")


def homes_near_parks(walk: Walk) -> None:
    walk.open("/dashboard")
    tile = walk.page.locator("[data-statistic=green_homes_500_community][data-figure]")
    expect(tile).to_be_visible()
    walk.press(tile.locator("h3 a"))
    community = walk.page.locator("#table ~ .scroll tbody tr.part").first
    expect(community.locator("td")).to_have_count(5)
    out = walk.page.locator("#unreached ~ .scroll tbody tr").first
    expect(out.locator("td").nth(1)).to_have_text(re.compile(r"^lu-\d+$"))
    walk.ready()
    walk.picture("09-parks")
    walk.press(out.locator("a"))
    expect(walk.page.locator("#card .card-layer")).to_contain_text("lu-")
    assert walk.pressed == 2, (
        "the tile's figure with each community and each home out of reach, and one on the map"
    )


def bring_own_parcels_twice(walk: Walk) -> None:
    first, second = write_parcels_twice(walk.folder)
    walk.open("/import")
    _take(walk, first)
    card = walk.page.locator(".file-card").first
    layer = card.locator("input[name=layer]").input_value()  # one that is free
    walk.choose(card.locator("select[name=id_field]"), "编号")
    walk.picture("10-import")
    walk.press(card.locator("[type=submit]"))
    expect(card.locator(".done")).to_be_visible()
    walk.open("/import")
    _take(walk, second, version_of=layer)
    walk.press(card.locator("[type=submit]"))
    expect(card.locator(".done")).to_contain_text("2")
    walk.open(f"/#near={layer}&on=zones,{layer}")
    row = _versions_of(walk, layer)
    walk.press(row.locator("ol.versions > li[value='2']").get_by_role("button", name=walk.word("version_compare")))
    expect(row.locator("ol.versions")).to_contain_text(re.compile("城镇住宅用地.*商业用地"))


def _take(walk: Walk, file: Path, *, version_of: str = "") -> None:
    """Choose a file; of what it does not say, the place is answered, the rest only for a new layer."""
    walk.page.set_input_files("#choose", str(file))
    card = walk.page.locator(".file-card").first
    expect(card.locator("select[name=mode]")).to_be_visible()
    if version_of:
        walk.choose(card.locator("select[name=mode]"), "version")
        walk.choose(card.locator("select[name=existing]"), version_of)
        expect(card.locator("select[name=existing]")).to_have_value(version_of)
    place = card.locator(".places label", has_text=f"EPSG:{EPSG}").first
    if place.count() and not version_of:
        walk.press(place)


def _versions_of(walk: Walk, layer: str) -> Locator:
    """Open what stands behind a layer, down to its versions."""
    row = walk.page.locator(".layer-row", has=walk.page.locator(f"[data-layer={layer}]"))
    walk.press(row.locator(".layer-more > summary"))
    walk.press(row.locator(".versions-fold > summary"))
    return row


def indicators_against_targets(walk: Walk) -> None:
    walk.open("/dashboard?zone=zones%2Fz-qy")
    expect(walk.page.locator(".verdict-key li")).to_have_count(5)
    tile = walk.page.locator("[data-statistic=projects_by_state][data-figure]")
    expect(tile).to_be_visible()
    walk.picture("11-dashboard")
    walk.press(tile.locator("h3 a"))
    expect(walk.page.locator("#sentence")).to_be_visible()


def workbook_to_send_on(walk: Walk) -> None:
    walk.open("/#f=projects%3Astart_iso%3D2021&tb=projects;;@name,investment_value,land_mu,category")
    link = walk.page.locator("#table-xlsx")
    expect(link).to_be_visible()
    walk.picture("12-workbook")
    answer = walk.page.request.get(walk.service.url + (link.get_attribute("href") or ""))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.body())).get_sheet_by_index(0).to_python()
    assert str(sheet[-1][0]).startswith({"zh": "合计", "en": "Total"}[walk.lang])


def share_what_is_seen(walk: Walk) -> None:
    walk.open("/#f=projects%3Astart_iso%3D2021&sel=projects/p-06")
    expect(walk.page.locator("#card-title")).to_be_visible()
    walk.press(walk.named("picture_link", inside="#tools"))
    expect(walk.page.locator(".picture-preview")).to_be_visible()
    until_on(walk.page, lambda: walk.page.evaluate("document.querySelector('.picture-preview').naturalWidth > 0"))
    walk.picture("13-share")


def on_a_phone(walk: Walk) -> None:
    walk.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    walk.open("/#sel=projects/p-06")
    expect(walk.page.locator("#card .site-verdict .verdict").first).to_be_visible()
    assert walk.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    walk.picture("14-phone")


JOBS: tuple[Callable[[Walk], None], ...] = (
    find_one_six_ways,
    read_where_and_when,
    list_projects,
    see_what_is_built_in_2023,
    check_a_site_of_40_mu,
    place_an_unplaced_project,
    compare_two_versions,
    read_area_by_zone_and_class,
    homes_near_parks,
    bring_own_parcels_twice,
    indicators_against_targets,
    workbook_to_send_on,
    share_what_is_seen,
    on_a_phone,
)
LANGS = ("zh", "en")
WALKED = [(job, lang) for i, job in enumerate(JOBS) for lang in (LANGS if DRAWING else (LANGS[i % 2],))]


@pytest.mark.parametrize(("job", "lang"), WALKED, ids=[f"{job.__name__}-{lang}" for job, lang in WALKED])
def test_a_planner_does(
    job: Callable[[Walk], None], lang: str, page: Page, service: Running, tmp_path: Path
) -> None:
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    walk = Walk(page, service, lang, tmp_path)
    job(walk)
    if DRAWING:
        print(f"{job.__name__} {lang}: {walk.pressed} pressed or written")  # noqa: T201 - counted for the guide
