"""Whether what an embed shows is still the newest there is."""

from __future__ import annotations

from collections.abc import Iterator

from geo.text import Text
from layers.features.snapshot import Snapshot
from layers.figures.kept import KeptFigure
from layers.plan.views import View
from webapp.accounts.rights import sees_restricted
from webapp.state import current_library


def changed_since(view: View, moment: str) -> bool:
    """Return whether a layer of a view has changed since a moment."""
    then, restricted = current_library().as_of(moment), sees_restricted()
    known = {s.layer.id: s.version for s in then.readable(restricted=restricted)}
    return any(known.get(s.layer.id) != s.version for s in _shown(view))


def not_kept_at(view: View, moment: str) -> list[Text]:
    """Return the layers of a view whose data of a moment are not kept: they have versions, all of them later."""
    store = current_library().store
    made = [(s.layer, [one.made_at[: len(moment)] for one in store.versions(s.layer.id)]) for s in _shown(view)]
    return [layer.label for layer, times in made if times and min(times) > moment]


def _shown(view: View) -> Iterator[Snapshot]:
    """Yield the layers a view shows, as they are now."""
    asked = view.layers
    for one in current_library().readable(restricted=sees_restricted()):
        if one.layer.visible if asked is None else one.layer.id in asked:
            yield one


def is_outdated(figure: KeptFigure) -> bool:
    """Return whether a figure rests on a version of a layer that is not the newest."""
    now = {s.layer.id: s.version for s in current_library().readable(restricted=True)}
    return any(use["layer"] in now and now[use["layer"]] != use["version"] for use in figure["layers"])
