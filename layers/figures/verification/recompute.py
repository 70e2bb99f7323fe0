"""Published figures as a witness hears them: made again of their own data, by our engine and by another.

Each figure is computed once more from the versions it was made of; whatever it says is compared: value, rows,
sentence, method, caveats, layers, evidence. A second engine, which shares no code with ours, answers the same
question. A figure whose data changed since is asked of today's data too, and says which layers changed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import orjson
import shapely

from geo.errors import PlanAtlasError
from geo.text import Text
from layers.figures.answer import answer, figure_id
from layers.figures.evidence import evidence_frame
from layers.figures.figure import DamagedEvidence, Figure, FigureShelf, figure_of
from layers.figures.functions import FUNCTIONS
from layers.figures.functions.entry import Cell
from layers.figures.inputs import DRAWN, drawn_of, gather
from layers.figures.kept_versions import VersionGone, as_published
from layers.figures.verification.second_engine import recomputed, recounted
from layers.figures.verification.sql import Duck, Geos, engine
from layers.library.library import Library
from layers.plan.statistics import Statistic, restored

State = Literal["same", "data changed", "drift", "not computable"]
STATES: tuple[State, ...] = ("same", "data changed", "drift", "not computable")
AGAIN = 1e-9  # relative, of our own engine on the same data: other machines may differ in the last digits
TOLERANCE, ARCS = 1e-6, 5e-4  # relative, of the second engine; the latter where a buffer's arcs take part
SLIVER = 1e-9  # of the largest number of a column: what two engines may differ by in its smallest cells
DRIFTED, CHANGED = 1, 4  # exit statuses
ABSENT = Text(
    "未安装第二引擎（DuckDB spatial）：以下由 GEOS 复核，它与本引擎共用几何库。安装：python run.py setup --test",
    "The second engine (DuckDB spatial) is not installed: GEOS recomputes below, which our engine uses too. "
    "To install it: python run.py setup --test",
)
_WORDS = ("sentence", "method", "caveats", "needs", "crs", "meets", "state", "contributions", "unit", "decimals",
          "span", "sway", "headline")  # fmt: skip
_NAMES: Mapping[str, Text] = {
    "sentence": Text("结论", "sentence"),
    "method": Text("方法", "method"),
    "caveats": Text("说明", "caveats"),
    "needs": Text("所缺", "what is missing"),
    "crs": Text("坐标系", "CRS"),
    "meets": Text("是否达标", "whether the target is met"),
    "state": Text("状态", "state"),
    "contributions": Text("各要素贡献", "contributions"),
    "unit": Text("单位", "unit"),
    "decimals": Text("小数位数", "decimals"),
    "span": Text("范围", "range"),
    "sway": Text("位置误差下的范围", "range by position"),
    "headline": Text("标题数值", "headline"),
    "layers": Text("所用图层", "layers used"),
    "columns": Text("表的列", "columns"),
    "presentation": Text("展示方式", "presentation"),
    "statistic": Text("问题", "question"),
}


@dataclass(frozen=True)
class Verified:
    """One published figure beside its recomputations.

    Attributes
    ----------
    published, ours, second, today
        The value as published; by our engine and by the second on the figure's own data; on today's data.
    engine
        Which second engine answered; empty where there is no second value.
    state
        ``same``; ``data changed``: same on its own data, which are not today's (or are gone); ``drift``: something
        it says is not what comes out; ``not computable`` (any more).
    findings
        What drifts, row by row, or what changed since.
    """

    figure: str
    label: Text
    published: float | None
    ours: float | None
    second: float | None
    today: float | None
    engine: str
    state: State
    findings: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Verification:
    """All published figures; whether DuckDB answered as the second engine."""

    rows: tuple[Verified, ...]
    second_engine: bool

    @property
    def status(self) -> int:
        """An exit status: 1 where something drifted, 4 where only data changed, 0 where all is the same."""
        states = {row.state for row in self.rows}
        return DRIFTED if states & {"drift", "not computable"} else CHANGED if "data changed" in states else 0


def verify(library: Library, shelf: FigureShelf, *, software: str) -> Verification:
    """Recompute every published figure.

    Parameters
    ----------
    library
        The open plan as it is now.
    shelf
        The published figures.
    software
        Version of the software, for the recomputed figures.
    """
    other = engine()
    rows = tuple(_verified(library, shelf, shelf.read(key), other, software) for key in shelf.ids())
    return Verification(rows, isinstance(other, Duck))


def _verified(
    library: Library, shelf: FigureShelf, told: Mapping[str, Any], other: Duck | Geos, software: str
) -> Verified:
    statistic = restored(told["statistic"])
    try:
        then = as_published(library, shelf, told)
    except VersionGone as error:
        findings = (Text(error.message("zh"), error.message("en")), *_damage(shelf, told, None))
        state: State = "drift" if len(findings) > 1 else "data changed"
        today = _today(library, statistic, told, software)
        return Verified(told["id"], statistic.label, told["value"], None, None, today, "", state, findings)
    except PlanAtlasError as error:
        why = Text(error.message("zh"), error.message("en"))
        return Verified(told["id"], statistic.label, told["value"], None, None, None, "", "not computable", (why,))
    drawn = drawn_of(told)
    again = answer(then, _quiet, statistic, software=software, drawn=drawn, restricted=True)
    findings = (*_drift(told, again, software), *_damage(shelf, told, again))
    second, name = None, ""
    if again.state == "computed":
        gathered = gather(then, statistic.inputs, drawn=drawn, restricted=True)
        second = recomputed(statistic, gathered, other)
        cells = recounted(statistic, gathered, other)
        name = other.name if second is not None or cells else ""
        findings += tuple(_second(statistic, again, second, cells, name))
    state = "drift" if findings else "same"
    today, moved = again.value, _moved(library, told)
    if moved is not None:
        today = _today(library, statistic, told, software)
        state = state if findings else "data changed"
        findings += (moved,)
    return Verified(told["id"], statistic.label, told["value"], again.value, second, today, name, state, findings)


def _today(library: Library, statistic: Statistic, told: Mapping[str, Any], software: str) -> float | None:
    try:
        return answer(library, _quiet, statistic, software=software, drawn=drawn_of(told), restricted=True).value
    except PlanAtlasError:  # the layer, a filter's field or a version is gone
        return None


def _moved(library: Library, told: Mapping[str, Any]) -> Text | None:
    """Say which layers are another version today; None where none is."""
    names: list[Text] = []
    for use in told["layers"]:
        if use["layer"] == DRAWN or told["statistic"]["inputs"][use["role"]].get("version") is not None:
            continue
        try:
            now = library.snapshot(library.layer(use["layer"], restricted=True)).version
        except PlanAtlasError:
            now = ""
        if now != use["version"]:
            names.append(Text(f"“{use['label']['zh']}”", f"“{use['label']['en']}”"))
    if not names:
        return None
    names = list(dict.fromkeys(names))
    zh, en = "、".join(n.zh for n in names), ", ".join(n.en for n in names)
    return Text(f"此后改变了的图层：{zh}", f"changed since: {en}")


def _quiet(_done: float, _total: float) -> None:
    """Take no note of progress: verifying counts figures."""


def _drift(told: Mapping[str, Any], again: Figure, software: str) -> Iterator[Text]:
    """Say what a figure states that does not come out when it is made again of its own data."""
    old, new = _plain(figure_of(told)), _plain(again)
    if told["id"] != figure_id(restored(told["statistic"]), figure_of(told).layers) or again.id != told["id"]:
        yield Text("问题或图层版本与编号不符", "the question or the layers' versions are not those of its id")
    if not _equal(old["value"], new["value"]):
        yield Text(
            f"数值：{old['value']!r}，重算为 {new['value']!r}", f"value {old['value']!r}, again {new['value']!r}"
        )
    yield from _rows(old, new, whole="presentation" in told)
    words = (*_WORDS, "layers", "columns", *(("presentation",) if "presentation" in told else ()))
    for name in words:
        if not _equal(old[name], new[name]) and (
            old["software"] == software or name not in ("sentence", "method", "caveats")
        ):
            yield _differs(name, old[name], new[name])


def _plain(figure: Figure) -> dict[str, Any]:
    """Return a figure's plain values; of a layer what it is, not what it is called."""
    told: dict[str, Any] = orjson.loads(orjson.dumps(figure.plain()))
    told["layers"] = [{key: value for key, value in use.items() if key != "label"} for use in told["layers"]]
    return told


