"""A file becomes a layer: read, through the CRS gate, mended with a report, stored, declared; or nothing."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely

import geo
from geo.measure.crs import crs_name
from geo.text import Text
from layers.features.columns import Content, Objects, write_content
from layers.features.geometry import FAMILIES
from layers.imports.classes import LABELS, classed
from layers.imports.crs_gate import admitted, applied, candidates
from layers.imports.database import Origin
from layers.imports.datum_parameters import read_parameters
from layers.imports.draft import Draft
from layers.imports.plane import edges_of, frames
from layers.imports.readers.dxf import wrong_unit
from layers.imports.readers.gdal import UnreadableFile
from layers.imports.readers.source import read_source
from layers.imports.repair import Problem, mended, met, without_collections
from layers.imports.telling import Progress, quiet
from layers.imports.tiling import tiling
from layers.imports.values import recognised
from layers.library.entry import LayerExists, check_id, declare_layer
from layers.library.library import Library
from layers.plan.catalog import Layer
from layers.plan.crosswalk import read_crosswalks
from layers.store import Version
from layers.store.files import whole_or_not

_VERTICES = 5_000_000  # of one feature
_KINDS = ("point", "line", "polygon")
OWN_IDS = "feature_id"  # where our exports write a feature's id


@dataclass(frozen=True)
class Wanted:
    """How a file is to be imported; empty means as found.

    ``crs`` is ``EPSG:...``, ``GCJ02`` or ``BD09``; ``new_version`` takes the file as a new version of a layer that
    exists. ``label``, ``source`` and ``licence`` go into the catalog. ``check_tiling`` looks for overlaps and
    gaps where no class field asks for it; ``unit`` is a drawing's (``m``, ``mm`` ...), against what it says.
    ``datum_parameters`` and ``rotation`` lead from an old datum to CGCS2000, see `datum_parameters`.
    """

    layer: str
    label: Text
    group: str = ""
    crs: str = ""
    swapped: bool = False
    sublayer: str = ""
    encoding: str = ""
    id_field: str = ""
    class_field: str = ""
    scheme: str = ""
    edge_model: str = ""
    source: Text = Text("", "")
    licence: Text = Text("", "")
    new_version: bool = False
    why: str = ""
    check_tiling: bool = False
    unit: str = ""
    datum_parameters: str = ""
    rotation: str = ""


@dataclass(frozen=True)
class Report:
    """What was imported, what was found on the way, and each kind of problem of its geometry."""

    version: Version
    format: str
    encoding: str
    crs: str
    placed: int
    notes: tuple[Text, ...]
    problems: tuple[Problem, ...] = ()


def import_layer(
    library: Library, path: Path, wanted: Wanted, *, who: str, progress: Progress = quiet,
    origin: Origin | None = None,
) -> Report:  # fmt: skip
    """Import a file as a new layer, or as a new version of one; ``progress(done, total)`` is told its steps.

    ``origin`` is what the database knew of a file taken from a table of it.

    Raises
    ------
    UnreadableFile, NeedsCRS, ImplausibleCRS, UnknownCRS, RefusedDatum
        The file cannot be read, or where it lies cannot be decided; nothing is changed.
    BadLayerId, LayerExists, CatalogReadOnly, StoreError
        It cannot be kept under that id; nothing is changed.
    """
    known = library.catalog.layers.get(wanted.layer)
    check_id(wanted.layer)
    if known is not None and not wanted.new_version:
        raise LayerExists(layer=wanted.layer)
    parameters = read_parameters(wanted.datum_parameters, wanted.rotation)
    progress(0.05, 1)
    draft = recognised(
        read_source(
            path, layer=wanted.sublayer, encoding=wanted.encoding, unit=wanted.unit, origin=origin,
            progress=lambda read, of: progress(0.05 + 0.25 * min(read / of, 1), 1),
        ),
        fields={one.id: one for one in known.fields} if known else None,
        keep={wanted.id_field, wanted.class_field, known.class_field if known else "", OWN_IDS},
    )  # fmt: skip
    chosen = wanted.crs or draft.crs
    doubt = wrong_unit(draft, lambda some: bool(candidates(some, library.catalog.plan)))
    if doubt and not wanted.unit:
        raise UnreadableFile(file=path.name, why_zh=doubt.zh, why_en=doubt.en)
    progress(0.4, 1)
    shapes, datum = admitted(
        draft.geometry, chosen, library.catalog.plan, swapped=wanted.swapped, file=path.name, parameters=parameters
    )
    _refuse_endless(shapes, path.name)
    used, unused = applied(parameters, str(chosen))
    notes = [*draft.notes, *unused]
    progress(0.5, 1)
    ids, properties = _ids(draft, wanted.id_field, notes), draft.properties
    classes = classed(
        properties, wanted.class_field, wanted.scheme, library.catalog, read_crosswalks(library.folder)
    )
    properties, notes = classes.properties, [*notes, *classes.notes]
    frame_of = frames(library.catalog.plan, wanted.edge_model, known, str(chosen), datum)
    shapes, problems = mended(shapes, ids, notes, measure=lambda some: geo.area_m2(frame_of(some)))
    if known is None:
        shapes, odd = without_collections(shapes, ids, notes)
        shapes, kind = _one_kind(shapes, notes)
        problems += odd
    else:
        _refuse_other_types(shapes, known, path.name)
        kind = known.geometry
    problems = met(draft.found, ids) + problems
    of_classes = classes.field or (known is not None and known.class_field)
    if kind == "polygon" and (of_classes or wanted.check_tiling):
        progress(0.6, 1)
        notes += tiling(frame_of(shapes), ids)
    if OWN_IDS in properties.schema.names and not draft.ids and not wanted.id_field:
        properties = properties.drop_columns([OWN_IDS])
    content = Content(ids, shapes, properties)
    about: dict[str, Any] = {
        "file": path.name,
        "sha256": _sha256(path),
        "format": draft.format,
        "origin": dict(draft.origin) or None,
        "encoding": draft.encoding,
        "declared_crs": draft.crs,
        "used_crs": chosen,
        "swapped_axes": wanted.swapped,
        "datum_parameters": used.written if used else None,
        "class_field": wanted.class_field,
        "scheme": wanted.scheme,
        "notes": [asdict(note) for note in notes],
        "problems": [asdict(problem) for problem in problems],
    }
    progress(0.7, 1)
    newest = library.store.newest(wanted.layer)
    with whole_or_not(), tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "content.parquet"
        write_content(part, content, crs="EPSG:4490" if datum == "CGCS2000" else "EPSG:4326")
        progress(0.9, 1)
        version = library.store.add(
            wanted.layer,
            part,
            kind="import",
            who=who,
            why=wanted.why,
            about=about,
            expected=newest.number if newest else None,
        )
    if known is None:
        declare_layer(
            library.folder,
            wanted.layer,
            _table(
                library,
                replace(wanted, class_field=classes.field, scheme=classes.scheme),
                replace(draft, properties=properties),
                kind=kind,
                crs=str(chosen),
                datum=datum,
                came=origin.source if origin else Text(f"导入自 {path.name}", f"imported from {path.name}"),
            ),
        )
    placed = int((~shapely.is_missing(shapes)).sum())
    return Report(version, draft.format, draft.encoding, crs_name(str(chosen)), placed, tuple(notes), problems)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _one_kind(shapes: Objects, notes: list[Text]) -> tuple[Objects, str]:
    held = sorted({int(d) for d in shapely.get_dimensions(shapes[~shapely.is_missing(shapes)])})
    if len(held) > 1:
        notes.append(Text("几何类型混合", "geometry types are mixed"))
        return shapes, "mixed"
    return shapes, _KINDS[held[0]] if held else "mixed"


def _refuse_other_types(shapes: Objects, known: Layer, file: str) -> None:
    fits = np.isin([s.geom_type if s is not None else "" for s in shapes], [*FAMILIES[known.geometry], ""])
    if not fits.all():
        zh = f"{int((~fits).sum())} 个要素的几何类型与图层不符"
        en = f"{int((~fits).sum())} features are of another geometry type than the layer"
        raise UnreadableFile(file=file, why_zh=zh, why_en=en)


def _refuse_endless(shapes: Objects, file: str) -> None:
    most = int(shapely.get_num_coordinates(shapes).max(initial=0))
    if most > _VERTICES:
        zh = f"一个要素有 {most:,} 个顶点，最多 {_VERTICES:,} 个；请先简化或拆分"
        en = f"a feature has {most:,} vertices where {_VERTICES:,} is the most; simplify or split it"
        raise UnreadableFile(file=file, why_zh=zh, why_en=en)


def _ids(draft: Draft, field: str, notes: list[Text]) -> Objects:
    """Return unique ids: the file's own, a field's, else numbers; what was changed is said."""
    count = len(draft.geometry)
    given: list[Any] = list(draft.ids) if draft.ids else [""] * count
    if not (field or draft.ids) and OWN_IDS in draft.properties.schema.names:
        field = OWN_IDS
    if field:
        if field not in draft.properties.schema.names:
            known = ", ".join(draft.properties.schema.names)
            raise UnreadableFile(
                file=field, why_zh=f"没有此字段；有 {known}", why_en=f"there is no such field; there are {known}"
            )
        given = draft.properties.column(field).to_pylist()
    out, seen, renamed = np.empty(count, dtype=object), set(), 0
    for i, value in enumerate(given):
        wanted = str(value) if value not in (None, "") else f"f-{i + 1}"
        unique, copy = wanted, 2
        while unique in seen:
            unique, copy = f"{wanted}-{copy}", copy + 1
        renamed += unique != wanted
        seen.add(unique)
        out[i] = unique
    if renamed:
        notes.append(Text(f"{renamed} 个编号重复，已加后缀", f"{renamed} ids were taken and got a suffix"))
    return out


def _table(
    library: Library, wanted: Wanted, draft: Draft, *, kind: str, crs: str, datum: str, came: Text
) -> Mapping[str, Any]:
    """Return the catalog entry of a new layer: every column a field, by its own name."""
    names = draft.properties.schema.names
    kinds = {"int64": "integer", "double": "number", "bool": "boolean"}
    title = next(
        (n for n in names if n.lower() in ("name_zh", "name", "名称", "项目名称", "title")),
        names[0] if names else "name",
    )
    raws = {told["raw"] for told in draft.declared.values() if "raw" in told}
    fields = [
        {
            "id": f.name,
            "label": LABELS.get(f.name, {"zh": f.name, "en": f.name}),
            "type": kinds.get(str(f.type), "text"),
            "filter": True,
            **draft.declared.get(f.name, {}),
        }
        for f in draft.properties.schema
        if f.name not in raws
    ]
    source = wanted.source if wanted.source.zh else came
    licence = wanted.licence if wanted.licence.zh else Text("未说明", "not stated")
    table: dict[str, Any] = {
        "group": wanted.group or next(iter(library.catalog.groups)),
        "label": asdict(wanted.label),
        "geometry": kind,
        "datum": datum,
        "edge_model": edges_of(wanted.edge_model, crs),
        "source": asdict(source),
        "licence": asdict(licence),
        "title": {"zh": title, "en": title},
        "search": [title],
        "provenance": False,
        "order": 50,
        "fields": fields,
    }
    return (
        table
        | ({"class_field": wanted.class_field} if wanted.class_field else {})
        | ({"scheme": wanted.scheme} if wanted.scheme else {})
    )
