"""The sum of a field, in all, by group or by zone: currencies apart, the unknown told and never taken as 0."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from geo.errors import NotComputable
from geo.result import typed_rows
from geo.text import Text, count_words, spaced_zh
from layers.figures.contribution import Contribution
from layers.figures.figure import Column, RowKind
from layers.figures.functions.amounts import (
    APART,
    Amount,
    Amounts,
    added_up,
    answer_amounts,
    check_stated,
    untold_amounts,
)
from layers.figures.functions.entry import LESS, Function, Option, Slot
from layers.figures.functions.groups import coded_text, group_kind, in_order, with_untold
from layers.figures.functions.leeway import (
    NOTHING_OPEN,
    OUTSIDE_ALL,
    Leeway,
    between_columns,
    leeway_of,
    span_within,
)
from layers.figures.functions.nested import nested_notes
from layers.figures.functions.sharing import OUTSIDE, UNPLACED, Sharing, share_in_zones
from layers.figures.functions.sum_again import recompute_sum, recount_sum
from layers.figures.inputs import Gathered, Role, chosen_words
from layers.figures.outcome import TOTAL, DrawnRows, Outcome, shown_as
from layers.figures.presentation import ranged_value
from layers.messages import say
from layers.plan.statistics import Statistic
from layers.progress import Steps

_MOST_LISTED = 500
_GROUP = Column("group", Text("组", "Group"))
_ALL = Text("全部（含分区之外和未上图的）", "everything, in the zones or not")
_LEFT, _WITH = (
    Text("筛选未计入的", "left out by the filter"),
    Text("连同筛选未计入的", "with what the filter leaves out"),
)
_NONE = Text("金额和币种都未说明", "neither amount nor currency stated")
_BLANK, _MAY = Text("", ""), say("row_may_belong")
_Row = dict[str, Any]


class _Share(NamedTuple):
    zone: str
    feature: str
    share: float


def grand_total(statistic: Statistic, gathered: Gathered, steps: Steps) -> Outcome:
    """The sum of a field over items (roles items, and zones if any), by group, currency and zone.

    A feature gives each zone its value times the share of it that lies inside; the value then is the sum inside
    all zones, each feature once, and what lies outside or has no place is told beside it. None where there are
    several currencies: they are never added up.

    Raises
    ------
    NotComputable
        Nothing is stated, or zones are asked for and no item has a place.
    """
    items, zones = gathered.roles["items"], gathered.roles.get("zones")
    steps.begin(1)
    found = answer_amounts(statistic, items, statistic.field, unit=statistic.unit)
    check_stated(found)
    notes, method = (
        list(found.notes),
        Text("逐行相加；未说明的不计。", "Rows added up; what is not stated is left out."),
    )
    rows: list[_Row] = []
    more: list[_Row] = []
    open_ends = NOTHING_OPEN
    counted: Callable[[Amount], float] = lambda _one: 1.0  # noqa: E731 - another one where there are zones
    totals = _in_all(found, counted, "total", TOTAL)
    if zones is not None:
        if not len(items.frame):
            raise NotComputable(needs_zh="已上图的要素", needs_en="features that have a place")
        shared = share_in_zones(items.frame, zones.frame)
        once = {str(key): float(part) for key, part in shared.once.items()}
        open_ends = leeway_of(items, zones)
        rows, more = _by_zone(found, zones, shared, open_ends)
        method, notes = shared.method, [*notes, *shared.notes, *open_ends.notes(items)]
        more += [{**row, "kind": "of_which", "name": _ALL} for row in totals if more]
        counted = lambda one: once.get(one.feature.id, 0.0)  # noqa: E731
        totals = [_with_ends(row, found, open_ends) for row in _in_all(found, counted, "total", TOTAL)]
    elif found.by:
        rows = _by_group(found)
    elif len(totals) > 1:  # several currencies: each has its name, and none is the total
        totals = [{**row, "name": row["group"] if row["_currency"] or row["known"] else _NONE} for row in totals]
    value = totals[0]["value"] if found.one else None
    may, span = _may_belong(gathered, statistic, found, value)
    extra, note = _left_out(statistic, items, found) if zones is None else ([], None)
    lacking = sum(one.value is None for one in found.all)
    if lacking:
        notes.append(
            Text(
                f"{lacking} 项未说明，未计入（不是 0）。",
                f"{count_words(lacking, 'item states', 'items state')} none: left out, not 0.",
            )
        )
    notes += [*([] if found.one else [APART]), *nested_notes(items)]
    told = found.headline([(row["_currency"], row["value"]) for row in totals if row["known"]])
    told = ranged_value(told, span, found.unit_of(found.currencies[0]), found.decimals)
    count = sum(int(row["known"]) for row in totals)
    zh, en = f"{told.zh or '—'}（共 {count} 项）", f"{told.en or '—'} ({count_words(count, 'item', 'items')})"
    if zones is not None:
        zh, en = spaced_zh("分区之内", zh), f"{en} inside the zones"
    said = with_untold(Text(zh, en), items, found.by, untold_amounts(found, counted))
    zh, en = said.zh, said.en
    if whole := [row for row in more if row["name"] is _ALL and row["known"]]:
        full = found.headline([(row["_currency"], row["value"]) for row in whole])
        zh, en = f"{zh}；连同分区之外和未上图的为 {full.zh}", f"{en}; {full.en} with what lies outside or nowhere"
    if note is not None:
        zh, en = f"{zh}；{note.zh}", f"{en}; {note.en}"
    shown = [*rows, *may, *totals, *more, *extra]
    names = ("name", "group") if zones is not None else ("name",)
    return Outcome(
        value=value,
        columns=_columns(found, open_ends, zoned=zones is not None),
        rows=tuple({key: cell for key, cell in row.items() if key != "_currency"} for row in shown),
        presentation=shown_as(
            shown,
            "value",
            chart="value" if found.one and rows else "",
            names=names,
            drawn=DrawnRows(among=lambda row: row["name"] not in (_MAY, _LEFT)),
        ),
        method=_method(statistic, items, method),
        sentence=Text(f"{statistic.label.zh}：{zh}。", f"{statistic.label.en}: {en}."),
        caveats=tuple(dict.fromkeys(notes)),
        evidence=items.frame[["geometry"]].assign(feature=items.frame.index.to_numpy()),
        contributions=_contributions(found),
        unit=found.unit_of(found.currencies[0] if found.one else ""),
        decimals=found.decimals,
        headline=None if found.one or not told.zh else told,
        span=span,
        within=span_within(totals[0] if found.one and "least" in totals[0] else {}),
    )


def _may_belong(
    gathered: Gathered, statistic: Statistic, found: Amounts, value: float | None
) -> tuple[list[_Row], tuple[float, float] | None]:
    """Return the rows of what may belong to the items, and between what their sum lies for it."""
    items, zones = gathered.roles["items"], gathered.roles.get("zones")
    if items.open is None:
        return [], None
    rest = answer_amounts(statistic, items, statistic.field, items.open, unit=statistic.unit)
    shares = {one.feature.id: 1.0 for one in rest.all}
    if zones is not None:
        placed = items.undecided
        inside = {} if placed is None else share_in_zones(placed, zones.frame).once.to_dict()
        shares = {str(key): float(part) for key, part in inside.items()}
    parts = [(one, shares.get(str(one.feature.id), 0.0)) for one in rest.all]
    parts = [(one, part) for one, part in parts if part > 0]
    currencies = sorted({one.currency for one, _ in parts}, key=lambda one: (one == "", one))
    rows = [
        _row("unknown", _MAY, _money(found, key), found, [one for one in parts if one[0].currency == key])
        for key in currencies
    ]
    if value is None or not found.one or not set(currencies) <= set(found.currencies):
        return rows, None
    amounts = [one.value * part for one, part in parts if one.value is not None]
    least, most = (added_up([value, *(one for one in amounts if (one > 0) is up)]) for up in (False, True))
    return rows, (least, most) if least < most else None


def _with_ends(row: _Row, found: Amounts, open_ends: Leeway) -> _Row:
    """Return a total of all zones with what it is at least and at most, where positions are unsure."""
    values = {
        one.feature.id: one.value
        for one in found.all
        if one.value is not None and one.currency == row["_currency"]
    }
    return {**row, **(open_ends.in_all(row["value"] or 0.0, values) if open_ends and values else {})}


def _method(statistic: Statistic, items: Role, method: Text) -> Text:
    """Return a method that says what is taken off, if anything is."""
    if not statistic.less:
        return method
    one, less = (items.field(name).label for name in (statistic.field, statistic.less))
    zh, en = f"每行为“{one.zh}”减“{less.zh}”", f"Each row is “{one.en}” less “{less.en}”"
    return Text(f"{zh}；{method.zh}", f"{en}. {method.en}")


def _columns(found: Amounts, open_ends: Leeway, *, zoned: bool) -> tuple[Column, ...]:
    first = Text("分区", "Zone") if zoned else Text("分组", "Group")
    unit = found.unit_of(found.currencies[0] if found.one else "")
    return (
        Column("name", first),
        *((_GROUP,) if (found.by and (zoned or found.currency)) or (found.currency and zoned) else ()),
        Column("value", Text("合计", "Sum"), unit, found.decimals),
        *between_columns(open_ends, unit, found.decimals),
        Column("known", Text("已说明项数", "Items that state it"), "", 0),
        Column("unknown", Text("未说明项数", "Items that do not"), "", 0),
    )


def _row(kind: RowKind, name: Text, group: Text, found: Amounts, parts: Sequence[tuple[Amount, float]]) -> _Row:
    """Return one row: amounts of one currency, each times its share."""
    known = [one.value * share for one, share in parts if one.value is not None]
    currency = next((one.currency for one, _ in parts if one.currency), "")
    return {
        "kind": kind,
        "name": name,
        "group": group,
        "value": added_up(known) if known else None,
        "known": float(len(known)),
        "unknown": float(len(parts) - len(known)),
        "_currency": currency,
    }


def _money(found: Amounts, currency: str) -> Text:
    return found.currency_name(currency) if found.currency else _BLANK


def _in_all(found: Amounts, share: Callable[[Amount], float], kind: RowKind, name: Text) -> list[_Row]:
    """Return a row a currency, each feature once; what states neither amount nor currency is told last.

    Where there is one currency it is told beside that one's sum, else in a row of its own.
    """
    parts = [(one, part) for one in found.all if (part := share(one)) > 0]
    said = {one.currency for one, _ in parts if one.currency or one.value is not None}
    alone = next(iter(said)) if len(said) == 1 else ""
    in_currency: dict[str, list[tuple[Amount, float]]] = {}
    for one, part in parts:
        in_currency.setdefault(one.currency or ("" if one.value is not None else alone), []).append((one, part))
    return [
        _row(kind, name, _money(found, key), found, in_currency.get(key, []))
        for key in sorted(in_currency, key=lambda one: (one == "", one)) or [""]
    ]


def _groups(found: Amounts) -> list[tuple[object, str]]:
    keys = {(one.group, one.currency) for one in found.all}
    return sorted(keys, key=lambda one: (*in_order(found.items, found.by, one[0]), one[1] == "", one[1]))


def _by_group(found: Amounts) -> list[_Row]:
    rows = []
    for group, currency in _groups(found):
        mine = [(one, 1.0) for one in found.all if (one.group, one.currency) == (group, currency)]
        kind = group_kind(found.items, found.by, group)
        rows.append(_row(kind, coded_text(found.items, found.by, group), _money(found, currency), found, mine))
    return rows


def _by_zone(found: Amounts, zones: Role, shared: Sharing, open_ends: Leeway) -> tuple[list[_Row], list[_Row]]:
    """Return rows by zone, group and currency; and those of what lies in no zone or is not on the map."""
    known = {one.feature.id: one for one in found.all}
    in_zone: dict[str, list[tuple[Amount, float]]] = {zone: [] for zone in shared.zones}
    for row in typed_rows(shared.table, _Share):
        in_zone[str(row.zone)].append((known[str(row.feature)], float(row.share)))

    def block(kind: RowKind, name: Text, zone: str, parts: list[tuple[Amount, float]]) -> list[_Row]:
        there = {one.feature.id for one, _ in parts}
        near = [known[key] for key in open_ends.by_zone.get(zone, {}) if key not in there]
        return _block(kind, name, found, [*parts, *((one, 0.0) for one in near)], (zone, open_ends))

    rows = [row for zone, parts in in_zone.items() for row in block("part", zones.name(zone), zone, parts)]
    if zones.layer is None:
        return rows, []
    outside = [(known[str(key)], float(part)) for key, part in shared.outside.items() if part > 0]
    unplaced = [(one, 1.0) for one in found.all if one.feature.geometry is None]
    more = block("rest", OUTSIDE, OUTSIDE_ALL, outside) if outside or OUTSIDE_ALL in open_ends.by_zone else []
    return rows, [*more, *(_block("unknown", UNPLACED, found, unplaced) if unplaced else [])]


def _block(
    kind: RowKind,
    name: Text,
    found: Amounts,
    parts: list[tuple[Amount, float]],
    ends: tuple[str, Leeway] = (OUTSIDE_ALL, NOTHING_OPEN),
) -> list[_Row]:
    """Return a zone's rows, one a group and currency that it has or may have; at least one."""
    there = {(one.group, one.currency) for one, _ in parts}
    keys = [key for key in _groups(found) if key in there]
    if not keys:
        return [_row(kind, name, _BLANK, found, [])]
    zone, open_ends = ends
    out = []
    for key in keys:
        mine = [part for part in parts if (part[0].group, part[0].currency) == key]
        unstated = kind == "part" and bool(found.by) and group_kind(found.items, found.by, key[0]) == "unknown"
        row = _row(
            "unknown" if unstated else kind,
            name,
            found.called(*key),
            found,
            [part for part in mine if part[1] > 0],
        )
        values = {one.feature.id: one.value for one, _ in mine if one.value is not None}
        if open_ends and values:
            row |= open_ends.between(zone, row["value"] or 0.0, values)
        out.append({**row, "_currency": key[1]})
    return out


