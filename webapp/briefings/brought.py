"""What somebody sends for a briefing, read in a worker: its file and their template may unpack to anything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from briefings.resolve.declaration import Briefing, read_text
from briefings.write.template import checked_template, template_lacks, template_layouts
from geo.text import Text
from layers.errors import BadParameter, DeclarationError
from layers.library.library import Library
from webapp.jobs.routes import look_in_worker

_LONGEST_FILE, _MOST_BROUGHT = 400_000, 300


def brought_briefing(given: object) -> Briefing:
    """Return the briefing a request's declaration says.

    Raises
    ------
    BadParameter
        It is no briefing's file, or one too long.
    TooLong, NeedsMemory
        Reading it takes more than a look may.
    """
    if not isinstance(given, str) or len(given) > _LONGEST_FILE:
        raise BadParameter(
            name="declaration", why_zh="应为 TOML 文本", why_en="the text of a TOML file is expected"
        )
    try:
        found: Briefing = look_in_worker(declaration_looked_at, given)
    except DeclarationError as error:  # of a request, not of the plan
        told = {f"why_{name}": error.message(name)[:300] for name in ("zh", "en")}
        raise BadParameter(name="declaration", **told) from None
    if len(found.items) > _MOST_BROUGHT:
        raise BadParameter(
            name="declaration", why_zh=f"最多 {_MOST_BROUGHT} 项", why_en=f"at most {_MOST_BROUGHT} items"
        )
    return found


def declaration_looked_at(_opened: Library, _progress: Callable[[float, float], None], given: str) -> Briefing:
    """Read a briefing's file in a worker, where what it nests costs only itself.

    Parameters
    ----------
    given
        The text of the file.

    Raises
    ------
    DeclarationError
        It says something it cannot mean.
    """
    return read_text(given)


def template_looked_at(
    _opened: Library, _progress: Callable[[float, float], None], path: str, kind: str, name: str
) -> tuple[list[Text], list[Text]]:
    """Check a template in a worker, where what it unpacks to costs only itself.

    Returns what it lacks, and which of its layouts serves what.

    Parameters
    ----------
    _opened, _progress
        As every worker is handed them.
    path, kind
        The file, and what it is to be.
    name
        What its owner calls it.

    Raises
    ------
    BadTemplate
        It cannot be used.
    """
    checked_template(Path(path), kind, name=name)
    return template_lacks(Path(path), kind), template_layouts(Path(path), kind)
