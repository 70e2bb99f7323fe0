"""Answers a declared question on the plan's data as it is now: the one way from a declaration to a figure."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import orjson
import shapely

from geo.errors import EmptyLayer, NotComputable
from geo.text import Text
from layers.figures.evidence import Evidence
from layers.figures.figure import Figure, FigureShelf, LayerUse, figure_of
from layers.figures.functions import FUNCTIONS
from layers.figures.inputs import DRAWN, Gathered, caveats_of, gather
from layers.figures.kept_versions import publish_kept
from layers.figures.outcome import Outcome
from layers.figures.presentation import sentence_as_drawn
from layers.figures.question import question_words
from layers.figures.surviving import compute_without_the_unworkable
from layers.figures.uses import find_uses
from layers.figures.verdict import Span, value_span, verdict_of
from layers.library.library import Library
from layers.messages import say
from layers.plan.statistics import Statistic, Threshold
from layers.progress import Steps

_UNSAID = ("radii", "other_distance_m", "stated_unit", "less")  # came later: what does not say them keeps its id


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
    needs = gathered.needs or _undeclared(statistic, gathered)
    outcome = _nothing(needs)
    lost: tuple[Text, ...] = ()
    if not needs:
        try:
            entry = FUNCTIONS[statistic.function]
            outcome, gathered, lost = compute_without_the_unworkable(
                lambda layers: entry.compute(statistic, layers, Steps(progress)), gathered
            )
        except (NotComputable, EmptyLayer) as error:
            needs = (_lacking(error, gathered),)
            outcome = _nothing(needs)
    computed = not needs and (outcome.value is not None or bool(outcome.rows))
    key = figure_id(statistic, gathered.uses)
    sway, unsure = value_span(statistic, gathered, outcome) if computed else (None, ())
    days = dict.fromkeys(use.day for use in gathered.uses if rests_on_day(statistic, use))
    own = (*(say("caveat_when", day=day) for day in days), *caveats_of(gathered, _plain_roles(statistic)))
    figure = Figure(
        id=key,
        statistic=statistic,
        state="computed" if computed else "not_computable",
        value=outcome.value,
        meets=_meets(outcome, sway, statistic.threshold),
        columns=outcome.columns,
        rows=outcome.rows,
        presentation=outcome.presentation,
        layers=gathered.uses,
        contributions=outcome.contributions,
        method=outcome.method,
        crs=_crs(gathered),
        caveats=tuple(dict.fromkeys((*own, *unsure, *lost, *outcome.caveats))),
        needs=needs,
        sentence=outcome.sentence,
        command=figure_command(library, key),
        computed_at=datetime.now(UTC).isoformat(timespec="seconds"),
        software=software,
        evidence=Evidence.of(outcome.evidence),
        unit=outcome.unit or statistic.unit,
        decimals=statistic.decimals if outcome.decimals is None else outcome.decimals,
        span=outcome.span,
        sway=sway,
        headline=outcome.headline,
        unreached=outcome.unreached,
    )
    return replace(figure, sentence=sentence_as_drawn(figure)) if computed else figure


def published_figure(library: Library, statistic: Statistic, shelf: FigureShelf, *, software: str) -> Figure:
    """Return a statistic's figure on the present data as its page shows it, computed only when nobody did before.

    The id depends on the question and the layers' versions, so what the shelf holds is what would come out again.

    Parameters
    ----------
    library
        The plan.
    statistic
        The declared question.
    shelf
        Where figures are kept.
    software
        Name and version of what computes.
    """
    key = figure_id(statistic, find_uses(library, statistic.inputs))
    if not shelf.holds(key):
        publish_kept(shelf, answer(library, lambda _done, _total: None, statistic, software=software), library)
    return figure_of(shelf.read(key))


def _undeclared(statistic: Statistic, gathered: Gathered) -> tuple[Text, ...]:
    """Return the fields that a question names and no feature has, and classes that a layer does not declare."""
    entry, out = FUNCTIONS[statistic.function], []
    for option in entry.options:
        name, role = getattr(statistic, option.id), gathered.roles.get(option.role)
        if option.kind != "field" or not name or role is None or role.layer is None or name.startswith("@"):
            continue
        known = [one.id for one in role.layer.fields]
        features = role.features if role.everything is None else role.everything
        if name not in known and len(features) and all(value is None for value in features.values(name)):
            fields = ", ".join(known) or "—"
            out.append(say("needs_field", label=role.use.label, field=_printable(name), known=fields))
    for slot in entry.slots:
        role = gathered.roles.get(slot.id)
        if slot.classed and role is not None and role.layer is not None and not role.layer.class_field:
            out.append(say("needs_classes", label=role.use.label))
    return tuple(out)


def _printable(word: str) -> str:
    """Return a word somebody asked for as it may stand in a document."""
    return "".join(c if c.isprintable() else "?" for c in word[:60])


def _lacking(error: NotComputable | EmptyLayer, gathered: Gathered) -> Text:
    """Return what a computation lacks, as the sentence of a figure goes on after "needs"."""
    if isinstance(error, NotComputable):
        return Text(str(error.params["needs_zh"]), str(error.params["needs_en"]))
    role = gathered.roles.get(str(error.params.get("where")))
    if role is not None:
        return say("inputs_none_fits", label=role.use.label)
    return Text(error.message("zh").rstrip("。"), error.message("en").rstrip("."))


def _nothing(needs: tuple[Text, ...]) -> Outcome:
    zh, en = "、".join(n.zh for n in needs), "; ".join(n.en for n in needs)
    return Outcome(
        value=None,
        columns=(),
        rows=(),
        method=Text("", ""),
        sentence=say("needs_missing", listed=Text(zh, en)),
    )


def _plain_roles(statistic: Statistic) -> frozenset[str]:
    """Return the roles whose places do not count: their features are counted or added up wherever they lie."""
    if "zones" in statistic.inputs:
        return frozenset()
    return frozenset(slot.id for slot in FUNCTIONS[statistic.function].slots if not slot.geometry)


def figure_id(statistic: Statistic, layers: tuple[LayerUse, ...], *, revision: int = 0) -> str:
    """Return the id of a question on given data: 16 hexadecimal digits of a SHA-256.

    A question that a function has come to answer otherwise has another id than before.

    Parameters
    ----------
    statistic
        The question.
    layers
        The layers as they were used.
    revision
        Of the function; 0 is today's.
    """
    told = {key: value for key, value in asdict(statistic).items() if key not in _UNSAID or value}
    told["inputs"] = {
        role: {key: value for key, value in one.items() if key not in ("when", "as_of") or value}
        for role, one in told["inputs"].items()
    }
    for part in (told, told["threshold"] or {}):
        part.pop("read", None)  # says how a source is shown, not what is asked
    asked = {"statistic": told, "layers": [[u.role, u.layer, u.version, u.filters] for u in layers]}
    days = {use.role: use.day for use in layers if rests_on_day(statistic, use)}
    asked = {**asked, "days": days} if days else asked
    revision = revision or FUNCTIONS[statistic.function].revision
    body = orjson.dumps(asked if revision == 1 else {**asked, "revision": revision}, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(body).hexdigest()[:16]


def rests_on_day(statistic: Statistic, use: LayerUse) -> bool:
    """Whether a question asks for states of a layer without naming a day: they are those of the plan's own day.

    Parameters
    ----------
    statistic
        The question.
    use
        One of its layers, as it was used.
    """
    named = {statistic.by, statistic.field, statistic.divisor, statistic.less}
    return any(
        state in named or any(re.match(rf"{re.escape(state)}\W", text) for text in use.filters)
        for state in use.states
    )


def _meets(outcome: Outcome, sway: Span | None, threshold: Threshold | None) -> bool | None:
    """Whether a value meets what is asked; None where nothing is asked or what is unknown could decide it."""
    if threshold is None or not threshold.read:
        return None
    return verdict_of(outcome.value, (outcome.span, sway), threshold.operator, threshold.value)


def _crs(gathered: Gathered) -> str:
    names = {role.frame.crs.to_string() for role in gathered.roles.values() if role.frame.crs is not None}
    return ", ".join(sorted(names))


def figure_command(library: Library, figure: str, *, in_full: bool = False) -> str:
    """Return the command that makes a published figure again of its own versions.

    Parameters
    ----------
    library
        The open plan.
    figure
        Its id.
    in_full
        Whether a folder outside the checkout is told with its path: to whoever sits at the machine. Everybody else
        reads its name.
    """
    return f"python run.py figure {figure} --data {folder_words(library, in_full=in_full)}"


def question_command(
    library: Library, statistic: Statistic, drawn: gpd.GeoDataFrame | None, *, in_full: bool = True
) -> str:
    """Return the command that asks a figure's question of the data as they are when it runs.

    The command a figure prints makes that figure again: same question, same versions, same digits.

    Parameters
    ----------
    library
        The plan.
    statistic
        The question.
    drawn
        The polygon it is asked of; None when it is not.
    in_full
        Whether the folder is told with its whole path.
    """
    data = f"--data {folder_words(library, in_full=in_full)}"
    if statistic.id != "asked":
        return f"python run.py statistic {statistic.id} {data}"
    asked = question_words(statistic)
    if drawn is not None and needs_drawn(statistic):
        asked["polygon"] = json.loads(shapely.to_geojson(drawn.geometry.iloc[0]))
    return f"python run.py ask {shlex.quote(json.dumps(asked, ensure_ascii=False))} {data}"


def folder_words(library: Library, *, in_full: bool) -> str:
    """Return the plan's folder as a command names it: from where commands run, else in full or by name."""
    here = Path.cwd()
    if library.folder.is_relative_to(here):
        return shlex.quote(str(library.folder.relative_to(here)))
    return shlex.quote(str(library.folder) if in_full else library.folder.name)


def needs_drawn(statistic: Statistic) -> bool:
    """Whether a question asks for a drawn polygon."""
    return any(wanted.layer == DRAWN for wanted in statistic.inputs.values())