def _left_out(statistic: Statistic, items: Role, found: Amounts) -> tuple[list[_Row], Text | None]:
    """Return what a filter leaves out of a sum, and the sum with it: both are told, with the reason."""
    if items.everything is None or not chosen_words(items).zh or not found.one:
        return [], None
    kept = {one.feature.id for one in found.all}
    others = [f for f in items.everything if f.id not in kept]
    rest = answer_amounts(statistic, items, statistic.field, others, unit=statistic.unit)
    if not any(one.value is not None for one in rest.all) or rest.currencies != found.currencies:
        return [], None
    left = _row("rest", _LEFT, _BLANK, found, [(one, 1.0) for one in rest.all])
    both = _row("of_which", _WITH, _BLANK, found, [(one, 1.0) for one in (*found.all, *rest.all)])
    currency, why = found.currencies[0], chosen_words(items)
    gone, full = found.shown(left["value"], currency), found.shown(both["value"], currency)
    count, rows = int(left["known"]), int(both["known"])
    return [left, both], Text(
        spaced_zh(f"只计{why.zh}的，另有 {count} 项", gone.zh, f"未计入，连同它们为 {full.zh}（共 {rows} 项）"),
        f"only those with {why.en}: {count_words(count, 'item', 'items')}, {gone.en} together, left out; "
        f"with them {full.en} ({count_words(rows, 'item', 'items')})",
    )


