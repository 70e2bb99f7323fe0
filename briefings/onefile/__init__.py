"""A view as one HTML file that asks no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from briefings.onefile.onefile import Head, content_policy, one_file

__all__ = [
    "Head",
    "content_policy",
    "one_file",
]

__getattr__ = lazy_face(__name__)
