"""Text is drawn or named: what the main font lacks comes from another one, what none has is told by its code."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import get_font

from briefings.map.fonts import drawable_text, font_path, font_paths, sized_font, width_em
from briefings.map.lettering import fit_line

RARE = [
    "𠮷祥村",
    "𣲘河",
    "堽城坝",
    "㙍头",
    "𬭳厂",
    "镕基路",
    "喆旺府",
    "龘",
    "鿍",
    "한글",
    "Żółć",
    "🌳公园",
    "①②㎡",
    "Ελλάδα",
    "Ёлка",
]


@cache
def charmap(path: Path) -> frozenset[int]:
    return frozenset(get_font(str(path)).get_charmap())


def has(path: Path, character: str) -> bool:
    return ord(character) in charmap(path)


def ink(text: str, shown: str) -> np.ndarray:
    """Return the dark pixels of a text drawn in the fonts chosen for ``shown``."""
    figure = Figure(figsize=(4, 1), dpi=100)
    canvas = FigureCanvasAgg(figure)
    figure.text(0.02, 0.4, text, fontproperties=sized_font(30, shown))
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., 0] < 128


@pytest.mark.parametrize("name", RARE)
def test_every_character_has_a_font(name: str) -> None:
    assert drawable_text(name) == name
    for character in name:
        assert any(has(path, character) for path in font_paths()), character
        assert 0.1 < width_em(character) < 1.6


@pytest.mark.parametrize("character", ["𠮷", "한", "🌳", "Ż"])
def test_what_helps_out_is_no_empty_box(character: str) -> None:
    assert not has(font_path(), character), "the main font has it by now: take another"
    one, other = ink(character, character), ink("园", "园")
    assert one.sum() > 30
    assert (one != other).any()


def test_a_marked_letter_comes_whole_from_one_font() -> None:
    """ć is c with its mark right above it: as wide as the font's own, and nothing to its right."""
    marked, plain = (np.flatnonzero(ink(text, "ć").any(axis=0)) for text in ("ć", "c"))
    assert abs(int(marked.max()) - int(plain.max())) <= 3


def test_a_text_the_main_font_has_is_drawn_by_it_alone() -> None:
    assert sized_font(9, "规划 plan").get_file() == str(font_path())


def test_what_no_font_has_is_named() -> None:
    assert drawable_text("镇\U000323af口") == "镇〔U+323AF〕口"
    assert "□" not in drawable_text("".join(map(chr, range(0x30000, 0x30020))), longest=1000)


@settings(deadline=None)  # the first example opens the fonts
@given(st.text(max_size=30))
def test_every_drawable_text_has_glyphs(text: str) -> None:
    for character in drawable_text(text):
        assert any(has(path, character) for path in font_paths())


def test_quotation_marks_among_latin_letters_are_as_narrow_as_they_are() -> None:
    told = "of “Roads”"
    assert width_em(told) < width_em("of Roads") + 1.5 < width_em("路“”") + width_em("of Roads")
    assert sized_font(10, told) != sized_font(10, "“路”")
    assert sized_font(10, "“路”") == sized_font(10, "路")


def test_a_line_of_a_text_with_quotation_marks_is_as_wide_as_its_words() -> None:
    text = "“The class allows living and services” is not met; the land use is a sketch. Not certain, the position is not"
    for ems in range(20, 60, 5):
        lines = fit_line(text, ems, lines=20)
        assert " ".join(lines) == text, "nothing is cut within"
        assert max(map(width_em, lines)) <= ems
