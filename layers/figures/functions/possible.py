"""What a value would be with all that may belong to what is asked of, where nobody can tell whether it does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import Protocol

import geopandas as gpd
import pandas as pd

from geo.errors import EmptyLayer, NotComputable, OutlineTooFine
from geo.text import Text
from layers.figures.inputs import Gathered, Role
from layers.messages import say
from layers.plan.statistics import Statistic
from layers.progress import Steps


class _Valued(Protocol):
    """What has a value: an outcome, or no more than that of it."""

    @property
    def value(self) -> float | None: ...


Compute = Callable[[Statistic, Gathered, Steps], _Valued]
Pair = tuple[float, float]  # how much there is of a feature, and how much of that is reached
_NOTHING = 1e-9


def value_with_all(
    compute: Compute, statistic: Statistic, gathered: Gathered, roles: Collection[str] | None = None
) -> float | None:
    """Return the value with what may belong to some roles, all if not said; None where nothing may.

    Parameters
    ----------
    compute
        The function.
    statistic, gathered
        The question.
    roles
        Whose open features are taken as chosen.
    """
    wide = {
        name: _with_open(role)
        for name, role in gathered.roles.items()
        if role.undecided is not None and (roles is None or name in roles)
    }
    if not wide:
        return None
    every = {name: replace(role, undecided=None, open=None) for name, role in gathered.roles.items()} | wide
    try:
        return compute(statistic, replace(gathered, roles=every), Steps(lambda _done, _total: None)).value
    except (NotComputable, EmptyLayer):
        return None


def span_with_all(
    compute: Compute, statistic: Statistic, gathered: Gathered, value: float | None
) -> tuple[float, float] | None:
    """Return the value and what it is at most, of a function that only grows with what is asked of.

    None where nothing may belong, or what may adds nothing.

    Parameters
    ----------
    compute
        The function.
    statistic, gathered
        The question.
    value
        Of what is known.
    """
    most = value_with_all(compute, statistic, gathered)
    if value is None or most is None or most <= value + _NOTHING * max(abs(value), 1.0):
        return None
    return value, most


def span_of_measurable(
    compute: Compute, statistic: Statistic, gathered: Gathered, value: float | None, around: Collection[str]
) -> tuple[tuple[float, float] | None, tuple[Text, ...]]:
    """Return what `span_with_all` does of all but those too jagged for their distance, and what to say of these.

    Where one is left out what the rest give is no bound.

    Parameters
    ----------
    compute
        The function.
    statistic, gathered
        The question.
    value
        Of what is known.
    around
        The roles that the distance is taken from.

    Raises
    ------
    OutlineTooFine
        One that does belong is too jagged.
    """
    told: list[Text] = []
    while True:
        try:
            return span_with_all(compute, statistic, gathered, value), tuple(told)
        except OutlineTooFine as error:
            roles = {name: gathered.roles[name] for name in around if name in gathered.roles}
            rest = {name: _without(role, str(error.params["row"])) for name, role in roles.items()}
            if all(rest[name] is role for name, role in roles.items()):
                raise
            gathered = replace(gathered, roles={**gathered.roles, **rest})
            told.append(say("possible_too_fine", why=Text(error.message("zh"), error.message("en"))))


def _without(role: Role, feature: str) -> Role:
    """Return a role without a feature among those that may belong to it."""
    left = role.undecided
    if left is None or feature not in set(map(str, left.index)):
        return role
    some = left[[str(key) != feature for key in left.index]]
    return replace(role, undecided=some if len(some) else None)


def least_of(
    value: float | None, span: tuple[float, float] | None, *roles: Role
) -> tuple[float, float | None] | None:
    """Return a span without an upper end where what grows with some roles has features that nobody placed yet.

    Parameters
    ----------
    value, span
        Of what is placed.
    roles
        Whose features add to it.
    """
    lost = any(role.unplaced or any(one.geometry is None for one in role.open or ()) for role in roles)
    if not lost or value is None:
        return span
    return (value if span is None else span[0]), None


def lowest_share(reached: float, whole: float, may: Iterable[Pair]) -> float:
    """Return the least share of what is reached, with any of some more.

    Parameters
    ----------
    reached, whole
        Of what is known.
    may
        What may be of it, each as a whole or not at all.

    Examples
    --------
    >>> lowest_share(2.0, 4.0, [(4.0, 0.0), (1.0, 1.0)])
    0.25
    """
    for size, inside in sorted((one for one in may if one[0] > 0), key=lambda one: one[1] / one[0]):
        if inside * whole >= reached * size:
            break
        reached, whole = reached + inside, whole + size
    return reached / whole if whole > 0.0 else 0.0


def _with_open(role: Role) -> Role:
    """Return a role with all that may belong to it."""
    both = gpd.GeoDataFrame(pd.concat([role.frame, role.undecided]), crs=role.frame.crs)
    both.attrs.update(role.frame.attrs)
    return replace(role, frame=both, undecided=None, open=None)
