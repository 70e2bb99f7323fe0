"""A polygon that somebody draws: counted by the service, read and mended in a child."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from layers.library.library import Library
from layers.places.polygon import outline_of, polygon_of
from webapp.jobs.routes import look_in_worker
from webapp.state import current_settings


def drawn_outline(given: object) -> bytes | None:
    """Return a request's polygon as WKB; None where there is none.

    Raises
    ------
    BadParameter, OverLimit
        It is none, or has too many vertices.
    Busy, TooLong, NeedsMemory, WorkerEnded
        It cannot be looked at now, or takes more than a look may.
    """
    most = current_settings().number("max_vertices")
    outline = outline_of(given, most)
    found: bytes | None = None if outline is None else look_in_worker(outline_looked_at, outline, most)
    return found


def outline_looked_at(
    _opened: Library, _progress: Callable[[float, float], None], outline: dict[str, Any], most: int
) -> bytes | None:
    """Read a drawn polygon in a worker.

    Parameters
    ----------
    outline
        The polygon as GeoJSON.
    most
        The vertices it may have.
    _opened, _progress
        The plan and ``progress(done, total)``, which every computation is handed.
    """
    return polygon_of(outline, most)
