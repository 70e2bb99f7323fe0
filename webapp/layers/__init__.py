"""Layers over HTTP: read, edited, brought in, taken along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from webapp.layers.uploads import Uploads

__all__ = [
    "Uploads",
]

__getattr__ = lazy_face(__name__)
