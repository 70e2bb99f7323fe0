"""A site held against the plan's rules: allowed, conditional, conflict, or undecided as a place is not sure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from geo.text import Text, join_texts
from layers.errors import BadFilter
from layers.figures.inputs import DRAWN
from layers.files import file_stamp
from layers.library.library import Library
from layers.messages import say
from layers.places.finding import A_SLIVER_M, Finding, State
from layers.places.kinds import KINDS, wrong_rule
from layers.places.subject import Subject
from layers.places.surroundings import Case, NeedsLayer
from layers.plan.rules import RULES_FILE, Rules, SiteRule, read_rules, without_layers
from layers.plan.schedule import usual_day
from layers.units import measured_text

Verdict = Literal["allowed", "noted", "conditional", "undecided", "needs_layer", "conflict", "not_applicable"]
# From worst to best; the whole takes the worst of what forbids and what needs a condition.
VERDICTS: tuple[Verdict, ...] = (
    "conflict",
    "undecided",
    "conditional",
    "needs_layer",
    "noted",
    "allowed",
    "not_applicable",
)
_NOTICED_SHARE = 0.01  # of a site on what it is reminded of, from which the verdict's sentence says so
_WHOLE = ("conflict", "undecided", "conditional", "allowed")
_AS_DRAWN: tuple[Verdict, ...] = ("conflict", "conditional", "undecided", "allowed")
_SEVERITIES = ("forbids", "condition", "notes")
_BROKEN: Mapping[str, Verdict] = {"forbids": "conflict", "condition": "conditional", "notes": "noted"}


@dataclass(frozen=True)
class RuleCheck:
    """A site held against one rule; ``supposed`` where the rule is of an industry and the site's is not known."""

    rule: SiteRule
    verdict: Verdict
    finding: Finding
    supposed: bool = False

    @property
    def drawn(self) -> Verdict:
        """The verdict where everything is where it is drawn, whatever its error; the first thing that is told."""
        if self.verdict != "undecided":
            return self.verdict
        state = self.finding.drawn_state
        if state == "broken" and self.supposed:
            return "noted" if self.rule.severity == "notes" else "conditional"
        return _verdict_of(self.rule, replace(self.finding, state=state))

    @property
    def rank(self) -> tuple[float, ...]:
        """Where it stands among a site's rules, in every list and sentence.

        First what is so as drawn, by severity, then by the share of the site and the depth, with a note only of
        what the site lies in; then what only the error of a position makes possible, the nearest first and what is
        but touched, as neighbours on a drawn border are, last; then what
        would be so of an industry that nobody said the site is for; then what is lacking, noted or kept.
        """
        found, severe = self.finding, _SEVERITIES.index(self.rule.severity)
        away = math.inf if found.drawn_m is None else found.drawn_m
        if self.supposed and found.state in ("broken", "conditional", "undecided"):
            return 1.5, severe, max(away, 0.0), -found.drawn_share, VERDICTS.index(self.verdict)
        if found.as_drawn and (self.rule.severity != "notes" or found.drawn_share > 0):
            return 0, severe, -found.drawn_share, away, VERDICTS.index(self.verdict)
        if self.verdict == "undecided":
            touched = abs(away) < A_SLIVER_M
            return 1, self.rule.severity == "notes", touched, max(away, 0.0), severe
        return 2, VERDICTS.index(self.verdict), severe


@dataclass(frozen=True)
class SiteCheck:
    """A site held against all rules, by their rank.

    ``verdict`` is of the whole: None where the plan has no rules, or the feature is no site. ``drawn`` is what it
    would be where all is where it is drawn: told first where the verdict is undecided. ``day`` is the one the
    rules were in force on; ``lacking`` the rules that need a layer the plan has not.
    """

    subject: Subject
    day: str
    verdict: Verdict | None
    drawn: Verdict | None
    said: Text
    settles: Text
    checks: tuple[RuleCheck, ...]
    versions: Mapping[str, str]

    @property
    def counts(self) -> dict[str, int]:
        """How many rules came out how, from worst to best."""
        return {one: sum(check.verdict == one for check in self.checks) for one in VERDICTS}

    @property
    def lacking(self) -> tuple[RuleCheck, ...]:
        """The rules that could not be asked for want of a layer."""
        return tuple(one for one in self.checks if one.verdict == "needs_layer")


def rules_of(library: Library, *, restricted: bool = False) -> Rules:
    """Return a plan's rules as a reader may see them; one that its kind cannot take is told among the problems.

    Parameters
    ----------
    library
        The open plan.
    restricted
        Whether restricted layers may be named.
    """
    known = _read_once(library.folder, file_stamp(library.folder / RULES_FILE))
    return known if restricted else without_layers(known, library.catalog.restricted)


