"""A check and a dossier as plain values: what the API answers, the command line prints and pages show."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

import shapely

from geo.arrays import Shape
from geo.text import Text
from layers.messages import say
from layers.places.check import RuleCheck, SiteCheck
from layers.places.finding import EvidencePiece
from layers.places.kinds import KINDS
from layers.places.site_facts import NearSite, SiteDossier
from layers.places.subject import Subject
from layers.plan.rules import Rules, SiteRule

_EXACT = 9


def told_check(found: SiteCheck, *, decimals: int = _EXACT) -> dict[str, Any]:
    """Return a check as plain values.

    Parameters
    ----------
    found
        The check.
    decimals
        Of the degrees of coordinates that leave.
    """
    return {
        "site": told_subject(found.subject),
        "day": found.day,
        "verdict": found.verdict,
        "verdict_label": asdict(verdict_label(found.verdict)),
        "drawn": found.drawn,
        "drawn_label": asdict(drawn_label(found)),
        "said": asdict(found.said),
        "settles": asdict(found.settles),
        "counts": found.counts,
        "rules": [_told_rule(one, decimals) for one in found.checks],
        "versions": dict(found.versions),
    }


def told_dossier(found: SiteDossier, *, decimals: int = _EXACT, address: str = "") -> dict[str, Any]:
    """Return a dossier as plain values: what page, sheet and program show.

    Parameters
    ----------
    found
        The dossier.
    decimals
        Of the degrees of coordinates that leave.
    address
        Where it is read again.
    """
    subject = found.subject
    shape = None if subject.shape is None else _mapping(subject.shape, decimals)
    return {
        "site": told_subject(subject),
        "kind": asdict(found.kind),
        "geometry": shape,
        "keys": [asdict(one) for one in found.keys],
        "where": [asdict(one) for one in found.where],
        **{
            part: [_told_near(one) for one in getattr(found, part)] for part in ("within", "nearest", "neighbours")
        },
        "check": told_check(found.check, decimals=decimals),
        "quote": found.quote,
        "quoted_at": asdict(found.quoted_at),
        "watch": [asdict(one) for one in found.watch],
        "versions": dict(found.versions),
        "view": found.view,
        "address": address,
    }


def _told_near(one: NearSite) -> dict[str, Any]:
    told = asdict(one)
    for key in ("site_off_m", "off_m"):
        told[key] = _known(told[key])
    return told | {"told": asdict(one.told)}


def told_subject(subject: Subject) -> dict[str, Any]:
    """Return a site as plain values; an unknown uncertainty is None, as are industries nobody says."""
    return {
        "layer": subject.layer,
        "feature": subject.feature,
        "name": asdict(subject.name),
        "uncertainty_m": _known(subject.uncertainty_m),
        "industries": None if subject.industries is None else sorted(subject.industries),
        "area_m2": subject.area_m2,
        "perimeter_m": subject.perimeter_m,
    }


def verdict_label(verdict: str | None) -> Text:
    """Return a verdict in a word; of what is not asked that it is not."""
    return say(f"verdict_{verdict or 'none'}")


def drawn_label(one: RuleCheck | SiteCheck) -> Text:
    """Return what an undecided verdict is where everything is where it is drawn; empty where that is no other."""
    if one.verdict != "undecided" or one.drawn in (None, "undecided"):
        return Text("", "")
    if isinstance(one, SiteCheck) and one.drawn == "allowed":
        return say("verdict_drawn_clear")  # rules that lack their layer were not asked
    return say("verdict_drawn", word=verdict_label(one.drawn))


def verdict_words(one: RuleCheck | SiteCheck) -> Text:
    """Return a verdict in words: where it is undecided, first what it is as drawn."""
    word, drawn = verdict_label(one.verdict), drawn_label(one)
    return say("verdict_drawn_first", drawn=drawn, word=word) if drawn.zh else word


def verdict_sentence(check: SiteCheck) -> Text:
    """Return a site's verdict and what it rests on, where the verdict does not stand beside it by itself."""
    word = verdict_words(check)
    return Text(f"{word.zh}：{check.said.zh}", f"{word.en}: {check.said.en}") if check.verdict else check.said


def told_rules(known: Rules) -> dict[str, Any]:
    """Return a plan's rules, its industries and the kinds there are as plain values."""
    return {
        "declared": known.declared,
        "sites": [one for one in known.sites if one],
        "rules": [_declared(one) for one in known.rules.values()],
        "industries": [{"id": one.id, "label": asdict(one.label)} for one in known.industries.values()],
        "kinds": [
            {"id": one.id, "label": asdict(one.label), "about": asdict(one.about)} for one in KINDS.values()
        ],
        "problems": [{"zh": one.message("zh"), "en": one.message("en")} for one in known.problems],
    }


def _declared(rule: SiteRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "label": asdict(rule.label),
        "text": asdict(rule.text),
        "source": asdict(rule.source),
        "read": rule.read,
        "read_label": asdict(say(f"read_{rule.read}")),
        "severity": rule.severity,
        "severity_label": asdict(say(f"severity_{rule.severity}")),
        "kind": rule.kind,
        "kind_label": asdict(KINDS[rule.kind].label),
        "lines": list(rule.lines),
        "needs": asdict(rule.needs),
        "layers": {role: use.layer for role, use in rule.layers.items()},
        "tolerance_mm": rule.tolerance_mm,
        "valid_from": rule.valid_from,
        "valid_to": rule.valid_to,
    }


def _told_rule(one: RuleCheck, decimals: int) -> dict[str, Any]:
    found = one.finding
    return {
        "rule": _declared(one.rule),
        "verdict": one.verdict,
        "verdict_label": asdict(verdict_label(one.verdict)),
        "drawn": one.drawn,
        "drawn_label": asdict(drawn_label(one)),
        "told": asdict(found.told),
        "unit": found.unit,
        **{key: _known(getattr(found, key)) for key in ("value", "low", "high", "limit", "settles")},
        "evidence": [_told_piece(piece, decimals) for piece in found.pieces],
    }


def _told_piece(piece: EvidencePiece, decimals: int) -> dict[str, Any]:
    return {
        "shown": piece.shown,
        "layer": piece.layer,
        "feature": piece.feature,
        "name": asdict(piece.name),
        "uncertainty_m": _known(piece.uncertainty_m),
        "amount_m": piece.amount_m,
        "amount_m2": piece.amount_m2,
        "geometry": _mapping(piece.shape, decimals),
    }


def _mapping(shape: Shape, decimals: int) -> dict[str, Any]:
    """Return a shape as GeoJSON, with the decimals that may leave."""
    if decimals < _EXACT:
        shape = shapely.set_precision(shape, 10.0**-decimals, mode="pointwise")
    geometry: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return geometry


def _known(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
