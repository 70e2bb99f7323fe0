"""Briefings made over HTTP: picked views, numbers and texts come out as slides and documents with native shapes."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.util import Emu

from tests.landuse_plan import write_landuse_plan
from tests.waiting import until_on
from tests.webapp.conftest import Running
from tests.webapp.layers.test_imports import finished
from webapp.state import state_of

pytestmark = pytest.mark.slow


@pytest.fixture
def app(tmp_path: Path, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    app = make_app(write_landuse_plan(tmp_path / "l"))
    yield app
    state_of(app).close()


def view(app: Flask, client: FlaskClient) -> str:
    made = state_of(app)
    headers = {"Authorization": "Bearer " + made.accounts.issue(made.keyring, ("views:write",), days=1)[1]}
    kept = client.post("/api/views", json={"name": "分区 <b>", "state": "on=zones"}, headers=headers)
    return str(kept.get_json()["id"])


def statistic(client: FlaskClient) -> str:
    return str(client.get("/api/statistics").get_json()["statistics"][0]["id"])


def test_slides_hold_the_views_the_numbers_and_shapes(app: Flask, client: FlaskClient) -> None:
    kept, number = view(app, client), statistic(client)
    items = [{"view": kept}, {"statistic": number}, {"text": f"一\n{{{number}}}"}]
    body = {"title": "=cmd|' /C calc'!A0", "items": items, "shapes": True}
    told = finished(client, client.post("/api/briefings?lang=zh", json=body))
    assert told["error"] is None, told
    assert set(told["rows"]) == {"file", "files", "pages", "changes"}
    found = client.get(f"/briefings/{told['rows']['file']}")
    show = Presentation(io.BytesIO(found.data))
    texts = [s.text_frame.text for slide in show.slides for s in slide.shapes if s.has_text_frame]
    assert "=cmd|' /C calc'!A0" in texts
    assert any("分区 <b>" in text for text in texts)
    groups = [s for slide in show.slides for s in slide.shapes if s.shape_type == MSO_SHAPE_TYPE.GROUP]
    library = state_of(app).library
    zones = library.layer("zones")
    names = {f.name(zones, "zh") for f in library.snapshot(zones).features if f.geometry is not None}
    drawn = {shape.name for group in groups for shape in group.shapes}
    assert drawn == names
    assert all(s.shape_type == MSO_SHAPE_TYPE.FREEFORM for group in groups for s in group.shapes)


def test_documents_come_too(app: Flask, client: FlaskClient) -> None:
    body = {"items": [{"statistic": statistic(client)}], "format": "docx"}
    told = finished(client, client.post("/api/briefings?lang=en", json=body))
    assert Document(io.BytesIO(client.get(f"/briefings/{told['rows']['file']}").data)).paragraphs


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"items": []},
        {"items": ["x"]},
        {"items": [{"view": "x", "text": "y"}]},
        {"items": [{"x": "y"}]},
        {"items": [{"statistic": "nothing"}]},
        {"items": [{"view": "nothing"}]},
        {"items": [{"text": 1}]},
        {"items": [{"text": "a"}], "format": "exe"},
        {"items": [{"text": "a"}], "formats": []},
        {"items": [{"text": "a"}], "formats": "pdf"},
        {"items": [{"text": "a"}], "formats": ["pdf", 1]},
        {"items": [{"text": "a", "title": 1}]},
        {"items": [{"title": "a"}]},
        {"items": [{"text": "a"}], "title": 1},
        {"items": [{"text": "a"}] * 61},
    ],
)
def test_wrong_wishes_are_told(client: FlaskClient, body: dict[str, Any]) -> None:
    assert client.post("/api/briefings", json=body).status_code in (400, 404)


def test_several_formats_come_from_one_state_of_the_data(app: Flask, client: FlaskClient) -> None:
    items = [{"chapter": "第一章"}, {"statistic": "homes", "title": "自拟"}, {"table": "tb=zones"}]
    body = {"items": items, "formats": ["pdf", "docx", "pdf", "pages"]}
    told = finished(client, client.post("/api/briefings?lang=zh", json=body))
    assert told["error"] is None, told
    assert set(told["rows"]["files"]) == {"pdf", "docx"}
    assert told["rows"]["file"] == told["rows"]["files"]["pdf"]
    book = Document(io.BytesIO(client.get(f"/briefings/{told['rows']['files']['docx']}").data))
    assert {"第一章", "自拟"} <= {one.text for one in book.paragraphs}
    assert book.tables
    for file in told["rows"]["pages"]:
        sent = client.get(f"/briefings/{file}?look=1")
        assert sent.data.startswith(b"\x89PNG")
        assert sent.headers["Content-Disposition"].startswith("inline")
    for look, how in (("?look=1", "inline"), ("", "attachment")):
        sent = client.get(f"/briefings/{told['rows']['file']}{look}")
        assert sent.data.startswith(b"%PDF-")
        assert sent.headers["Content-Disposition"].startswith(how)
    assert (
        client.get(f"/briefings/{told['rows']['files']['docx']}?look=1")
        .headers["Content-Disposition"]
        .startswith("attachment")
    )


def test_files_are_reached_by_their_own_names_only(client: FlaskClient) -> None:
    for name in ("x.pptx", "..%2Fsecret", "0" * 32 + ".pptx", "0" * 32 + ".exe"):
        assert client.get(f"/briefings/{name}").status_code == 404


def test_a_briefing_is_put_together_on_the_page(
    page: Page, app: Flask, client: FlaskClient, serve: Callable[[Flask], Running]
) -> None:
    view(app, client)
    service = serve(app)
    state_of(app).jobs.warm()
    page.goto(f"{service.url}/briefing?lang=zh")
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page.locator(".briefing-items")).to_contain_text("还没有内容")
    expect(page.locator("#make")).to_be_disabled()
    adding = page.get_by_role("button", name="加入", exact=True)
    expect(adding).to_have_count(4)
    for add in adding.all():
        add.click()
    expect(page.locator(".briefing-items li")).to_have_count(4)
    page.locator(".briefing-items li").nth(1).get_by_role("button", name="上移").click()
    expect(page.locator(".briefing-items li").nth(1)).to_contain_text("分区 <b>")
    page.locator("#briefing input[type=text]").first.fill("今年的简报")
    page.locator("textarea").first.fill("共 ")
    page.click("#bind")
    expect(page.locator("textarea").first).to_have_value(re.compile(r"^共 \{\w+\}$"))
    beside = page.context.new_page()  # what another window adds comes in here and is not lost
    beside.goto(f"{service.url}/briefing?lang=en")
    expect(beside.locator("#briefing input[type=text]").first).to_have_value("今年的简报")
    beside.get_by_role("button", name="Add", exact=True).first.click()
    beside.locator("#briefing input[type=text]").nth(1).fill("第二稿")
    beside.close()
    expect(page.locator("#briefing input[type=text]").nth(1)).to_have_value("第二稿")
    expect(page.locator(".briefing-items li")).to_have_count(5)
    page.locator(".briefing-items li").nth(4).get_by_role("button", name="移除").click()
    page.fill("#find", "没有这样的内容")
    expect(page.get_by_role("button", name="加入", exact=True)).to_have_count(4)
    expect(page.get_by_role("button", name="加入", exact=True).first).to_be_disabled()
    lines = page.locator(".briefing-items li")
    lines.nth(3).get_by_role("button", name="移除").click()
    expect(lines).to_have_count(3)
    page.click("#put-back")
    expect(lines).to_have_count(4)
    lines.nth(0).get_by_role("textbox").fill("自拟 <i>")
    page.locator("textarea").first.fill("第一章 <b>")
    page.click("#chapter")
    expect(lines.nth(4)).to_contain_text("章节")
    page.check("input[name=format][value=docx]")
    full = {"status": 503, "json": {"code": "busy", "title_zh": "已满", "title_en": "full"}}
    page.expected_errors.append("503")  # type: ignore[attr-defined]
    page.route("**/api/briefings?*", lambda route: route.fulfill(**full), times=1)
    page.click("#make")
    expect(page.locator("span[role=status]")).to_contain_text("计算任务已满")  # and again by itself
    with page.expect_download() as kept:
        page.get_by_role("link", name="幻灯片").click()
    show = Presentation(str(kept.value.path()))
    assert len(show.slides) >= 3
    assert {"自拟 <i>", "第一章 <b>"} <= {slide.shapes.title.text_frame.text for slide in show.slides}
    with page.expect_download() as kept:
        page.get_by_role("link", name="文档").click()
    assert "自拟 <i>" in [one.text for one in Document(str(kept.value.path())).paragraphs]
    page.click("#preview")
    pictures = page.locator(".briefing-pages img")
    expect(pictures.first).to_have_attribute("alt", re.compile("第 1 页，共 [2-9] 页"), timeout=60_000)
    pictures.first.scroll_into_view_if_needed()
    until_on(page, lambda: page.evaluate("document.querySelector('.briefing-pages img').naturalWidth") > 300)


@pytest.mark.parametrize("kind", ["html", "pdf", "zip", "toml", "docx"])
def test_every_format_comes_with_its_own_kind_of_bytes(app: Flask, client: FlaskClient, kind: str) -> None:
    view(app, client)
    items = [{"statistic": "homes"}, {"indicator": "i-1"}, {"feature": "zones/z-1"}]
    told = finished(client, client.post("/api/briefings?lang=en", json={"items": items, "format": kind}))
    assert told["error"] is None, told
    found = client.get(f"/briefings/{told['rows']['file']}").data
    first = {"html": b"<!doctype html>", "pdf": b"%PDF-", "zip": b"PK", "docx": b"PK", "toml": b"[briefing]"}
    assert found.startswith(first[kind])
    if kind == "toml":  # what was picked is a file that makes the same briefing again
        again = {"declaration": found.decode(), "format": "html"}
        told = finished(client, client.post("/api/briefings?lang=en", json=again))
        assert told["error"] is None, told
        assert told["rows"]["changes"] == []


def test_a_template_is_checked_before_it_is_kept(client: FlaskClient, tmp_path: Path) -> None:
    own = Presentation()
    own.slide_width, own.slide_height = Emu(9_000_000), Emu(6_000_000)
    held = io.BytesIO()
    own.save(held)
    good = client.post("/api/briefings/templates?kind=pptx&name=own.pptx", data=held.getvalue())
    assert good.status_code == 200, good.text
    body = {"items": [{"text": "a"}], "template": good.get_json()["template"]}
    told = finished(client, client.post("/api/briefings?lang=en", json=body))
    made = Presentation(io.BytesIO(client.get(f"/briefings/{told['rows']['file']}").data))
    assert made.slide_width == 9_000_000
    bad = client.post("/api/briefings/templates?kind=docx&name=x%3Cb%3E.docx", data=held.getvalue())
    assert bad.status_code == 422
    assert "docx" in bad.get_json()["error"]["en"] if "error" in bad.get_json() else bad.get_json()
    for wrong in ("../x", "0" * 32 + ".template.docx", "0" * 32 + ".template.pptx"):
        assert client.post("/api/briefings", json={**body, "template": wrong}).status_code in (400, 404)


@pytest.mark.parametrize(
    ("declaration", "status", "code"),
    [
        ("[briefing]\n" + ".".join("a" * 60_000) + " = 1", 422, "too_complex"),
        ("[briefing]\ntitle = " + "9" * 5000, 400, "bad_parameter"),
        ("[briefing]\ntitle = " + "[" * 50_000, 400, "bad_parameter"),
        (
            '[briefing]\ntitle = {zh = "a", en = "a"}\n' + '[[briefing.items]]\nkind = "text"\n' * 301,
            400,
            "bad_parameter",
        ),
    ],
    ids=["nested names", "a number of thousands of digits", "nested lists", "more slides than anybody shows"],
)
def test_a_file_that_is_dear_to_read_costs_only_itself(
    tmp_path: Path, make_app: Callable[..., Flask], declaration: str, status: int, code: str
) -> None:
    app = make_app(write_landuse_plan(tmp_path / "dear"), max_look_seconds="1")
    found = app.test_client().post("/api/briefings", json={"declaration": declaration, "format": "toml"})
    state_of(app).close()
    assert (found.status_code, found.get_json()["code"]) == (status, code), found.text[:300]


def held_kb(what: str) -> int:
    told = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in told.splitlines() if line.startswith(what)))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_template_that_unpacks_to_much_is_looked_at_in_a_child(client: FlaskClient, app: Flask) -> None:
    held, swollen = io.BytesIO(), io.BytesIO()
    Presentation().save(held)
    with zipfile.ZipFile(held) as plain, zipfile.ZipFile(swollen, "w", zipfile.ZIP_DEFLATED) as file:
        for name in plain.namelist():
            data = plain.read(name)
            if name == "ppt/slideMasters/slideMaster1.xml":
                data = data.replace(b"</p:sldMaster>", b"<a/>" * 3_000_000 + b"</p:sldMaster>")
            file.writestr(name, data)
    Path("/proc/self/clear_refs").write_text("5")  # the most that was held is counted anew
    before = held_kb("VmRSS")
    found = client.post("/api/briefings/templates?kind=pptx&name=own.pptx", data=swollen.getvalue())
    grown_mb = (held_kb("VmHWM") - before) / 1024
    assert found.status_code in (200, 422), found.text
    assert grown_mb < 150, "what it unpacks to was held by the service itself"
    kept = [one for one in (state_of(app).instance / "briefings").iterdir() if one.name.endswith(".pptx")]
    assert len(kept) == (found.status_code == 200), "nothing of a refused one stays"