@lru_cache(maxsize=8)
def _read_once(folder: Path, _stamp: object) -> Rules:
    return read_rules(folder, wrong=wrong_rule)


def leave_unchecked(library: Library, subject: Subject, *, day: str = "") -> SiteCheck:
    """Return the check of a site that was not held against the rules: no verdict, no rules.

    Parameters
    ----------
    library
        The open plan.
    subject
        The site.
    day
        As of ``check_site``.
    """
    asked = day or usual_day(library.catalog.plan).isoformat()
    return SiteCheck(subject, asked, None, None, say("check_not_asked"), Text("", ""), (), {})


def check_site(
    library: Library, rules: Rules, subject: Subject, *, day: str = "", restricted: bool = False
) -> SiteCheck:
    """Hold a site against the plan's rules.

    Parameters
    ----------
    library
        The open plan.
    rules
        Its rules, as the reader may see them.
    subject
        A feature, a place or an outline.
    day
        The day whose rules hold (ISO 8601); the plan's own when empty.
    restricted
        Whether restricted layers may be used.
    """
    asked = day or usual_day(library.catalog.plan).isoformat()
    if not rules.asked_of(subject.layer):
        return SiteCheck(subject, asked, None, None, say("check_no_site"), Text("", ""), (), {})
    case = Case(library, subject, restricted)
    checks = [_checked(case, rule, rules, asked) for rule in rules.rules.values()]
    checks.sort(key=lambda one: one.rank)
    verdict = _whole(checks, rules) if rules.declared else None
    drawn = verdict if verdict != "undecided" else _drawn(checks, rules)
    versions: dict[str, str] = {}
    for one in checks:
        versions |= one.finding.versions
    told = (
        _with_stood_on(_said(checks, verdict, drawn=drawn, rules=rules, subject=subject), checks),
        _settled(checks, verdict),
    )
    return SiteCheck(subject, asked, verdict, drawn, *told, tuple(checks), versions)


def _checked(case: Case, rule: SiteRule, rules: Rules, day: str) -> RuleCheck:
    finding = _asked(case, rule, rules, day)
    supposed = bool(rule.industries) and case.subject.industries is None
    if supposed and (finding.state == "broken" or (finding.state == "undecided" and finding.as_drawn)):
        key = "check_if_industry" if finding.state == "broken" else "check_for_industry"
        told = say(key, told=finding.told, industries=_named(rule, rules))
        state: State = "conditional" if finding.state == "broken" else "undecided"
        finding = replace(finding, state=state, told=told)
    return RuleCheck(rule, _verdict_of(rule, finding), finding, supposed)


def _verdict_of(rule: SiteRule, finding: Finding) -> Verdict:
    if finding.state == "kept":
        return "allowed"
    if finding.state == "broken":
        return _BROKEN[rule.severity]
    if finding.state == "conditional":
        return "noted" if rule.severity == "notes" else "conditional"
    return finding.state


def _asked(case: Case, rule: SiteRule, rules: Rules, day: str) -> Finding:
    """Return what the rule's kind finds, where the rule speaks of the site at all."""
    subject = case.subject
    if not rule.in_force(day):
        return Finding("not_applicable", say("check_not_in_force", day=day))
    if rule.sites and (subject.layer or DRAWN) not in rule.sites:
        return Finding("not_applicable", say("check_other_sites"))
    if rule.industries and subject.industries is not None and not subject.industries & set(rule.industries):
        return Finding("not_applicable", say("check_other_industry", industries=_named(rule, rules)))
    kind = KINDS[rule.kind]
    needed = [_missing(case, rule, role) for role in kind.roles]
    if lacking := [one for one in needed if one is not None]:
        return Finding("needs_layer", say("check_needs_layer", layer=join_texts(Text("、", ", "), lacking)))
    if kind.placed and subject.shape is None:
        return Finding("undecided", say("check_not_on_map"))
    try:
        return kind.judge(case, rule)
    except NeedsLayer as error:
        return Finding("needs_layer", say("check_needs_layer", layer=error.needed))
    except BadFilter as error:  # costs only its own rule
        return Finding("undecided", Text(error.message("zh"), error.message("en")))


def _missing(case: Case, rule: SiteRule, role: str) -> Text | None:
    wanted = rule.layers[role]
    layer = case.library.catalog.layers.get(wanted.layer)
    if layer is not None and (case.restricted or not layer.restricted):
        return None
    return wanted.label or (Text(wanted.layer, wanted.layer) if wanted.layer else say("check_unnamed_layer"))


def _named(rule: SiteRule, rules: Rules) -> Text:
    return join_texts(Text("、", ", "), (rules.industries[one].label for one in rule.industries))


