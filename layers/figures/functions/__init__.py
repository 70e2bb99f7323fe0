"""Every function that can be asked for: one module each with a ``FUNCTION``, gathered here.

API, command line, the panel's form, verification, briefings and docs read what it says of itself.
"""

from __future__ import annotations

from layers.figures.functions.entry import Function
from layers.registry import gather_entries

FUNCTIONS: dict[str, Function] = {
    one.id: one
    for one in sorted(gather_entries(__name__, "FUNCTION", Function), key=lambda one: (one.order, one.id))
}
