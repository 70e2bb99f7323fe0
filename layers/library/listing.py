"""The catalog as programs and the map page read it: declarations, counts, versions, what is wrong."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import orjson
import pyproj
import shapely

from geo.errors import PlanAtlasError
from geo.text import Text
from layers.errors import DeclarationError, LayerUnavailable
from layers.features.snapshot import Snapshot, other_classes
from layers.library.blocks import blocks_of
from layers.library.library import Library
from layers.plan.catalog import LandClass, Layer, Plan
from layers.plan.measures import usage_of

_SHOWN_PROBLEMS = 50


def describe_catalog(library: Library, *, restricted: bool) -> dict[str, Any]:
    """Return the whole catalog as plain values.

    Parameters
    ----------
    restricted
        Whether restricted layers are told of.
    """
    known = library.catalog
    described = {layer.id: describe_layer(library, layer) for layer in library.layers(restricted=restricted)}
    for layer_id, error in known.told_broken(restricted=restricted).items():
        described[layer_id] = _broken(layer_id, error)
    groups = [
        {
            "id": g.id,
            "label": asdict(g.label),
            "layers": [k for k, v in described.items() if v.get("group") == g.id],
        }
        for g in known.groups.values()
    ]
    return {
        "plan": _plan(known.plan),
        "blocks": ground_blocks(library, restricted=restricted),
        "groups": groups,
        "basemaps": [asdict(b) | {"fits": b.fits} for b in known.basemaps.values()],
        "layers": described,
        "anomalies": {k: asdict(a) for k, a in known.anomalies.items()},
        "problems": [_told(e) for e in known.told_problems(restricted=restricted)],
    }


def catalog_json(library: Library, *, restricted: bool) -> bytes:
    """Return the whole catalog as JSON, made once for one state of the plan."""

    def tell(opened: Library) -> bytes:
        return orjson.dumps(describe_catalog(opened, restricted=restricted))

    return library.told("catalog", tell, restricted=restricted)


def layers_json(library: Library, *, restricted: bool) -> bytes:
    """Return all layers as JSON, made once for one state of the plan."""

    def tell(opened: Library) -> bytes:
        known = describe_catalog(opened, restricted=restricted)["layers"]
        return orjson.dumps({"layers": list(known.values())})

    return library.told("layers", tell, restricted=restricted)


def ground_blocks(library: Library, *, restricted: bool) -> list[dict[str, Any]]:
    """Return the blocks of the plan's ground, the largest first; one inside another is no block of its own."""
    layer, blocks = blocks_of(library, restricted=restricted)
    return [
        {
            "feature": feature.id,
            "label": {one: feature.short_name(layer, one) for one in ("zh", "en")} if layer else {},
            "bounds": shapely.bounds(feature.geometry).tolist(),
        }
        for feature in blocks
    ]


def _plan(plan: Plan) -> dict[str, Any]:
    crs = pyproj.CRS.from_user_input(plan.plane_crs)
    return asdict(plan) | {"plane_name": crs.name, "plane_proj4": _proj4(crs)}


def _proj4(crs: pyproj.CRS) -> str:
    """Return the definition in the form the browser's proj4 reads; PROJ warns that it says less than WKT."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return str(crs.to_proj4())


def describe_layer(library: Library, layer: Layer) -> dict[str, Any]:
    """Return one layer's declaration with what its file holds now."""
    try:
        snapshot = library.snapshot(layer)
    except LayerUnavailable as error:
        return _without_file(layer, error)
    told = _declared(layer)
    classes = _classes(library.catalog.classes, snapshot)
    codes = {c.code for c in library.catalog.classes.get(layer.scheme, ())}
    for field in told["fields"]:
        if field["id"] == layer.class_field:  # codes read better beside their names
            named = {c["code"]: c["name"] for c in classes}
            field["names"] = {code: {k: f"{code} {name[k]}" for k in ("zh", "en")} for code, name in named.items()}
    return told | {
        "status": "ok",
        "count": len(snapshot.features),
        "placed": snapshot.placed,
        "version": snapshot.version,
        "number": snapshot.number,
        "came": asdict(snapshot.came) if snapshot.came else None,
        "bounds": snapshot.bounds,
        "positions": sorted(map(str, snapshot.used["position"])),
        "problem_count": len(snapshot.problems),
        "problems": [asdict(p) for p in snapshot.problems[:_SHOWN_PROBLEMS]],
        "classes": classes,
        "other_classes": [asdict(one) for one in other_classes(snapshot, codes)],
    }


def _declared(layer: Layer) -> dict[str, Any]:
    told = asdict(layer) | {"url": f"/layers/{layer.id}.geojson"}
    for field, declared in zip(told["fields"], layer.fields, strict=True):
        usage = usage_of(declared, layer)  # said by the catalog, or guessed
        field |= {"measure": usage.measure, "measure_said": usage.said, "currency": usage.currency}
    told.pop("file")
    return told


def _without_file(layer: Layer, error: PlanAtlasError) -> dict[str, Any]:
    """Return a layer that cannot be used, and why."""
    return _declared(layer) | {
        "status": "error",
        "count": 0,
        "placed": 0,
        "version": None,
        "number": None,
        "came": None,
        "bounds": None,
        "positions": [],
        "problem_count": 1,
        "problems": [_told(error)],
        "classes": [],
        "other_classes": [],
    }


def _classes(schemes: Mapping[str, tuple[LandClass, ...]], snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return the land-use classes the layer holds, in the scheme's order."""
    used = snapshot.used.get(snapshot.layer.class_field, frozenset())
    return [asdict(c) for c in schemes.get(snapshot.layer.scheme, ()) if c.code in used]


def _told(error: PlanAtlasError) -> dict[str, Any]:
    place: dict[str, Any] = {k: error.params[k] for k in ("file", "line", "path") if k in error.params}
    return {"code": error.code, "zh": error.message("zh"), "en": error.message("en"), **place}


def _broken(layer_id: str, error: DeclarationError) -> dict[str, Any]:
    """Return a layer whose declaration is wrong, in the shape of the others: in no group, and empty."""
    none = Text("", "")
    layer = Layer(
        id=layer_id, group="", label=Text(layer_id, layer_id), geometry="mixed", source=none, licence=none
    )
    return _without_file(layer, error)
