"""Which rows of a table meet which features: by keys as written, then as people mean them; rows of one period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pyarrow as pa

from geo.text import Text
from layers.features.columns import Content
from layers.imports.draft import Draft, refuse_file
from layers.imports.join_places import loose_key, same_places
from layers.imports.joined_fields import has_key, key_texts, layer_keys, parts_of_key, put_together

_MOST_PERIODS = 200
_MOST_COLUMNS, _MOSTLY = 20, 0.5


@dataclass(frozen=True)
class Matching:
    """Which rows meet which features; ``rows`` has a row of the table for each feature, -1 for none.

    ``alike`` are keys of the table and of the layer that are written differently and mean the same.
    """

    rows: np.ndarray[tuple[int, ...], np.dtype[np.intp]]
    unmatched_rows: tuple[str, ...]
    unmatched_features: tuple[str, ...]
    doubled_rows: tuple[str, ...]
    doubled_features: tuple[str, ...]
    alike: tuple[tuple[str, str], ...] = ()

    @property
    def matched(self) -> int:
        """How many features get values."""
        return int((self.rows >= 0).sum())

    @property
    def notes(self) -> tuple[Text, ...]:
        """What is said of keys that are written differently."""
        if not self.alike:
            return ()
        some = "、".join(f"{theirs} = {ours}" for theirs, ours in self.alike[:5])
        zh = (
            f"{len(self.alike)} 个键写法不同但视为相同（{some}）："
            "不计空格、大小写、横线写法、数字前的 0、名称前的序号，以及社区/居委会、村、街道等后缀的写法"
        )
        en = (
            f"keys that are written differently are taken as the same: {len(self.alike)} "
            f"({some.replace('、', ', ')}); "
            "blanks, case, kinds of dashes, zeros before numbers, numbers before names and how endings such as "
            "社区, 村 and 街道 are written do not count"
        )
        return (Text(zh, en),)


def match_rows(draft: Draft, content: Content, key: str, layer_key: str, doubled: str) -> Matching:
    """Return which rows meet which features.

    A key that no feature has as it is written is taken for the one feature's key that means the same, where just
    one of the layer's and one of the table's mean that.

    Parameters
    ----------
    draft
        The table.
    content
        The layer's features.
    key, layer_key
        The column, and the layer's field; the features' ids when empty.
    doubled
        ``first``: the first row of a key counts; ``none``: none of them.

    Raises
    ------
    UnreadableFile
        The layer has no such field.
    """
    if layer_key and not has_key(content.names, layer_key):
        known = ", ".join(content.names)
        raise refuse_file(layer_key, f"图层没有此字段；有 {known}", f"the layer has no such field; it has {known}")
    written, ours = key_texts(draft.properties.column(key).to_pylist()), layer_keys(content, layer_key)
    alike = _alike(written, ours)
    theirs = [alike.get(one, one) for one in written]
    often = Counter(one for one in theirs if one)
    at: dict[str, int] = {}
    for i, one in enumerate(theirs):
        if one and one not in at and not (doubled == "none" and often[one] > 1):
            at[one] = i
    rows = np.array([at.get(one, -1) for one in ours], dtype=np.intp)
    there, ours_often = set(ours), Counter(one for one in ours if one)
    alone = [f"{i} ({one or '—'})" if layer_key else str(i) for i, one in zip(content.ids, ours, strict=True)]
    return Matching(
        rows,
        tuple(dict.fromkeys(one or "—" for one in theirs if one not in there or not one)),
        tuple(one for one, row in zip(alone, rows, strict=True) if row < 0),
        tuple(one for one, count in often.items() if count > 1),
        tuple(one for one, count in ours_often.items() if count > 1 and one in at),
        tuple(alike.items()),
    )


def with_compound(draft: Draft, key: str) -> Draft:
    """Return a table with a column of the key where it is put together from several: ``street+number``."""
    names = draft.properties.schema.names
    if not key or key in names or not has_key(names, key):
        return draft
    texts = put_together([key_texts(draft.properties.column(one).to_pylist()) for one in parts_of_key(key)])
    return replace(draft, properties=draft.properties.append_column(key, pa.array(texts, pa.string())))


def compound_keys(draft: Draft, content: Content, fields: Sequence[str]) -> list[tuple[str, str, float]]:
    """Return which two columns beside each other meet a field, or two of them, where no column alone does.

    Parameters
    ----------
    draft
        The table.
    content
        The layer's features.
    fields
        Of the layer, those that are no table's.
    """
    names = draft.properties.schema.names[:_MOST_COLUMNS]
    ours = {name: layer_keys(content, name) for name in fields[:_MOST_COLUMNS]}
    ours |= {f"{a}+{b}": layer_keys(content, f"{a}+{b}") for a, b in pairwise(fields[:_MOST_COLUMNS])}
    found: list[tuple[str, str, float]] = []
    for a, b in pairwise(names):
        key = f"{a}+{b}"
        texts = key_texts(with_compound(draft, key).properties.column(key).to_pylist())
        keys = [one for one in texts if one]
        if len(keys) < 2 or len(set(keys)) < len(keys):
            continue
        shares = ((name, matched_share(keys, theirs)[0]) for name, theirs in ours.items())
        found += [(key, name, share) for name, share in shares if share > _MOSTLY]
    return sorted(found, key=lambda one: -one[2])


def say_turned(draft: Draft, content: Content, fields: Sequence[str]) -> tuple[Text, ...]:
    """Return what is said of a table whose places stand in its headings, with an indicator in each row."""
    headings = draft.properties.schema.names[1:]
    if len(headings) < 2 or not any(
        matched_share(headings, layer_keys(content, name))[0] > _MOSTLY for name in fields
    ):
        return ()
    some = headings[:3]
    zh = f"位置写在表头（{'、'.join(some)}），每行是一个指标；请先转置，使每个位置占一行"
    en = (
        f"its places stand in the headings ({', '.join(some)}) and each row is an indicator; transpose it first, "
        "so that each place has a row"
    )
    return (Text(zh, en),)


def matched_share(keys: Sequence[str], ours: Sequence[str]) -> tuple[float, float]:
    """Return what share of a table's keys find a feature, however they are typed, and as they are written."""
    exact = set(ours)
    alike = _alike(keys, ours)
    as_written = sum(key in exact for key in keys)
    return (as_written + sum(key in alike for key in keys)) / len(keys), as_written / len(keys)


