"""A file becomes a layer: read, through the CRS gate, mended with a report, stored, declared; or nothing."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

import geo
from layers.content import Content, Objects, write_content
from layers.declare import Text
from layers.entry import LayerExists, check_id, declare_layer
from layers.geometry import FAMILIES
from layers.imports.child import UnreadableFile
from layers.imports.draft import Draft
from layers.imports.gate import admitted
from layers.imports.sources import read_source
from layers.library import Library
from layers.store import Version

Progress = Callable[[float, float], None]
_VERTICES = 5_000_000  # of one feature
_REPAIR_VERTICES = 20_000
_KINDS = ("point", "line", "polygon")
OWN_IDS = "feature_id"  # where our exports write a feature's id


@dataclass(frozen=True)
class Wanted:
    """How a file is to be imported; empty means as found.

    ``crs`` is ``EPSG:...``, ``GCJ02`` or ``BD09``; ``new_version`` takes the file as a new version of a layer that
    exists. ``label``, ``source`` and ``licence`` go into the catalogue.
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


@dataclass(frozen=True)
class Report:
    """What was imported and what was found on the way."""

    version: Version
    format: str
    encoding: str
    crs: str
    placed: int
    notes: tuple[Text, ...]


def import_layer(
    library: Library, path: Path, wanted: Wanted, *, who: str, progress: Progress = lambda _done, _total: None
) -> Report:
    """Import a file as a new layer, or as a new version of one; ``progress(done, total)`` is told its steps.

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
    progress(0.05, 1)
    draft = read_source(path, layer=wanted.sublayer, encoding=wanted.encoding)
    chosen = wanted.crs or draft.crs
    progress(0.4, 1)
    shapes, datum = admitted(draft.geometry, chosen, library.catalog.plan, swapped=wanted.swapped, file=path.name)
    most = int(shapely.get_num_coordinates(shapes).max(initial=0))
    if most > _VERTICES:
        zh = f"一个要素有 {most:,} 个顶点，最多 {_VERTICES:,} 个；请先简化或拆分"
        en = f"a feature has {most:,} vertices where {_VERTICES:,} is the most; simplify or split it"
        raise UnreadableFile(file=path.name, why_zh=zh, why_en=en)
    notes = list(draft.notes)
    progress(0.5, 1)
    shapes = _repaired(shapes, notes)
    if known is None:
        shapes, kind = _one_kind(shapes, notes)
    else:
        fits = np.isin([s.geom_type if s is not None else "" for s in shapes], [*FAMILIES[known.geometry], ""])
        if not fits.all():
            zh = f"{int((~fits).sum())} 个要素的几何类型与图层不符"
            raise UnreadableFile(
                file=path.name,
                why_zh=zh,
                why_en=f"{int((~fits).sum())} features are of another geometry type than the layer",
            )
        kind = known.geometry
    ids, properties = _ids(draft, wanted.id_field, notes), draft.properties
    if OWN_IDS in properties.schema.names and not draft.ids and not wanted.id_field:
        properties = properties.drop_columns([OWN_IDS])
    content = Content(ids, shapes, properties)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    about: dict[str, Any] = {
        "file": path.name,
        "sha256": digest,
        "format": draft.format,
        "encoding": draft.encoding,
        "declared_crs": draft.crs,
        "used_crs": chosen,
        "swapped_axes": wanted.swapped,
        "notes": [asdict(note) for note in notes],
    }
    progress(0.7, 1)
    newest = library.store.newest(wanted.layer)
    with tempfile.TemporaryDirectory() as folder:
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
            library.folder, wanted.layer, _table(library, wanted, draft, kind=kind, datum=datum, file=path.name)
        )
    placed = int((~shapely.is_missing(shapes)).sum())
    return Report(version, draft.format, draft.encoding, str(chosen), placed, tuple(notes))


def _repaired(shapes: Objects, notes: list[Text]) -> Objects:
    """Mend what can be mended and say by how much; what cannot stays without a place, and is said."""
    out = shapes.copy()
    finite = np.array([s is None or bool(np.isfinite(s.bounds).all() or s.is_empty) for s in shapes])
    out[~finite] = None
    out[[s is not None and s.is_empty for s in out]] = None
    bad = np.flatnonzero(~(shapely.is_missing(out) | shapely.is_valid(out)))
    small = bad[shapely.get_num_coordinates(out[bad]) <= _REPAIR_VERTICES]
    before = _area(out[small])
    out[small] = shapely.make_valid(out[small], method="structure", keep_collapsed=False)
    out[np.setdiff1d(bad, small)] = None
    out[[s is not None and s.is_empty for s in out]] = None
    if len(small):
        after = _area(out[small])
        zh = f"修复了 {len(small)} 个无效几何，面积由 {before:,.2f} 变为 {after:,.2f} 平方米（行 {_rows(small)}）"
        en = f"{len(small)} invalid geometries mended, from {before:,.2f} to {after:,.2f} m2 (rows {_rows(small)})"
        notes.append(Text(zh, en))
    lost = np.flatnonzero(shapely.is_missing(out) & ~shapely.is_missing(shapes))
    if len(lost):
        rows = _rows(lost)
        notes.append(
            Text(
                f"{len(lost)} 个几何不可用，作为未上图保留（行 {rows}）",
                f"{len(lost)} geometries are unusable; kept unplaced (rows {rows})",
            )
        )
    return out


def _rows(at: Any) -> str:  # noqa: ANN401 - an index array
    return ", ".join(str(int(i) + 1) for i in at[:8]) + ("…" if len(at) > 8 else "")


def _area(shapes: Objects) -> float:
    polygons = [s for s in shapes if s is not None and s.area > 0]
    return float(geo.area_m2(gpd.GeoSeries(polygons, crs="EPSG:4490")).sum()) if polygons else 0.0


def _one_kind(shapes: Objects, notes: list[Text]) -> tuple[Objects, str]:
    held = sorted({int(d) for d in shapely.get_dimensions(shapes[~shapely.is_missing(shapes)])})
    families = {s.geom_type for s in shapes if s is not None}
    if not families <= FAMILIES["mixed"]:
        out = shapes.copy()
        odd = np.array([s is not None and s.geom_type not in FAMILIES["mixed"] for s in shapes])
        out[odd] = None
        notes.append(
            Text(f"{int(odd.sum())} 个几何集合未上图", f"{int(odd.sum())} geometry collections are left unplaced")
        )
        return _one_kind(out, notes)
    if len(held) > 1:
        notes.append(Text("几何类型混合", "geometry types are mixed"))
        return shapes, "mixed"
    return shapes, _KINDS[held[0]] if held else "mixed"


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
    library: Library, wanted: Wanted, draft: Draft, *, kind: str, datum: str, file: str
) -> Mapping[str, Any]:
    """Return the catalogue entry of a new layer: every column a field, by its own name."""
    names = draft.properties.schema.names
    kinds = {"int64": "integer", "double": "number", "bool": "boolean"}
    title = next(
        (n for n in names if n.lower() in ("name_zh", "name", "名称", "项目名称", "title")),
        names[0] if names else "name",
    )
    fields = [
        {
            "id": f.name,
            "label": {"zh": f.name, "en": f.name},
            "type": kinds.get(str(f.type), "text"),
            "filter": True,
        }
        for f in draft.properties.schema
    ]
    source = wanted.source if wanted.source.zh else Text(f"导入自 {file}", f"imported from {file}")
    licence = wanted.licence if wanted.licence.zh else Text("未说明", "not stated")
    table: dict[str, Any] = {
        "group": wanted.group or next(iter(library.catalog.groups)),
        "label": asdict(wanted.label),
        "geometry": kind,
        "datum": datum,
        "edge_model": wanted.edge_model
        or ("lonlat" if draft.crs in (None, "EPSG:4326", "EPSG:4490") else "plane"),
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
