"""A briefing resolved: every map and every number made once, on one state of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from briefings.resolve.blocks import (
        BriefingSection,
        Captions,
        Chart,
        Resolved,
        Table,
        fixed_words,
        number_captions,
    )
    from briefings.resolve.declaration import (
        Briefing,
        Item,
        briefing_text,
        kept_briefings,
        read_briefing,
        read_file,
        read_text,
    )
    from briefings.resolve.edition import resolve
    from briefings.resolve.tables import column_shares, group_rows, inert_label

__all__ = [
    "Briefing",
    "BriefingSection",
    "Captions",
    "Chart",
    "Item",
    "Resolved",
    "Table",
    "briefing_text",
    "column_shares",
    "fixed_words",
    "group_rows",
    "inert_label",
    "kept_briefings",
    "number_captions",
    "read_briefing",
    "read_file",
    "read_text",
    "resolve",
]

__getattr__ = lazy_face(__name__)