def _whole(checks: Sequence[RuleCheck], rules: Rules) -> Verdict:
    """Return the worst; while a forbidding rule lacks its layer, or any cannot be read, nothing is allowed."""
    counted = {one.verdict for one in checks if one.rule.severity != "notes"}
    found: Verdict = next((one for one in VERDICTS if one in counted and one in _WHOLE), "allowed")
    lacking = any(one.verdict == "needs_layer" and one.rule.severity == "forbids" for one in checks)
    return "undecided" if (lacking or rules.problems) and found == "allowed" else found


def _drawn(checks: Sequence[RuleCheck], rules: Rules) -> Verdict:
    """Return what an undecided site is as drawn: what speaks against it there before what nobody can tell.

    Allowed says here that no rule that could be asked is broken; which could not stands beside it.
    """
    counted = {one.drawn for one in checks if one.rule.severity != "notes"}
    found: Verdict = next((one for one in _AS_DRAWN if one in counted), "undecided")
    return "undecided" if rules.problems and found == "allowed" else found


def _said(
    checks: list[RuleCheck], verdict: Verdict | None, *, drawn: Verdict | None, rules: Rules, subject: Subject
) -> Text:
    """Return the verdict as a sentence with what it hangs on: where it is undecided, first what is so as drawn."""
    if verdict is None:
        return say("check_no_rules")
    counted = [one for one in checks if one.rule.severity != "notes"]
    deciding = [one for one in counted if one.verdict == verdict]
    if verdict == "allowed":
        return say("check_said_allowed", count=len(deciding)) if deciding else say("check_said_nothing")
    if not deciding:
        lacking = [one for one in checks if one.verdict == "needs_layer" and one.rule.severity == "forbids"]
        return say("check_said_lacking" if lacking else "check_said_unread", count=len(lacking or rules.problems))
    if verdict == "undecided" and drawn in ("conflict", "conditional"):
        return _not_certain([one for one in counted if one.drawn == drawn], subject)
    first = deciding[0]
    if verdict == "undecided" and drawn == "allowed":
        count = sum(one.verdict == "needs_layer" for one in checks)
        lacking_words = say("check_lacking_beside", count=count) if count else Text("", "")
        whose = _whose_error(first.finding, subject)
        why = whose if whose.zh else say("check_off_nobody")
        values = {"lacking": lacking_words, "label": first.rule.label, "told": first.finding.told, "why": why}
        return say("check_said_may", **values)
    key = "check_said_more" if len(deciding) > 1 else "check_said"
    return say(key, count=len(deciding) - 1, label=first.rule.label, told=first.finding.told)


def _whose_error(finding: Finding, subject: Subject) -> Text:
    """Return how far off the positions of a finding may be, and whose each part is; empty where unknown."""
    off_m, own_m = finding.off_m, subject.uncertainty_m
    if not off_m:
        return Text("", "")
    other_m = off_m - own_m
    if own_m < 1.0 or other_m < 1.0:
        return say("check_off_whole", off=measured_text(off_m, "m", 0))
    parts = {"own": measured_text(own_m, "m", 0), "other": measured_text(other_m, "m", 0)}
    return say("check_off_parts", off=measured_text(off_m, "m", 0), **parts)


def _not_certain(deciding: Sequence[RuleCheck], subject: Subject) -> Text:
    """Return what speaks against a site as drawn, and why that is not certain."""
    first = deciding[0]
    whose = _whose_error(first.finding, subject)
    why = say("check_why_off", off=whose) if whose.zh else say("check_why_unsure")
    broken = say("check_broken", label=first.rule.label, told=first.finding.told)
    said = say("check_said_drawn", said=broken, why=why)
    return say("check_said_others", said=said, count=len(deciding) - 1) if len(deciding) > 1 else said


def _with_stood_on(said: Text, checks: list[RuleCheck]) -> Text:
    """Return a verdict's sentence with what the site stands on as drawn though no rule forbids it."""
    reminders = [
        one
        for one in checks
        if one.rule.severity == "notes" and one.rule.kind == "no_overlap" and not one.supposed
        if one.finding.as_drawn and one.finding.drawn_share >= _NOTICED_SHARE
    ]
    for one in reminders[:1]:
        said = say("check_said_stands_on", said=said, label=one.rule.label, told=one.finding.told)
    return said


def _settled(checks: list[RuleCheck], verdict: Verdict | None) -> Text:
    """Return what would settle an undecided site, where a distance would."""
    open_ = [one.finding.settles for one in checks if one.verdict == "undecided" and one.rule.severity != "notes"]
    known = [one for one in open_ if one is not None and math.isfinite(one)]
    if verdict != "undecided" or not known or len(known) < len(open_):
        return Text("", "")
    return say("check_settled", metres=measured_text(max(known), "m", 0))
