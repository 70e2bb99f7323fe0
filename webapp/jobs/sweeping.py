"""What passes by itself: visitors' figures and files, and old versions where the plan is told to let them go."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from geo.errors import PlanAtlasError
from webapp.accounts.storage import clear
from webapp.state import AppState

EVERY_S = 3600.0
_FILES_DAYS = 1  # briefings made, templates, files that wait to be imported


def sweep(state: AppState, *, now: Callable[[], float] = time.time) -> None:
    """Take away what has had its time; what cannot be taken away now is tried again the next time.

    Parameters
    ----------
    state
        Of the service.
    now
        Seconds since 1970.
    """
    settings, aside = state.settings, now() - time.time()
    kept = {"passing": settings.number("visitor_days"), "briefings": _FILES_DAYS, "uploads": _FILES_DAYS}
    if settings.number("version_days"):
        kept["versions"] = settings.number("version_days")
    for what, days in kept.items():
        try:
            clear(what, state.instance, state.shelf, state.library, days=days - aside / 86_400)
        except (OSError, PlanAtlasError) as error:
            logging.getLogger(__name__).warning("%s: %s", what, type(error).__name__)


def begin_sweeping(state: AppState, *, every_s: float = EVERY_S) -> None:
    """Sweep now, and from time to time as long as the service runs."""

    def run() -> None:
        while True:
            sweep(state)
            time.sleep(every_s)

    threading.Thread(target=run, daemon=True, name="sweeping").start()
