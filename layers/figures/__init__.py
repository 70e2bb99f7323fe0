"""From a question to a figure: roles, computation, evidence, the shelf, files to download.

Its two functions that are called as their modules are: ``answer.answer`` answers a question,
``difference.figure_difference`` says how two figures differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from layers.figures.answer import figure_command, figure_id, needs_drawn, published_figure, question_command
    from layers.figures.causes import Cause, causes_of
    from layers.figures.contribution import Contribution
    from layers.figures.difference import NotComparable, change_rows
    from layers.figures.downloads import export_figure, figure_notes, save, saved_as
    from layers.figures.evidence import evidence_frame, evidence_geojson, shown_evidence
    from layers.figures.figure import (
        Column,
        Figure,
        FigureNotKept,
        FigureShelf,
        LayerUse,
        Presentation,
        UnknownFigure,
        figure_of,
    )
    from layers.figures.inputs import Gathered, Role, chosen_words, drawn_of, gather, layer_frame
    from layers.figures.kept import DamagedEvidence, DamagedFigure
    from layers.figures.kept_versions import VersionGone, as_published, publish_kept
    from layers.figures.outcome import (
        Outcome,
        area_cells,
        area_column,
        area_columns,
        json_number,
        notes_of,
        shown_as,
    )
    from layers.figures.presentation import Shown, present, ranged_value, value_text
    from layers.figures.question import asked_statistic, read_questions

__all__ = [
    "Cause",
    "Column",
    "Contribution",
    "DamagedEvidence",
    "DamagedFigure",
    "Figure",
    "FigureNotKept",
    "FigureShelf",
    "Gathered",
    "LayerUse",
    "NotComparable",
    "Outcome",
    "Presentation",
    "Role",
    "Shown",
    "UnknownFigure",
    "VersionGone",
    "area_cells",
    "area_column",
    "area_columns",
    "as_published",
    "asked_statistic",
    "causes_of",
    "change_rows",
    "chosen_words",
    "drawn_of",
    "evidence_frame",
    "evidence_geojson",
    "export_figure",
    "figure_command",
    "figure_id",
    "figure_notes",
    "figure_of",
    "gather",
    "json_number",
    "layer_frame",
    "needs_drawn",
    "notes_of",
    "present",
    "publish_kept",
    "published_figure",
    "question_command",
    "ranged_value",
    "read_questions",
    "save",
    "saved_as",
    "shown_as",
    "shown_evidence",
    "value_text",
]

__getattr__ = lazy_face(__name__)