def _differs(name: str, old: Any, new: Any) -> Text:  # noqa: ANN401 - values of JSON
    what = _NAMES[name]
    if name == "caveats":
        lost = [one for one in new if one not in old]
        more = [one for one in old if one not in new]
        zh = "；".join([f"缺“{one['zh']}”" for one in lost] + [f"多“{one['zh']}”" for one in more])
        en = "; ".join([f"lacks “{one['en']}”" for one in lost] + [f"has “{one['en']}”" for one in more])
        return Text(f"{what.zh}：{zh or '顺序不同'}", f"{what.en}: {en or 'in another order'}")
    if isinstance(old, dict) and set(old) == {"zh", "en"}:
        return Text(
            f"{what.zh}：“{old['zh']}”，重算为“{new['zh']}”", f"{what.en}: “{old['en']}”, again “{new['en']}”"
        )
    return Text(f"{what.zh}与重算的不同", f"{what.en}: other than when made again")


def _rows(old: Mapping[str, Any], new: Mapping[str, Any], *, whole: bool) -> Iterator[Text]:
    """Say which rows differ, cell by cell; ``whole`` also in their kinds."""
    if len(old["rows"]) != len(new["rows"]):
        yield Text(f"表有 {len(old['rows'])} 行，重算为 {len(new['rows'])} 行",
                   f"the table has {len(old['rows'])} rows, again {len(new['rows'])}")  # fmt: skip
    for was, now in zip(old["rows"], new["rows"], strict=False):
        for key in sorted(was.keys() | now.keys()):
            if key == "kind" and not whole:
                continue
            if not _equal(was.get(key), now.get(key)):
                zh, en = _row_name(new, now, "zh"), _row_name(new, now, "en")
                yield Text(
                    f"行“{zh}”的 {key}：{_brief(was.get(key))}，重算为 {_brief(now.get(key))}",
                    f"row “{en}”, {key}: {_brief(was.get(key))}, again {_brief(now.get(key))}",
                )


