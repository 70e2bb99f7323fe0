"""The command line: ``python -m webapp.cli <command>``; ``python run.py`` passes its other words here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from webapp.cli.docs import docs_page
    from webapp.cli.main import build_parser

__all__ = [
    "build_parser",
    "docs_page",
]

__getattr__ = lazy_face(__name__)
