"""What a dossier derived, kept for a later run, and what moved in it since: before, after and the cause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from briefings.map.fonts import drawable_text
from briefings.messages import say
from briefings.resolve.changes import cause_words
from briefings.resolve.declaration import KeptDossier, KeptRelation
from geo.text import Text, number_text
from layers.figures.causes import cause_of
from layers.figures.figure import FigureShelf
from layers.library.library import Library
from layers.places.derived import DerivedValue, derived_values
from layers.places.site_facts import SiteDossier
from layers.places.told import verdict_words

_CLOSE = 1e-9


def kept_dossier(library: Library, found: SiteDossier, at: int) -> KeptDossier:
    """Return what a later run compares a dossier with; ``at`` numbers it in its briefing."""
    return KeptDossier(
        f"d-{at + 1}",
        f"{found.subject.layer}/{found.subject.feature}",
        datetime.now(UTC).isoformat(timespec="seconds"),
        tuple(_stands(found)),
        verdict_words(found.check) if found.check.verdict else Text("", ""),
        {one.field.id: one.value for one in _derived(library, found)},
        dict(found.versions),
    )


def told_dossier_changes(
    found: SiteDossier, before: KeptDossier | None, language: str, *, library: Library, shelf: FigureShelf | None
) -> tuple[str, ...]:
    """Return what moved in a dossier since an earlier run, as lines: where it lies, what is near, what follows.

    Parameters
    ----------
    found
        The dossier as it is now.
    before
        What was kept of the earlier run.
    language
        ``zh`` or ``en``.
    library
        The open plan.
    shelf
        Where older data of figures are kept; without it a cause names versions only.
    """
    if before is None:
        return ()
    lines = [
        *_verdicts(found, before, language),
        *_relations(found, before, language),
        *_values(_derived(library, found), before, language),
    ]
    if not lines:
        return ()
    name = found.subject.name[language]
    told = [say("dossier_moved", name=name, what=line)[language] for line in lines]
    for layer_id, version in before.versions.items():
        now = found.versions.get(layer_id)
        layer = library.catalog.layers.get(layer_id)
        if layer is None:
            continue
        now = library.snapshot(layer).version if now is None else now
        if now != version:
            told.append(cause_words(cause_of(library, shelf, layer.label, (layer_id, version, now)), language))
    return tuple(drawable_text(line, longest=600) for line in told)


def _derived(library: Library, found: SiteDossier) -> Sequence[DerivedValue]:
    return derived_values(library.catalog.layers[found.subject.layer], found.subject.properties)


def _stands(found: SiteDossier) -> Iterator[KeptRelation]:
    """Yield how the site stands to what it lies in and what is near, and on land of which classes."""
    for one in (*found.within, *found.nearest, *found.neighbours):
        yield KeptRelation(one.layer_label, one.name, one.told)
    for fact in found.where:
        if fact.key == "class":
            yield KeptRelation(fact.label, Text("", ""), fact.value)


def _called(one: KeptRelation, language: str) -> str:
    return " · ".join(filter(None, (one.layer[language], one.name[language])))


def _verdicts(found: SiteDossier, before: KeptDossier, language: str) -> Iterator[str]:
    """Yield the verdict where it is another; one that was not kept is not compared."""
    now, was = verdict_words(found.check)[language], before.verdict[language]
    if was and now != was:
        yield say("relation_moved", what=say("dossier_verdict_moved"), was=was, now=now)[language]


def _relations(found: SiteDossier, before: KeptDossier, language: str) -> Iterator[str]:
    def key(layer: Text, name: Text) -> tuple[str, str]:
        return layer.zh, name.zh

    now = {key(one.layer, one.name): one for one in _stands(found)}
    was = {key(one.layer, one.name): one for one in before.relations}
    for at, one in now.items():
        words = _called(one, language)
        old = was.get(at)
        if old is None:
            yield say("relation_new", what=words, now=one.how[language])[language]
        elif old.how != one.how:
            yield say("relation_moved", what=words, was=old.how[language], now=one.how[language])[language]
    for at, gone in was.items():
        if at not in now:
            yield say("relation_gone", what=_called(gone, language), was=gone.how[language])[language]


def _values(derived: Sequence[DerivedValue], before: KeptDossier, language: str) -> Iterator[str]:
    for one in derived:
        was = before.values.get(one.field.id)
        if was is None or abs(was - one.value) <= _CLOSE * max(abs(was), abs(one.value)):
            continue
        label, decimals = one.field.label[language], 2 if one.field.decimals is None else one.field.decimals
        first, second = number_text(was, decimals), number_text(one.value, decimals)
        gap = ("+" if one.value > was else "") + number_text(one.value - was, decimals)
        yield say("relation_moved", what=label, was=first, now=f"{second} ({gap})")[language]
