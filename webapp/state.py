"""What the service holds while it runs, in one value on the app; every room reads it here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, current_app, g, has_request_context, request

from layers.figures.figure import FigureShelf
from layers.library.library import Library
from webapp.settings import Settings

if TYPE_CHECKING:  # their rooms read this module; only the names of their types are needed here
    from webapp.accounts.accounts import Accounts
    from webapp.accounts.closed import ClosedLayers
    from webapp.accounts.provider import Provider
    from webapp.figures.warmup import Warmup
    from webapp.http.access import Keyring
    from webapp.http.assets import Assets
    from webapp.http.kept import KeptBodies
    from webapp.jobs.visitors import Visitors
    from webapp.jobs.workers import Jobs
    from webapp.layers.uploads import Uploads
    from webapp.views.saved import SavedViews

_KEY = "planatlas"


@dataclass(frozen=True)
class AppState:
    """The open plan and all that serves it; made once by ``create_app``."""

    settings: Settings
    instance: Path
    library: Library
    shelf: FigureShelf
    keyring: Keyring
    accounts: Accounts
    assets: Assets
    views: SavedViews
    closed: ClosedLayers
    uploads: Uploads
    jobs: Jobs
    looks: Jobs
    visitors: Visitors
    provider: Provider | None
    warmup: Warmup
    bodies: KeptBodies

    def close(self) -> None:
        """Stop all workers."""
        self.warmup.close()
        self.looks.close()
        self.jobs.close()

    def of(self, app: Flask) -> None:
        """Make this the state of an app."""
        app.extensions[_KEY] = self


def state_of(app: Flask) -> AppState:
    """Return the state of an app."""
    found: AppState = app.extensions[_KEY]
    return found


def current_state() -> AppState:
    """Return the state of the app that answers the present request."""
    return state_of(current_app)


def current_library() -> Library:
    """Return the open plan; a request that changes nothing looks at its files once."""
    if not has_request_context() or request.method not in ("GET", "HEAD"):
        return current_state().library
    if "library" not in g:
        g.library = current_state().library.glance()
    found: Library = g.library
    return found


def look_again() -> None:
    """Have the plan's files looked at anew in this request: time has passed."""
    g.pop("library", None)


def leaving_library() -> Library:
    """Return the plan as it may leave: coordinates with the decimals of the setting ``decimals``."""
    return current_library().rounded(current_settings().number("decimals"))


def current_settings() -> Settings:
    """Return the settings in force."""
    return current_state().settings


def current_shelf() -> FigureShelf:
    """Return the shelf of published figures."""
    return current_state().shelf
