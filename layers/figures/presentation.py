"""A figure as it is shown, in one language: page, panel, slide, document and file draw this and choose nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from geo.measure.area import M2_PER
from geo.text import Text, number_text
from layers.figures.figure import Column, Figure, RowKind
from layers.messages import say
from layers.units import between_text, measured_text, unit_name


@dataclass(frozen=True)
class ShownRow:
    """A row of the table: what it is to the others, its cells as texts, and their values."""

    kind: RowKind
    cells: tuple[str, ...]
    values: tuple[float | str | None, ...]


@dataclass(frozen=True)
class Bar:
    """A drawn row: its name, its value and how that reads."""

    label: str
    value: float
    text: str
    kind: RowKind


@dataclass(frozen=True)
class BarChart:
    """The rows a figure draws, in their order; ``left`` says how many more the table has.

    ``name`` is the column's heading with its unit, ``target`` the value asked for, in the same unit.
    """

    form: Literal["bars", "columns"]
    name: str
    column: str
    unit: str
    decimals: int
    bars: tuple[Bar, ...]
    left: int
    target: float | None = None


@dataclass(frozen=True)
class ShownFeature:
    """A feature that a list names, with its cells as texts and their values."""

    layer: str
    feature: str
    cells: tuple[str, ...]
    values: tuple[float | str | None, ...]


@dataclass(frozen=True)
class ShownList:
    """What of a demand is out of reach, by name."""

    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[ShownFeature, ...]


@dataclass(frozen=True)
class Shown:
    """A figure in words: value, sentence, table and chart, and of a coverage what is out of reach.

    ``beside`` is an area again in the other unit planners read: mu beside hectares; empty for all else.
    """

    value: str
    sentence: str
    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[ShownRow, ...]
    chart: BarChart | None
    unreached: ShownList | None = None
    beside: str = ""

    def plain(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def present(figure: Figure, language: str) -> Shown:
    """Return a figure as it is shown in a language (``zh`` or ``en``)."""
    return Shown(
        value_text(figure)[language],
        figure.sentence[language],
        tuple(column_heading(column, language) for column in figure.columns),
        tuple(column.decimals is not None for column in figure.columns),
        tuple(_row(figure, row, language) for row in figure.rows),
        _chart(figure, language),
        _unreached(figure, language),
        _beside(figure)[language],
    )


_GROUND = (Column("mu", say("column_out_of_reach"), "mu", 1), Column("ha", say("column_out_of_reach"), "ha", 2))
_OUT_OF_REACH = {"m2": _GROUND, "m": (Column("m", say("column_out_of_reach"), "m", 0),)}
_SHARE = Column("share", say("column_of_feature"), "%", 1)
_DISTANCE = Column("distance_m", say("column_nearest_straight"), "m", 0)


def _unreached(figure: Figure, language: str) -> ShownList | None:
    """Return what is out of reach as a list; None of nothing."""
    found = figure.unreached
    if not found:
        return None
    amounts = _OUT_OF_REACH.get(found[0].unit, ())
    zoned = "zones" in figure.statistic.inputs
    columns = [Column("name", say("column_feature")), Column("id", say("column_id"))]
    columns += [Column("zone", say("column_zone"))] if zoned else []
    columns += [*amounts, *([_SHARE] if amounts else []), _DISTANCE]
    rows = []
    for one in found:
        known: dict[str, object] = {"name": one.name, "id": one.feature, "zone": one.zone, "m": one.amount}
        known |= {unit: one.amount / M2_PER[unit] for unit in ("mu", "ha")}
        known |= {"share": None if one.share is None else 100.0 * one.share, "distance_m": one.distance_m}
        cells = [known[column.id] for column in columns]
        texts = tuple(cell_text(cell, column, language) for cell, column in zip(cells, columns, strict=True))
        values = tuple(
            cell if isinstance(cell, float) or cell is None else text
            for cell, text in zip(cells, texts, strict=True)
        )
        rows.append(ShownFeature(one.layer, one.feature, texts, values))
    heads = tuple(column_heading(column, language) for column in columns)
    return ShownList(heads, tuple(column.decimals is not None for column in columns), tuple(rows))


def value_text(figure: Figure) -> Text:
    """Return a figure's value with its unit; not computable is said, never a number."""
    if figure.value is None:
        known = figure.headline or say("value_in_table")
        return figure.sentence if figure.state != "computed" else known
    unit = figure.unit or figure.statistic.unit
    decimals = figure.statistic.decimals if figure.decimals is None else figure.decimals
    told = ranged_value(measured_text(figure.value, unit, decimals), figure.span, unit, decimals)
    return say("value_as_drawn", value=told) if _positions_lead_out(figure) else told


def _beside(figure: Figure) -> Text:
    """Return an area that is one number again, in mu, or in hectares where it is in mu; nothing of all else."""
    unit = figure.unit or figure.statistic.unit
    if figure.value is None or unit not in M2_PER or figure.span is not None:
        return Text("", "")
    other, decimals = ("ha", 2) if unit == "mu" else ("mu", 1)
    return measured_text(figure.value * M2_PER[unit] / M2_PER[other], other, decimals)


