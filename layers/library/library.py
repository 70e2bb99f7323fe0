"""A plan's folder, open: its catalog and its layers' snapshots, read again when the files change."""

from __future__ import annotations

import contextlib
import copy
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar, cast

from geo.errors import PlanAtlasError
from layers.errors import FeatureFileError, LayerUnavailable, UnknownLayer
from layers.features.geojson import read_snapshot
from layers.features.opened import OpenedContent
from layers.features.snapshot import FeatureProblem, Snapshot
from layers.features.timed import at_time
from layers.files import file_stamp
from layers.library.stored import stored_snapshot, version_digest
from layers.plan.catalog import Layer
from layers.plan.crosswalk import CROSSWALK_FILE
from layers.plan.reader import ANOMALIES_FILE, CATALOG_FILE, CLASSES_FILE, Catalog, read_catalog
from layers.plan.rules import RULES_FILE
from layers.plan.schedule import read_day, scheduled_fields, usual_day
from layers.store import Store, StoreError, Version, open_store

T = TypeVar("T")
_Stamp = tuple[object, ...]
_DECLARED = (CATALOG_FILE, ANOMALIES_FILE, CLASSES_FILE, CROSSWALK_FILE)
_PIN_TRIES, _OLD_KEPT = 5, 4  # old versions kept open
SMALL = 50_000  # features of a layer that is kept open wherever it was read
_BYTES_A_FEATURE = 500  # of a file of the plan, about
EXACT = 9  # decimals of a degree (0.1 mm) from which coordinates are left as they are


