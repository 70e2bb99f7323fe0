"""Tables without places join a layer by a key: what matches is told before, the source of fields is kept.

A join makes a new version of the layer, so that figures stay reproducible and a wrong one can be restored; the
next year's table is the next version. Statistics and exports use the joined fields like any other.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from geo.errors import PlanAtlasError
from geo.measure.crs import lonlat_crs
from geo.text import Text
from layers.features.columns import Content, write_content
from layers.imports.changes import changed_kind
from layers.imports.draft import Draft, names_of, refuse_file
from layers.imports.formats.reading import read_source
from layers.imports.in_number import notes_in_number
from layers.imports.join_keys import (
    Matching,
    compound_keys,
    match_rows,
    matched_share,
    of_period,
    say_turned,
    told_apart,
    with_compound,
)
from layers.imports.joined_fields import key_texts, layer_keys, parts_of_key
from layers.imports.options import BadOption, ImportOptions, parse_options
from layers.imports.telling import Progress, tell_nobody
from layers.imports.values import recognise_values
from layers.library.editing import take_over
from layers.library.entry import check_id, update_layer
from layers.library.library import Library
from layers.plan.catalog import Layer
from layers.store import Version
from layers.store.files import whole_or_not
from layers.store.version import Reason

Doubled = Literal["", "first", "none"]
JOIN_NAMES = ("table", "key", "layer_key", "columns", "period", "doubled")
_SHOWN, _LONGEST, _MOSTLY = 50, 500, 0.5


class DoubledKeys(PlanAtlasError):
    """A key stands in several rows of the table; a person says which of them counts."""

    code = "doubled_keys"
    zh = "表中有 {count} 个键重复（如 {examples}）。{apart_zh}请选择取第一行（first）或都不取（none）。"
    en = (
        "{count} keys stand in several rows, such as {examples}.{apart_en} "
        "Say whether the first counts or none of them."
    )


class NothingMatches(PlanAtlasError):
    """No key of the table is one of the layer's."""

    code = "nothing_matches"
    zh = "没有一行能与图层对应：表的键如 {theirs}，图层的键如 {ours}。请换一列。"
    en = (
        "No row matches: the table's keys are such as {theirs}, the layer's such as {ours}. Choose another column."
    )


@dataclass(frozen=True)
class JoinWish:
    """How a table is joined.

    ``table`` is its id, the same for each of its versions; ``key`` its column, ``layer_key`` the layer's field,
    the features' ids when empty. ``columns`` are those taken, all but the key when empty. ``period`` is what the
    values are of, such as a year. ``doubled`` says what counts where a key stands in several rows.
    """

    layer: str
    table: str = ""
    key: str = ""
    layer_key: str = ""
    columns: tuple[str, ...] = ()
    period: str = ""
    source: Text = Text("", "")
    doubled: Doubled = ""
    why: str = ""


def preview_join(
    library: Library,
    path: Path,
    wish: JoinWish,
    options: ImportOptions | None = None,
    *,
    progress: Progress = tell_nobody,
) -> dict[str, Any]:
    """Return what a join would do, as plain values; nothing is changed.

    ``keys`` are pairs of a column and a field ("" is the features' ids) with the share of the table's rows they
    match, the best first; ``matched``, ``unmatched_rows``, ``unmatched_features``, ``doubled_rows`` and
    ``doubled_features`` are of the pair chosen, else of the best.

    Parameters
    ----------
    library
        The plan.
    path
        The table.
    wish
        The layer, and the pair of columns, where a person said them.
    options
        How the table is read.
    progress
        ``progress(done, total)`` while it is read.

    Raises
    ------
    UnreadableFile, UnknownLayer
        The table cannot be read; there is no such layer.
    """
    layer = library.layer(wish.layer, restricted=True)
    read, content = _read(path, wish, options, layer, progress), library.snapshot(layer).content
    pairs, more = _pairs(read, content, layer)
    key, layer_key = (wish.key, wish.layer_key) if wish.key else pairs[0][:2] if pairs else ("", "")
    draft = read if wish.key else with_compound(read, key)
    told: dict[str, Any] = {
        "rows": draft.properties.num_rows,
        "features": len(content),
        "columns": [
            {"name": n, "type": changed_kind(draft, n), "unit": draft.declared.get(n, {}).get("unit", "")}
            for n in draft.properties.schema.names
        ],
        "fields": ["", *content.names, *([layer_key] if layer_key and layer_key not in content.names else [])],
        "keys": [{"key": a, "layer_key": b, "share": round(share, 4)} for a, b, share in pairs[:10]],
        "key": key,
        "layer_key": layer_key,
        "notes": [asdict(note) for note in notes_in_number((*draft.notes, *more), names_of(draft))],
        "sheets": list(draft.layers),
    }
    if not key:
        return told | {"matched": 0}
    draft, _, notes = of_period(draft, _checked(draft, key, path.name), wish.period)
    match = match_rows(draft, content, key, layer_key, "first")
    return told | {
        "matched": match.matched,
        "notes": [
            *told["notes"],
            *(asdict(note) for note in notes_in_number((*notes, *match.notes), names_of(draft))),
        ],
        **{
            name: {"count": len(getattr(match, name)), "examples": list(getattr(match, name)[:_SHOWN])}
            for name in ("unmatched_rows", "unmatched_features", "doubled_rows", "doubled_features")
        },
    }


