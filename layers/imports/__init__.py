"""Layers people bring: what a file is, what it says, what was found, and what was decided.

Called as its module is: ``preview.preview`` looks at a file before it is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from layers.imports.cell_encoding import best_of
    from layers.imports.charset import decode, wide_name
    from layers.imports.datum_parameters import read_parameters
    from layers.imports.draft import Draft, Found, Undecided, refuse_file
    from layers.imports.errors import UnreadableFile
    from layers.imports.importer import import_layer
    from layers.imports.joining import JoinWish, join_table, parse_join, preview_join
    from layers.imports.mixed import mixed_table
    from layers.imports.numbers import NumberEvidence, clean, decimal_for, evidence_of, merged_evidence, numbers_of
    from layers.imports.option_forms import add_options, flags_of, import_schema, option_form, options_from
    from layers.imports.options import ImportOptions, choices_of, parse_options
    from layers.imports.own_files import as_it_left, own_table
    from layers.imports.repair import RepairProblem
    from layers.imports.telling import counted_rows, tell_nobody
    from layers.imports.units import unit_of

__all__ = [
    "Draft",
    "Found",
    "ImportOptions",
    "JoinWish",
    "NumberEvidence",
    "RepairProblem",
    "Undecided",
    "UnreadableFile",
    "add_options",
    "as_it_left",
    "best_of",
    "choices_of",
    "clean",
    "counted_rows",
    "decimal_for",
    "decode",
    "evidence_of",
    "flags_of",
    "import_layer",
    "import_schema",
    "join_table",
    "merged_evidence",
    "mixed_table",
    "numbers_of",
    "option_form",
    "options_from",
    "own_table",
    "parse_join",
    "parse_options",
    "preview_join",
    "read_parameters",
    "refuse_file",
    "tell_nobody",
    "unit_of",
    "wide_name",
]

__getattr__ = lazy_face(__name__)
