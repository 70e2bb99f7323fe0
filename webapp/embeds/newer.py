"""Whether what an embed shows is still the newest there is."""

from __future__ import annotations

from layers.figures.kept import KeptFigure
from layers.plan.views import View
from webapp.accounts.rights import sees_restricted
from webapp.state import current_library


def changed_since(view: View, moment: str) -> bool:
    """Return whether a layer of a view has changed since a moment."""
    now, then, restricted = current_library(), current_library().as_of(moment), sees_restricted()
    shown = view.layers
    known = {s.layer.id: s.version for s in then.readable(restricted=restricted)}
    return any(
        known.get(s.layer.id) != s.version
        for s in now.readable(restricted=restricted)
        if (s.layer.visible if shown is None else s.layer.id in shown)
    )


def is_outdated(figure: KeptFigure) -> bool:
    """Return whether a figure rests on a version of a layer that is not the newest."""
    now = {s.layer.id: s.version for s in current_library().readable(restricted=True)}
    return any(use["layer"] in now and now[use["layer"]] != use["version"] for use in figure["layers"])