def _contributions(found: Amounts) -> tuple[Contribution, ...]:
    items = found.items
    stated = [(one, one.value) for one in found.all if one.value is not None]
    stated.sort(key=lambda one: -one[1])
    return tuple(
        Contribution(
            items.use.layer, one.feature.id, items.name(one.feature.id), value, found.unit_of(one.currency), None
        )
        for one, value in stated[:_MOST_LISTED]
    )


_ASKED = ("additive", "money")
FUNCTION = Function(
    id="sum",
    order=110,
    name=Text("合计", "Sum"),
    question=Text("求和（全部或各分区，按份额）", "Sum, in all or by zone (by share)"),
    slots=(
        Slot("items", Text("统计图层", "Items")),
        Slot("zones", Text("分区", "Zones"), ("polygon",), optional=True, drawn=True, usual="zones"),
    ),
    options=(
        Option("field", Text("求和字段", "Field to sum"), "field", required=True, role="items", measures=_ASKED),
        Option("less", LESS, "field", role="items", measures=_ASKED, finer=True),
        Option("by", Text("分组", "Groups"), "field", role="items", measures=("code",)),
    ),
    units={},
    additive=Text(
        "同一币种内可相加；分区重叠时不可相加", "Add up within a currency, over zones that do not overlap"
    ),
    compute=grand_total,
    recompute=recompute_sum,
    recount=recount_sum,
    revision=13,
)
