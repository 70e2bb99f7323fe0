"""A site's check and its dossier, worked out in a worker and kept for the state of the plan they are of."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any

import orjson
import shapely

from layers.library.library import Library
from layers.places.check import check_site, rules_of
from layers.places.site_facts import SiteDossier, site_dossier
from layers.places.subject import Subject, subject_of_feature, subject_of_shape
from layers.places.told import told_check, told_dossier
from layers.plan.rules import Rules
from layers.plan.schedule import usual_day
from webapp.http.kept import Kept
from webapp.jobs.routes import deadline_of, look_in_worker
from webapp.sites.wanted import SiteWanted
from webapp.state import current_library, current_state


def _subject(opened: Library, rules: Rules, wanted: SiteWanted) -> Subject:
    if not wanted.outline:
        return subject_of_feature(opened, rules, wanted.layer, wanted.feature, restricted=wanted.restricted)
    return subject_of_shape(
        shapely.from_wkb(wanted.outline),
        name=wanted.name,
        uncertainty_m=wanted.uncertainty_m,
        industries=wanted.industries,
    )


def check_place(opened: Library, _progress: Callable[[float, float], None], wanted: SiteWanted) -> dict[str, Any]:
    """Hold a site against the plan's rules, in a worker; the answer of the API.

    Parameters
    ----------
    opened
        The plan, in the worker.
    _progress
        ``progress(done, total)``, which every computation is handed.
    wanted
        The site.
    """
    rules = rules_of(opened, restricted=wanted.restricted)
    subject = _subject(opened, rules, wanted)
    found = check_site(opened, rules, subject, day=wanted.day, restricted=wanted.restricted)
    return told_check(found, decimals=wanted.decimals)


def gather_place(opened: Library, _progress: Callable[[float, float], None], wanted: SiteWanted) -> dict[str, Any]:
    """Collect a site's dossier, in a worker; the answer of the API.

    Parameters
    ----------
    opened
        The plan, in the worker.
    _progress
        ``progress(done, total)``, which every computation is handed.
    wanted
        The site.
    """
    found = dossier_in_worker(opened, wanted)
    return told_dossier(found, decimals=wanted.decimals, address=f"/sites/{wanted.layer}/{wanted.feature}")


def dossier_in_worker(opened: Library, wanted: SiteWanted) -> SiteDossier:
    """Collect a site's dossier where the plan is open."""
    rules = rules_of(opened, restricted=wanted.restricted)
    subject = _subject(opened, rules, wanted)
    return site_dossier(
        opened, rules, subject, day=wanted.day, restricted=wanted.restricted, checked=wanted.checked
    )


def dossier_answer(wanted: SiteWanted) -> Kept:
    """Return a site's dossier as JSON, worked out once for one state of the plan.

    Where the whole one is known already, it also answers who does not wait for the check.
    """
    whole = current_state().bodies.find(site_key("dossier", replace(wanted, checked=True), current_library()))
    return whole or _kept("dossier", gather_place, wanted)


def check_answer(wanted: SiteWanted) -> Kept:
    """Return a site's check as JSON, worked out once for one state of the plan."""
    return _kept("check", check_place, wanted)


def _kept(what: str, function: Callable[..., dict[str, Any]], wanted: SiteWanted) -> Kept:
    def make() -> bytes:
        return orjson.dumps(look_in_worker(function, wanted, deadline=deadline_of("max_site_seconds")))

    return current_state().bodies.once(site_key(what, wanted, current_library()), make)


def site_key(what: str, wanted: SiteWanted, library: Library) -> tuple[Hashable, ...]:
    """Return what a site's check or dossier depends on: the site, the plan's day, the state of its data."""
    return what, wanted, usual_day(library.catalog.plan), library.marks(restricted=True)
