"""Rules as a plan declares them, and how their findings come together."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import shapely

from geo.text import Text
from layers.library.library import Library
from layers.places.check import SiteCheck, check_site, rules_of
from layers.places.kinds import KINDS
from layers.places.site_facts import site_dossier
from layers.places.subject import Subject, subject_of_feature, subject_of_shape
from layers.places.told import told_check, told_dossier, told_rules
from layers.plan.catalog import Field
from layers.plan.rules import Industry, Purpose, Rules, Severity, without_layers
from tests.layers.places.made_sites import EAST, SITE, WEST, Made, made_cases, north_of, rule_of, write_made
from tests.small_plan import feature, write_plan

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


TEXTS = 'label = {zh="甲",en="a"}\ntext = {zh="甲",en="a"}\nsource = {zh="甲",en="a"}\nseverity = "forbids"\n'


def ruled(folder: Path, rules: str) -> Library:
    """The small plan, whose pipes are restricted, with rules."""
    write_plan(folder)
    (folder / "rules.toml").write_text(rules, "utf-8")
    return Library(folder)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ('kind = "size"\nleast = 1\nunit = "rood"', "unit = “rood”; expected m2, ha, km2, mu, acre, ft2"),
        ('kind = "size"\nleast = 1\nof = "drawm"', "of = “drawm”; expected stated, drawn"),
        ('kind = "size"\nleast = nan', "least = “nan”"),
        ('kind = "reach"\ndistance_m = -5\nlayers = {to = {layer = "rivers"}}', "distance_m = “-5”"),
        ('kind = "reach"\ndistance_m = inf\nlayers = {to = {layer = "rivers"}}', "distance_m = “inf”"),
        (
            'kind = "reach"\ndistance_m = 5\nlayers = {to = {layer = "rivers"}, too = {layer = "rivers"}}',
            "there is no layer in the role too; expected to",
        ),
    ],
)
def test_a_forbidding_rule_that_means_nothing_is_told_and_leaves_the_whole_undecided(
    tmp_path: Path, said: str, told: str
) -> None:
    library = ruled(tmp_path / "p", f"[rules.a]\n{TEXTS}{said}\n")
    known = rules_of(library)
    assert told in known.problems[0].message("en")
    found = check_site(library, known, subject_of_feature(library, known, "zones", "z-1"))
    assert found.verdict == "undecided"
    assert found.said.en.startswith("1 mistakes")


def test_a_filter_that_does_not_fit_costs_only_its_own_rule(tmp_path: Path) -> None:
    layers = 'layers = {of = {layer = "rivers", where = ["nothing=1"]}}'
    good = f'[rules.b]\n{TEXTS}kind = "size"\nleast = 1\n'
    library = ruled(tmp_path / "p", f'[rules.a]\n{TEXTS}kind = "no_overlap"\n{layers}\n{good}')
    known = rules_of(library)
    found = check_site(library, known, subject_of_feature(library, known, "zones", "z-1"))
    assert {one.rule.id: one.verdict for one in found.checks} == {"a": "undecided", "b": "allowed"}
    assert "no field nothing" in found.checks[0].finding.told.en


def test_a_check_names_no_layer_that_its_reader_may_not_know_of(tmp_path: Path) -> None:
    library = ruled(
        tmp_path / "p",
        '[sites]\nlayers = ["zones", "pipes"]\n'
        f'[rules.a]\n{TEXTS}kind = "no_overlap"\nlayers = {{of = {{layer = "pipes"}}}}\n'
        f'[rules.b]\n{TEXTS}kind = "no_overlap"\nlayers = {{of = {{layer = "rivers", where = ["@near(pipes/w-1)<=90000"]}}}}\n'
        f'[rules.pipes]\n{TEXTS}kind = "no_overlap"\nlayers = {{pipes = {{layer = "pipes"}}}}\n',
    )
    for restricted in (False, True):
        known = rules_of(library, restricted=restricted)
        subject = subject_of_feature(library, known, "zones", "z-1")
        found = told_dossier(site_dossier(library, known, subject, restricted=restricted))
        verdicts = {one["rule"]["id"]: one["verdict"] for one in found["check"]["rules"]}
        assert set(verdicts.values()) == {"undecided" if restricted else "needs_layer"}
        assert ("pipes" in json.dumps([found, told_rules(known)])) is restricted
        assert len(known.problems) == 1, "that something is wrong is no secret"


def test_a_site_that_may_be_anywhere_is_undecided_far_from_everything_too(tmp_path: Path) -> None:
    far = subject_of_shape(shapely.Point(104.05, 29.5), uncertainty_m=math.inf)
    for kind, role, more in (("no_overlap", "of", ""), ("within", "in", ""), ("reach", "to", "distance_m = 9")):
        library = ruled(
            tmp_path / kind,
            f'[rules.a]\n{TEXTS}kind = "{kind}"\n{more}\nlayers = {{{role} = {{layer = "zones"}}}}\n',
        )
        assert check_site(library, rules_of(library), far).verdict == "undecided", kind


def test_a_date_is_within_a_period_by_all_the_days_it_may_be(tmp_path: Path) -> None:
    rule = (
        f'[rules.a]\n{TEXTS}kind = "period"\nearliest = "2021-02-01"\nlatest = "2022-12-31"\nfields = ["open"]\n'
    )
    library = ruled(tmp_path / "p", rule)
    known = rules_of(library)
    told = {
        "2022": "allowed",
        "2021": "undecided",
        "2021-02": "allowed",
        "2023-01": "conflict",
        "2021-13": "undecided",
    }
    for text, verdict in (told | {"not yet": "undecided", "soon": "undecided"}).items():
        subject = Subject(Text("甲", "a"), None, 0.0, layer="sites", properties={"open": text})
        assert check_site(library, known, subject).verdict == verdict, text


def test_rules_are_in_force_on_a_document_s_last_day_where_it_is_dated_by_the_month(
    tmp_path: Path, cases: dict[str, Made]
) -> None:
    folder = write_made(tmp_path / "data", list(cases.values()))
    text = (folder / "catalog.toml").read_text("utf-8")
    (folder / "catalog.toml").write_text(text.replace('"2024-05-01"', '"2024-05"'), "utf-8")
    broken = cases["no_overlap-0-1--40"].rule
    rule = type(broken)(**{**vars(broken), "valid_from": "2024-05-01"})
    assert checked(Library(folder), rule).verdict == "conflict"


def test_who_may_not_know_of_a_layer_does_not_read_its_name(bundled: Library) -> None:
    told = told_rules(without_layers(rules_of(bundled), {"parks"}))
    assert "parks" not in {layer for rule in told["rules"] for layer in rule["layers"].values()}


def test_an_area_stated_in_acres_is_a_stated_area() -> None:
    """A field may state areas in more units than answers are told in."""
    acres = Field("size", Text("面积", "Area"), "number", unit="acre", measure="additive")
    plot = Subject(Text("甲", "A"), None, 0.0, properties={"size": 2.5}, fields=(acres,))
    assert plot.stated is not None
    assert plot.stated[1] == pytest.approx(2.5 * 4046.8564224, rel=1e-15)


# What is so as drawn, by severity, share or depth; then what the error makes possible, by distance; then the kept.
RANKED: dict[str, tuple[str, Severity]] = {
    "in, forbidden": ("no_overlap-5--1-0.02", "forbids"),  # 4.98 m deep, ±5
    "in, by 29.98 m": ("no_overlap-30--1-0.02", "condition"),
    "in, by 10 m": ("no_overlap-30-1--40", "condition"),
    "in the band only": ("keep_distance-30-1--40", "condition"),  # 10 m short of 200
    "a note of what it is in": ("no_overlap-30-1--40", "notes"),
    "4.5 m away": ("no_overlap-5-1--0.5", "condition"),
    "29.98 m away": ("no_overlap-30-1--0.02", "forbids"),
    "a note of what is near": ("no_overlap-5-1--0.5", "notes"),
    "far enough": ("no_overlap-5-1-3", "forbids"),
}


@pytest.mark.parametrize("seed", [1, 2])
def test_reasons_are_told_in_one_order_first_what_is_so_as_drawn(
    made: Library, cases: dict[str, Made], seed: int
) -> None:
    rules = [replace(cases[case].rule, id=name, severity=severe) for name, (case, severe) in RANKED.items()]
    mixed = rules[::-1] if seed == 1 else rules[4:] + rules[:4]
    for subject in (subject_of_shape(SITE), subject_of_shape(shapely.Point((WEST + EAST) / 2, north_of(-0.01)))):
        found = checked(made, *mixed, subject=subject)
        assert [one.rule.id for one in found.checks] == list(RANKED)
        assert [one["rule"]["id"] for one in told_check(found)["rules"]] == list(RANKED)
        first = cases["no_overlap-5--1-0.02"].id
        assert f"{first}：" in found.said.zh and f"{first}:" in found.said.en


def block(name: str, south_m: float, north_m: float, off_m: float) -> dict[str, object]:
    """Return a feature that covers the site's breadth, from so far to so far north of its northern side."""
    shape = shapely.box(WEST - 0.01, north_of(south_m), EAST + 0.01, north_of(north_m))
    told = {"uncertainty_m": off_m, "position": "schematic", "name_zh": name, "name_en": name}
    return feature(name, json.loads(shapely.to_geojson(shape)), **told)


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> Library:
    drawn = (
        block("ours", -500, 100, 600.0),  # the whole site lies in it, as drawn
        block("sliver", -0.05, 20, 50.0),
        block("far", 400, 900, 5000.0),
        block("part", -40, 50, 600.0),
    )
    case = Made("blocks", rule_of("no_overlap", "of", ()), drawn, "undecided")
    return Library(write_made(tmp_path_factory.mktemp("blocks") / "data", [case]))


