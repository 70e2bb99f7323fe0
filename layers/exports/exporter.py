"""A layer, or some of it, as a file: in the CRS asked for, with its provenance inside and what was lost said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj.exceptions import CRSError

from geo.errors import PlanAtlasError
from geo.measure.crs_words import crs_label
from geo.text import Text
from layers.exports import coordinates
from layers.exports.bundle import AddedColumn, ExportBundle
from layers.exports.naming import names_for, told_contents
from layers.exports.registry import ExportFormat, export_formats, format_of
from layers.exports.whereabouts import added_columns
from layers.features.columns import Content
from layers.features.filters import fields_of
from layers.features.query import select
from layers.features.snapshot import Features, Snapshot
from layers.features.timed import dated_fields
from layers.library.conditions import left_out_words, read_conditions, select_and_tell
from layers.library.drawn_area import asks_drawn_area, with_drawn_area
from layers.library.library import Library
from layers.library.ordering import Total, order_rows, totals_of
from layers.messages import say
from layers.plan.catalog import LandClass, Plan
from layers.plan.measures import usage_of

_DECIMALS, _LONGEST = range(3, 16), 120


class BadExport(PlanAtlasError):
    """What was asked of an export cannot be had."""

    code = "bad_export"
    zh = "无法导出：{why_zh}。"
    en = "This cannot be exported: {why_en}."


@dataclass(frozen=True)
class Asked:
    """How a layer is to leave.

    ``kind`` is the ending of a format; ``crs`` is ``EPSG:...``, ``GCJ02`` or ``BD09``; ``decimals`` of the
    coordinates in that CRS's units, None for all there are. ``filters`` are told in the provenance.
    ``options`` are those of the format, by name; ``language`` is of headings and aliases. ``columns`` are the
    fields that leave, in this order (all where none is named), ``sort`` the order of the rows, as in a table.
    """

    kind: str
    crs: str = "EPSG:4326"
    decimals: int | None = None
    filters: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    language: str = "zh"
    columns: tuple[str, ...] = ()
    sort: str = ""


@dataclass(frozen=True)
class Exported:
    """What was written and what the format could not hold."""

    features: int
    placed: int
    notes: tuple[Text, ...]


def read_asked(
    kind: str,
    *,
    crs: str = "",
    decimals: str = "",
    filters: tuple[str, ...] = (),
    options: Mapping[str, str] | None = None,
    language: str = "zh",
) -> Asked:
    """Return an export's options from texts.

    Parameters
    ----------
    kind
        The ending of a format.
    crs
        ``EPSG:...``, ``GCJ02`` or ``BD09``; WGS 84 when empty.
    decimals
        3 to 15; all when empty.
    filters
        As `layers.library.conditions.read_conditions` reads them.
    options
        Of the format, by name; those left empty are as the format takes them.
    language
        Of headings and aliases: ``zh`` or ``en``.

    Raises
    ------
    BadExport, RefusedDatum
        An unknown format, option or CRS, a datum without a transformation, decimals out of range.
    """
    known = format_of(kind)
    if known is None:
        words = ", ".join(one.ending for one in export_formats())
        raise BadExport(why_zh=f"格式应为 {words} 之一", why_en=f"the format is none of {words}")
    chosen = {name: text for name, text in (options or {}).items() if text}
    wanted = Asked(kind, crs or "EPSG:4326", None, filters, _chosen(known, chosen), language)
    try:
        target = coordinates.known_crs(wanted.crs)
    except CRSError:
        zh, en = f"未知的坐标系 {crs[:60]}", f"unknown coordinate reference system {crs[:60]}"
        raise BadExport(why_zh=zh, why_en=en) from None
    if known.lonlat_only and not (target is not None and target.is_geographic):
        zh, en = f"{known.label.zh} 只能为 WGS 84 经纬度", f"{known.label.en} is in WGS 84 longitude/latitude only"
        raise BadExport(why_zh=zh, why_en=en)
    if decimals:
        if not (decimals.isascii() and decimals.isdigit() and len(decimals) < 3 and int(decimals) in _DECIMALS):
            zh = f"小数位数应在 {_DECIMALS[0]} 与 {_DECIMALS[-1]} 之间"
            raise BadExport(why_zh=zh, why_en=f"decimals lie between {_DECIMALS[0]} and {_DECIMALS[-1]}")
        wanted = replace(wanted, decimals=int(decimals))
    return wanted


def _chosen(known: ExportFormat, wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the options of a format, with what it takes where nothing is said."""
    have = {option.name: option for option in known.options}
    for name, text in wanted.items():
        if name not in have:
            raise BadExport(
                why_zh=f"格式 {known.ending} 没有选项 {name[:40]}",
                why_en=f"the format {known.ending} has no option {name[:40]}",
            )
        choices = have[name].choices
        if (choices and text not in choices) or len(text) > _LONGEST or any(c < " " for c in text):
            words = ", ".join(choices) or f"≤ {_LONGEST}"
            raise BadExport(why_zh=f"选项 {name} 应为 {words}", why_en=f"the option {name} is one of {words}")
    return {name: wanted.get(name, option.default) for name, option in have.items()}


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """What a file that leaves says of where it came from.

    Attributes
    ----------
    plan
        For the provenance.
    software
        Name and version that made the file.
    classes
        Of the layer's scheme, for the style of a GeoPackage.
    group
        Where the layer stands in the catalog.
    names
        For properties that hold ids or codes, what each of them is called (see `layers.exports.naming`).
    conditions
        What the features had to meet, in words.
    when
        The day of the plan's time whose states they have, where another than the plan's was asked for.
    totals
        Of the rows, where they leave as a table shows them.
    heading
        What the file holds, part by part.
    left
        Who the conditions leave out without failing them, in sentences.
    added
        Columns beside the properties, of a table to be sent on.
    """

    plan: Plan
    software: str
    classes: tuple[LandClass, ...] = ()
    group: Text = Text("", "")
    names: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    conditions: tuple[Text, ...] = ()
    when: str = ""
    totals: tuple[Total, ...] = ()
    heading: tuple[Text, ...] = ()
    left: tuple[Text, ...] = ()
    added: tuple[AddedColumn, ...] = ()


