"""A view drawn on paper: ground, layers, labels, legend and what stands around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from briefings.map.answered import Answered, answered_of, look_of_piece
    from briefings.map.description import (
        ShownLayer,
        describe_view,
        map_sentence,
        name_of,
        positions_of,
        shown_layers,
    )
    from briefings.map.fonts import drawable_text, sized_font, width_em
    from briefings.map.frame import Frame, bar_m, ground_frame
    from briefings.map.legend import position_rows
    from briefings.map.lettering import fit_line, wrap_text
    from briefings.map.picture import Picture, draw
    from briefings.map.presets import Size, paper_size, read_decimals, read_size
    from briefings.map.sheet_words import plan_lines

__all__ = [
    "Answered",
    "Frame",
    "Picture",
    "ShownLayer",
    "Size",
    "answered_of",
    "bar_m",
    "describe_view",
    "draw",
    "drawable_text",
    "fit_line",
    "ground_frame",
    "look_of_piece",
    "map_sentence",
    "name_of",
    "paper_size",
    "plan_lines",
    "position_rows",
    "positions_of",
    "read_decimals",
    "read_size",
    "shown_layers",
    "sized_font",
    "width_em",
    "wrap_text",
]

__getattr__ = lazy_face(__name__)
