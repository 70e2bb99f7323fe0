"""The figure a view shows, for pictures and frames that are made of the view."""

from __future__ import annotations

from typing import TypedDict

import shapely

from layers.figures.evidence import shown_evidence
from layers.figures.figure import FigureNotKept, UnknownFigure
from layers.plan.views import View
from webapp.accounts.rights import hidden_layers
from webapp.state import current_settings, current_shelf


class SentFigure(TypedDict):
    """A figure as pictures tell it: label and sentence in zh and en, the state and shape (WKB) of each piece."""

    label: dict[str, str]
    sentence: dict[str, str]
    pieces: list[tuple[str, bytes]]


def sent_figure(view: View) -> SentFigure | None:
    """Return what a picture tells of the view's figure: label, sentence, and pieces of evidence with their states.

    None where the view shows no figure, the service has it no more, or it comes of a layer the reader may not
    know of.
    """
    if not view.figure:
        return None
    try:
        told = current_shelf().read(view.figure)
    except (UnknownFigure, FigureNotKept):
        return None
    if hidden_layers() & {use["layer"] for use in told["layers"]}:
        return None
    frame = shown_evidence(current_shelf().evidence(view.figure, decimals=current_settings().number("decimals")))
    states = frame["state"].fillna("").astype(str) if "state" in frame else [""] * len(frame)
    shapes = shapely.to_wkb(frame.geometry.to_numpy())
    pieces = [(state, bytes(wkb)) for state, wkb in zip(states, shapes, strict=True) if wkb is not None]
    return {"label": told["statistic"]["label"], "sentence": told["sentence"], "pieces": pieces}
