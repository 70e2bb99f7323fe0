"""The land a site lies on must be of allowed classes."""

from __future__ import annotations

import numpy as np
import shapely

from geo.text import Text
from layers.messages import say
from layers.places.finding import A_SLIVER_M, EvidencePiece, Finding
from layers.places.kinds.entry import RuleKind, area_text, distance_text, stand_apart
from layers.places.surroundings import Case, Members
from layers.plan.rules import SiteRule


def _judge(case: Case, rule: SiteRule) -> Finding:
    """Tell whether the site shares nothing with another class, and all its ground has a class."""
    found = case.members(rule, "land")
    layer = found.snapshot.layer
    codes = [str(code or "") for code in found.features.values(layer.class_field)]
    known = np.array([bool(code) for code in codes], dtype=bool)
    fits = np.array([code.startswith(rule.classes) for code in codes], dtype=bool)
    others = stand_apart(found.where(known & ~fits), rule, 0.0)
    drawn = others.drawn_m, others.drawn_share
    told = class_shares(case, found)
    versions = {layer.id: found.snapshot.version}
    if others.state == "broken":
        return Finding(
            "broken",
            told,
            others.value,
            others.low,
            others.high,
            0.0,
            "m",
            None,
            others.pieces,
            versions,
            *drawn,
        )
    held = found.where(known).margin
    off = float(found.off_m.max()) if len(found) else case.subject.uncertainty_m
    covered = np.isfinite(held.margin_m) and held.margin_m - off >= -rule.tolerance_mm / 1000.0
    if others.state == "kept" and covered:
        return Finding("kept", told, others.value, others.low, others.high, 0.0, "m", versions=versions)
    pieces: tuple[EvidencePiece, ...] = others.pieces if others.state == "undecided" else ()
    bare = bool(held.margin_m <= -A_SLIVER_M)
    if held.margin_m < 0 and not held.outside.is_empty:
        told = say("check_no_class", told=told, area=area_text(held.outside_m2))
        pieces += (
            EvidencePiece("outside", layer.id, "", layer.label, held.outside, off, amount_m2=held.outside_m2),
        )
    elif not np.isfinite(off):
        told = say("check_classes_unsure", told=told)
    elif others.value is not None:
        told = say("check_other_class", told=told, distance=distance_text(max(others.value, 0.0), off))
    return Finding(
        "undecided",
        told,
        others.value,
        others.low,
        others.high,
        0.0,
        "m",
        others.settles,
        pieces,
        versions,
        *drawn,
        unsaid=bare or not len(found),
    )


def class_shares(case: Case, found: Members) -> Text:
    """Return how much of the site is of which class, in words; of a place the class alone."""
    layer = found.snapshot.layer
    codes = [str(code or "") for code in found.features.values(layer.class_field)]
    named = {one.code: one.name for one in case.library.catalog.classes.get(layer.scheme, ())}
    met = np.flatnonzero(shapely.intersects(found.shapes, case.subject.shape))
    near = found.where(np.isin(np.arange(len(found)), met))
    shared: dict[str, float] = {}
    for row, at in enumerate(met.tolist()):
        shared[codes[at]] = shared.get(codes[at], 0.0) + float(near.clearance.overlap_m2[row])
    whole = case.subject.area_m2
    parts = []
    for code, square_metres in sorted(shared.items(), key=lambda one: -one[1]):
        name = named.get(code, Text("", "")) if code else say("check_class_unstated")
        if whole and square_metres / whole < 0.0005:
            continue
        share = f" {square_metres / whole:.1%}" if whole else ""
        parts.append(Text(f"{code} {name.zh}{share}".strip(), f"{code} {name.en}{share}".strip()))
    if not parts:
        return say("check_class_none")
    return Text("；".join(one.zh for one in parts), "; ".join(one.en for one in parts))


KIND = RuleKind(
    id="classes",
    label=Text("用地分类允许", "Class allowed"),
    about=Text(
        "地块只落在允许的地类上，且处处有地类",
        "all the ground is of an allowed class, and none of it without one",
    ),
    judge=_judge,
    roles=("land",),
    needs=("classes",),
    order=50,
)