def sentence_as_drawn(figure: Figure) -> Text:
    """Return a figure's sentence; a bound that holds only where things are drawn is told as one of the drawing.

    A function writes its sentence from what is not known, before anybody asks how far positions may be off.
    """
    plain, told = value_text(replace(figure, sway=None)), value_text(figure)
    return Text(figure.sentence.zh.replace(plain.zh, told.zh), figure.sentence.en.replace(plain.en, told.en))


def _positions_lead_out(figure: Figure) -> bool:
    """Whether positions that may be off can lead the value out of the bounds that its unknown parts leave it."""
    if figure.span is None or figure.sway is None or figure.span[0] == figure.span[1]:
        return False
    (least, most), (low, high) = figure.span, figure.sway
    below = least is not None and (low is None or low < least)
    return below or (most is not None and (high is None or high > most))


def ranged_value(known: Text, span: tuple[float | None, float | None] | None, unit: str, decimals: int) -> Text:
    """Return what is known of a value: the value, between what it lies, or what it is at least or at most.

    Parameters
    ----------
    known
        The value as a text with its unit.
    span
        What it lies between; an end that is None is open. None when the value is exact.
    unit, decimals
        How the ends are written.
    """
    if span is None or span[0] == span[1]:
        return known
    least, most = (None if end is None else measured_text(end, unit, decimals) for end in span)
    if least is not None and most is not None:
        return between_text(least, most)
    if least is not None:
        return say("span_least" if span[0] else "span_open", least=least)
    return say("span_most", most=most) if most is not None else known


def column_heading(column: Column, language: str) -> str:
    """Return a column's heading with its unit."""
    unit = unit_name(column.unit, language)
    return f"{column.label[language]} ({unit})" if unit else column.label[language]


def cell_text(value: object, column: Column, language: str) -> str:
    """Return a cell as shown; what is not known is a dash."""
    if isinstance(value, Text):
        return value[language]
    if isinstance(value, int | float) and not isinstance(value, bool) and column.decimals is not None:
        return number_text(value, shown_decimals(value, column))
    return "—" if value is None else str(value)


def shown_decimals(value: float, column: Column) -> int:
    """Return with how many decimals a cell reads: a whole count among shares of features stays a whole one."""
    return 0 if not column.unit and float(value).is_integer() else column.decimals or 0


def _row(figure: Figure, row: Any, language: str) -> ShownRow:  # noqa: ANN401 - a row of a figure
    cells = [row.get(column.id) for column in figure.columns]
    return ShownRow(
        row["kind"],
        tuple(cell_text(value, column, language) for value, column in zip(cells, figure.columns, strict=True)),
        tuple(value[language] if isinstance(value, Text) else value for value in cells),
    )


def _chart(figure: Figure, language: str) -> BarChart | None:
    how = figure.presentation
    column = next((one for one in figure.columns if one.id == how.chart), None)
    if column is None or len(how.drawn) < 2:
        return None
    names = [one for one in figure.columns if one.id in how.names]
    bars = []
    for at in how.drawn:
        row = figure.rows[at]
        value = float(row[column.id])
        words = [cell_text(row.get(one.id), one, language) for one in names if row.get(one.id) is not None]
        bars.append(Bar(" · ".join(filter(None, words)), value, cell_text(value, column, language), row["kind"]))
    asked = figure.threshold
    return BarChart(
        how.form,
        column_heading(column, language),
        column.id,
        column.unit,
        column.decimals or 0,
        tuple(bars),
        how.left,
        asked.value
        if asked and asked.read and column.unit == figure.statistic.unit and how.chart == how.headline
        else None,
    )


def rest_bar(figure: Figure, language: str) -> Bar | None:
    """Return what a figure's chart leaves out as one bar with its sum; None where that is nothing or no sum.

    The rows left out are those like the drawn ones: of their kinds, and alike in the columns that name nothing.
    """
    how = figure.presentation
    column = next((one for one in figure.columns if one.id == how.chart), None)
    if column is None or not how.left or column.unit.startswith("%") or "/" in column.unit:
        return None
    drawn = [figure.rows[at] for at in how.drawn]
    words = [one.id for one in figure.columns if one.decimals is None and one.id not in how.names]
    alike = [one for one in words if len({str(row.get(one)) for row in drawn}) == 1]
    left = [
        row
        for at, row in enumerate(figure.rows)
        if at not in how.drawn
        and row["kind"] in ("part", "rest", "unknown")
        and all(str(row.get(one)) == str(drawn[0].get(one)) for one in alike)
        and isinstance(row.get(column.id), int | float)
        and row[column.id] > 0
    ]
    if len(left) != how.left:
        return None
    value = sum(float(row[column.id]) for row in left)
    label = say("bar_rest", count=how.left)
    return Bar(label[language], value, cell_text(value, column, language), "rest")