def join_table(
    library: Library,
    path: Path,
    wish: JoinWish,
    options: ImportOptions | None = None,
    *,
    who: str,
    progress: Progress = tell_nobody,
) -> dict[str, Any]:
    """Make a new version of a layer with the columns of a table; returns what was done, as plain values.

    Parameters
    ----------
    library
        The open plan.
    path
        CSV or Excel.
    wish
        Layer, table, keys.
    options
        How the file is read, as of an import.
    who
        Kept with the version.
    progress
        Is told the steps.

    Raises
    ------
    DoubledKeys, NothingMatches
        A person has to say more; nothing is changed.
    UnreadableFile, UnknownLayer, BadLayerId, StoreError, CatalogReadOnly
        It cannot be read or kept; nothing is changed.
    """
    check_id(wish.table)
    layer = library.layer(wish.layer, restricted=True)
    draft = _read(path, wish, options, layer, progress)
    content = library.snapshot(layer).content
    draft, when, notes = of_period(draft, _checked(draft, wish.key, path.name), wish.period)
    match = match_rows(draft, content, wish.key, wish.layer_key, wish.doubled)
    if match.doubled_rows and not wish.doubled:
        apart = told_apart(draft, wish.key)
        raise DoubledKeys(
            count=len(match.doubled_rows),
            examples=", ".join(match.doubled_rows[:5]),
            apart_zh=apart.zh,
            apart_en=apart.en,
        )
    if not match.matched:
        theirs = [k for k in key_texts(draft.properties.column(wish.key).to_pylist()) if k]
        ours = layer_keys(content, wish.layer_key)
        raise NothingMatches(theirs=", ".join(theirs[:3]) or "—", ours=", ".join(ours[:3]) or "—")
    keys = {wish.key, *parts_of_key(wish.key), when}
    wanted = wish.columns or tuple(n for n in draft.properties.schema.names if n not in keys)
    names = _field_names(layer, content, wish.table, wanted)
    made = _with_columns(content, draft, match, names)
    about = {
        "table": wish.table,
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "period": wish.period,
        "source": asdict(wish.source),
        "key": wish.key,
        "layer_key": wish.layer_key,
        "fields": names,
        "matched": match.matched,
        "unmatched_rows": list(match.unmatched_rows[:1000]),
        "unmatched_features": list(match.unmatched_features[:1000]),
        "doubled_rows": list(match.doubled_rows[:1000]),
        "notes": [asdict(note) for note in notes_in_number((*draft.notes, *notes, *match.notes), names_of(draft))],
    }
    progress(0.8, 1)
    version = _kept(library, layer, made, about, who=who, why=wish.why)
    update_layer(library.folder, layer.id, lambda table: _declare(table, layer, draft, wish, names))
    return {
        "layer": layer.id,
        "version": version.number,
        "fields": list(names.values()),
        "matched": match.matched,
        "features": len(content),
        "unmatched_rows": len(match.unmatched_rows),
        "unmatched_features": len(match.unmatched_features),
        "doubled_rows": len(match.doubled_rows),
        "notes": about["notes"],
    }


def _read(path: Path, wish: JoinWish, options: ImportOptions | None, layer: Layer, progress: Progress) -> Draft:
    """Return the rows of a table; keys stay texts, and what was joined before keeps its kind."""
    options = options or ImportOptions()
    by_key = options if options.id_field or not wish.key else msgspec.structs.replace(options, id_field=wish.key)
    draft = read_source(  # where several tables stand on a sheet, the key says which
        path, by_key, placeless=True, progress=lambda read, of: progress(0.6 * min(read / of, 1), 1)
    )
    draft = with_compound(draft, wish.key)
    known = {one.id: one for one in layer.fields if one.table == wish.table and one.type != "text"}
    keep = {wish.key} if wish.key else set()
    return recognise_values(
        draft, fields=known, keep=keep | draft.settled, types=options.types, decimal=options.decimal
    )


def _checked(draft: Draft, key: str, file: str) -> str:
    if key not in draft.properties.schema.names:
        known = ", ".join(draft.properties.schema.names)
        raise refuse_file(
            file,
            f"没有列 {key or '（未指定键）'}；有 {known}",
            f"it has no column {key or '(no key said)'}; it has {known}",
        )
    return key