def export_layer(
    snapshot: Snapshot, asked: Asked, out: Path, leaving: Leaving, *, features: Features | None = None
) -> Exported:
    """Write a layer to a file; the same input gives the same bytes.

    Parameters
    ----------
    snapshot
        The layer with its version.
    asked
        Format, CRS, decimals.
    out
        Where to; must not exist.
    leaving
        What the file says of where it came from.
    features
        Those that leave; all when None.

    Raises
    ------
    BadExport
        The format cannot hold that much.
    """
    plan = leaving.plan
    content = snapshot.content if features is None else snapshot.content.take(features.positions)
    if asked.columns:
        content = replace(content, properties=content.properties.select(properties_of(snapshot, asked.columns)))
    notes: list[Text] = list(leaving.left)
    warning = coordinates.cover_warning(coordinates.large_scale(snapshot.layer, content))
    if warning:
        notes.append(warning)
    shapes = coordinates.placed_in(content.geometry, asked.crs)
    if asked.crs in coordinates.SHIFTED:
        zh = f"坐标已转换为 {asked.crs}，仅供在网络地图上叠加，不可用于量算"
        notes.append(Text(zh, f"coordinates are {asked.crs}, for laying over web maps only, never to measure"))
    plane = snapshot.layer.plane_crs or plan.plane_crs
    if snapshot.layer.edge_model == "plane" and asked.crs != plane:
        named = crs_label(plane)
        zh = f"图层的边在 {named.zh} 平面内为直线；用该坐标系导出可保持不变"
        notes.append(Text(zh, f"edges are straight in {named.en}; exported in that CRS they stay so"))
    if asked.decimals is not None:
        shapes, broken = coordinates.rounded_coordinates(shapes, asked.decimals)
        notes.append(say("export_decimals", decimals=asked.decimals))
        if broken:
            zh = f"其中 {broken} 个面因此无效；请多留几位"
            notes.append(Text(zh, f"that made {broken} of the shapes invalid; keep more decimals"))
    placed = int(np.count_nonzero(~shapely.is_missing(shapes)))
    bundle = ExportBundle(
        layer=snapshot.layer,
        content=Content(content.ids, shapes, content.properties),
        crs=asked.crs,
        wkt=coordinates.wkt_of(asked.crs),
        classes=leaving.classes,
        about=_provenance(snapshot, asked, leaving) | {"features": len(content), "placed": placed},
        notes=notes,
        names=leaving.names,
        options=asked.options,
        group=leaving.group,
        language=asked.language,
        ordered=bool(asked.columns),
        totals=leaving.totals,
        heading=leaving.heading,
        added=leaving.added,
    )
    found = format_of(asked.kind)
    if found is None:
        raise BadExport(why_zh=f"没有格式 {asked.kind}", why_en=f"there is no format {asked.kind}")
    if found.most_features is not None and len(content) > found.most_features:
        most = f"{found.most_features:,}"
        zh = f"{found.label.zh} 最多 {most} 行，图层有 {len(content):,} 个要素；请用 CSV 或 GeoPackage"
        en = f"{found.label.en} has at most {most} rows, the layer {len(content):,}; use CSV or GeoPackage"
        raise BadExport(why_zh=zh, why_en=en)
    found.write(bundle, out)
    return Exported(len(content), placed, tuple(bundle.notes))


