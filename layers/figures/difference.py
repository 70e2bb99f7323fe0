"""How two figures of one kind differ: the value, every row, and which layers' versions are behind it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from geo.errors import PlanAtlasError
from geo.text import Text, number_text
from layers.figures.kept import FigureDifference, KeptFigure, UseMoved, ValueMoved
from layers.messages import say
from layers.units import measured_text

_Row = dict[str, Any]
_BALANCED = ("ha", "mu")  # rounded so that what is shown adds up to the total shown
_NOTHING = 1e-9
_NOISE = 1e-12  # of two numbers: what less their difference is came of their last digits


class NotComparable(PlanAtlasError):
    """Two figures answer different kinds of questions."""

    code = "not_comparable"
    zh = "两个结果不可比较：{why_zh}。"
    en = "These two figures cannot be compared: {why_en}."


def figure_difference(before: KeptFigure, after: KeptFigure) -> FigureDifference:
    """Return how a figure differs from an earlier one, as plain values.

    Parameters
    ----------
    before, after
        Published figures as the shelf keeps them.

    Returns
    -------
    dict
        ``value`` with before, after and change in the statistic's unit; ``rows`` matched by their text columns,
        with the three numbers of each number column, None where a side has no such row; ``layers`` whose version
        differs; ``sentence`` tells the difference, ``sentences`` are those of the two, in both languages.

    Raises
    ------
    NotComparable
        They are of different functions, units or columns.
    """
    one, other = before["statistic"], after["statistic"]
    if one["function"] != other["function"] or one["unit"] != other["unit"]:
        zh = f"{one['function']}（{one['unit']}）与 {other['function']}（{other['unit']}）"
        en = f"{one['function']} ({one['unit']}) and {other['function']} ({other['unit']})"
        raise NotComparable(why_zh=zh, why_en=en)
    columns = [c["id"] for c in after["columns"]]
    if [c["id"] for c in before["columns"]] != columns:
        raise NotComparable(why_zh="表的列不同", why_en="their tables have different columns")
    value = _moved(before["value"], after["value"])
    return {
        "before": before["id"],
        "after": after["id"],
        "unit": other["unit"],
        "value": value,
        "columns": after["columns"],
        "rows": _rows(before, after),
        "layers": _layers(before, after),
        "sentence": _sentence(after, value),
        "sentences": {"before": before["sentence"], "after": after["sentence"]},
    }


def change_rows(moved: FigureDifference, language: str) -> list[list[tuple[str, bool]]]:
    """Return a difference of two figures as rows of texts (and whether each is a number), headings first."""
    parts = [(key, say(f"difference_{key}")[language]) for key in ("before", "after", "change")]
    heads: list[tuple[str, bool]] = []
    for column in moved["columns"]:
        label = column["label"][language]
        if column["decimals"] is None:
            heads.append((label, False))
        else:
            heads += [(f"{label} · {word}", True) for _, word in parts]
    out = [heads]
    for row in moved["rows"]:
        cells: list[tuple[str, bool]] = []
        for column in moved["columns"]:
            value: Any = row.get(column["id"])
            decimals = column["decimals"]
            if decimals is None:
                text = value.get(language) if isinstance(value, dict) else value
                cells.append(("" if text is None else str(text), False))
            else:
                cells += [(_signed(value[key], decimals, sign=key == "change"), True) for key, _ in parts]
        out.append(cells)
    return out


def _unmoved(was: _Row, now: _Row) -> dict[str, ValueMoved]:
    """Return the rounded areas of a row of the same area: rounding that closes a sum is no change of it."""
    before, after = was.get("m2"), now.get("m2")
    if before is None or after is None or abs(after - before) > _NOTHING * max(abs(before), 1.0):
        return {}
    return {unit: _moved(was[unit], was[unit]) for unit in _BALANCED if was.get(unit) is not None}


def _signed(number: float | None, decimals: int, *, sign: bool) -> str:
    if number is None:
        return "—"
    return ("+" if sign and number > 0 else "") + number_text(number, decimals)


def _moved(before: float | None, after: float | None) -> ValueMoved:
    change = None if before is None or after is None else after - before
    if before is not None and after is not None and change is not None:
        change = 0.0 if abs(change) <= _NOISE * max(abs(before), abs(after)) else change
    return {"before": before, "after": after, "change": change}


def _rows(before: KeptFigure, after: KeptFigure) -> list[_Row]:
    texts = [c["id"] for c in after["columns"] if c["decimals"] is None]
    numbers = [c["id"] for c in after["columns"] if c["decimals"] is not None]

    def by_text(figure: KeptFigure) -> dict[tuple[tuple[str, ...], int], _Row]:
        """Return the rows by their words; rows of the same words (two places of one name) in their order."""
        seen: Counter[tuple[str, ...]] = Counter()
        out: dict[tuple[tuple[str, ...], int], _Row] = {}
        for row in figure["rows"]:
            words = tuple(str(row.get(t)) for t in texts)
            out[words, seen[words]] = row
            seen[words] += 1
        return out

    old, new = by_text(before), by_text(after)
    out = []
    for key in [*new, *(k for k in old if k not in new)]:
        was, now = old.get(key, {}), new.get(key, {})
        told: _Row = {t: (now or was).get(t) for t in texts}
        told |= {n: _moved(was.get(n), now.get(n)) for n in numbers}
        told |= _unmoved(was, now)
        told["state"] = "added" if not was else "removed" if not now else "kept"
        out.append(told)
    return out


def _layers(before: KeptFigure, after: KeptFigure) -> list[UseMoved]:
    old = {use["role"]: use for use in before["layers"]}
    return [
        {
            "role": use["role"],
            "label": use["label"],
            "layer": use["layer"],
            "before": was["version"],
            "after": use["version"],
            "filters_differ": was["filters"] != use["filters"],
        }
        for use in after["layers"]
        if (was := old.get(use["role"])) and (was["version"], was["filters"]) != (use["version"], use["filters"])
    ]


def _sentence(after: KeptFigure, value: ValueMoved) -> dict[str, str]:
    was, now, change = value["before"], value["after"], value["change"]
    name, told = Text(**after["statistic"]["label"]), after["statistic"]
    unit, decimals = after.get("unit") or told["unit"], after.get("decimals")
    decimals = told["decimals"] if decimals is None else decimals
    if was is None or now is None or change is None:
        return asdict(say("difference_no_value", name=name))
    first, second = (measured_text(x, unit, decimals) for x in (was, now))
    gap = measured_text(abs(change), "pp" if unit == "%" else unit, decimals)
    sign = say("difference_more") if change > 0 else say("difference_less")
    if not change:
        return asdict(say("difference_none", name=name, now=second))
    return asdict(say("difference_sentence", name=name, was=first, now=second, gap=gap, sign=sign))