def _row_name(figure: Mapping[str, Any], row: Mapping[str, Any], language: str) -> str:
    words = [row.get(c["id"]) for c in figure["columns"] if c["decimals"] is None]
    return " ".join(str(w[language] if isinstance(w, dict) else w) for w in words if w not in (None, ""))


def _brief(value: Any) -> str:  # noqa: ANN401 - a cell
    return value["zh"] if isinstance(value, dict) and "zh" in value else repr(value)


def _damage(shelf: FigureShelf, told: Mapping[str, Any], again: Figure | None) -> Iterator[Text]:
    """Say what is wrong with the evidence: the file cut or changed, or not what comes out again."""
    try:
        kept = shelf.evidence(told["id"])
    except DamagedEvidence as error:
        yield Text(error.message("zh"), error.message("en"))
        return
    if again is None:
        return
    made, stated = again.evidence, told["evidence"]
    if (made is None) != (stated is None):
        yield Text("几何依据与重算的不同：一方没有", "evidence: only one of the two has any")
    elif made is not None and stated is not None and made.sha256 != stated["sha256"]:
        fresh = evidence_frame(made.data)
        alike = len(fresh) == len(kept) and bool(
            np.all(shapely.equals_exact(shapely.normalize(fresh.geometry.to_numpy()),
                                        shapely.normalize(kept.geometry.to_numpy()), 2e-7))
        )  # fmt: skip
        if not alike:
            yield Text(f"几何依据：{len(kept)} 块，重算为 {len(fresh)} 块，形状不同",
                       f"evidence: {len(kept)} pieces, again {len(fresh)}, of other shapes")  # fmt: skip


def _second(
    statistic: Statistic, again: Figure, second: float | None, cells: Mapping[Cell, float], name: str
) -> Iterator[Text]:
    """Say where the second engine finds something else than ours."""
    limit = ARCS if FUNCTIONS[statistic.function].arcs else TOLERANCE
    rows = orjson.loads(orjson.dumps(again.rows))
    if _apart(again.value, second, limit):
        yield Text(f"{name}：{second!r}，本引擎 {again.value!r}", f"{name} {second!r}, ours {again.value!r}")
    largest: dict[str, float] = {}
    for key, value in cells.items():
        largest[key.column] = max(largest.get(key.column, 0.0), abs(value))
    for key, value in cells.items():
        ours = _cell(rows, key)
        if _apart(ours, value, limit, least=SLIVER * largest[key.column]):
            words = " ".join(word for _, word in key.named)
            yield Text(
                f"行“{words}”的 {key.column}：{name} {value!r}，本引擎 {ours!r}",
                f"row “{words}”, {key.column}: {name} {value!r}, ours {ours!r}",
            )


def _apart(one: float | None, other: float | None, limit: float, *, least: float = 0.0) -> bool:
    if one is None or other is None:
        return False
    if math.isnan(one) or math.isnan(other):
        return True  # what is no number agrees with none
    return abs(one - other) > max(least, limit * max(abs(one), abs(other), 1e-9))


def _cell(rows: list[dict[str, Any]], key: Cell) -> float | None:
    """Return the one cell a key names; None where no row, or more than one, answers to it."""
    found = [row[key.column] for row in rows if all(_word(row.get(c)) == word for c, word in key.named)]
    return found[0] if len(found) == 1 else None


def _word(value: Any) -> str:  # noqa: ANN401 - a cell
    return str(value["zh"] if isinstance(value, dict) else value)


def _equal(published: Any, now: Any) -> bool:  # noqa: ANN401 - values of JSON
    """Whether what was published is what comes out, numbers but for the last digits."""
    if isinstance(published, dict) and isinstance(now, dict):
        return published.keys() == now.keys() and all(_equal(published[key], now[key]) for key in now)
    if isinstance(published, list) and isinstance(now, list):
        return len(published) == len(now) and all(_equal(*pair) for pair in zip(published, now, strict=True))
    if isinstance(published, int | float) and isinstance(now, int | float) and not isinstance(now, bool):
        return not _apart(published, now, AGAIN)
    return bool(published == now)
