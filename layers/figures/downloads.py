"""A figure's table and geometry as files: CSV, XLSX, GeoJSON, GeoPackage. Text from data stays text."""

from __future__ import annotations

import argparse
import csv
import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import orjson
import xlsxwriter

from layers.exports.cells import harmless_cell
from layers.exports.printing import row_points, set_print, width_of
from layers.figures.evidence import evidence_geojson, no_pieces
from layers.figures.figure import Figure, RowKind, figure_of
from layers.figures.kept import KeptFigure
from layers.figures.presentation import BarChart, Shown, ShownList, present, shown_decimals
from layers.files import discard
from layers.messages import say
from layers.plan.statistics import KeptStatistic

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
}
SAVED = ("json", *TYPES)
_NOTED = (14, 80)  # letters of the notes' columns
_UPRIGHT, _WIDEST, _HEAD, _SAMPLED = 92, 48, 20, 500  # letters; rows that say how wide a column is


def export_figure(
    figure: KeptFigure, kind: str, *, language: str, evidence: Callable[[], gpd.GeoDataFrame]
) -> Iterator[bytes]:
    """Yield a published figure as a file, piece by piece.

    Parameters
    ----------
    figure
        Plain values, as the shelf keeps them.
    kind
        One of ``TYPES``.
    language
        ``zh`` or ``en``, for headings and notes.
    evidence
        Returns the geometry behind the figure; only called for the kinds that hold it.
    """
    if kind == "geojson":
        return evidence_geojson(evidence(), {"planatlas": figure_notes(figure, language)})
    if kind == "gpkg":
        return iter((_gpkg(evidence()),))
    return iter(({"csv": _csv, "xlsx": _xlsx}[kind](figure, language),))


def _presented(figure: KeptFigure, language: str) -> Shown:
    return present(figure_of(figure), language)


def figure_notes(figure: KeptFigure, language: str) -> list[tuple[str, str]]:
    """Return what must stand beside the numbers: source, method, versions, caveats, address, command."""
    statistic = figure["statistic"]
    rows = [
        (say("notes_statistic")[language], statistic["label"][language]),
        (say("notes_sentence")[language], figure["sentence"][language]),
        (say("notes_formula")[language], statistic["formula"][language]),
        (say("notes_source")[language], statistic["source"][language] + _not_read(statistic, language)),
        (say("notes_method")[language], figure["method"][language]),
        (say("crs")[language], figure["crs"]),
    ]
    rows += [
        (
            say("notes_layer")[language],
            f"{u['label'][language]} ({u['role']}) · {u['version'][:16]} · {u['features']}",
        )
        for u in figure["layers"]
    ]
    rows += [(say("notes_caveat")[language], c[language]) for c in figure["caveats"]]
    rows += [
        (say("notes_figure")[language], f"/figures/{figure['id']}"),
        (say("notes_reproduce")[language], figure["command"]),
        (say("notes_computed")[language], figure["computed_at"]),
        (say("notes_software")[language], figure["software"]),
    ]
    return [(name, text) for name, text in rows if text]


def _not_read(told: KeptStatistic, language: str) -> str:
    """Return what to say of a source that nobody has read; nothing of one that was."""
    return "" if told.get("read", True) else say("notes_not_read")[language]


