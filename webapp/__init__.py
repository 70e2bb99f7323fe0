"""The service: pages, maps, JSON and the command line. ``create_app`` is the only place where everything meets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from webapp.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings) -> Flask:
    """Build the service: ``webapp.application.build``, loaded here so that other commands need not wait for it."""
    from webapp.application import build  # noqa: PLC0415

    return build(settings)
