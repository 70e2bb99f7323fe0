"""The data a published figure was made of, kept beside it, so that it can be made again whatever changes.

A version in the store stays there by itself. A layer that is a file of the plan has no history: its bytes are kept
here, once a version, when a figure that rests on them is published.
"""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path
from typing import Final

import pyarrow as pa

from geo.errors import PlanAtlasError
from layers.errors import FeatureFileError, LayerUnavailable, UnknownLayer
from layers.features.geojson import read_bytes, snapshot_of_bytes, version_of_bytes
from layers.features.snapshot import Snapshot
from layers.figures.figure import Figure, FigureNotKept, FigureShelf
from layers.figures.inputs import DRAWN
from layers.figures.kept import KeptFigure, KeptUse, as_kept
from layers.figures.uses import FILTERED
from layers.files import discard, make_lasting
from layers.library.library import Library
from layers.library.stored import version_digest
from layers.plan.catalog import Layer

_CODEC: Final = "zstd"


class VersionGone(PlanAtlasError):
    """The data a figure was made of are not at hand any more."""

    code = "version_gone"
    zh = "图层“{layer}”的版本 {version} 已不在：既不是现在的数据，也没有留存。可用今日数据重新计算。"
    en = (
        "The version {version} of the layer “{layer}” is gone: it is neither today's nor kept. "
        "The question can be asked of today's data."
    )


def publish_kept(shelf: FigureShelf, figure: Figure, library: Library, *, passing: bool = False) -> None:
    """Put a figure on the shelf, and first the files it was made of; ``passing``: it goes by itself after a while.

    Parameters
    ----------
    shelf
        Where figures are kept.
    figure
        The figure.
    library
        The plan it was computed on.
    passing
        Whether it goes away by itself.

    Raises
    ------
    FigureNotKept
        The disk is full or fails.
    """
    made = []
    for use in figure.layers:
        if use.layer == DRAWN or _path(shelf, use.version).is_file():
            continue
        try:
            layer = library.layer(use.layer, restricted=True)
        except (UnknownLayer, LayerUnavailable):
            continue
        if any(version_digest(layer, one) == use.version for one in library.store.versions(layer.id)):
            continue
        _keep(shelf, library, layer, use.version)
        made.append(_path(shelf, use.version))
    try:
        shelf.publish(figure, passing=passing)
    except FigureNotKept:  # nothing is kept for a figure that is not there
        for path in made:
            discard(path)
        with contextlib.suppress(OSError):
            (shelf.folder / "layers").rmdir()
        raise


def _keep(shelf: FigureShelf, library: Library, layer: Layer, version: str) -> None:
    try:
        data = read_bytes(library.folder, layer)
    except FeatureFileError:
        return
    if version_of_bytes(data, layer) != version:
        return  # the file changed while the figure was computed: it says which version it has
    path = _path(shelf, version)
    part = path.with_name(f".{secrets.token_hex(6)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as raw, pa.CompressedOutputStream(raw, _CODEC) as file:
            file.write(data)
        make_lasting(part, path)
    except OSError as error:
        raise FigureNotKept(why=error.strerror or "I/O") from error
    finally:
        discard(part)


def _path(shelf: FigureShelf, version: str) -> Path:
    return shelf.folder / "layers" / f"{version}.geojson.{_CODEC}"


def as_published(library: Library, shelf: FigureShelf, told: KeptFigure) -> Library:
    """Return the plan with every layer of a figure in the version the figure was made of.

    Parameters
    ----------
    library
        The open plan.
    shelf
        Where the files are kept.
    told
        The figure as the shelf keeps it.

    Raises
    ------
    VersionGone, UnknownLayer, LayerUnavailable
        A version is not at hand, or its layer is not declared any more.
    """
    then = library.holding(
        (day, kept_snapshot(library, shelf, use["layer"], use["version"]))
        for use in told["layers"]
        if (day := day_wanted(told, use)) is not None
    )
    own = next((use["day"] for use in told["layers"] if use.get("day")), "")
    return then.at_time(own) if own else then


def day_wanted(told: KeptFigure, use: KeptUse) -> str | None:
    """Return the day whose data of a layer a figure asks for, empty for the newest.

    None where they never change: a drawn polygon, or a version the question names.

    Parameters
    ----------
    told
        The figure as the shelf keeps it.
    use
        One of its layers.
    """
    if use["layer"] == DRAWN:
        return None
    role, beside, _ = use["role"].partition(FILTERED)
    with as_kept(told["id"]):
        asked = told["statistic"]["inputs"][role]
    return None if asked.get("version") is not None and not beside else str(asked.get("as_of", ""))


def kept_snapshot(library: Library, shelf: FigureShelf | None, layer_id: str, version: str) -> Snapshot:
    """Return a layer in a version by its digest: today's, the store's, or the one kept beside the figures.

    Parameters
    ----------
    library
        The plan.
    shelf
        Where figures, and versions they were made of, are kept; None: nowhere.
    layer_id
        The layer.
    version
        Its digest (SHA-256 of the content).

    Raises
    ------
    VersionGone, UnknownLayer, LayerUnavailable
        It is not at hand, or the layer is not declared any more.
    """
    layer = library.layer(layer_id, restricted=True)
    try:
        found = library.snapshot_of(layer, version)
    except LayerUnavailable:  # today's file cannot be read; the kept one may
        found = None
    path = None if shelf is None else _path(shelf, version)
    if found is None and path is not None and path.is_file():
        with pa.input_stream(str(path), compression=_CODEC) as file:
            kept = snapshot_of_bytes(file.read(), layer)
        found = kept if kept.version == version else None
    if found is None:
        raise VersionGone(layer=layer.id, version=version[:12])
    return found
