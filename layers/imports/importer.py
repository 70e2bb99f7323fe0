"""A file becomes a layer: read, through the CRS gate, mended with a report, stored, declared; or nothing."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import shapely

from geo.measure.crs import crs_name, lonlat_crs
from geo.text import Text
from layers.features.columns import Content, Objects, write_content
from layers.imports.changes import TypeChanges, changes_of, types_of
from layers.imports.classes import class_properties
from layers.imports.closed import close_lines
from layers.imports.crs_gate import admit_shapes, applied_parameters
from layers.imports.crs_names import UnknownDatum, recognise_crs
from layers.imports.database import Origin
from layers.imports.datum_parameters import DatumParameters, read_parameters
from layers.imports.draft import Draft, Undecided, names_of
from layers.imports.entry import feature_names, layer_table, renewed_fields
from layers.imports.errors import ChangedTypes, OpenReading, UnreadableFile
from layers.imports.heights import settle_heights
from layers.imports.in_number import notes_in_number
from layers.imports.joined_fields import carry_joined
from layers.imports.memory import kept_options, last_import, read_again, settled_crs, without_answered
from layers.imports.options import ImportOptions, choices_of
from layers.imports.placing import placed_shapes
from layers.imports.plane import GEODESIC, EdgePlane
from layers.imports.refusals import refuse_doubtful, refuse_endless, refuse_other_types
from layers.imports.repair import RepairProblem, met_problems, without_collections
from layers.imports.strays import far_away
from layers.imports.telling import Progress, tell_nobody
from layers.imports.tiling import tiling_notes
from layers.imports.values import recognise_values
from layers.library.entry import LayerExists, check_id, declare_layer, update_layer
from layers.library.library import Library
from layers.plan.catalog import Layer
from layers.plan.crosswalk import read_crosswalks
from layers.store import Version
from layers.store.files import whole_or_not
from layers.store.version import Reason

_NO_FEATURE = Text("图层没有要素", "the layer has no features")
_KINDS = ("point", "line", "polygon")
OWN_IDS = "feature_id"  # where our exports write a feature's id


@dataclass(frozen=True)
class ImportReport:
    """What was imported, what was found on the way, and each kind of problem of its geometry."""

    version: Version
    format: str
    encoding: str
    crs: str
    placed: int
    notes: tuple[Text, ...]
    problems: tuple[RepairProblem, ...] = ()


@dataclass(frozen=True)
class Looked:
    """A file as it will be imported, before anything is decided of its place: what import and preview share."""

    draft: Draft
    options: ImportOptions
    crs: str | None
    known: Layer | None
    changes: TypeChanges
    parameters: DatumParameters | None
    about: Mapping[str, Any]


def look_at(
    library: Library,
    path: Path,
    asked: ImportOptions,
    *,
    progress: Progress = tell_nobody,
    origin: Origin | None = None,
    only_look: bool = False,
) -> Looked:
    """Return a file read as it is asked for, or as the version before was.

    Parameters
    ----------
    library
        The plan.
    path
        The file.
    asked
        What was said of the import.
    progress
        ``progress(done, total)`` while it is read.
    origin
        What the database knew, of a file taken from a table of it.
    only_look
        Whether nothing is decided yet: then a datum nobody knows is a question beside the others.

    Raises
    ------
    UnreadableFile, UnknownDatum, BadDatumParameters
        The file cannot be read, or its CRS not be recognised.
    """
    known = library.catalog.layers.get(asked.layer) if asked.new_version else None
    about = last_import(library, asked.layer) if known is not None else {}
    kept = kept_options(about)
    draft, options, notes = read_again(path, asked, kept, origin=origin, progress=progress)
    options, more = settled_crs(draft, options, asked, about)
    notes += more
    parameters = read_parameters(options.datum_parameters, options.rotation)
    crs = options.crs or draft.crs
    if crs:
        try:
            found = recognise_crs(str(crs), datum=options.datum, file=path.name)
        except UnknownDatum as error:
            if not only_look:
                raise
            told = Text(error.message("zh"), error.message("en"))
            draft = replace(draft, questions=(*draft.questions, Undecided("datum", told, choices_of("datum"))))
        else:
            crs = found.crs
            notes += (found.note,) if found.note else ()
    draft = recognise_values(
        close_lines(draft, wanted=options.closed_lines),
        fields={one.id: one for one in known.fields} if known else None,
        keep={options.id_field, options.class_field, known.class_field if known else "", OWN_IDS, *draft.settled},
        types=options.types,
        decimal=options.decimal,
    )
    settled = settle_heights(draft.geometry, draft.properties, wanted=options.heights)
    draft = replace(
        draft,
        geometry=settled.shapes,
        properties=settled.properties,
        notes=(*draft.notes, *settled.notes, *notes),
        found=(*draft.found, *settled.found),
    )
    draft = without_answered(draft, options)
    changes = changes_of(draft, known) if known else TypeChanges()
    return Looked(draft, options, crs, known, changes, parameters, about)


def import_layer(
    library: Library,
    path: Path,
    asked: ImportOptions,
    *,
    who: str,
    progress: Progress = tell_nobody,
    origin: Origin | None = None,
) -> ImportReport:
    """Import a file as a new layer, or as a new version of one; ``progress(done, total)`` is told its steps.

    ``origin`` is what the database knew of a file taken from a table of it.

    Parameters
    ----------
    library
        The plan.
    path
        The file.
    asked
        What was said of the import; ``layer`` is the id it gets.
    who
        Who imports it, for the list of versions.
    progress
        ``progress(done, total)``, its steps.
    origin
        What the database knew, of a file taken from a table of it.

    Raises
    ------
    UnreadableFile, NeedsCRS, ImplausibleCRS, UnknownCRS, UnknownDatum, RefusedDatum
        The file cannot be read, or where it lies cannot be decided; nothing is changed.
    OpenReading, ChangedTypes
        Two readings are open, or a new version would change what kind of values fields hold: a person decides.
    BadLayerId, LayerExists, CatalogReadOnly, StoreError
        It cannot be kept under that id; nothing is changed.
    """
    check_id(asked.layer)
    if asked.layer in library.catalog.layers and not asked.new_version:
        raise LayerExists(layer=asked.layer)
    progress(0.05, 1)
    looked = look_at(
        library, path, asked, origin=origin, progress=lambda read, of: progress(0.05 + 0.25 * min(read / of, 1), 1)
    )
    draft, options, known = looked.draft, looked.options, looked.known
    _refuse_open(draft, looked.changes, options, path.name)
    refuse_doubtful(draft, looked.crs, library.catalog.plan, unit=options.unit, file=path.name)
    progress(0.4, 1)
    came = admit_shapes(
        draft.geometry,
        looked.crs if len(draft.geometry) else looked.crs or "EPSG:4326",
        library.catalog.plan,
        swapped=bool(options.swapped),
        file=path.name,
        parameters=looked.parameters,
    )
    refuse_endless(draft.geometry, path.name)
    used_crs = str(looked.crs or "EPSG:4326")
    used, unused = applied_parameters(looked.parameters, used_crs)
    notes = [
        *draft.notes,
        *unused,
        *looked.changes.notes(),
        *([] if len(draft.geometry) else [_NO_FEATURE]),
        *came.notes,
    ]
    progress(0.5, 1)
    ids, properties = _ids(draft, options.id_field, notes), draft.properties
    classes = class_properties(
        properties, options.class_field, options.scheme, library.catalog, read_crosswalks(library.folder)
    )
    properties, notes = classes.properties, [*notes, *classes.notes]
    plane = EdgePlane.of(library.catalog.plan, options.edge_model, known, came)
    looked, draft = _without_shapes(looked)
    shapes, problems = placed_shapes(
        came, plane, ids, notes, names=feature_names(properties, len(ids)), geodesic=options.edge_model == GEODESIC
    )
    shapes, odd = without_collections(shapes, ids, notes)
    notes += far_away(shapes)
    if known is None:
        shapes, kind = _one_kind(shapes, notes, draft.kind)
    else:
        refuse_other_types(shapes, known, path.name)
        kind = known.geometry
    problems = met_problems(draft.found, ids) + problems + odd
    of_classes = classes.field or (known is not None and known.class_field)
    if kind == "polygon" and (of_classes or options.check_tiling) and len(shapes):
        progress(0.6, 1)
        notes += tiling_notes(plane.frame(shapes), ids)
    properties = _without_own_ids(properties, draft, options)
    content = carry_joined(library, known, Content(ids, shapes, properties), notes)
    about = came.kept | _record(looked, path, used_crs, used=used, notes=notes, problems=problems)
    about["types"] = types_of(draft, known, looked.changes)
    progress(0.7, 1)
    version = _kept(
        library,
        options.layer,
        content,
        Reason(kind="import", who=who, why=options.why, about=about),
        datum=came.datum,
        progress=progress,
    )
    told = replace(draft, properties=properties)
    if known is None:
        given = origin.source if origin else Text(f"导入自 {path.name}", f"imported from {path.name}")
        declared = msgspec.structs.replace(options, class_field=classes.field, scheme=classes.scheme)
        table = layer_table(library.catalog, declared, told, kind=kind, came=came, given=given)
        declare_layer(library.folder, options.layer, table)
    else:
        _renew(library, known, told, looked.changes, asked)
    placed, named = int((~shapely.is_missing(shapes)).sum()), crs_name(used_crs)
    return ImportReport(
        version, draft.format, draft.encoding, named, placed, notes_in_number(notes, names_of(told)), problems
    )


def _without_shapes(looked: Looked) -> tuple[Looked, Draft]:
    """Let go of the shapes as the file has them, once they have come in: there may be a million."""
    draft = replace(looked.draft, geometry=np.zeros(0, dtype=object))  # a slice would hold all
    return replace(looked, draft=draft), draft


def _kept(
    library: Library,
    layer: str,
    content: Content,
    reason: Reason,
    *,
    datum: str,
    progress: Progress,
) -> Version:
    """Put content into the store as the layer's next version, whole or not at all."""
    newest = library.store.newest(layer)
    with whole_or_not(), tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "content.parquet"
        write_content(part, content, crs=lonlat_crs(datum))
        progress(0.9, 1)
        return library.store.add(layer, part, reason, expected=newest.number if newest else None)


