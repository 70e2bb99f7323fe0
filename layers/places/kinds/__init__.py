"""Every kind of rule a site can be held against: one module each, found here; there is no second list.

A module of this package that holds a ``KIND`` adds it. ``rules.toml``, API, command line, page and docs read what
it says of itself.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from geo.errors import PlanAtlasError
from geo.text import Text
from layers.messages import say
from layers.places.kinds.entry import Kind
from layers.plan.rules import SiteRule


class KindTwice(PlanAtlasError):
    """Two modules add a kind of rule under the same name."""

    code = "kind_twice"
    zh = "规则类型 {kind} 有两个定义。"
    en = "The kind of rule {kind} is defined twice."


def add_kind(entry: Kind, registry: dict[str, Kind]) -> None:
    """Add a kind.

    Raises
    ------
    KindTwice
        There is one of that name.
    """
    if entry.id in registry:
        raise KindTwice(kind=entry.id)
    registry[entry.id] = entry


def _found() -> dict[str, Kind]:
    modules = (import_module(f"{__name__}.{one.name}") for one in iter_modules(__path__))
    entries = [one.KIND for one in modules if hasattr(one, "KIND")]
    out: dict[str, Kind] = {}
    for entry in sorted(entries, key=lambda one: (one.order, one.id)):
        add_kind(entry, out)
    return out


KINDS: dict[str, Kind] = _found()


def wrong_rule(rule: SiteRule) -> tuple[Text, Text] | None:
    """Return what is wrong with a declared rule and what is expected instead, or None."""
    kind = KINDS.get(rule.kind)
    if kind is None:
        return say("rule_kind_unknown", kind=rule.kind), Text("、".join(KINDS), ", ".join(KINDS))
    lacking = [role for role in kind.roles if role not in rule.layers]
    lacking += [name for name in kind.needs if not _given(rule, name)]
    if lacking:
        every = ", ".join((*kind.roles, *kind.needs))
        return say("rule_lacks", names=", ".join(lacking)), Text(every, every)
    if odd := [role for role in rule.layers if role not in kind.roles]:
        every = ", ".join(kind.roles) or "—"
        return say("rule_role_unknown", names=", ".join(odd)), Text(every, every)
    for name, words in kind.words.items():
        if (said := getattr(rule, name)) and said not in words:
            return say("rule_says", name=name, found=said[:40]), Text("、".join(words), ", ".join(words))
    return None


def _given(rule: SiteRule, name: str) -> bool:
    return any(getattr(rule, one) not in (None, "", (), {}) for one in name.split("|"))