def test_a_rule_names_what_the_site_stands_in_before_what_is_less_sure_and_farther(blocks: Library) -> None:
    (one,) = checked(blocks, rule_of("no_overlap", "of", ("part", "far"))).checks
    assert one.verdict == "undecided"
    assert one.finding.told.en.startswith("part: ") and "±600 m" in one.finding.told.en
    assert one.finding.drawn_share == pytest.approx(40 / 221.7, rel=0.01)  # 0.002 degrees of latitude are 221.7 m
    assert one.finding.settles == pytest.approx(5000 - 400, abs=1), "the least sure one has to be settled too"
    (edge,) = checked(blocks, rule_of("no_overlap", "of", ("sliver",))).checks
    assert edge.finding.told == Text(
        "sliver：仅贴边，重叠宽 0.050 米 ±50 米", "sliver: at its edge only, overlapping by 0.050 m ±50 m"
    )
    assert not edge.finding.as_drawn


@pytest.mark.parametrize(
    ("fits", "starts", "says"),
    [
        (("ours",), "as drawn the industry fits: ours: ", "might it lie where it does not: far 400 m"),
        (("far",), "as drawn the industry is not what the area is meant for: ours: ", "not sure enough to decide"),
        (("ours", "far"), "the industry fits: ours: ", "far 400 m"),
    ],
)
def test_an_industry_that_fits_as_drawn_is_told_to_fit(
    blocks: Library, fits: tuple[str, ...], starts: str, says: str
) -> None:
    purposes = {one: Purpose(("chemical",) if one in fits else ("other",)) for one in ("ours", "far")}
    rule = rule_of("purpose", "areas", ("ours", "far"), purposes=purposes)
    (one,) = checked(blocks, rule, subject=subject_of_shape(SITE, industries=("chemical",))).checks
    assert one.finding.told.en.startswith(starts)
    assert says in one.finding.told.en
    assert one.finding.as_drawn is ("ours" not in fits)
