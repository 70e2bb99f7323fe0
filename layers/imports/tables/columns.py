"""Which columns of a table hold the place: as a person says, by their headings, by what stands in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from geo.text import Text
from layers.imports.draft import Undecided, refuse_file
from layers.imports.options import ImportOptions
from layers.imports.tables.angles import parse_angle, side_of
from layers.imports.tables.geometries import is_list, looks_like_geometry
from layers.imports.tables.headings import Heading, heading_of, is_geometry, pair_of, split_angles

_FAMILIES = ("lonlat", "plane")
_LOOK, _LONGEST, _OFFERED = 200, 120, 12
_EXACT = 3  # decimals of degrees: a place to some hundred metres; prices and shares have fewer
_PAIR = re.compile(r"^\s*[(\[（【]?\s*(.+?)\s*(?:[,，;；、|]|\s+[/]\s+|/|\s+)\s*(\S.*?)\s*[)\]）】]?\s*$")
_PAIR_SURE = re.compile(r"^\s*[(\[（【]?\s*([^,，;；、|/]+?)\s*[,，;；、|/]\s*([^,，;；、|/]+?)\s*[)\]）】]?\s*$")


@dataclass(frozen=True)
class PlaceColumns:
    """Which columns of a table hold the place, by name; empty where none does.

    ``parts`` has for ``x`` and ``y`` the columns of degrees, minutes and seconds where each has its own; ``sides``
    the columns that hold E or W, N or S beside the number.
    """

    x: str = ""
    y: str = ""
    geometry: str = ""
    pair: str = ""
    pair_first: str = ""
    unit: str = ""
    datum: str = ""
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sides: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[Undecided, ...] = ()
    notes: tuple[Text, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(name for name in (self.x, self.y, self.geometry, self.pair) if name)


def find_columns(
    file: str, names: Sequence[str], cells: Mapping[str, list[str]], options: ImportOptions
) -> PlaceColumns:
    """Return which columns hold the place: as a person says, else by their headings and what stands in them.

    Parameters
    ----------
    file
        Its name in errors.
    names
        Of the columns.
    cells
        By column, the first rows' texts.
    options
        What was said of the import.

    Raises
    ------
    UnreadableFile
        A person names a column that is not there.
    """
    for said in (options.x_column, options.y_column, options.geometry_column):
        if said and said not in names:
            zh, en = "、".join(names)[:160], ", ".join(names)[:160]
            raise refuse_file(file, f"没有列 {said}；列名：{zh}", f"there is no column {said}; it has {en}")
    headings = {name: one for name in names if (one := heading_of(name))} or _geodetic(names, cells)
    if options.x_column and options.x_column == options.y_column:
        first = pair_of(options.x_column) or "x"
        return PlaceColumns(pair=options.x_column, pair_first=first)
    geometry = options.geometry_column or ("" if options.x_column else _geometry(names, cells))
    if options.x_column and options.y_column:
        x, y = options.x_column, options.y_column
        found = _said_of(headings.get(x), headings.get(y))
        found = replace(found, x=x, y=y, geometry=options.geometry_column)
        split = split_angles(names)
        if split and x in split["x"] and y in split["y"]:
            found = replace(found, parts=split, unit="dms")
        return _with_sides(found, names, cells)
    if (split := split_angles(names)) and not geometry:
        return _with_sides(PlaceColumns(x=split["x"][0], y=split["y"][0], unit="dms", parts=split), names, cells)
    said = options.x_column or options.y_column
    if said and is_mostly(cells[said], _is_pair):
        return PlaceColumns(pair=said, pair_first=pair_of(said))
    best, questions, notes = _best_pair(headings, cells, said)
    if said and not best:
        return PlaceColumns(questions=(_other_column(said, names, cells, options),))
    pair = ""
    if not best:
        pair, geometry, questions = _one_column(names, cells, geometry)
    found = _said_of(*(headings[name] for name in best)) if best else PlaceColumns()
    x, y = best or ("", "")
    found = replace(
        found,
        x=x,
        y=y,
        geometry=geometry,
        pair=pair,
        pair_first=pair_of(pair) if pair else "",
        questions=() if geometry else tuple(questions),
        notes=tuple(notes),
    )
    return _with_sides(found, names, cells)


def _geodetic(names: Sequence[str], cells: Mapping[str, list[str]]) -> dict[str, Heading]:
    """Return the columns B and L of surveyors, latitude and longitude, where angles stand in both."""
    found: dict[str, Heading] = {}
    for letter, axis, most in (("L", "x", 180), ("B", "y", 90)):
        name = next((one for one in names if re.fullmatch(rf"{letter}\s*(?:[(（].*[)）])?", one.strip())), "")
        if name and is_mostly(cells[name], lambda cell, most=most: _is_exact_angle(cell, most), share=0.9):
            found[name] = Heading("x" if axis == "x" else "y", "lonlat")
    return found if len(found) == len(_FAMILIES) else {}


def _is_exact_angle(text: str, most: float) -> bool:
    value, _ = parse_angle(text)
    exact = not text.replace(".", "").replace("-", "").isdigit() or len(text.rpartition(".")[2]) >= _EXACT
    return exact and abs(value) <= most


def _one_column(
    names: Sequence[str], cells: Mapping[str, list[str]], geometry: str
) -> tuple[str, str, list[Undecided]]:
    """Return the column that holds both coordinates, that of geometries (a list of pairs is), what is asked."""
    pair = next((n for n in names if pair_of(n) and is_mostly(cells[n], _is_pair)), "")
    if pair and not geometry and any(map(is_list, cells[pair][:_LOOK])):
        return "", pair, []
    if pair or geometry:
        return pair, geometry, []
    pair = next((n for n in names if is_mostly(cells[n], _is_angle_pair)), "")
    open_ = bool(pair) and not is_mostly(cells[pair], _is_exact_pair)
    return pair, "", [_maybe_pair(pair, cells[pair])] if open_ else []


def _other_column(
    said: str, names: Sequence[str], cells: Mapping[str, list[str]], options: ImportOptions
) -> Undecided:
    """Return what is asked where one column of a pair is said and no heading tells which is the other."""
    zh = f"已说明坐标列 {said}，没有认出与它成对的另一列，请选择"
    text = Text(zh, f"{said} is said to hold coordinates; which column holds the other one is not known")
    numbers = [n for n in names if n != said and is_mostly(cells[n], _is_coordinate, share=0.9)]
    return Undecided("y_column" if options.x_column else "x_column", text, tuple(numbers[:_OFFERED]))


def _maybe_pair(name: str, cells: Sequence[str]) -> Undecided:
    """Return what is asked of a column whose two numbers may be coordinates, or a range, a share or two sizes."""
    one = next((cell for cell in cells if _is_pair(cell)), "")
    zh = f"列 {name} 每格有两个数（如“{one}”），可能是坐标，也可能不是；如是坐标请选择它，否则请选择坐标所在的列"
    en = f"column {name} holds two numbers a cell, such as “{one}”: coordinates, or something else; choose it if "
    text = Text(zh, f"{en}they are, or else the columns that hold coordinates")
    return Undecided("x_column", text, (name,), "y_column")


def _with_sides(found: PlaceColumns, names: Sequence[str], cells: Mapping[str, list[str]]) -> PlaceColumns:
    """Return place columns with those beside them that say east or west, north or south."""
    sides: dict[str, str] = {}
    for axis, name, letters in (("x", found.x, "EW"), ("y", found.y, "NS")):
        if not name:
            continue
        own = found.parts.get(axis, (name,))
        near = {at + step for at in map(names.index, own) for step in (-1, 1)}
        beside = [
            one
            for i, one in enumerate(names)
            if one not in (found.x, found.y)
            and is_mostly(
                cells[one], lambda cell, of=letters: side_of(cell) in of and side_of(cell) != "", share=1.0
            )
            and (i in near or heading_axis(one) == axis)
        ]
        if beside:
            sides[axis] = beside[0]
    return replace(found, sides=sides, notes=()) if sides else found


def heading_axis(name: str) -> str:
    """Return the axis a heading names, empty when it names none."""
    found = heading_of(name)
    return found.axis if found else ""


def _said_of(x: Heading | None, y: Heading | None) -> PlaceColumns:
    unit = (x.unit if x else "") or (y.unit if y else "")
    datum = (x.datum if x else "") or (y.datum if y else "")
    return PlaceColumns(unit=unit, datum=datum)


def _best_pair(
    headings: Mapping[str, Heading], cells: Mapping[str, list[str]], said: str = ""
) -> tuple[tuple[str, str] | None, list[Undecided], list[Text]]:
    """Return the two columns whose headings say most; several that say as much are asked about."""
    pairs: list[tuple[tuple[int, int, int], str, str, Heading]] = []
    for a, x in headings.items():
        for b, y in headings.items():
            same = (
                x.axis == "x" and y.axis == "y" and (x.family, x.prefix, x.datum) == (y.family, y.prefix, y.datum)
            )
            if same and said in ("", a, b) and (not cells[a] or (any(cells[a]) and any(cells[b]))):
                shifted = int(x.datum in ("GCJ02", "BD09", "EPSG:4610", "EPSG:4214"))
                pairs.append(((_FAMILIES.index(x.family), shifted, max(x.rank, y.rank)), a, b, x))
    if not pairs:
        return None, [], []
    pairs.sort(key=lambda one: one[0])
    best = [one for one in pairs if one[0] == pairs[0][0]]
    named = [f"{a}、{b}" for _, a, b, _ in best], [f"{a}, {b}" for _, a, b, _ in best]
    if len(best) > 1:
        return (
            (best[0][1], best[0][2]),
            [
                Undecided(
                    "x_column",
                    Text(
                        f"有几组坐标列：{'；'.join(named[0])}",
                        f"several columns hold coordinates: {'; '.join(named[1])}",
                    ),
                    tuple(a for _, a, _, _ in best),
                    "y_column",
                )
            ],
            [],
        )
    notes = []
    if len(pairs) > 1:
        rest_zh = "；".join(f"{a}、{b}" for _, a, b, _ in pairs[1:4])
        rest_en = "; ".join(f"{a}, {b}" for _, a, b, _ in pairs[1:4])
        notes.append(Text(f"另有坐标列未使用：{rest_zh}", f"other columns of coordinates are not used: {rest_en}"))
    return (best[0][1], best[0][2]), [], notes


def _geometry(names: Sequence[str], cells: Mapping[str, list[str]]) -> str:
    """Return the column whose cells are geometries; one that is called so, before any other."""
    ordered = sorted(names, key=lambda name: not is_geometry(name))
    return next(
        (
            name
            for name in ordered
            if is_mostly(cells[name], looks_like_geometry, share=0.0 if is_geometry(name) else 0.9)
        ),
        "",
    )


def is_mostly(cells: Sequence[str], test: Any, *, share: float = 0.5) -> bool:  # noqa: ANN401 - a function of a text
    """Tell whether a share of the first cells that hold something passes a test, and at least one does."""
    known = [cell for cell in cells[: _LOOK * 10] if cell][:_LOOK]
    good = sum(bool(test(cell)) for cell in known)
    return bool(known) and good > 0 and good >= share * len(known)


def pair_parts(text: str) -> tuple[str, str] | None:
    """Return the two coordinates of a cell that holds both, None when it holds something else."""
    if len(text) > _LONGEST:
        return None
    for pattern in (_PAIR_SURE, _PAIR):
        found = pattern.match(text)
        if found and all(not np.isnan(parse_angle(found[i])[0]) for i in (1, 2)):
            return found[1], found[2]
    words = text.split()
    for cut in range(1, len(words)):
        first, second = " ".join(words[:cut]), " ".join(words[cut:])
        if parse_angle(first)[1] and parse_angle(second)[1]:
            return first, second
    return None


def _is_pair(text: str) -> bool:
    return pair_parts(text) is not None


def _is_angle_pair(text: str) -> bool:
    parts = pair_parts(text)
    if parts is None:
        return False
    (a, first), (b, second) = parse_angle(parts[0]), parse_angle(parts[1])
    return bool(first and second) or (all("." in part for part in parts) and abs(a) <= 180 and abs(b) <= 180)


def _is_exact_pair(text: str) -> bool:
    """Tell whether a cell's two numbers can hardly be but degrees: marked as such, or with their decimals."""
    parts = pair_parts(text)
    if parts is None:
        return False
    marked = all(parse_angle(part)[1] for part in parts)
    return marked or all(len(part.strip().rpartition(".")[2]) >= _EXACT for part in parts)


def _is_coordinate(text: str) -> bool:
    return not np.isnan(parse_angle(text)[0])
