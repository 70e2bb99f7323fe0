"""What a site must keep: the schema of ``rules.toml``."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Literal

from geo.text import Text
from layers.errors import DeclarationError
from layers.messages import say
from layers.plan.statistics import Input, says_one_of
from layers.plan.toml_document import Section, read_sections
from layers.plan.toml_schema import read_declared

RULES_FILE = "rules.toml"
Severity = Literal["forbids", "condition", "notes"]
Read = Literal["read", "second_hand", "to_check", "own"]
Wrong = Callable[["SiteRule"], "tuple[Text, Text] | None"]


@dataclass(frozen=True)
class Industry:
    """A line of business; a site is of it when its texts hold one of ``words``, not only within ``unless``."""

    id: str
    label: Text
    words: tuple[str, ...]
    unless: tuple[str, ...] = ()

    def spoken_of(self, text: str) -> bool:
        """Whether a text, in lower case, speaks of it."""
        for other in self.unless:
            text = text.replace(other.casefold(), " ")
        return any(word.casefold() in text for word in self.words)


@dataclass(frozen=True)
class Purpose:
    """What an area is meant for: industries by id, and the plan's words for it."""

    industries: tuple[str, ...]
    lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class SiteRule:
    """A rule: what it says and where that is written, of which kind it is, and what its kind takes.

    ``text`` is what the plan or standard says, ``source`` where, at ``lines`` of the plan's text; ``read`` says
    whether somebody has read it there (``own``: it is a reminder of this atlas and no norm). ``needs`` names the
    condition under which the site may be there after all. ``layers`` are those it is held against, by role.
    ``industries`` limit it to sites of such; ``sites`` to the features of some layers (``@drawn``: to what was
    drawn). ``tolerance_mm`` is by how much a limit may be missed. It is in force from ``valid_from`` to
    ``valid_to`` (days, both in; empty: open). The rest is what its kind takes.
    """

    id: str
    label: Text
    text: Text
    source: Text
    kind: str
    severity: Severity
    read: Read = "to_check"
    lines: tuple[int, ...] = ()
    needs: Text = Text("", "")
    layers: dict[str, Input] = field(default_factory=dict)
    tolerance_mm: float = 1.0
    distance_m: float | None = None
    least: float | None = None
    most: float | None = None
    unit: str = ""
    of: str = ""
    fields: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    purposes: dict[str, Purpose] = field(default_factory=dict)
    earliest: str = ""
    latest: str = ""
    industries: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    valid_from: str = ""
    valid_to: str = ""

    def in_force(self, day: str) -> bool:
        """Whether the rule holds on a day (ISO 8601)."""
        return (not self.valid_from or self.valid_from <= day) and (not self.valid_to or day <= self.valid_to)


@dataclass(frozen=True)
class _Sites:
    layers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rules:
    """A plan's rules and industries, and what was wrong with the rest; not ``declared`` where it has no file.

    ``sites`` are the layers whose features are sites; none named: of every layer.
    """

    rules: dict[str, SiteRule] = field(default_factory=dict)
    industries: dict[str, Industry] = field(default_factory=dict)
    problems: tuple[DeclarationError, ...] = ()
    declared: bool = False
    sites: tuple[str, ...] = ()

    def asked_of(self, layer: str) -> bool:
        """Whether features of a layer are sites; what was drawn or picked (``""``) always is one."""
        return not layer or not self.sites or layer in self.sites

    def industries_of(self, words: str) -> frozenset[str]:
        """Return the industries that words speak of."""
        told = words.casefold()
        return frozenset(one.id for one in self.industries.values() if one.spoken_of(told))


def read_rules(folder: Path, *, wrong: Wrong | None = None) -> Rules:
    """Read a plan's rules; it may have none, and a mistake costs only its own table.

    Parameters
    ----------
    folder
        The plan's data.
    wrong
        Returns what is wrong with a rule and what is expected instead, or None; it knows the kinds.
    """
    if not (folder / RULES_FILE).is_file():
        return Rules()
    rules: dict[str, SiteRule] = {}
    industries: dict[str, Industry] = {}
    problems: list[DeclarationError] = []
    sites: tuple[str, ...] = ()
    try:
        sections = read_sections(folder / RULES_FILE, depths={"sites": 1, "industries": 2, "rules": 2})
    except DeclarationError as error:
        return Rules(problems=(error,), declared=True)
    for section in sorted(sections, key=lambda one: (one.name[0] != "industries", one.first_line)):
        kind, key = section.name[0], section.name[-1]
        try:
            if kind == "sites":
                sites = read_declared(_Sites, section).layers
            elif kind == "industries":
                industries[key] = read_declared(Industry, section, id=key)
            else:
                rules[key] = _checked(read_declared(SiteRule, section, id=key), section, industries, wrong)
        except DeclarationError as error:
            problems.append(error)
    return Rules(rules, industries, tuple(problems), declared=True, sites=sites)


def without_layers(known: Rules, layers: Set[str]) -> Rules:
    """Return the rules as those may see them who may not know of some layers: such rules need a layer then."""
    if not layers:
        return known
    kept = {
        key: replace(one, layers={role: _unnamed(use, layers) for role, use in one.layers.items()})
        for key, one in known.rules.items()
    }
    sites = tuple("" if one in layers else one for one in known.sites)
    problems = tuple(_unsaid(one) if says_one_of(one, layers) else one for one in known.problems)
    return replace(known, rules=kept, sites=sites, problems=problems)


def _unsaid(problem: DeclarationError) -> DeclarationError:
    """Return a problem without what it says: that there is one remains to be known."""
    said, nothing = say("rule_not_shown"), say("rule_not_shown_expected")
    params = {"found_zh": said.zh, "found_en": said.en, "expected_zh": nothing.zh, "expected_en": nothing.en}
    return DeclarationError(**{**problem.params, "path": "rules", **params})


def _unnamed(use: Input, layers: Set[str]) -> Input:
    return replace(use, layer="") if use.layer in layers else use


def _checked(
    made: SiteRule, section: Section, industries: Mapping[str, Industry], wrong: Wrong | None
) -> SiteRule:
    """Return a rule that means something.

    Raises
    ------
    DeclarationError
        A day is none, a number means nothing, an industry is not declared, or its kind takes something else.
    """
    found = _bad_day(made) or _bad_number(made) or _bad_industry(made, industries)
    found = found or (wrong(made) if wrong else None)
    if found is not None:
        raise section.mistake(*found)
    return made


def _bad_day(made: SiteRule) -> tuple[Text, Text] | None:
    for name in ("valid_from", "valid_to", "earliest", "latest"):
        text = str(getattr(made, name))
        try:
            if text:
                date.fromisoformat(text)
        except ValueError:
            return say("rule_says", name=name, found=text[:40]), say("rule_a_day")
    return None


def _bad_number(made: SiteRule) -> tuple[Text, Text] | None:
    for name, least in (("distance_m", 0.0), ("tolerance_mm", 0.0), ("least", -math.inf), ("most", -math.inf)):
        number = getattr(made, name)
        if number is not None and not (math.isfinite(number) and number >= least):
            expected = "rule_a_number" if least else "rule_a_length"
            return say("rule_says", name=name, found=f"{number:g}"), say(expected)
    return None


def _bad_industry(made: SiteRule, industries: Mapping[str, Industry]) -> tuple[Text, Text] | None:
    named = {*made.industries, *(one for purpose in made.purposes.values() for one in purpose.industries)}
    unknown = sorted(named - industries.keys())
    if not unknown:
        return None
    known = ", ".join(industries) or "—"
    return say("rule_industry_unknown", names=", ".join(unknown)), Text(known, known)
