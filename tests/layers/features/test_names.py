"""Names are found as people write them: in part, by pinyin, by number, in other words and with slips."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.text import Text
from layers.features.columns import Content, content_of
from layers.features.names import Match, NameIndex
from layers.features.near_words import normal_form, normal_forms
from layers.features.pinyin import character_readings, name_spellings
from layers.plan.catalog import Field, Layer

NAMES = (
    ("长电微系统集成高端制造项目", "Changdian microsystem plant", 6, "江苏长电科技股份有限公司"),
    ("重庆路小学", "Chongqing Road school", 33, None),
    ("银河国际科技城", "Galaxy International city", 1, "银河集团"),
    ("绿地公园", "Green park", None, None),
    ("以色列银牛 3D 芯片项目", "Silver Bull 3D chip", 37, None),
)
FIELDS = (
    Field(id="number", label=Text("序号", "Number"), type="integer", measure="identifier"),
    Field(id="company", label=Text("企业", "Company")),
)
LAYER = Layer(
    id="sites",
    group="g",
    label=Text("地块", "Sites"),
    geometry="point",
    source=Text("", ""),
    licence=Text("", ""),
    fields=FIELDS,
)


def _content(rows: Sequence[tuple[object, ...]]) -> Content:
    names = ("name_zh", "name_en", "number", "company")
    told = [dict(zip(names, row, strict=True)) for row in rows]
    return content_of([f"f-{at}" for at in range(len(rows))], [None] * len(rows), told)


INDEX = NameIndex(LAYER, _content(NAMES))


@pytest.mark.parametrize(
    ("text", "rows", "match"),
    [
        ("长电", [0], Match.START),
        ("绿地公园", [3], Match.WHOLE),
        ("ＧＡＬＡＸＹ", [2], Match.START),
        ("系统 制造", [0], Match.PART),
        ("changdian", [0], Match.START),  # its English name
        ("yinhe", [2], Match.PINYIN),
        ("chongqinglu", [1], Match.PINYIN),
        ("zhongqing", [1], Match.PINYIN),  # both readings of a character
        ("lvdi", [3], Match.PINYIN),
        ("cdwxt", [0], Match.INITIALS),
        ("yhgj", [2], Match.INITIALS),
        ("33", [1], Match.NUMBER),
        ("科技股份", [0], Match.TEXT),
        ("长店", [0], Match.PINYIN),  # another character of the same sound
        ("半导体", [4], Match.NEAR),
        ("河学", [], None),
    ],
)
def test_found(text: str, rows: list[int], match: Match | None) -> None:
    found = INDEX.find(text, near=[("半导体", "芯片")])
    assert list(found) == rows
    assert [found[row][0] for row in rows] == [match] * len(rows)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("galxy", [2]),
        ("gaalxy", [2]),
        ("internatonal", [2]),
        ("galaxie", []),
        ("银合国际科技城", [2]),
        ("重庆路学", [1]),
        ("重庆路小小学", [1]),
        ("银河科技城", [2]),  # as people shorten names
        ("长电制造", [0]),
        ("长电小学", []),
        ("zzzz", []),
        ("", []),
    ],
)
def test_found_in_spite_of_a_slip(text: str, rows: list[int]) -> None:
    assert list(INDEX.find(text) or INDEX.find_alike(text)) == rows


def test_it_says_which_text_answered_as_it_is_written() -> None:
    for text, field, written in (
        ("科技股份", "company", "江苏长电科技股份有限公司"),
        ("GALAXY", "name_en", "Galaxy International city"),
        ("33", "number", "33"),
    ):
        ((row, answer),) = INDEX.find(text).items()
        named = INDEX.named(row, answer)
        assert (named.field, named.text) == (field, written)


def test_digits_in_a_longer_number_are_not_that_number() -> None:
    index = NameIndex(LAYER, _content([("甲", "a", 333, "第 33 号"), ("乙", "b", 3, "第 1339 号")]))
    assert index.find("33") == {0: (Match.TEXT, 0, index.find("33")[0][2])}


def test_a_layer_without_search_fields_is_not_searched() -> None:
    layer = Layer(
        id="x",
        group="g",
        label=LAYER.label,
        geometry="point",
        source=Text("", ""),
        licence=Text("", ""),
        search=(),
        fields=FIELDS,
    )
    assert NameIndex(layer, _content(NAMES)).find("长电") == {}


@given(st.text(max_size=30), st.text(max_size=12))
def test_whatever_is_asked_what_holds_it_is_found(name: str, words: str) -> None:
    index = NameIndex(LAYER, _content([(name, None, None, None)]))
    found = index.find(words)
    index.find_alike(words)
    if normal_form(words) and normal_form(words) in normal_form(name):
        assert found[0][0] <= Match.PART


def test_readings() -> None:
    assert set(character_readings("重")) == {"zhong", "chong"}
    assert character_readings("x") == ()
    assert ("3d", "xin", "pian") in name_spellings("3D芯片".casefold())
    assert name_spellings("Galaxy") == [] == name_spellings("长" * 25)


def test_what_is_spelled_by_all_the_letters_comes_before_what_begins_so() -> None:
    index = NameIndex(LAYER, _content([(one, "", None, None) for one in ("北定山路", "定山路", "定山")]))
    for letters in ("dingshan", "ds"):
        found = index.find(letters)
        assert sorted(found, key=lambda row: found[row][:2]) == [2, 1, 0], letters


_PIECES = st.sampled_from(
    ["Ａb", "ß", "Σ", " ", "  ", "\t", "\n", "\u3000", "\u0301", "ﬁ", "가", "\u1100", "\u1161", "银河", "\x1c"]
)


@given(texts=st.lists(st.lists(_PIECES, max_size=5).map("".join) | st.text(max_size=6), max_size=6))
def test_many_texts_are_brought_into_one_form_as_each_alone(texts: list[str]) -> None:
    assert normal_forms(texts) == [normal_form(one) for one in texts]