def _pairs(draft: Draft, content: Content, layer: Layer) -> tuple[list[tuple[str, str, float]], tuple[Text, ...]]:
    """Return which columns match which fields, by the share of rows that find a feature; and a hint."""
    joined = {one.id for one in layer.fields if one.table}
    fields = {name: layer_keys(content, name) for name in ("", *content.names) if name not in joined}
    found = []
    for column in draft.properties.schema.names:
        keys = [key for key in key_texts(draft.properties.column(column).to_pylist()) if key]
        if not keys or len(set(keys)) < min(len(keys), max(2, len(keys) // 2)):  # a key tells rows apart
            continue
        for name, ours in fields.items():
            share, as_written = matched_share(keys, ours)
            if share > 0.05 and len(set(ours) - {""}) > min(1, len(content) - 1):
                found.append((column, name, share, as_written))
    found.sort(key=lambda one: (-one[2], -one[3], one[0], one[1]))
    best = [one[:3] for one in found]
    if best and best[0][2] > _MOSTLY and _tells_apart(draft, best[0][0]):
        return best, ()
    own = [name for name in content.names if name not in joined]
    best = [*compound_keys(draft, content, own), *best]
    return best, () if best else say_turned(draft, content, ["", *own])


def _tells_apart(draft: Draft, column: str) -> bool:
    keys = [key for key in key_texts(draft.properties.column(column).to_pylist()) if key]
    return len(set(keys)) == len(keys)


def _field_names(layer: Layer, content: Content, table: str, columns: Sequence[str]) -> dict[str, str]:
    """Return the field of each column: its own name, with the table's before it where another field has that."""
    mine = {one.id for one in layer.fields if one.table == table}
    others = ({*content.names} | {one.id for one in layer.fields}) - mine
    return {column: f"{table}_{column}" if column in others else column for column in columns}


def _with_columns(content: Content, draft: Draft, match: Matching, names: Mapping[str, str]) -> Content:
    properties = content.properties if content.names else pa.table({})
    rows = pa.array(match.rows, pa.int64(), mask=match.rows < 0)
    for column, name in names.items():
        values = pc.take(draft.properties.column(column), rows)
        field = draft.properties.schema.field(column).with_name(name)
        at = properties.schema.get_field_index(name)
        properties = (
            properties.append_column(field, values) if at < 0 else properties.set_column(at, field, values)
        )
    return Content(content.ids, content.geometry, properties)


def _kept(
    library: Library, layer: Layer, content: Content, about: Mapping[str, Any], *, who: str, why: str
) -> Version:
    newest = library.store.newest(layer.id)
    expected = newest.number if newest else take_over(library, layer, who=who)
    with whole_or_not(), tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "content.parquet"
        write_content(part, content, crs=lonlat_crs(layer.datum))
        return library.store.add(
            layer.id, part, Reason(kind="join", who=who, why=why, about=about), expected=expected
        )


def _declare(
    table: MutableMapping[str, Any], layer: Layer, draft: Draft, wish: JoinWish, names: Mapping[str, str]
) -> None:
    """Put the joined fields into the layer's entry, or renew what is said of them."""
    fields: list[dict[str, Any]] = table.setdefault("fields", [])
    known = {str(one["id"]): one for one in fields}
    for column, name in names.items():
        kind = changed_kind(draft, column)
        told: dict[str, Any] = {"type": "text" if kind == "list" else kind, "table": wish.table}
        unit = draft.declared.get(column, {}).get("unit", "")
        told |= {"unit": unit} if unit else {}
        zh = " ".join(part for part in (wish.source.zh or wish.table, wish.period) if part)
        en = " ".join(part for part in (wish.source.en or wish.source.zh or wish.table, wish.period) if part)
        told["source"] = {"zh": zh, "en": en}
        if name in known:
            known[name].update(told)
        else:
            fields.append({"id": name, "label": {"zh": column, "en": column}, "filter": True, **told})


def parse_join(body: Mapping[str, Any]) -> tuple[JoinWish, ImportOptions]:
    """Return what a JSON object wants joined, and how the file is read; its other names are import options.

    Raises
    ------
    BadOption
        An unknown name, or a value that cannot be said.
    """
    own = {name: body[name] for name in JOIN_NAMES if name in body}
    columns = own.pop("columns", [])
    for name, value in own.items():
        if not isinstance(value, str) or len(value) > _LONGEST:
            raise BadOption(name=name, why_zh="应为文本", why_en="a text is expected")
    if not isinstance(columns, list) or not all(isinstance(one, str) for one in columns):
        raise BadOption(name="columns", why_zh="应为列名的列表", why_en="a list of names is expected")
    if own.get("doubled", "") not in get_args(Doubled):
        raise BadOption(name="doubled", why_zh="应为 first 或 none", why_en="first or none is expected")
    options = parse_options({name: value for name, value in body.items() if name not in JOIN_NAMES})
    return JoinWish(options.layer, columns=tuple(columns), source=options.source, why=options.why, **own), options
