"""Rules as a plan declares them, and how their findings come together."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import shapely

from geo.text import Text
from layers.library.library import Library
from layers.places.check import SiteCheck, check_site, rules_of
from layers.places.kinds import KINDS, KindTwice, add_kind
from layers.places.subject import Subject, subject_of_feature, subject_of_shape
from layers.places.told import told_check, told_rules
from layers.plan.rules import Industry, Rules, without_layers
from tests.layers.places.made_sites import SITE, Made, made_cases, rule_of, write_made

INDUSTRY = {"chemical": Industry("chemical", Text("化工", "chemicals"), ("化工",), ("数字化工",))}


@pytest.fixture(scope="module")
def cases() -> dict[str, Made]:
    return {case.id: case for case in made_cases()}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, cases: dict[str, Made]) -> Library:
    return Library(write_made(tmp_path_factory.mktemp("made") / "data", list(cases.values())))


@pytest.fixture(scope="module")
def bundled() -> Library:
    return Library(Path(__file__).parents[3] / "data")


def checked(library: Library, *rules: object, subject: Subject | None = None, day: str = "") -> SiteCheck:
    known = Rules({f"r{i}": rule for i, rule in enumerate(rules)}, INDUSTRY, declared=True)  # type: ignore[misc]
    return check_site(library, known, subject or subject_of_shape(SITE), day=day)


def test_a_rule_without_its_layer_says_which_and_the_whole_is_never_called_allowed(
    made: Library, cases: dict[str, Made]
) -> None:
    kept = cases["no_overlap-0-1-3"].rule
    assert checked(made, kept).verdict == "allowed"
    lacking = rule_of("no_overlap", "of", ())
    lacking = type(lacking)(
        **{
            **vars(lacking),
            "layers": {"of": type(lacking.layers["of"])("red_line", label=Text("红线", "red line"))},
        }
    )
    found = checked(made, kept, lacking)
    assert found.verdict == "undecided"
    (one,) = found.lacking
    assert one.finding.told == Text("需要图层：红线", "needs the layer: red line")


def test_what_is_broken_follows_from_how_severe_the_rule_is(made: Library, cases: dict[str, Made]) -> None:
    broken = cases["no_overlap-0-1--40"].rule
    for severity, verdict in (("forbids", "conflict"), ("condition", "conditional"), ("notes", "allowed")):
        rule = type(broken)(**{**vars(broken), "severity": severity})
        assert checked(made, rule).verdict == verdict
    noted = checked(made, type(broken)(**{**vars(broken), "severity": "notes"}))
    assert noted.checks[0].verdict == "noted"


def test_an_industry_that_nobody_says_makes_a_condition(made: Library, cases: dict[str, Made]) -> None:
    band = cases["band-0-1--40"].rule
    band = type(band)(**{**vars(band), "industries": ("chemical",)})
    assert checked(made, band).verdict == "conditional"
    assert checked(made, band, subject=subject_of_shape(SITE, industries=("chemical",))).verdict == "conflict"
    other = checked(made, band, subject=subject_of_shape(SITE, industries=("other",)))
    assert other.checks[0].verdict == "not_applicable"


def test_words_that_only_look_like_an_industry_are_none() -> None:
    known = Rules(industries=INDUSTRY)
    assert known.industries_of("建设化工园区") == {"chemical"}
    assert known.industries_of("建设数字化工厂") == frozenset()


def test_a_rule_holds_on_its_days_only(made: Library, cases: dict[str, Made]) -> None:
    broken = cases["no_overlap-0-1--40"].rule
    rule = type(broken)(**{**vars(broken), "valid_from": "2021-01-01", "valid_to": "2025-12-31"})
    verdicts = [
        checked(made, rule, day=day).checks[0].verdict for day in ("2020-12-31", "2021-01-01", "2026-01-01")
    ]
    assert verdicts == ["not_applicable", "conflict", "not_applicable"]


def test_a_site_of_unknown_place_is_undecided_and_a_picked_point_is_judged(
    made: Library, cases: dict[str, Made]
) -> None:
    ground = cases["no_overlap-0-1--40"].rule
    inside = shapely.Point(SITE.centroid.x, SITE.bounds[3] + 0.001)
    assert checked(made, ground, subject=subject_of_shape(inside)).verdict == "conflict"
    unsure = subject_of_shape(inside, uncertainty_m=math.inf)
    assert checked(made, ground, subject=unsure).verdict == "undecided"
    nowhere = Subject(Text("无", "nowhere"), None, 0.0)
    assert checked(made, ground, subject=nowhere).verdict == "undecided"


def test_the_bundled_plan_has_its_rules(bundled: Library) -> None:
    known = rules_of(bundled)
    assert known.declared and known.problems == ()
    assert len(known.rules) >= 25
    assert {rule.kind for rule in known.rules.values()} <= set(KINDS)
    for rule in known.rules.values():
        for use in rule.layers.values():
            assert use.layer in bundled.catalog.layers or use.label, rule.id
        assert rule.read != "read" or rule.lines, f"{rule.id} was read, but where?"
        for one in (rule.label, rule.text, rule.source):
            assert one.zh and one.en, rule.id


def test_a_project_of_the_bundled_plan_is_undecided_where_its_place_is_not_sure(bundled: Library) -> None:
    known = rules_of(bundled)
    found = check_site(bundled, known, subject_of_feature(bundled, known, "projects", "p-06"))
    by_rule = {one.rule.id: one for one in found.checks}
    assert found.verdict == "undecided"
    assert by_rule["yangtze_water"].verdict == "allowed"
    assert by_rule["rivers"].verdict == "undecided"
    assert by_rule["ecological_red_line"].verdict == "needs_layer"
    assert by_rule["stated_drawn"].verdict == "allowed"
    assert by_rule["dates_stated"].verdict == "noted"
    told = told_check(found, decimals=6)
    assert told["counts"]["undecided"] == sum(one["verdict"] == "undecided" for one in told["rules"])
    river = next(one for one in told["rules"] if one["rule"]["id"] == "rivers")
    assert river["evidence"][0]["geometry"]["type"] == "LineString"


def test_a_plan_without_rules_says_so(tmp_path: Path, cases: dict[str, Made]) -> None:
    library = Library(write_made(tmp_path / "data", []))
    known = rules_of(library)
    assert not known.declared
    found = check_site(library, known, subject_of_shape(SITE))
    assert found.verdict is None
    assert "rules.toml" in found.said.en
    assert told_rules(known)["rules"] == []


def test_a_mistake_costs_only_its_own_rule_and_says_where(tmp_path: Path) -> None:
    folder = write_made(tmp_path / "data", [])
    texts = 'label = {zh="甲",en="a"}\ntext = {zh="甲",en="a"}\nsource = {zh="甲",en="a"}\nseverity = "notes"\n'
    (folder / "rules.toml").write_text(
        f'[rules.good]\n{texts}kind = "size"\nleast = 1\n'
        f'[rules.other_kind]\n{texts}kind = "overlap"\n'
        f'[rules.no_layer]\n{texts}kind = "no_overlap"\n'
        f'[rules.no_day]\n{texts}kind = "size"\nleast = 1\nvalid_from = "2021"\n'
        f'[rules.industry]\n{texts}kind = "size"\nleast = 1\nindustries = ["none"]\n',
        "utf-8",
    )
    known = rules_of(Library(folder))
    assert list(known.rules) == ["good"]
    told = [one.message("en") for one in known.problems]
    assert [
        next(
            word
            for word in ("unknown kind of rule overlap", "of is missing", "valid_from", "undeclared industry none")
            if word in one
        )
        for one in told
    ] == ["unknown kind of rule overlap", "of is missing", "valid_from", "undeclared industry none"]
    assert "line 8" in told[0]


def test_who_may_not_know_of_a_layer_does_not_read_its_name(bundled: Library) -> None:
    told = told_rules(without_layers(rules_of(bundled), {"parks"}))
    assert "parks" not in {layer for rule in told["rules"] for layer in rule["layers"].values()}


def test_a_kind_is_added_once() -> None:
    with pytest.raises(KindTwice):
        add_kind(KINDS["size"], dict(KINDS))
