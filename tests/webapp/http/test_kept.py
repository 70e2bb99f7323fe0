"""What is kept ready is what would be made now: a change, another reader, another language get their own bytes."""

from __future__ import annotations

import gzip
import os
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import brotli
import pytest
from flask import Flask

from layers.figures.answer import answer
from layers.figures.question import read_questions
from layers.files import file_stamp
from tests.landuse_plan import write_landuse_plan
from tests.small_plan import LAYERS, feature, point, square, write_layer
from tests.webapp.conftest import issue
from tests.webapp.operations import SITE, sign_in_as
from webapp.http.kept import Kept, KeptBodies, Same
from webapp.state import current_library as opened
from webapp.state import state_of

PAGES = ("/", "/about", "/statistics", "/indicators", "/limits", "/briefing", "/unplaced")
DATA = ("/api/catalog", "/api/statistics", "/layers/zones.geojson", "/api/search?q=a", "/api/messages")


def _numbers(bodies: KeptBodies, among: range) -> list[int]:
    return [number for number in among if bodies.find(number)]


def test_bodies_stay_within_their_room() -> None:
    bodies, made = KeptBodies(100_000), []
    for number in range(50):
        bodies.once(number, lambda: made.append(1) or b"x" * 9000)
        assert bodies.held_b <= 100_000
    assert bodies.held_b == 100_000
    assert _numbers(bodies, range(50)) == list(range(40, 50))
    bodies.once(45, lambda: b"not made again")
    bodies.once(99, lambda: b"y" * 60_000)  # one may not push out all the others
    assert bodies.find(99) is None
    assert len(made) == 50


def test_the_one_used_last_stays() -> None:
    bodies = KeptBodies(40_000)
    for key in "abcd":
        bodies.keep(key, Kept(b"x" * 8990, key))
    bodies.find("a")
    bodies.keep("e", Kept(b"x" * 8990, "e"))
    assert [key for key in "abcde" if bodies.find(key)] == ["a", "c", "d", "e"]


def test_many_that_are_asked_for_once_leave_what_is_asked_for_again() -> None:
    bodies = KeptBodies(100_000)
    for number in range(3):
        bodies.once(number, lambda: b"x" * 9000)
        bodies.find(number)
    for number in range(100, 1000):
        bodies.once(number, lambda: b"x" * 9000)
        assert bodies.held_b <= 100_000
    assert _numbers(bodies, range(10)) == [0, 1, 2]
    for number in range(100, 1000):
        bodies.once(number, lambda: b"x" * 9000)
        bodies.find(number)  # nor does what was asked for again, and no more, stay for good
    bodies.once(1000, lambda: b"new")
    assert bodies.find(1000) is not None
    assert _numbers(bodies, range(10)) == []


def test_small_bodies_count_with_all_they_take() -> None:
    bodies = KeptBodies(1_000_000)
    tracemalloc.start()
    try:
        for number in range(5_000):
            key = ("search", f"word {number} {'x' * 60}", 20, Same(b"told" * 10), object())
            bodies.once(key, lambda: b"{}" * 20)
        assert tracemalloc.get_traced_memory()[0] < 1_500_000
    finally:
        tracemalloc.stop()


def test_like_is_not_same() -> None:
    one, other = [1], [1]
    assert Same(one) == Same(one) and hash(Same(one)) == hash(Same(one))
    assert Same(one) != Same(other)


@pytest.fixture
def landuse(tmp_path: Path, make_app: Callable[..., Flask]) -> Flask:
    return make_app(write_landuse_plan(tmp_path / "plan"))


def later(path: Path) -> None:
    """Let a file be of another time than before, however coarse the disk's clock is."""
    told = path.stat()
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns + 1_000_000_000))


@pytest.mark.parametrize("url", [*PAGES, *DATA])
def test_asked_again_it_is_the_same_and_in_the_other_language_its_own(landuse: Flask, url: str) -> None:
    client = landuse.test_client()
    ways = [{"Accept-Language": "zh"}, {"Accept-Language": "en"}]
    first = [client.get(url, headers=one) for one in ways]
    again = [client.get(url, headers=one) for one in ways]
    assert [one.data for one in again] == [one.data for one in first]
    assert [one.headers["ETag"] for one in again] == [one.headers["ETag"] for one in first]
    assert (first[0].data != first[1].data) == (url in PAGES)
    kept = client.get(url, headers=ways[1] | {"If-None-Match": first[1].headers["ETag"]})
    assert (kept.status_code, kept.data) == (304, b"")


