"""A briefing's page checks itself from a stick: whole when untouched, the changed part named, no request at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from briefings.resolve.declaration import Briefing, Item
from briefings.resolve.edition import resolve
from briefings.write.html import write_webpage
from briefings.write.seal import NotAPack, check_seal
from geo.text import Text
from layers.library.library import Library
from tests.landuse_plan import write_landuse_plan
from webapp.cli.main import main

HOSTILE = '</script><!-- <b onclick="x">&amp; \u00a0 =cmd|x'


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = write_landuse_plan(tmp_path / "p")
    hostile = Text(HOSTILE, HOSTILE)
    briefing = Briefing(
        "x", hostile, items=(Item("figure", statistic="homes"), Item("text", hostile, text=(hostile,)))
    )
    found = resolve(Library(folder), briefing, language="en", software="t")
    path = tmp_path / "briefing.html"
    path.write_bytes(write_webpage(found, briefing))
    return path


@pytest.fixture
def stick(browser: Browser) -> Iterator[Page]:
    """A page of a machine without a network."""
    context = browser.new_context(offline=True)
    yield context.new_page()
    context.close()


CHANGES = {
    "a number": ('class="value">2', 'class="value">3', "1 Homes share"),
    "an attribute": ('class="sentence"', 'class="hidden"', "1 Homes share"),
    "a part put in": ("<script type", "<p>new</p><script type", "<p>"),
    "a style": ("border-collapse", "border-spacing", "style"),
    "the numbers": ("&#34;value&#34;: 2", "&#34;value&#34;: 3", "Numbers and data versions (JSON)"),
}


def test_untouched_is_verified_here_and_in_the_page(pack: Path, stick: Page) -> None:
    told = check_seal(pack.read_text("utf-8"), file="x")
    assert told.whole, told
    asked: list[str] = []
    stick.on("request", lambda request: asked.append(request.url))
    stick.goto(pack.as_uri())
    assert told.seal[:16] in str(stick.text_content("#seal"))
    assert str(stick.text_content("#seal")).startswith("✓")
    assert [url for url in asked if not url.startswith(("data:", pack.as_uri()))] == []


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_named_here(pack: Path, change: str, capsys: pytest.CaptureFixture[str]) -> None:
    old, new, part = CHANGES[change]
    text = pack.read_text("utf-8")
    if old not in text:
        pytest.fail(f"{old} is not in the page")
    pack.write_text(text.replace(old, new, 1), "utf-8")
    assert main(["verify-pack", str(pack)]) == 1
    assert part in capsys.readouterr().out


@pytest.mark.parametrize("change", ["a number", "a part put in", "the numbers"])
def test_a_change_is_named_in_the_page(pack: Path, stick: Page, change: str) -> None:
    old, new, part = CHANGES[change]
    pack.write_text(pack.read_text("utf-8").replace(old, new, 1), "utf-8")
    stick.goto(pack.as_uri())
    said = str(stick.text_content("#seal"))
    assert said.startswith("✗")
    assert part in said


def test_another_seal_and_another_file_are_told(pack: Path, tmp_path: Path) -> None:
    seal = check_seal(pack.read_text("utf-8"), file="x").seal
    assert main(["verify-pack", str(pack), "--seal", seal[:16]]) == 0
    assert main(["verify-pack", str(pack), "--seal", "0" * 16]) == 1
    other = tmp_path / "other.html"
    other.write_text("<p>hello</p>", "utf-8")
    with pytest.raises(NotAPack):
        check_seal(other.read_text("utf-8"), file="other.html")
    assert main(["verify-pack", str(other)]) == 2
