"""What the app's views share, kept in one place on the app."""

from __future__ import annotations

from flask import current_app

from layers.figures import FigureShelf
from layers.library import Library
from webapp.settings import Settings


def library() -> Library:
    """Return the open plan."""
    found: Library = current_app.extensions["planatlas.library"]
    return found


def leaving() -> Library:
    """Return the plan as it may leave: coordinates with the decimals of the setting ``decimals``."""
    return library().rounded(settings().number("decimals"))


def settings() -> Settings:
    """Return the settings in force."""
    found: Settings = current_app.extensions["planatlas.settings"]
    return found


def shelf() -> FigureShelf:
    """Return the shelf of published figures."""
    found: FigureShelf = current_app.extensions["planatlas.shelf"]
    return found