def _title(folder: Path) -> None:
    path = folder / "catalog.toml"
    path.write_text(path.read_text("utf-8").replace("河谷园区规划", "山谷园区规划"), "utf-8")
    later(path)


def _zones(folder: Path) -> None:
    more = feature("z-3", square(104.16, 30.05, 0.02), name_zh="南区 a", name_en="South", kind="edge")
    write_layer(folder, "zones", [*LAYERS["zones"], more])
    later(folder / "geojson" / "zones.geojson")


def _statistic(folder: Path) -> None:
    path = folder / "statistics.toml"
    path.write_text(path.read_text("utf-8").replace("住宅占比", "居住占比"), "utf-8")
    later(path)


def _indicator(folder: Path) -> None:
    path = folder / "indicators.toml"
    path.write_text(path.read_text("utf-8").replace("[indicators.i-1]", "[indicators.i-changed]"), "utf-8")
    later(path)


def _briefing(folder: Path) -> None:
    (folder / "briefings").mkdir()
    text = '[briefing]\ntitle = {zh = "新的简报", en = "A new briefing"}\nitems = []\n'
    (folder / "briefings" / "news.toml").write_text(text, "utf-8")


CHANGES: list[tuple[Callable[[Path], None], tuple[str, ...]]] = [
    (_title, ("/", "/about", "/statistics", "/indicators", "/limits", "/briefing", "/api/catalog")),
    (
        _zones,
        ("/about", "/api/catalog", "/layers/zones.geojson", "/layers/zones.geojson?limit=1", "/api/search?q=a"),
    ),
    (_statistic, ("/statistics", "/briefing", "/api/statistics")),
    (_indicator, ("/indicators", "/briefing")),
    (_briefing, ("/briefing",)),
]


@pytest.mark.parametrize(("change", "urls"), CHANGES, ids=[one.__name__ for one, _ in CHANGES])
def test_what_changed_is_told_at_once(
    landuse: Flask, make_app: Callable[..., Flask], change: Callable[[Path], None], urls: tuple[str, ...]
) -> None:
    client = landuse.test_client()
    before = {url: client.get(url).data for url in urls}
    change(state_of(landuse).library.folder)
    afresh = make_app(state_of(landuse).library.folder).test_client()  # has kept nothing
    for url in urls:
        now = client.get(url).data
        assert now != before[url], url
        assert now == afresh.get(url).data, url


def test_an_edit_is_in_all_that_shows_the_layer(landuse: Flask) -> None:
    client = sign_in_as(landuse, "editor")
    urls = ("/layers/sites.geojson", "/api/search?q=newname", "/about", "/briefing", "/features/sites/s-1")
    before = {url: client.get(url).data for url in urls}
    edits = [{"feature": "s-1", "properties": {"name_zh": "新名厂", "name_en": "Newname works"}}]
    body = {"edits": edits, "why": "renamed", "expected": None}
    answer = client.post("/api/layers/sites/edits", json=body, headers=SITE)
    assert answer.status_code == 200, answer.text
    for url in urls:
        told = client.get(url).data
        assert told != before[url], url