def of_period(draft: Draft, key: str, period: str) -> tuple[Draft, str, tuple[Text, ...]]:
    """Return the rows of one period where a key has a row for each, the column that says it, and what was done."""
    keys = key_texts(draft.properties.column(key).to_pylist()) if key else []
    if not period or len(set(keys)) == len(keys):
        return draft, "", ()
    wanted = _as_period(period)
    for name in draft.properties.schema.names:
        texts = key_texts(draft.properties.column(name).to_pylist())
        taken = [i for i, one in enumerate(texts) if _as_period(one) == wanted]
        if name == key or not taken or len(taken) == len(texts):
            continue
        zh = f"每个键有多行；只取列 {name} 为 {period} 的 {len(taken)} 行（共 {len(texts)} 行）"
        en = f"keys have several rows; the {len(taken)} of {len(texts)} whose {name} is {period} are taken"
        return replace(draft, properties=draft.properties.take(taken)), name, (Text(zh, en),)
    return draft, "", ()


def told_apart(draft: Draft, key: str) -> Text:
    """Return which column tells the rows of one key apart, with what to do; empty where none does."""
    keys = key_texts(draft.properties.column(key).to_pylist())
    found: tuple[str, list[str]] | None = None
    for name in draft.properties.schema.names:
        texts = key_texts(draft.properties.column(name).to_pylist())
        values = list(dict.fromkeys(one for one in texts if one))
        if name == key or not 1 < len(values) < min(len(keys), _MOST_PERIODS):
            continue
        if len(set(zip(keys, texts, strict=True))) == len(keys) and (found is None or len(values) < len(found[1])):
            found = name, values
    if found is None:
        return Text("", "")
    name, values = found
    zh = f"列 {name}（{'、'.join(values[:4])}）可区分这些行：把其中一个写作时期（period），即只取它的行。"
    en = (
        f" The column {name} ({', '.join(values[:4])}) tells these rows apart: say one of its values as the "
        "period, and its rows alone are taken."
    )
    return Text(zh, en)


def _as_period(text: str) -> str:
    return loose_key(text).removesuffix("年度").removesuffix("年")


def _alike(theirs: Sequence[str], ours: Sequence[str]) -> dict[str, str]:
    """Return the layer's key of each of the table's that is written differently and can mean that one alone."""
    exact = set(ours)
    missing = {one for one in theirs if one and one not in exact}
    if not missing:
        return {}
    mean: dict[str, list[str]] = {}
    for one in exact - {""}:
        mean.setdefault(loose_key(one), []).append(one)
    often = Counter(loose_key(one) for one in set(theirs) if one)
    found = {}
    for one in dict.fromkeys(theirs):
        loose = loose_key(one)
        if one in missing and loose and often[loose] == 1 and len(mean.get(loose, ())) == 1:
            found[one] = mean[loose][0]
    taken = {found.get(one, one) for one in theirs} & exact
    return found | same_places(missing - found.keys(), exact - {""}, taken=taken)