def properties_of(snapshot: Snapshot, columns: Sequence[str]) -> list[str]:
    """Return the properties that fields of a table hold, in their order; an amount of money brings its currency.

    Parameters
    ----------
    snapshot
        The layer.
    columns
        Ids of declared fields, or ``@name`` for what features are called.

    Raises
    ------
    BadExport
        There is no such field.
    """
    known = fields_of(snapshot.layer)
    wanted: list[str] = []
    for one in columns:
        found = known.get(one)
        if found is None:
            raise BadExport(why_zh=f"没有字段 {one[:40]}", why_en=f"there is no field {one[:40]}")
        wanted += [found.text.zh, found.text.en] if found.text else [found.id]
        usage = usage_of(found, snapshot.layer)
        wanted += [usage.currency] if usage.measure == "money" and usage.currency else []
    return [one for one in dict.fromkeys(wanted) if one in snapshot.content.names]


def export_snapshot(
    opened: Library,
    snapshot: Snapshot,
    asked: Asked,
    out: Path,
    *,
    software: str,
    box: tuple[float, float, float, float] | None = None,
) -> Exported:
    """Write what of a plan's layer meets a box (longitude/latitude) and the filters asked for.

    Parameters
    ----------
    opened
        The plan.
    snapshot
        The layer's features, at the version that leaves.
    asked
        Format, CRS, decimals, filters, language and the format's options.
    out
        The file; whole or not there.
    software
        Name and version of what writes, for the provenance inside.
    box
        West, south, east, north in degrees; all features when None.
    """
    if asks_drawn_area(asked.columns, asked.sort):
        snapshot = with_drawn_area(opened, snapshot)
    layer = snapshot.layer
    conditions = read_conditions(opened, layer, asked.filters, restricted=True)  # its rights were looked at
    chosen = select(snapshot, box=box, filters=conditions)
    if asked.options.get("words") == "seen":
        snapshot = replace(snapshot, layer=dated_fields(layer, opened.day))
    left = left_out_words(select_and_tell(snapshot, conditions)[1]) if conditions and box is None else []
    if asked.sort:
        chosen = order_rows(chosen, layer, sort=asked.sort, language=asked.language).features
    catalog = opened.catalog
    classes = catalog.classes.get(layer.scheme, ())
    return export_layer(
        snapshot,
        asked,
        out,
        Leaving(
            plan=catalog.plan,
            classes=classes,
            software=software,
            group=catalog.groups[layer.group].label,
            names=names_for(opened, snapshot),
            conditions=tuple(one.words() for one in conditions),
            when=opened.when,
            totals=totals_of(chosen, layer) if asked.columns else (),
            heading=told_contents(opened, layer, conditions),
            left=tuple(left),
            added=added_columns(opened, snapshot, chosen) if asked.options.get("located") == "zone" else (),
        ),
        features=chosen,
    )


def _provenance(snapshot: Snapshot, asked: Asked, leaving: Leaving) -> dict[str, Any]:
    layer, plan = snapshot.layer, leaving.plan
    told: dict[str, object] = {}
    if leaving.conditions:
        told["conditions"] = [asdict(one) for one in leaving.conditions]
    if leaving.when:
        told["when"] = leaving.when
    return {
        "layer": layer.id,
        "label": asdict(layer.label),
        "plan": asdict(plan.title),
        "document": {one: f"{plan.document[one]} {plan.document_no}".strip() for one in ("zh", "en")},
        "source": asdict(layer.source),
        "licence": asdict(layer.licence),
        "version": snapshot.version,
        "stored_version": snapshot.number,
        "came_in": asdict(snapshot.came) if snapshot.came else None,
        "illustrative": layer.illustrative,
        "datum": layer.datum,
        "edge_model": layer.edge_model,
        "crs": asked.crs,
        "decimals": asked.decimals,
        "filters": list(asked.filters),
        "software": leaving.software,
        **told,
    }
