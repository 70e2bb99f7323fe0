"""Which HTTP status an error has: asked of the one table, which the app's start hands over."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, current_app

from geo.errors import PlanAtlasError

_KEY = "STATUS_OF_ERRORS"


def install_status(app: Flask, table: Mapping[type[PlanAtlasError], int]) -> None:
    """Hand the table over."""
    app.config[_KEY] = table


def status_of(error: PlanAtlasError) -> int:
    """Return the HTTP status of an error; one of ``geo`` says that data or question cannot be computed with."""
    if type(error).__module__ == "geo.errors":
        return 422
    table: Mapping[type[PlanAtlasError], int] = current_app.config[_KEY]
    return next(table[cls] for cls in type(error).__mro__ if cls in table)
