"""What a briefing names is looked for before anything is made; numerals that no figure gives are marked as typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from briefings.resolve import edition
from briefings.resolve.declaration import (
    BadDay,
    Briefing,
    Item,
    UnboundNumber,
    briefing_text,
    compared_day,
    kept_briefings,
    read_briefing,
    read_text,
)
from briefings.resolve.edition import EditionRun, resolve
from briefings.resolve.names import check_names, find_numerals, named_statistics
from geo.text import Text
from layers.figures.figure import FigureShelf
from layers.figures.question import read_questions
from layers.library.editing import Edit, edit
from layers.library.library import Library
from tests.briefings.resolve.test_briefings import in_words, squeezed
from tests.landuse_plan import write_landuse_plan

DATA = Path(__file__).parents[3] / "data"
WORDS = Text("住宅占比 {homes}，共 {structure}，见附件 2。", "Homes take {homes} of {structure}, see annex 2.")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_landuse_plan(tmp_path / "p"))


def words_of(*items: Item, **more: object) -> Briefing:
    return replace(Briefing("b", Text("简报", "Briefing"), items=items), **more)  # type: ignore[arg-type]


def test_a_placeholder_that_is_not_known_is_refused_before_anything_is_made(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = list[object]()
    monkeypatch.setattr(edition, "draw_for_document", lambda *given, **_asked: made.append(given))
    monkeypatch.setattr(edition, "answer", lambda *given, **_asked: made.append(given))
    for name in ("nomes", "Homes", "ho-mes", "住宅"):
        for text in (f"{{{name}}}", f"{{ {name} }}"):
            asked = words_of(
                Item("map", state="z=12"),
                Item("figure", statistic="homes"),
                Item("text", text=(Text(text, text),)),
            )
            with pytest.raises(UnboundNumber, match=name) as refused:
                resolve(library, asked, language="en", software="t")
            for language, one in (("zh", "homes（住宅占比）"), ("en", "homes (Homes share)")):
                assert one in refused.value.message(language), "what may have been meant stands first"
    assert not made
    assert not named_statistics(words_of(Item("text", text=(Text("{1} {a, b} { } {}", "{1} {a, b} { } {}"),))))


def test_every_declared_briefing_names_what_is_there() -> None:
    bundled = Library(DATA)
    for key in kept_briefings(DATA):
        check_names(read_briefing(DATA, key), read_questions(DATA), bundled.catalog.views)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_numeral_of_a_traced_text_is_a_figures_or_marked_as_typed(library: Library, language: str) -> None:
    found = resolve(library, words_of(Item("text", text=(WORDS,)), traced=True), language=language, software="t")
    (section,) = found.sections
    given = {one for figure in found.numbers.values() for one in find_numerals(figure.shown[language])}
    written = {one for text in section.paragraphs for one in find_numerals(text)}
    assert given <= written
    assert written - given == {"2"} == set(section.typed)
    assert any("2" in text for text in section.caveats)


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "没有留存 2020-01-01 的数据"), ("en", "No data of 2020-01-01 is kept")]
)
def test_a_day_of_which_no_data_is_kept_is_not_said_to_be_unchanged(
    library: Library, language: str, words: str
) -> None:
    asked = words_of(Item("figure", statistic="homes"), against="2020-01-01")
    found = resolve(library, asked, language=language, software="t")
    assert found.since.table is None
    (line,) = found.since.beside
    assert words in line
    assert not resolve(library, words_of(*asked.items), language=language, software="t").since


@pytest.mark.parametrize(("language", "none"), [("zh", "数值没有变化"), ("en", "no number moved")])
def test_a_day_whose_data_is_kept_is_compared(library: Library, language: str, none: str) -> None:
    shelf = FigureShelf(library.folder / "figures")
    answered = resolve(
        library, words_of(Item("figure", statistic="homes")), language=language, software="t"
    ).figures
    day = ""
    for layer in map(library.layer, {use.layer for use in answered[0].layers}):
        renamed = Edit(library.snapshot(layer).features[0].id, properties={layer.title.zh or "name_zh": "别名"})
        day = edit(library, layer, [renamed], who="li", why="", expected=None).made_at[:10]  # the last one's
    found = resolve(
        Library(library.folder),
        words_of(Item("figure", statistic="homes"), against=day),
        language=language,
        software="t",
        shelf=shelf,
    )
    (line,) = found.since.beside
    assert none in line
    assert day in line


def test_sentences_and_dossiers_are_told_beside_the_table(library: Library, tmp_path: Path) -> None:
    shelf = FigureShelf(tmp_path / "figures")
    asked = words_of(Item("figure", statistic="homes"))
    made = resolve(library, asked, language="en", software="t", shelf=shelf)
    known = made.figures[0]
    older = replace(known, id="f" * len(known.id), sentence=Text("旧", "an older sentence"), value=1.0)
    shelf.publish(older)
    number = replace(made.numbers["homes"], figure=older.id, value=1.0, shown=Text("1", "1 ha"))
    found = resolve(
        library, asked, language="en", software="t", shelf=shelf, run=EditionRun(before={"homes": number})
    )
    assert found.since.table is not None
    assert found.since.table.rows[0][:2] == (known.statistic.label.en, "1 ha")
    (line,) = found.since.beside
    assert "an older sentence" in line
    for name, said in in_words(found).items():
        assert "anoldersentence" in squeezed(said), name


def test_a_published_figure_is_not_said_to_have_moved(library: Library, tmp_path: Path) -> None:
    shelf = FigureShelf(tmp_path / "figures")
    made = resolve(library, words_of(Item("figure", statistic="homes")), language="en", software="t", shelf=shelf)
    number = replace(made.numbers["homes"], figure="gone", shown=Text("1", "1 ha"))
    pinned = words_of(Item("figure", figure=made.figures[0].id))
    found = resolve(
        library, pinned, language="en", software="t", shelf=shelf, run=EditionRun(before={"homes": number})
    )
    assert not found.sections[0].moved
    assert not found.since


def test_days_to_compare_with() -> None:
    assert compared_day(words_of(against="last-year"), date(2024, 2, 29)) == "2023-02-28"
    assert not compared_day(words_of(), date(2024, 2, 29))
    with pytest.raises(BadDay):
        compared_day(words_of(against="yesterday"), date(2024, 2, 29))


def test_a_pinned_figure_stays_as_it_was_and_its_briefing_is_read_again(library: Library, tmp_path: Path) -> None:
    shelf = FigureShelf(tmp_path / "figures")
    made = resolve(library, words_of(Item("figure", statistic="homes")), language="en", software="t", shelf=shelf)
    pinned = words_of(Item("figure", figure=made.figures[0].id), against="last-year", traced=True)
    again = read_text(briefing_text(pinned))
    assert (again.items, again.against, again.traced) == (pinned.items, "last-year", True)
    found = resolve(library, words_of(*again.items), language="en", software="other", shelf=shelf)
    assert found.sections[0].value == made.sections[0].value
    assert found.figures[0].id == made.figures[0].id
