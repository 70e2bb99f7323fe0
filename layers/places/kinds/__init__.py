"""Every kind of rule a site can be held against: one module each with a ``KIND``, gathered here.

``rules.toml``, API, command line, page and docs read what it says of itself.
"""

from __future__ import annotations

from geo.text import Text
from layers.messages import say
from layers.places.kinds.entry import RuleKind
from layers.plan.rules import SiteRule
from layers.registry import gather_entries

KINDS: dict[str, RuleKind] = {
    one.id: one for one in sorted(gather_entries(__name__, "KIND", RuleKind), key=lambda one: (one.order, one.id))
}


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
