"""The formats a briefing comes in; all say the same words and numbers."""

from __future__ import annotations

from pathlib import Path

from briefings.resolve.blocks import Resolved
from briefings.resolve.declaration import Briefing
from briefings.write.docx import write_docx
from briefings.write.html import write_webpage
from briefings.write.pdf import write_paper, write_pictures
from briefings.write.pptx import write_deck
from briefings.write.template import checked_template

KINDS = ("html", "pdf", "pptx", "docx", "zip")


def write_format(
    resolved: Resolved, briefing: Briefing, kind: str, *, template: Path | None = None, shapes: bool = False
) -> bytes:
    """Return a resolved briefing in one of ``KINDS``; all say the same words and numbers.

    Parameters
    ----------
    resolved
        The briefing on one state of the data.
    briefing
        Its declaration.
    kind
        The format; ``zip`` holds pictures.
    template
        For slides and documents, checked before.
    shapes
        For slides: maps as shapes too.

    Raises
    ------
    BadTemplate
        The template is not of that format, or not safe to open.
    """
    if kind in ("pptx", "docx") and template is not None:
        checked_template(template, kind)
    if kind == "pptx":
        return write_deck(resolved, template=template, shapes=shapes)
    if kind == "docx":
        return write_docx(resolved, template=template)
    if kind == "pdf":
        return write_paper(resolved)
    return write_webpage(resolved, briefing) if kind == "html" else write_pictures(resolved)
