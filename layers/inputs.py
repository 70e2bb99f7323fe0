"""The layers of a question in their roles: selected, ready for ``geo``, with the version each one had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd

from geo import declare_edges
from layers.catalog import LandClass, Layer
from layers.declare import Text
from layers.errors import LayerUnavailable, UnknownLayer
from layers.features import Feature, Snapshot
from layers.figures import LayerUse
from layers.library import Library
from layers.selection import parse_filter, select
from layers.statistics import Input

DRAWN = "@drawn"  # the polygon a person drew, in the role of a layer


@dataclass(frozen=True)
class Role:
    """One input ready to compute with.

    ``frame`` holds the selected features that have a place; ``features`` all selected ones, placed or not.
    """

    use: LayerUse
    layer: Layer | None
    frame: gpd.GeoDataFrame
    features: tuple[Feature, ...]

    @property
    def unplaced(self) -> int:
        """How many selected features have no place and therefore take no part in geometry."""
        return len(self.features) - len(self.frame)

    def name(self, feature_id: str) -> Text:
        """Return what a feature is called in both languages."""
        found = next((f for f in self.features if f.id == feature_id), None)
        if self.layer is None:
            return self.use.label
        if found is None:
            return Text(feature_id, feature_id)
        return Text(found.name(self.layer, "zh"), found.name(self.layer, "en"))


@dataclass(frozen=True)
class Gathered:
    """All roles of a question, or what is missing."""

    roles: Mapping[str, Role]
    needs: tuple[Text, ...]
    classes: Mapping[str, LandClass]

    @property
    def uses(self) -> tuple[LayerUse, ...]:
        """The layers used, with versions."""
        return tuple(role.use for role in self.roles.values())


def gather(
    library: Library, inputs: Mapping[str, Input], *, drawn: gpd.GeoDataFrame | None, restricted: bool = False
) -> Gathered:
    """Collect the inputs of a question.

    Parameters
    ----------
    library
        The open plan.
    inputs
        Layers by role.
    drawn
        A polygon in EPSG:4326 standing for the layer ``@drawn``.
    restricted
        Whether restricted layers may be used.

    Raises
    ------
    BadFilter
        A declared filter does not fit its layer.
    """
    roles: dict[str, Role] = {}
    needs: list[Text] = []
    for name, wanted in inputs.items():
        if wanted.layer == DRAWN and drawn is not None:
            roles[name] = _drawn(name, drawn)
            continue
        try:
            layer = library.layer(wanted.layer, restricted=restricted)
            snapshot = library.snapshot(layer)
        except (UnknownLayer, LayerUnavailable):
            needs.append(wanted.label or Text(f"图层 {wanted.layer}", f"the layer {wanted.layer}"))
            continue
        role = _role(name, wanted, snapshot, library.catalog.plan.plane_crs)
        if role.frame.empty and name not in ("items", "zones_optional"):
            label = wanted.label or layer.label
            needs.append(
                Text(f"已上图的“{label.zh}”（符合条件的没有一个）", f"placed features of “{label.en}” (none fits)")
            )
        roles[name] = role
    schemes = {role.layer.scheme for role in roles.values() if role.layer is not None and role.layer.scheme}
    known = {c.code: c for scheme in sorted(schemes) for c in library.catalog.classes.get(scheme, ())}
    return Gathered(roles, tuple(needs), known)


def _role(name: str, wanted: Input, snapshot: Snapshot, plane_crs: str) -> Role:
    layer = snapshot.layer
    chosen = select(snapshot, filters=[parse_filter(text, layer) for text in wanted.where])
    if wanted.classes:
        chosen = [f for f in chosen if str(f.properties.get(layer.class_field) or "").startswith(wanted.classes)]
    if wanted.ids:
        chosen = [f for f in chosen if f.id in wanted.ids]
    filters = (
        *wanted.where,
        *((f"{layer.class_field}={'|'.join(wanted.classes)}…",) if wanted.classes else ()),
        *((f"id={'|'.join(wanted.ids)}",) if wanted.ids else ()),
    )
    use = LayerUse(
        name,
        layer.id,
        layer.label,
        snapshot.version,
        layer.datum,
        layer.edge_model,
        filters,
        len(chosen),
        layer.illustrative,
    )
    return Role(use, layer, _frame(layer, chosen, plane_crs), tuple(chosen))


def _frame(layer: Layer, chosen: list[Feature], plane_crs: str) -> gpd.GeoDataFrame:
    """Return the placed features as a frame: index feature ids, edges as declared."""
    placed = [f for f in chosen if f.geometry is not None]
    rows: dict[str, list[Any]] = {name: [f.properties.get(name) for f in placed] for name in _columns(layer)}
    crs = "EPSG:4490" if layer.datum == "CGCS2000" else "EPSG:4326"
    ids = [f.id for f in placed]
    frame = gpd.GeoDataFrame(rows, index=ids, geometry=[f.geometry for f in placed], crs=crs)
    return declare_edges(
        frame, edge_model=layer.edge_model, plane_crs=plane_crs if layer.edge_model == "plane" else None
    )


def frame_of(snapshot: Snapshot, plane_crs: str) -> gpd.GeoDataFrame:
    """Return a whole snapshot's placed features as a frame for ``geo``."""
    return _frame(snapshot.layer, list(snapshot.features), plane_crs)


def _columns(layer: Layer) -> list[str]:
    names = [f.id for f in layer.fields if f.id != "geometry"]
    return list(dict.fromkeys([*names, *([layer.class_field] if layer.class_field else [])]))


def _drawn(name: str, drawn: gpd.GeoDataFrame) -> Role:
    label = Text("绘制的范围", "the drawn polygon")
    use = LayerUse(name, DRAWN, label, drawn.geometry.iloc[0].wkt, "WGS84", "lonlat", (), len(drawn))
    return Role(use, None, declare_edges(drawn, edge_model="lonlat"), ())


def caveats_of(gathered: Gathered) -> list[Text]:
    """Return what the data themselves ask to say: illustrative, schematic, not placed."""
    out: list[Text] = []
    for role in gathered.roles.values():
        if role.layer is None:
            continue
        label = role.layer.label
        if role.layer.illustrative:
            zh = f"“{label.zh}”是示意数据，不是调查成果：数字只说明方法。"
            out.append(Text(zh, f"“{label.en}” is illustrative, not surveyed: the number shows the method only."))
        else:
            unsure = sum(f.properties.get("position") not in (None, "exact") for f in role.features if f.geometry)
            if unsure:
                zh = f"“{label.zh}”中 {unsure} 个要素的位置是示意或近似的。"
                out.append(
                    Text(zh, f"{unsure} features of “{label.en}” are drawn schematically or approximately.")
                )
        if role.unplaced:
            zh = f"“{label.zh}”中 {role.unplaced} 个要素尚未上图，未参与几何计算。"
            out.append(Text(zh, f"{role.unplaced} features of “{label.en}” are not on the map and take no part."))
    return list(dict.fromkeys(out))
