"""A plan's folder, open: its layers as they are now, edits, where they came from, backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from layers.library.backup import back_up, bring_back
    from layers.library.conditions import read_conditions, select_and_tell, words_of
    from layers.library.editing import Edit, take_over
    from layers.library.entry import BadLayerId, LayerExists, check_id, declare_layer, update_layer
    from layers.library.library import Library
    from layers.library.listing import catalog_json, describe_catalog, describe_layer, layers_json
    from layers.library.provenance import came_in, import_of
    from layers.library.stored import version_digest
    from layers.library.upkeep import (
        FieldWords,
        LayerWords,
        change_description,
        parse_words,
        take_off_layer,
        words_schema,
    )

__all__ = [
    "BadLayerId",
    "Edit",
    "FieldWords",
    "LayerExists",
    "LayerWords",
    "Library",
    "back_up",
    "bring_back",
    "came_in",
    "catalog_json",
    "change_description",
    "check_id",
    "declare_layer",
    "describe_catalog",
    "describe_layer",
    "import_of",
    "layers_json",
    "parse_words",
    "read_conditions",
    "select_and_tell",
    "take_off_layer",
    "take_over",
    "update_layer",
    "version_digest",
    "words_of",
    "words_schema",
]

__getattr__ = lazy_face(__name__)
