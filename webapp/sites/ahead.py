"""The dossiers of a plan's sites, worked out before anybody asks: a card opens with its verdict."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from itertools import islice

import orjson

from geo.errors import PlanAtlasError
from layers.errors import LayerUnavailable
from layers.library.library import Library
from layers.places.check import rules_of
from webapp.figures.warmup import WARMING
from webapp.http.kept import digest_body
from webapp.jobs.errors import Busy, Stopped
from webapp.jobs.job import Asker
from webapp.jobs.workers import Jobs
from webapp.sites.dossiers import gather_place, site_key
from webapp.sites.wanted import SiteWanted
from webapp.state import AppState

_REST_S, _LOOK_S = 10.0, 0.5
_AT_ONCE = 8  # sites a computation: whoever else comes waits so long
_MOST = 400  # sites looked at ahead; of more each is worked out when it is asked for


def begin_looking_ahead(state: AppState) -> None:
    """Keep the dossiers of the plan's sites ready from now on, also when the data change."""
    threading.Thread(target=LookAhead(state).run, daemon=True, name="sites ahead").start()


def sites_ahead(library: Library, decimals: int) -> list[SiteWanted]:
    """Return the sites that everybody may ask for, as their cards ask for them; a layer of very many is left out.

    Parameters
    ----------
    library
        The open plan.
    decimals
        Of the degrees of coordinates that leave.
    """
    rules = rules_of(library)
    if not rules.declared:
        return []
    layers = [one for one in library.layers() if rules.asked_of(one.id)]
    found: list[SiteWanted] = []
    for layer in layers:
        try:
            features = library.snapshot(layer).features
        except LayerUnavailable:
            continue
        if len(found) + len(features) > _MOST:
            continue
        found += [SiteWanted(layer.id, str(one), decimals=decimals) for one in features.ids]
    return found


def gather_places(
    opened: Library, progress: Callable[[float, float], None], asked: tuple[SiteWanted, ...]
) -> list[bytes]:
    """Collect the dossiers of some sites, in a worker, as JSON; empty where there is none.

    Parameters
    ----------
    opened
        The plan, in the worker.
    progress
        ``progress(done, total)``.
    asked
        The sites.
    """
    told = []
    for number, one in enumerate(asked):
        progress(number, len(asked))
        try:
            told.append(orjson.dumps(gather_place(opened, progress, one)))
        except PlanAtlasError:  # whoever asks for it is told why
            told.append(b"")
    return told


class LookAhead:
    """Works out the dossiers of a plan's sites once for every state of the plan, when nobody else computes.

    Parameters
    ----------
    state
        The service.
    """

    def __init__(self, state: AppState) -> None:
        self._state = state
        self._done: Hashable = None

    def run(self) -> None:
        """Look from time to time, as long as the service runs."""
        while True:
            try:
                self.catch_up()
            except (Busy, Stopped):  # others come first; what is kept already is not worked out again
                pass
            except (OSError, PlanAtlasError) as error:  # the plan cannot be read just now
                logging.getLogger(__name__).warning("sites ahead: %s", type(error).__name__)
            time.sleep(_REST_S)

    def catch_up(self) -> None:
        """Work out what is not known yet of the plan as it is; what changes meanwhile is left to the next look.

        Raises
        ------
        Busy, Stopped
            All places for computations are taken; somebody stopped this one.
        """
        bodies, glance = self._state.bodies, self._state.library.glance()
        now = _state_of(glance)
        if now == self._done:
            return
        sites = sites_ahead(glance, self._state.settings.number("decimals"))
        wanted = (one for one in sites if bodies.find(site_key("dossier", one, glance)) is None)
        while some := tuple(islice(wanted, _AT_ONCE)):
            told = self._told(some)
            if now != _state_of(self._state.library.glance()):
                return
            for one, body in zip(some, told, strict=True):
                if body:
                    bodies.keep(site_key("dossier", one, glance), digest_body(body))
        self._done = now

    def _told(self, some: tuple[SiteWanted, ...]) -> list[bytes]:
        """Return what a worker finds, when no figure is left to compute ahead; it makes room for whoever waits."""
        jobs = self._state.jobs
        while self._state.warmup.busy or jobs.all():
            time.sleep(_LOOK_S)
        job = jobs.start(gather_places, some, asker=Asker(WARMING))
        try:
            told: list[bytes] = jobs.result(job, unwanted=lambda: _waited_for(jobs))
        finally:
            jobs.forget(job)
        return told


def _waited_for(jobs: Jobs) -> bool:
    """Whether somebody waits for a worker that is free."""
    return any(one.asker.name != WARMING and one.state == "waiting" for one in jobs.all())


def _state_of(library: Library) -> Hashable:
    return site_key("", SiteWanted(), library)
