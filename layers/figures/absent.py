"""What a question asks for and is not there: a layer, ids of features, beginnings of classes."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np

from geo.errors import PlanAtlasError
from geo.text import Text
from layers.features.snapshot import Features
from layers.messages import say
from layers.plan.catalog import Layer
from layers.plan.statistics import Input

_MOST_TOLD = 30  # words in a list


def absent_layer(asked: str, layers: Sequence[Layer], error: PlanAtlasError) -> Text:
    """Return that a layer is missing, why, and which one was probably meant.

    Parameters
    ----------
    asked
        The word in its place.
    layers
        Those that everybody may know of.
    error
        Of reading it.
    """
    known = [one.id for one in layers]
    if asked in known:  # it is declared, and its file cannot be read
        why = Text(*(str(error.params.get(f"reason_{one}", "")).rstrip("。.") for one in ("zh", "en")))
        return say("inputs_layer_unread", layer=asked, why=why) if why.en else say("inputs_layer", layer=asked)
    near = get_close_matches(asked, known, n=1)
    key = "inputs_layer_near" if near else "inputs_layer_none"
    return say(key, layer=asked[:60], **({"near": near[0]} if near else {}))


def absent_words(wanted: Input, layer: Layer, features: Features, codes: frozenset[str]) -> tuple[Text, ...]:
    """Return what is asked for and is not in a layer: ids, and beginnings of classes.

    Parameters
    ----------
    wanted
        What is asked.
    layer, features
        The layer, and all its features.
    codes
        The classes of its scheme.
    """
    out = []
    if wanted.ids:
        there = set(features.ids[np.isin(features.ids, wanted.ids)].tolist())
        lost = [one for one in wanted.ids if one not in there]
        if lost:
            out.append(say("inputs_ids_lost", label=layer.label, listed=_quoted(lost), count=len(lost)))
    lost = [one for one in wanted.classes if not any(code.startswith(one) for code in codes)]
    if lost:  # of no class of the scheme: some feature may state it all the same
        stated = {str(one) for one in features.values(layer.class_field) if one is not None}
        lost = [one for one in lost if not any(code.startswith(one) for code in stated)]
        if lost:
            out.append(say("inputs_classes_lost", label=layer.label, listed=_quoted(lost), count=len(lost)))
    return tuple(out)


def _quoted(words: Sequence[str]) -> Text:
    """Return words in quotation marks, the first ones where they are many."""
    shown = [f"“{one[:60]}”" for one in words[:_MOST_TOLD]] + (["..."] if len(words) > _MOST_TOLD else [])
    return Text("、".join(shown), ", ".join(shown))