def test_a_figure_is_on_the_page_as_soon_as_it_is_published(
    landuse: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tick in ("_FRESH_NS", "_COARSE_NS"):  # the page is kept while a figure has just come
        monkeypatch.setattr(f"layers.figures.figure.{tick}", -1)
    client, state = landuse.test_client(), state_of(landuse)
    state.shelf.folder.mkdir(parents=True)
    os.utime(state.shelf.folder, ns=(0, 0))
    before = {url: client.get(url).data for url in ("/statistics", "/indicators")}
    assert {url: client.get(url).data for url in before} == before
    wanted = client.get("/api/statistics").get_json()["statistics"][0]["id"]
    figure = answer(
        state.library,
        lambda done, total: None,
        read_questions(state.library.folder).statistics[wanted],
        software="1",
    )
    state.shelf.publish(figure)
    page = client.get("/statistics")
    assert f'data-figure="{figure.id}"' in page.text
    with monkeypatch.context() as made_once:
        made_once.setattr(
            "webapp.figures.pages.latest_figure", lambda _one: pytest.fail("no figure of it has come")
        )
        state.shelf.publish(replace(figure, id="0" * 16))  # of another question
        os.utime(state.shelf.folder, ns=(0, 2))
        assert client.get("/statistics").data == page.data
    state.shelf.remove(figure.id)
    os.utime(state.shelf.folder, ns=(0, 1))
    assert figure.id not in client.get("/statistics").text


def test_just_after_a_figure_came_nothing_is_relied_on(landuse: Flask) -> None:
    shelf = state_of(landuse).shelf
    assert shelf.mark() == 0
    shelf.folder.mkdir(parents=True)
    assert shelf.mark() is None
    os.utime(shelf.folder, ns=(0, 5))
    assert shelf.mark() == 5


@pytest.mark.parametrize("url", [*PAGES, *DATA, "/api/search?q=Secret", "/api/search?q=绝密"])
def test_who_asks_second_gets_nothing_of_who_asked_first(
    landuse: Flask, make_app: Callable[..., Flask], url: str
) -> None:
    token, administrator = issue(landuse, "restricted:read"), sign_in_as(landuse, "administrator")
    told = [administrator.get(url), landuse.test_client().get(url, headers=token)]
    visitor = landuse.test_client().get(url)
    assert visitor.data == make_app(state_of(landuse).library.folder).test_client().get(url).data
    for word in ("Secret main", "绝密", "pipes", "管网", *(["administrator"] if url in PAGES else [])):
        assert word not in visitor.text.replace("/api/search?q=绝密", "").replace('"query":"绝密"', ""), word
    if url in PAGES and url != "/":
        assert "administrator" in told[0].text
    if "Secret" in url or "绝密" in url:
        assert told[0].get_json()["total"] == told[1].get_json()["total"] == 1
        assert visitor.get_json()["total"] == 0


def test_another_host_gets_its_own_addresses(landuse: Flask) -> None:
    client = landuse.test_client()
    told = {host: client.get("/", headers={"Host": host}).text for host in ("127.0.0.1", "127.0.0.2")}
    for host, page in told.items():
        assert f"http://{host}/" in page
        assert not any(f"http://{other}/" in page for other in told if other != host)


@pytest.mark.parametrize("url", ["/about", "/layers/zones.geojson", "/api/catalog", "/api/search?q=a"])
def test_packed_or_not_it_is_the_same_and_packed_once(
    landuse: Flask, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    client = landuse.test_client()
    packed = []
    pack = brotli.compress
    monkeypatch.setattr(
        "flask_compress.flask_compress.brotli.compress", lambda *a, **k: packed.append(1) or pack(*a, **k)
    )
    for _ in range(2):
        for way, unpacked in (("br", brotli.decompress), ("gzip", gzip.decompress)):
            told = client.get(url, headers={"Accept-Encoding": way})
            assert told.headers.get("Content-Encoding") == way
            assert unpacked(told.data) == client.get(url).data
    assert len(packed) == 1
    _zones(state_of(landuse).library.folder)
    assert brotli.decompress(client.get(url, headers={"Accept-Encoding": "br"}).data) == client.get(url).data
    assert len(packed) == 2


def test_a_request_looks_at_each_file_once(landuse: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = landuse.test_client()
    looked: list[Path] = []
    monkeypatch.setattr("layers.library.library.file_stamp", lambda path: looked.append(path) or file_stamp(path))
    for url in ("/about", "/statistics", "/api/search?q=a"):
        looked.clear()
        client.get(url)
        assert looked and len(looked) == len(set(looked)), url


def test_a_writing_request_sees_what_it_wrote(landuse: Flask) -> None:
    library = state_of(landuse).library
    with landuse.test_request_context("/", method="POST"):
        assert opened() is library
    with landuse.test_request_context("/"):
        held = opened()
        assert held is not library
        assert opened() is held
        layer = held.layer("sites")
        count = len(held.snapshot(layer).features)
        write_layer(library.folder, "sites", [feature("s-9", point(104.07, 30.07), name_zh="九", name_en="Nine")])
        later(library.folder / "geojson" / "sites.geojson")
        assert len(held.snapshot(layer).features) == count
        assert len(library.snapshot(layer).features) == 1
    with landuse.test_request_context("/"):
        assert len(opened().snapshot(layer).features) == 1
