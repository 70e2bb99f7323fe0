"""What a file holds, told before anything is decided: fields, problems, and where each CRS would put it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from shapely.geometry.base import BaseGeometry

from geo.arrays import Bools
from geo.errors import PlanAtlasError
from geo.measure.crs import crs_name
from geo.measure.crs_words import crs_label
from geo.text import Text
from layers.features.columns import Objects
from layers.imports.changes import changed_kind
from layers.imports.classes import schemes_of
from layers.imports.crs_gate import admit_shapes
from layers.imports.crs_offers import Candidate, crs_candidates, km_between, offered_crs
from layers.imports.database import Origin
from layers.imports.datum_parameters import NeedsDatumParameters
from layers.imports.draft import Draft, names_of
from layers.imports.formats.dxf import wrong_unit
from layers.imports.importer import Looked, look_at
from layers.imports.in_number import notes_in_number
from layers.imports.options import ImportOptions
from layers.imports.strays import mixed_eastings
from layers.imports.telling import Progress, tell_nobody
from layers.library.library import Library
from layers.plan.catalog import Field, Plan
from layers.plan.crosswalk import read_crosswalks
from layers.plan.measures import usage_of
from layers.units import unit_name

_SAMPLE, _OUTLINE_VERTICES, _SHOWN_ROWS = 300, 30_000, 8
_FAR_KM = 150.0

_CODE = 4  # digits a code of its own has, where no code stands twice


def preview(
    library: Library,
    path: Path,
    options: ImportOptions | None = None,
    *,
    progress: Progress = tell_nobody,
    origin: Origin | None = None,
) -> dict[str, Any]:
    """Return what a file holds as plain values, read as the options say or as the version before was.

    ``places`` are the CRS that would put it near the plan, the declared one first, then the one a person wrote;
    each with a sample of the features as GeoJSON (WGS 84), to be looked at. ``schemes`` are the land-use schemes
    whose codes a field holds. ``questions`` have to be answered before it can be imported; ``reading`` is how it
    was read, ``sample`` the first rows as they stand, ``rows`` as they would be kept; ``changes`` what a new
    version would change. ``progress(done, total)`` is told how much of the file is read.

    Parameters
    ----------
    library
        The plan.
    path
        The file.
    options
        What was said of the import.
    progress
        ``progress(done, total)`` while it is read.
    origin
        What the database knew, of a file taken from a table of it.

    Raises
    ------
    UnreadableFile
        The file cannot be read.
    """
    asked = options or ImportOptions()
    looked = look_at(
        library,
        path,
        asked,
        origin=origin,
        progress=lambda read, of: progress(0.8 * min(read / of, 1), 1),
        only_look=True,
    )
    draft = looked.draft
    placed = draft.geometry[~shapely.is_missing(draft.geometry)]
    sample = _sample(placed)
    plan = library.catalog.plan
    places = list(_places(plan, looked, sample, path.name)) if len(placed) else []
    unit_note = wrong_unit(draft, lambda shapes: bool(crs_candidates(shapes, plan)))
    mixed = mixed_eastings(draft.geometry)
    places = places if mixed is None else []
    notes = [
        *draft.notes,
        *looked.changes.notes(),
        *([unit_note] if unit_note else []),
        *([mixed] if mixed else []),
    ]
    lost = [one for one in looked.changes.types if one.loses and one.field not in looked.options.types]
    return {
        "format": draft.format,
        "encoding": draft.encoding,
        "declared_crs": None if draft.crs is None else crs_name(draft.crs),
        "features": len(draft.geometry),
        "placed": len(placed),
        "invalid": int((~shapely.is_valid(placed)).sum()),
        "kinds": sorted({str(s.geom_type) for s in placed[:: max(len(placed) // _SAMPLE, 1)]}),
        "sublayers": list(draft.layers),
        "tables": list(draft.tables),
        "fields": [_field(draft, name) for name in draft.properties.schema.names],
        "schemes": list(_schemes(draft, library)),
        "notes": [asdict(note) for note in notes_in_number(notes, names_of(draft))],
        "places": places,
        "questions": [
            {"option": q.option, "also": q.also, "choices": list(q.choices), "zh": q.text.zh, "en": q.text.en}
            for q in draft.questions
        ],
        "changes": [{"field": one.field, "zh": one.text.zh, "en": one.text.en} for one in lost],
        "reading": dict(draft.reading),
        "kept": {name: value for name, value in looked.options.said().items() if not getattr(asked, name)},
        "sample": [list(row) for row in draft.sample],
        "rows": _rows(draft),
        "heights": bool(shapely.has_z(draft.geometry).any()),
        "closed": _has_closed(draft),
    }


def _rows(draft: Draft) -> list[list[str]]:
    """Return the first features' values as texts, in the order of the fields."""
    first = draft.properties.slice(0, _SHOWN_ROWS)
    columns = [[("" if v is None else str(v))[:60] for v in column.to_pylist()] for column in first.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _has_closed(draft: Draft) -> bool:
    """Tell whether it holds closed lines, which may be meant as areas."""
    if any(one.kind == "closed_line" for one in draft.found):
        return True
    lines: Bools = shapely.get_type_id(draft.geometry) == shapely.GeometryType.LINESTRING
    return bool((shapely.is_closed(draft.geometry) & lines).any())


def _sample(placed: Objects) -> Objects:
    """Return some of the features, spread over the file; one that is larger than all may be is drawn roughly."""
    step = max(len(placed) // _SAMPLE, 1)
    chosen: Objects = placed[::step]
    counts = np.cumsum(shapely.get_num_coordinates(chosen))
    if len(counts) and counts[0] > _OUTLINE_VERTICES:
        return np.array([_roughly(chosen[0])], dtype=object)
    return chosen[: max(int(np.searchsorted(counts, _OUTLINE_VERTICES)), 1)]


def _roughly(shape: BaseGeometry) -> BaseGeometry:
    """Return a shape with vertices a thousandth of its extent apart, or its box where too little is left."""
    west, south, east, north = shape.bounds
    if not np.isfinite(shape.bounds).all():
        return shape
    rough = shapely.simplify(shape, max(east - west, north - south) / 1000, preserve_topology=False)
    left = shapely.get_num_coordinates(rough)
    return rough if 0 < left <= _OUTLINE_VERTICES else shape.envelope


def _field(draft: Draft, name: str) -> dict[str, Any]:
    column = draft.properties.column(name)
    known = [v for v in column.slice(0, 50).to_pylist() if v not in (None, "")]
    distinct = len(pc.unique(column.slice(0, 100_000))) if not pa.types.is_list(column.type) else None
    return {
        "name": name,
        "type": changed_kind(draft, name),
        "unit": (unit := str(draft.declared.get(name, {}).get("unit", ""))),
        "unit_name": {language: unit_name(unit, language) for language in ("zh", "en")},
        "measure": _guess(draft, name),
        "examples": [str(v)[:60] for v in list(dict.fromkeys(map(str, known)))[:3]],
        "missing": column.null_count,
        "unique": distinct == len(column) and column.null_count == 0,
    }


def _guess(draft: Draft, name: str) -> str:
    """Return how a field's numbers may be used, as its name and unit suggest; "" of what holds none."""
    if changed_kind(draft, name) not in ("number", "integer"):
        return ""
    unit = str(draft.declared.get(name, {}).get("unit", ""))
    return usage_of(Field(name, Text(name, name), unit=unit, type="number"), None).measure


def _schemes(draft: Draft, library: Library) -> Iterable[dict[str, Any]]:
    """Yield which fields hold codes of which schemes; a bare code may be of several, and a person decides."""
    crosswalks = read_crosswalks(library.folder)
    for name in draft.properties.schema.names:
        column = draft.properties.column(name)
        listed = pa.types.is_list(column.type)
        once = not listed and len(column) > 1 and len(pc.unique(column.slice(0, 100_000))) == len(column)
        if once and any(len(str(value)) < _CODE for value in column.slice(0, 100).to_pylist()):
            continue  # numbers of things (01, 02) are no classes of theirs
        for scheme, share in schemes_of(column, library.catalog, crosswalks).items():
            walk = crosswalks.get(scheme)
            target = walk.target if walk else ""
            yield {"field": name, "scheme": scheme, "share": round(share, 3), "target": target}


def _places(plan: Plan, looked: Looked, sample: Objects, file: str) -> Iterable[dict[str, Any]]:
    draft, asked = looked.draft, looked.options.crs
    placed = draft.geometry[~shapely.is_missing(draft.geometry)]
    declared_crs = looked.crs if draft.crs and not asked else draft.crs
    found: list[tuple[str, bool, Candidate | None]] = [(declared_crs, False, None)] if declared_crs else []
    found += [(looked.crs or asked, bool(looked.options.swapped), None)] if asked else []
    near = offered_crs(placed, plan, declared=declared_crs, datum=draft.datum)
    taken = {(crs_name(crs), swapped) for crs, swapped, _ in found}
    found += [(c.crs, c.swapped, c) for c in near if (crs_name(c.crs), c.swapped) not in taken]
    for number, (crs, swapped, candidate) in enumerate(found):
        declared = number == 0 and declared_crs is not None
        told: dict[str, Any] = {
            "crs": "" if declared and not asked else crs,
            "name": asdict(crs_label(crs)),
            "declared": declared,
            "asked": bool(asked) and candidate is None and not declared,
            "swapped": swapped,
            "km_away": round(candidate.km_away, 2) if candidate else None,
            "problem": None,
            "outline": None,
        }
        try:
            came = admit_shapes(sample, crs, plan, swapped=swapped, file=file, parameters=looked.parameters)
            shapes = came.shapes
            told["outline"] = _outline(shapes)
            told["bounds"] = [round(float(x), 6) for x in shapely.total_bounds(shapes)]
            told["km_away"] = told["km_away"] if candidate else round(km_between(told["bounds"], plan), 2)
        except PlanAtlasError as error:
            told["parameters"] = isinstance(error, NeedsDatumParameters)
            told["problem"] = {"zh": error.message("zh"), "en": error.message("en")}
        yield told


def _outline(shapes: Objects) -> dict[str, Any]:
    simple = shapely.simplify(shapes[np.isfinite(shapely.bounds(shapes)).all(axis=1)], 1e-6)
    written = shapely.to_geojson(shapely.transform(simple, lambda xy: np.round(xy, 6)))
    geometries = [orjson.loads(text) for text in written if text is not None]
    return {"type": "GeometryCollection", "geometries": geometries}
