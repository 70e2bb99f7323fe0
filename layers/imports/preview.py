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

from geo.errors import PlanAtlasError
from geo.measure.crs import crs_name
from layers.features.columns import Objects
from layers.imports.classes import schemes_of
from layers.imports.crs_gate import Candidate, admitted, candidates
from layers.imports.database import Origin
from layers.imports.datum_parameters import DatumParameters, NeedsDatumParameters, read_parameters
from layers.imports.draft import Draft
from layers.imports.readers.dxf import wrong_unit
from layers.imports.readers.source import read_source
from layers.imports.telling import Progress, quiet
from layers.imports.values import recognised
from layers.library.library import Library
from layers.plan.catalog import Plan
from layers.plan.crosswalk import read_crosswalks

_SAMPLE, _OUTLINE_VERTICES = 300, 30_000
_NAMES = {pa.string(): "text", pa.int64(): "integer", pa.float64(): "number", pa.bool_(): "boolean"}


def preview(
    library: Library, path: Path, *, sublayer: str = "", encoding: str = "", unit: str = "", crs: str = "",
    datum_parameters: str = "", rotation: str = "", progress: Progress = quiet, origin: Origin | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return what a file holds as plain values.

    ``places`` are the CRS that would put it near the plan, the declared one first, then ``crs`` if a person wrote
    one; each with a sample of the features as GeoJSON (WGS 84), to be looked at. ``schemes`` are the land-use
    schemes whose codes a field holds. ``progress(done, total)`` is told how much of the file is read.

    Raises
    ------
    UnreadableFile
        The file cannot be read.
    """
    parameters = read_parameters(datum_parameters, rotation)
    draft = recognised(
        read_source(
            path, layer=sublayer, encoding=encoding, unit=unit, origin=origin,
            progress=lambda read, of: progress(0.8 * min(read / of, 1), 1),
        )
    )  # fmt: skip
    placed = draft.geometry[~shapely.is_missing(draft.geometry)]
    sample = _sample(placed)
    plan = library.catalog.plan
    places = _places(plan, draft, sample, path.name, asked=crs, parameters=parameters)
    unit_note = wrong_unit(draft, lambda shapes: bool(candidates(shapes, plan)))
    notes = [*draft.notes, *([unit_note] if unit_note else [])]
    return {
        "format": draft.format,
        "encoding": draft.encoding,
        "declared_crs": None if draft.crs is None else crs_name(draft.crs),
        "features": len(draft.geometry),
        "placed": len(placed),
        "invalid": int((~shapely.is_valid(placed)).sum()),
        "kinds": sorted({str(s.geom_type) for s in sample}),
        "sublayers": list(draft.layers),
        "fields": [_field(draft, name) for name in draft.properties.schema.names],
        "schemes": list(_schemes(draft, library)),
        "notes": [asdict(note) for note in notes],
        "places": list(places) if len(placed) else [],
    }


def _sample(placed: Objects) -> Objects:
    """Return some of the features, spread over the file."""
    step = max(len(placed) // _SAMPLE, 1)
    chosen: Objects = placed[::step]
    counts = np.cumsum(shapely.get_num_coordinates(chosen))
    return chosen[: max(int(np.searchsorted(counts, _OUTLINE_VERTICES)), 1)]


def _field(draft: Draft, name: str) -> dict[str, Any]:
    column = draft.properties.column(name)
    known = [v for v in column.slice(0, 50).to_pylist() if v not in (None, "")]
    distinct = len(pc.unique(column.slice(0, 100_000))) if not pa.types.is_list(column.type) else None
    return {
        "name": name,
        "type": draft.declared.get(name, {}).get("type", _NAMES.get(column.type, "list")),
        "unit": draft.declared.get(name, {}).get("unit", ""),
        "examples": [str(v)[:60] for v in list(dict.fromkeys(map(str, known)))[:3]],
        "missing": column.null_count,
        "unique": distinct == len(column) and column.null_count == 0,
    }


def _schemes(draft: Draft, library: Library) -> Iterable[dict[str, Any]]:
    """Yield which fields hold codes of which schemes; a bare code may be of several, and a person decides."""
    crosswalks = read_crosswalks(library.folder)
    for name in draft.properties.schema.names:
        column = draft.properties.column(name)
        for scheme, share in schemes_of(column, library.catalog, crosswalks).items():
            walk = crosswalks.get(scheme)
            target = walk.target if walk else ""
            yield {"field": name, "scheme": scheme, "share": round(share, 3), "target": target}


def _places(
    plan: Plan, draft: Draft, sample: Objects, file: str, *, asked: str, parameters: DatumParameters | None
) -> Iterable[dict[str, Any]]:
    placed = draft.geometry[~shapely.is_missing(draft.geometry)]
    found: list[tuple[str, bool, Candidate | None]] = [(draft.crs, False, None)] if draft.crs else []
    found += [(asked, False, None)] if asked else []
    found += [(c.crs, c.swapped, c) for c in candidates(placed, plan)]
    for number, (crs, swapped, candidate) in enumerate(found):
        declared = number == 0 and draft.crs is not None
        told: dict[str, Any] = {
            "crs": "" if declared else crs,
            "name": crs_name(crs),
            "declared": declared,
            "asked": crs == asked and candidate is None and not declared,
            "swapped": swapped,
            "km_away": round(candidate.km_away, 2) if candidate else None,
            "problem": None,
            "outline": None,
        }
        try:
            shapes, _ = admitted(sample, crs, plan, swapped=swapped, file=file, parameters=parameters)
            told["outline"] = _outline(shapes)
            told["bounds"] = [round(float(x), 6) for x in shapely.total_bounds(shapes)]
        except PlanAtlasError as error:
            told["parameters"] = isinstance(error, NeedsDatumParameters)
            told["problem"] = {"zh": error.message("zh"), "en": error.message("en")}
        yield told


def _outline(shapes: Objects) -> dict[str, Any]:
    simple = shapely.simplify(shapes[np.isfinite(shapely.bounds(shapes)).all(axis=1)], 1e-6)
    written = shapely.to_geojson(shapely.transform(simple, lambda xy: np.round(xy, 6)))
    geometries = [orjson.loads(text) for text in written if text is not None]
    return {"type": "GeometryCollection", "geometries": geometries}