def _record(
    looked: Looked,
    path: Path,
    crs: str,
    *,
    used: DatumParameters | None,
    notes: Sequence[Text],
    problems: Sequence[RepairProblem],
) -> dict[str, Any]:
    """Return what the version remembers of how it came in."""
    draft, options = looked.draft, looked.options
    return {
        "file": path.name,
        "sha256": _sha256(path),
        "format": draft.format,
        "origin": dict(draft.origin) or None,
        "encoding": draft.encoding,
        "declared_crs": draft.crs,
        "used_crs": crs,
        "swapped_axes": bool(options.swapped),
        "datum_parameters": used.written if used else None,
        "class_field": options.class_field,
        "scheme": options.scheme,
        "options": options.said(),
        "reading": dict(draft.reading),
        "notes": [asdict(note) for note in notes_in_number(notes, names_of(draft))],
        "problems": [asdict(problem) for problem in problems],
    }


def _renew(library: Library, known: Layer, draft: Draft, changes: TypeChanges, asked: ImportOptions) -> None:
    """Put new fields, other types and their use into the catalog, for a layer that came by import."""
    if not known.file and (changes.new or changes.types or asked.measures):
        update_layer(library.folder, known.id, lambda table: renewed_fields(table, draft, changes, asked))


def _refuse_open(draft: Draft, changes: TypeChanges, options: ImportOptions, file: str) -> None:
    """Raise what a person has to say first."""
    if draft.questions:
        zh = "；".join(f"{q.text.zh}（--{q.option.replace('_', '-')}）" for q in draft.questions)
        en = "; ".join(f"{q.text.en} (--{q.option.replace('_', '-')})" for q in draft.questions)
        raise OpenReading(file=file, what_zh=zh, what_en=en)
    lost = [one for one in changes.types if one.loses and one.field not in options.types]
    if lost and not options.accept_changes:
        zh, en = "；".join(one.text.zh for one in lost), "; ".join(one.text.en for one in lost)
        raise ChangedTypes(what_zh=zh, what_en=en)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _one_kind(shapes: Objects, notes: list[Text], declared: str) -> tuple[Objects, str]:
    held = sorted({int(d) for d in shapely.get_dimensions(shapes[~shapely.is_missing(shapes)])})
    if len(held) > 1:
        notes.append(Text("几何类型混合", "geometry types are mixed"))
        return shapes, "mixed"
    return shapes, _KINDS[held[0]] if held else declared or "mixed"


def _without_own_ids(properties: pa.Table, draft: Draft, options: ImportOptions) -> pa.Table:
    """Return properties without the column our exports write ids in, which gave the ids."""
    took = OWN_IDS in properties.schema.names and draft.ids is None and not options.id_field
    return properties.drop_columns([OWN_IDS]) if took else properties


def _ids(draft: Draft, field: str, notes: list[Text]) -> Objects:
    """Return unique ids: the file's own, a field's, else numbers; what was changed is said."""
    count = len(draft.geometry)
    given: Iterable[Any] = list(draft.ids) if draft.ids else [""] * count
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