class Library:
    """An open plan folder.

    Parameters
    ----------
    folder
        The replaceable data folder with ``catalog.toml``.
    store
        The address of the database that keeps the versions; in the folder when empty.
    holds_shapes
        Whether the shapes of a large layer stay once they were made, for the next question; a process that
        only shows layers makes those it shows.
    """

    def __init__(self, folder: Path, *, store: str = "", holds_shapes: bool = True) -> None:
        self.folder = folder.resolve()
        self._holds_shapes = holds_shapes
        self.store_address = store
        self.moment = ""
        self.when = ""
        self.decimals = EXACT
        self._held: tuple[Catalog, dict[str, Snapshot]] | None = None
        self._held_on: dict[tuple[str, str], Snapshot] = {}
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._kept: dict[str, tuple[_Stamp, object]] = {}
        self._glance: dict[str, object] | None = None

    def glance(self) -> Library:
        """Return the plan as one look has it: every file and the store are looked at once, when first needed.

        For as long as an answer takes; what is changed afterwards is seen by the next glance.
        """
        then = copy.copy(self)
        then.store = self.store  # opened once, not by every glance
        then._glance = {}
        return then

    def _once(self, name: str, look: Callable[[], T]) -> T:
        if self._glance is None:
            return look()
        if name not in self._glance:
            self._glance[name] = look()
        return cast(T, self._glance[name])

    def _fresh(self, key: str, stamp: _Stamp, read: Callable[[], T]) -> T:
        """Return what ``read`` gave for this stamp; an error is kept, too, but one of the store, which passes."""
        with self._lock:
            own = self._locks.setdefault(key, threading.Lock())
        with own:  # a slow file holds up only those who ask for it
            kept = self._kept.get(key)
            if kept is None or kept[0] != stamp:
                try:
                    kept = (stamp, read())
                except StoreError:
                    raise
                except PlanAtlasError as error:
                    kept = (stamp, error)
                self._kept[key] = kept
        if isinstance(kept[1], PlanAtlasError):
            raise kept[1]
        return cast(T, kept[1])

    def _stamp(self, *names: str) -> _Stamp:
        return tuple(self._once(name, partial(file_stamp, self.folder / name)) for name in names)

    def _newest(self, layer: Layer) -> Version | None:
        """Return a layer's newest version; at a glance those of all layers are asked for together."""
        if self._glance is None:
            return self.store.newest(layer.id)
        return self._once("\0newest", self.store.all_newest).get(layer.id)

    @property
    def catalog(self) -> Catalog:
        """The catalog as the files say now.

        Raises
        ------
        DeclarationError
            The catalog cannot be read at all.
        """
        if self._held is not None:
            return self._held[0]
        return self._fresh("", self._stamp(*_DECLARED), lambda: read_catalog(self.folder))

    def layers(self, *, restricted: bool = False) -> tuple[Layer, ...]:
        """Return the layers a reader may know of, in catalog order."""
        return tuple(one for one in self.catalog.layers.values() if restricted or not one.restricted)

    def layer(self, layer_id: str, *, restricted: bool = False) -> Layer:
        """Return a layer's declaration.

        Parameters
        ----------
        layer_id
            Its id in the catalog.
        restricted
            Whether the reader may know of restricted layers.

        Raises
        ------
        UnknownLayer
            There is none, or the reader may not know of it.
        LayerUnavailable
            It is declared, but wrongly.
        """
        layer = self.catalog.layers.get(layer_id)
        if layer is not None and (restricted or not layer.restricted):
            return layer
        broken = self.catalog.told_broken(restricted=restricted)
        if layer is None and layer_id in broken:
            raise unavailable_layer(layer_id, broken[layer_id])
        raise UnknownLayer(layer=layer_id)

    @cached_property
    def store(self) -> Store:
        """The layers' versions."""
        return open_store(self.folder / "store", self.store_address)

    def as_of(self, moment: str) -> Library:
        """Return the plan as it was: every layer in its newest version of that moment or before.

        A layer that has no version so old is as it is now: a file keeps no history.

        Parameters
        ----------
        moment
            The beginning of a UTC time in ISO 8601: ``2026-11-24`` is the end of that day. Empty is now.
        """
        then = copy.copy(self)
        if moment:  # never later than the plan is pinned to already
            then.moment = min((moment, self.moment or moment), key=lambda one: f"{one}~")
            held = {layer: one for (layer, day), one in self._held_on.items() if day == moment}
            then._held = (self.catalog, held) if held else None
        return then

    def rounded(self, decimals: int) -> Library:
        """Return the plan as it may leave: coordinates with so many decimals of a degree (6 is about 0.1 m).

        What is measured is never measured on these.
        """
        if min(decimals, EXACT) == min(self.decimals, EXACT):
            return self
        told = copy.copy(self)
        told.decimals = decimals
        return told

    def at_time(self, when: str) -> Library:
        """Return the plan with the states of a day of its time; of the day of its document when none is named.

        Parameters
        ----------
        when
            ``YYYY-MM-DD``, or empty. It is not the day of the data: that is ``as_of``.
        """
        then = copy.copy(self)
        then.when = when
        return then

    def _leaving(self, found: Snapshot) -> Snapshot:
        found = self._rounded(found)
        if not scheduled_fields(found.layer):
            return found
        day, name = self.day, f"{found.layer.id}^{'^' if self.when else ''}"
        return self._fresh(name, (found.token, day), lambda: at_time(found, day))

    @property
    def day(self) -> date:
        """The day states are told of: the one asked for, else that of the plan's document."""
        return read_day(self.when) or usual_day(self.catalog.plan)

    def _rounded(self, found: Snapshot) -> Snapshot:
        if self.decimals >= EXACT:
            return found

        def read() -> Snapshot:
            return replace(found, content=found.content.rounded(self.decimals))

        return self._fresh(f"{found.layer.id}~", (found.token, self.decimals), read)

    def told(self, name: str, tell: Callable[[Library], bytes], *, restricted: bool) -> bytes:
        """Return what ``tell`` says of the plan, made once for one state of its catalog and layers.

        Parameters
        ----------
        name
            Of what is told: one for every ``tell``.
        """
        if self.moment or self._held is not None:
            return tell(self)
        states = (self._state(layer) for layer in self.layers(restricted=restricted))
        state = (self.day, self._stamp(*_DECLARED), *states)
        return self._fresh(f"told {name} {restricted} {self.decimals}", state, lambda: tell(self))

    def _state(self, layer: Layer) -> tuple[object, ...]:
        try:
            return layer, self.snapshot(layer).token
        except LayerUnavailable as error:
            return layer, error.message("en")

    def open_small(self, *, most: int = SMALL) -> int:
        """Read the layers of few features ahead; a large one is read when it is asked for. Return how many."""
        small = [layer for layer in self.layers(restricted=True) if self._is_small(layer, most)]
        for layer in small:
            with contextlib.suppress(LayerUnavailable):
                self.snapshot(layer)
        return len(small)

    def _is_small(self, layer: Layer, most: int) -> bool:
        newest = self.store.newest(layer.id)
        if newest is not None:
            return newest.features <= most
        found = file_stamp(self.folder / layer.file) if layer.file else None
        return found is not None and found[1] <= most * _BYTES_A_FEATURE

    def forget_large(self, *, most: int = SMALL) -> int:
        """Let go of layers of many features; they are read again when asked for. Return how many there were."""
        with self._lock:
            large = [
                key
                for key, (_, held) in list(self._kept.items())  # at once: others read layers meanwhile
                if isinstance(held, Snapshot) and len(held.content) > most
            ]
            for key in large:
                self._kept.pop(key, None)
        return len(large)

    def rest(self) -> None:
        """Let go of what was read of large versions' files; they stay open."""
        with self._lock:
            held = [one.content for _, one in list(self._kept.values()) if isinstance(one, Snapshot)]
        for content in held:
            if isinstance(content, OpenedContent):
                content.rest()

    def pinned(self) -> Library:
        """Return the plan as it is at this moment, whatever is edited afterwards: one state of the data for a run.

        The layers are read until none changed meanwhile, so that what belongs together is seen together.
        """
        for _ in range(_PIN_TRIES):
            catalog = self.catalog
            held = {one.layer.id: one for one in self.readable(restricted=True)}
            again = {one.layer.id: one.version for one in self.readable(restricted=True)}
            if catalog is self.catalog and again == {key: one.version for key, one in held.items()}:
                break
        then = copy.copy(self)
        then._held = (catalog, held)
        return then

    def holding(self, snapshots: Iterable[tuple[str, Snapshot]]) -> Library:
        """Return the plan with some layers as they are in these snapshots, the others as they are now.

        Parameters
        ----------
        snapshots
            Each with the day it is asked for (``YYYY-MM-DD``), empty for now.
        """
        then, held = copy.copy(self), list(snapshots)
        then._held = (self.catalog, {one.layer.id: one for day, one in held if not day})
        then._held_on = {(one.layer.id, day): one for day, one in held if day}
        return then

    def snapshot_on(self, layer: Layer, day: str) -> Snapshot:
        """Return the layer's features as they were at the end of a day (``YYYY-MM-DD``, UTC); empty is now."""
        return self.as_of(day).snapshot(layer)

    def snapshot_of(self, layer: Layer, version: str) -> Snapshot | None:
        """Return the layer's features in a version by its digest, if it is today's or the store has it."""
        known = [one for one in self.store.versions(layer.id) if version_digest(layer, one) == version]
        if known:
            return self.snapshot_at(layer, known[0].number)
        now = self.snapshot(layer)
        return now if now.version == version else None

    def snapshot(self, layer: Layer) -> Snapshot:
        """Return the layer's features as they are now: the newest stored version, else the file.

        Raises
        ------
        LayerUnavailable
            There is no stored version, and the file is missing, lies outside the data folder, or is not a
            feature collection.
        """
        if self._held is not None and layer.id in self._held[1]:
            return self._leaving(self._held[1][layer.id])
        if self.moment:
            known = self.store.versions(layer.id)
            if earlier := [v.number for v in known if v.made_at[: len(self.moment)] <= self.moment]:
                return self.snapshot_at(layer, max(earlier))
        newest = self._newest(layer)
        try:
            stamp = (layer, *self.mark(layer))
            return self._leaving(self._fresh(layer.id, stamp, lambda: self._read(layer, newest)))
        except (FeatureFileError, StoreError) as error:
            raise unavailable_layer(layer.id, error) from error

    def mark(self, layer: Layer) -> tuple[object, ...]:
        """Return what changes when the features do, without reading them: newest version, and the file's time."""
        newest = self._newest(layer)
        told = newest and (newest.number, newest.digest, newest.made_at)
        return (told, *self._stamp(layer.file or "-"))

    def marks(self, *, restricted: bool) -> tuple[object, ...]:
        """Return what changes when anything does that a reader may know of: catalog, rules, or a layer."""
        known = self.layers(restricted=restricted)
        return (self._stamp(*_DECLARED, RULES_FILE), *((layer.id, *self.mark(layer)) for layer in known))

    def snapshot_at(self, layer: Layer, number: int) -> Snapshot:
        """Return the layer's features as a stored version has them.

        Raises
        ------
        UnknownVersion
            The layer has no such version.
        """
        version = self.store.version(layer.id, number)
        stamp = (layer, version.digest)
        for old in [key for key in list(self._kept) if "@" in key][:-_OLD_KEPT]:
            self._kept.pop(old, None)
        found = self._fresh(
            f"{layer.id}@{number}",
            stamp,
            lambda: self._stored(layer, version, self.store.versions(layer.id)),
        )
        return self._leaving(found)

    def _stored(self, layer: Layer, version: Version, versions: Sequence[Version]) -> Snapshot:
        found = stored_snapshot(self.store, layer, version, versions)
        if isinstance(found.content, OpenedContent):
            found.content.holds = self._holds_shapes
        return found

    def _read(self, layer: Layer, newest: Version | None) -> Snapshot:
        if newest is None:
            return read_snapshot(self.folder, layer)
        versions = self.store.versions(layer.id)
        found = self._stored(layer, newest, versions)
        taken = None if any(v.kind == "import" for v in versions) else versions[-1].about.get("file_version")
        if taken and layer.file and read_snapshot(self.folder, layer).version != taken:
            zh = "数据文件在首次编辑之后改变了：现用已编辑的版本；要用文件，请重新导入。"
            en = "The data file changed after the first edit; the edited version is used. Import the file anew."
            return replace(found, problems=(FeatureProblem(0, "", "file_changed", zh, en),))
        return found

    def readable(self, *, restricted: bool = False) -> Iterator[Snapshot]:
        """Yield the snapshots of the layers a reader may know of, leaving out those that cannot be read."""
        for layer in self.layers(restricted=restricted):
            with contextlib.suppress(LayerUnavailable):
                yield self.snapshot(layer)


def unavailable_layer(layer_id: str, error: PlanAtlasError) -> LayerUnavailable:
    """Return the error that says a declared layer cannot be used, and why."""
    return LayerUnavailable(layer=layer_id, reason_zh=error.message("zh"), reason_en=error.message("en"))
