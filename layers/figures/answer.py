"""Answers a declared question on the plan's data as it is now: the one way from a declaration to a figure."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import geopandas as gpd
import shapely

from geo.errors import EmptyLayer, NotComputable
from geo.text import Text
from layers.figures.evidence import Evidence
from layers.figures.figure import Figure, FigureShelf, figure_id, figure_of
from layers.figures.functions import FUNCTIONS
from layers.figures.inputs import DRAWN, Gathered, caveats_of, gather
from layers.figures.outcome import Outcome
from layers.figures.question import plainly
from layers.library.library import Library
from layers.plan.statistics import Statistic, Threshold
from layers.progress import Steps

_MEETS: Mapping[str, Callable[[float, float], bool]] = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "=": lambda a, b: abs(a - b) <= 1e-4 * max(abs(b), 1e-9),
}


def answer(
    library: Library,
    progress: Callable[[float, float], None],
    statistic: Statistic,
    *,
    software: str,
    drawn: gpd.GeoDataFrame | None = None,
    restricted: bool = False,
) -> Figure:
    """Compute a figure.

    Parameters
    ----------
    library
        The open plan.
    progress
        Called with done and total.
    statistic
        The question.
    software
        Version written into the figure.
    drawn
        A polygon (EPSG:4326) for inputs that name the layer ``@drawn``.
    restricted
        Whether restricted layers may be used.

    Returns
    -------
    Figure
        With state ``not_computable`` and what is needed when a layer is missing; never 0 % or 100 % instead.
    """
    gathered = gather(library, statistic.inputs, drawn=drawn, restricted=restricted)
    needs = gathered.needs
    outcome = _nothing(needs)
    if not needs:
        try:
            outcome = FUNCTIONS[statistic.function].compute(statistic, gathered, Steps(progress))
        except (NotComputable, EmptyLayer) as error:
            needs = (Text(error.message("zh"), error.message("en")),)
            outcome = _nothing(needs)
    computed = not needs and (outcome.value is not None or bool(outcome.rows))
    return Figure(
        id=figure_id(statistic, gathered.uses),
        statistic=statistic,
        state="computed" if computed else "not_computable",
        value=outcome.value,
        meets=_meets(outcome.value, statistic.threshold),
        columns=outcome.columns,
        rows=outcome.rows,
        presentation=outcome.presentation,
        layers=gathered.uses,
        contributions=outcome.contributions,
        method=outcome.method,
        crs=_crs(gathered),
        caveats=(*caveats_of(gathered), *outcome.caveats),
        needs=needs,
        sentence=outcome.sentence,
        command=command(statistic, drawn),
        computed_at=datetime.now(UTC).isoformat(timespec="seconds"),
        software=software,
        evidence=Evidence.of(outcome.evidence),
    )


def published(library: Library, statistic: Statistic, shelf: FigureShelf, *, software: str) -> Figure:
    """Return a statistic's figure on the present data as its page shows it, computed only when nobody did before.

    The id depends on the question and the layers' versions, so what the shelf holds is what would come out again.
    """
    gathered = gather(library, statistic.inputs, drawn=None)
    key = figure_id(statistic, gathered.uses)
    if not shelf.holds(key):
        shelf.publish(answer(library, lambda _done, _total: None, statistic, software=software))
    return figure_of(shelf.read(key))


def _nothing(needs: tuple[Text, ...]) -> Outcome:
    zh, en = "、".join(n.zh for n in needs), "; ".join(n.en for n in needs)
    return Outcome(
        value=None,
        columns=(),
        rows=(),
        method=Text("", ""),
        sentence=Text(f"无法计算：缺少{zh}。", f"Not computable: needs {en}."),
    )


def _meets(value: float | None, threshold: Threshold | None) -> bool | None:
    if value is None or threshold is None:
        return None
    return _MEETS[threshold.operator](value, threshold.value)


def _crs(gathered: Gathered) -> str:
    names = {role.frame.crs.to_string() for role in gathered.roles.values() if role.frame.crs is not None}
    return ", ".join(sorted(names))


def command(statistic: Statistic, drawn: gpd.GeoDataFrame | None) -> str:
    """Return the one command that computes the same figure again."""
    if statistic.id != "asked":
        return f"python run.py statistic {statistic.id}"
    asked = plainly(statistic)
    if drawn is not None and needs_drawn(statistic):
        asked["polygon"] = json.loads(shapely.to_geojson(drawn.geometry.iloc[0]))
    return f"python run.py ask {shlex.quote(json.dumps(asked, ensure_ascii=False))}"


def needs_drawn(statistic: Statistic) -> bool:
    """Whether a question asks for a drawn polygon."""
    return any(wanted.layer == DRAWN for wanted in statistic.inputs.values())
