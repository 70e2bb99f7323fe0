"""What an office file says of itself: its title, whose it is, its language and day; nothing of the library's."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from briefings.resolve.blocks import Resolved

_EMPTIED = ("comments", "keywords", "category", "content_status", "identifier", "version")
_PROGRAM = re.compile(rb"<Application>[^<]*</Application>|<PresentationFormat>[^<]*</PresentationFormat>")


def sign_office_file(made: Any, resolved: Resolved) -> None:  # noqa: ANN401 - python-docx's and python-pptx's
    """Write a briefing's title, plan, language and day into an open document or presentation.

    A template's own words go too: they are of another document.
    """
    known = made.core_properties
    for name in _EMPTIED:
        setattr(known, name, "")
    known.title, known.subject = resolved.title[:255], resolved.subtitle[:255]
    known.author = known.last_modified_by = resolved.author[:255]
    known.language = "zh-CN" if resolved.language == "zh" else "en-GB"
    known.created = known.modified = datetime.now(UTC).replace(tzinfo=None)
    known.revision = 1
    for part in made.part.package.iter_parts():
        if str(part.partname) == "/docProps/app.xml":  # that of the library says it is another program's, in 4:3
            part._blob = _PROGRAM.sub(b"", part.blob)