def _csv(figure: KeptFigure, language: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    shown = _presented(figure, language)
    rows: Sequence[Sequence[object]] = [shown.heads, *(row.values for row in shown.rows), []]
    for row in [*rows, *figure_notes(figure, language)]:
        writer.writerow([harmless_cell("" if v is None else v) for v in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _xlsx(figure: KeptFigure, language: str) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    label = figure["statistic"]["label"][language]
    made = datetime.fromisoformat(figure["computed_at"]).replace(tzinfo=None)  # the same figure, the same bytes
    book.set_properties({"created": made, "title": label[:255]})
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    told = figure_of(figure)
    shown = present(told, language)
    table = book.add_worksheet(say("workbook_data")[language])
    for i, head in enumerate(shown.heads):
        table.write_string(0, i, head, bold)
    title = [figure["statistic"]["label"][language], *_asked(told, language)]
    looks = _Looks(book)
    rows = shown.rows[:_SAMPLED]
    widths = [_widest(head, [row.cells[c] for row in rows]) for c, head in enumerate(shown.heads)]
    for r, row in enumerate(shown.rows, 1):
        for c, value in enumerate(row.values):
            if value is None or isinstance(value, bool):
                table.write(r, c, value)
            elif isinstance(value, int | float):
                table.write_number(
                    r, c, value, looks.of(row.kind, _shown(value, shown_decimals(value, told.columns[c])))
                )
            else:
                table.write_string(r, c, str(value), looks.of(row.kind))
        table.set_row(r, row_points([one if isinstance(one, str) else "" for one in row.values], widths))
    table.freeze_panes(1, 0)
    for c, width in enumerate(widths):
        table.set_column(c, c, width)
    set_print(table, title, language, landscape=sum(widths) > _UPRIGHT)
    _noted(book, figure, language, title)
    if shown.unreached is not None:
        _listed(book, shown.unreached, bold, language, title)
    if shown.chart is not None:
        _charted(book, shown.chart, bold, language, title)
    book.close()
    return out.getvalue()


def _noted(book: xlsxwriter.Workbook, figure: KeptFigure, language: str, title: Sequence[str]) -> None:
    """Add the sheet of what must stand beside the numbers, its rows as high as their texts.

    Parameters
    ----------
    book
        The workbook.
    figure
        As the shelf keeps it.
    language
        ``zh`` or ``en``.
    title
        What every sheet's print says at its head.
    """
    page = book.add_worksheet(say("workbook_notes")[language])
    for c, width in enumerate(_NOTED):
        page.set_column(c, c, width)
    set_print(page, title, language, landscape=False)
    named, wrapped = (book.add_format({"valign": "top", "text_wrap": True, "bold": one}) for one in (True, False))
    for r, (name, value) in enumerate(figure_notes(figure, language)):
        page.set_row(r, row_points((name, value), _NOTED))
        page.write_string(r, 0, name, named)
        page.write_string(r, 1, value, wrapped)


def _asked(figure: Figure, language: str) -> list[str]:
    """Return what a figure was asked of, where not of all: its filters in words, and the day of its states."""
    said = (
        say("inputs_filtered", label=use.label, listed="\0", of=0, kept=0) for use in figure.layers if use.filters
    )
    begun = tuple(one.zh.partition("\0")[0] for one in said)
    told = [one[language] for one in figure.caveats if begun and one.zh.startswith(begun)]
    return [*told, *dict.fromkeys(use.day for use in figure.layers if use.day)]


def _widest(head: str, cells: Sequence[str]) -> int:
    """Return how wide a column of a sheet is in letters; a head that is longer than most goes on below."""
    longest = max(map(width_of, cells), default=0)
    return min(max(longest + 3, min(width_of(head) + 2, _HEAD), 8), _WIDEST)


def _shown(value: float, decimals: int) -> str:
    """Return the format of a cell, in which what is not 0 never reads as one."""
    if value and not float(f"{value:.{decimals}f}"):
        return "0.0E+00"
    return "#,##0" + ("." + "0" * decimals if decimals else "")


class _Looks:
    """The formats of a workbook's cells: sums stand out."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book, self._made = book, dict[tuple[bool, str], Any]()

    def of(self, kind: RowKind, number: str = "") -> Any:  # noqa: ANN401 - xlsxwriter's format
        key = (kind == "total", number)
        if key not in self._made:
            look: dict[str, Any] = {"valign": "top"} | ({"bold": True} if key[0] else {})
            look |= {"num_format": number} if number else {"text_wrap": True}
            self._made[key] = self._book.add_format(look)
        return self._made[key]


def _listed(
    book: xlsxwriter.Workbook,
    listed: ShownList,
    bold: Any,  # noqa: ANN401 - xlsxwriter's format
    language: str,
    title: Sequence[str],
) -> None:
    """Add a sheet with what is out of reach, by name.

    Parameters
    ----------
    book
        The workbook.
    listed
        What is out of reach.
    bold
        The format of headings.
    language
        ``zh`` or ``en``.
    title
        What every sheet's print says at its head.
    """
    sheet = book.add_worksheet(say("workbook_unreached")[language])
    set_print(sheet, title, language, landscape=False)
    looks = _Looks(book)
    widths = [
        _widest(head, [row.cells[c] for row in listed.rows[:_SAMPLED]]) for c, head in enumerate(listed.heads)
    ]
    for c, head in enumerate(listed.heads):
        sheet.write_string(0, c, head, bold)
        sheet.set_column(c, c, widths[c])
    for r, row in enumerate(listed.rows, 1):
        sheet.set_row(r, row_points([one if isinstance(one, str) else "" for one in row.values], widths))
        for c, (value, cell) in enumerate(zip(row.values, row.cells, strict=True)):
            if isinstance(value, str):
                sheet.write_string(r, c, value, looks.of("part"))
            elif value is not None:
                sheet.write_number(r, c, value, looks.of("part", _shown(value, len(cell.partition(".")[2]))))
    sheet.freeze_panes(1, 0)


def _charted(
    book: xlsxwriter.Workbook,
    chart: BarChart,
    bold: Any,  # noqa: ANN401 - xlsxwriter's format
    language: str,
    title: Sequence[str],
) -> None:
    """Add a sheet with the rows that are drawn, in their order, and a chart of them.

    Parameters
    ----------
    book
        The workbook.
    chart
        What is drawn.
    bold
        The format of headings.
    language
        ``zh`` or ``en``.
    title
        What every sheet's print says at its head.
    """
    name, last = say("workbook_chart")[language], len(chart.bars)
    sheet = book.add_worksheet(name)
    wide = min(max(width_of(bar.label) for bar in chart.bars) + 3, _WIDEST)
    sheet.set_column(0, 0, wide)
    set_print(sheet, title, language)
    sheet.set_column(1, 1, 18)
    sheet.write_string(0, 1, chart.name, bold)
    looks = _Looks(book)
    for r, bar in enumerate(chart.bars, 1):
        sheet.write_string(r, 0, bar.label, looks.of("part"))
        sheet.set_row(r, row_points([bar.label], [wide]))
        sheet.write_number(r, 1, bar.value, looks.of("part", _shown(bar.value, chart.decimals)))
    made = book.add_chart({"type": "bar" if chart.form == "bars" else "column"})
    assert made is not None  # which only an unknown type is
    series = {"name": [name, 0, 1], "categories": [name, 1, 0, last, 0], "values": [name, 1, 1, last, 1]}
    made.add_series({**series, "data_labels": {"value": True}, "gap": 40})
    made.set_title({"name": chart.name})
    made.set_legend({"none": True})
    made.set_y_axis({"reverse": chart.form == "bars", "major_gridlines": {"visible": False}})
    made.set_size({"width": 640, "height": 90 + 26 * last if chart.form == "bars" else 340})
    sheet.insert_chart(0, 3, made)


def _gpkg(frame: gpd.GeoDataFrame) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figure.gpkg"
        frame.to_file(path, driver="GPKG", layer="figure", engine="pyogrio")
        return path.read_bytes()


def saved_as(name: str) -> Path:
    """Return the path a figure is saved to on the command line; the ending says the kind.

    Raises
    ------
    argparse.ArgumentTypeError
        The ending is of no kind a figure is saved as.
    """
    path = Path(name)
    if path.suffix.lstrip(".") not in SAVED:
        known = " ".join(f".{kind}" for kind in SAVED)
        raise argparse.ArgumentTypeError(f"扩展名应为其一 / the file must end in one of: {known}")
    return path


def save(figure: Figure, path: Path, *, language: str, decimals: int) -> None:
    """Write a computed figure to a file, whole or not at all; coordinates with so many decimals of a degree.

    Parameters
    ----------
    figure
        As it was computed, its evidence with it.
    path
        The file; its ending says the kind.
    language
        ``zh`` or ``en``, of headings and texts.
    decimals
        Of a degree, for the coordinates of the evidence.
    """
    told: KeptFigure = orjson.loads(orjson.dumps(figure.plain()))
    kind = path.suffix.lstrip(".")

    def evidence() -> gpd.GeoDataFrame:
        return figure.evidence.frame(decimals=decimals) if figure.evidence else no_pieces()

    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            if kind == "json":
                file.write(orjson.dumps(told))
            else:
                file.writelines(export_figure(told, kind, language=language, evidence=evidence))
        part.replace(path)
    finally:
        discard(part)
