"""A resolved briefing written: slides, Word, paper, web page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from briefings.write.formats import write_format
    from briefings.write.seal import NotAPack, check_seal
    from briefings.write.template import BadTemplate, checked_template, template_lacks

__all__ = [
    "BadTemplate",
    "NotAPack",
    "check_seal",
    "checked_template",
    "template_lacks",
    "write_format",
]

__getattr__ = lazy_face(__name__)
