"""Analyses on the command line: the same words, the same engine and the same numbers as the page and the API."""

from __future__ import annotations

import argparse
import csv
import math
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Protocol

import orjson

import geo
from geo.errors import PlanAtlasError
from geo.text import Text
from layers.features.geojson import read_snapshot
from layers.figures.answer import answer, figure_command, question_command
from layers.figures.causes import causes_of
from layers.figures.difference import change_rows, figure_difference
from layers.figures.downloads import SAVED, figure_notes, save, saved_as
from layers.figures.figure import Figure, FigureShelf
from layers.figures.inputs import drawn_of, layer_frame
from layers.figures.kept import KeptFigure
from layers.figures.kept_versions import as_published, publish_kept
from layers.figures.lighter import lighter_question
from layers.figures.presentation import present
from layers.figures.question import read_questions
from layers.figures.verification.recompute import ABSENT, STATES, verify
from layers.library.library import Library
from layers.places.polygon import drawn_frame, polygon_of, question_of
from layers.plan.statistics import Statistic, restore_statistic
from webapp import ROOT
from webapp.cli.commands import Commands
from webapp.cli.wording import Build, add_questions
from webapp.instance import instance_of
from webapp.messages import say
from webapp.settings import Settings
from webapp.version import VERSION

NOT_COMPUTABLE = 3


class UnknownStatistic(PlanAtlasError):
    """No declared statistic has that id."""

    code = "unknown_statistic"
    zh = "没有声明统计 {statistic}。用 statistic --list 查看。"
    en = "No statistic {statistic} is declared. statistic --list shows them."


class _Spoken(Protocol):
    language: str


class _Told(_Spoken, Protocol):
    format: str
    save: Path | None
    no_publish: bool


class _Statistic(_Told, Protocol):
    id: str | None
    list: bool


class _Figure(_Told, Protocol):
    figure: str


class _Changes(_Spoken, Protocol):
    before: str
    after: str


class _Compare(_Spoken, Protocol):
    layer: str
    before: Path


def add_commands(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add the analyses to the command line."""
    common = argparse.ArgumentParser(add_help=False, parents=[shared])
    common.add_argument("--format", choices=("text", "json", "csv"), default="text")
    common.add_argument("--language", choices=("zh", "en"), default="zh")
    common.add_argument("--save", type=saved_as, help=f"文件 / file: {' '.join('.' + k for k in SAVED)}")
    common.add_argument("--no-publish", action="store_true", help="不留存结果 / keep no figure")

    statistic = commands.add_parser("statistic", parents=[common], help="计算已声明的统计 / a declared statistic")
    statistic.add_argument("id", nargs="?")
    statistic.add_argument("--list", action="store_true")
    statistic.set_defaults(run=_statistic)

    add_questions(commands, common, _asked)

    figure = commands.add_parser(
        "figure", parents=[common], help="按原版本重算已发布的结果 / a published figure, from its own versions"
    )
    figure.add_argument("figure", help="编号 / id")
    figure.set_defaults(run=_figure)

    changes = commands.add_parser("compare-figures", parents=[shared], help="两个结果的差异 / two figures")
    changes.add_argument("before")
    changes.add_argument("after")
    changes.add_argument("--language", choices=("zh", "en"), default="zh")
    changes.set_defaults(run=_changes)

    compare = commands.add_parser("compare", parents=[shared], help="比较两个版本 / two versions of a layer")
    compare.add_argument("layer")
    compare.add_argument("--before", type=Path, required=True, help="旧版数据目录 / folder of the older data")
    compare.add_argument("--language", choices=("zh", "en"), default="zh")
    compare.set_defaults(run=_compare)

    check = commands.add_parser("verify", parents=[shared], help="用第二引擎复核 / recompute with a second engine")
    check.add_argument("--language", choices=("zh", "en"), default="zh")
    check.set_defaults(run=_verify)


def _asked(build: Build) -> Callable[[argparse.Namespace, Settings], int]:
    def run(options: argparse.Namespace, settings: Settings) -> int:
        opened = _library(settings)
        told = build(options)
        polygon = polygon_of(told.pop("polygon", None), settings.number("max_vertices"))
        return _show(opened, *question_of(told, opened.layers(restricted=True), polygon), options, settings)

    return run


def _library(settings: Settings) -> Library:
    return Library(ROOT / settings.path("data"), store=settings.text("store"))


def _shelf(settings: Settings) -> FigureShelf:
    return FigureShelf(instance_of(settings, ROOT) / "figures")


def put(text: str = "") -> None:
    """Write a line for the person at the terminal."""
    sys.stdout.write(text + "\n")


def _statistic(options: _Statistic, settings: Settings) -> int:
    opened = _library(settings)
    known = read_questions(opened.folder).statistics
    if options.list or not options.id:
        for one in known.values():
            put(f"{one.id:28} {one.label[options.language]}")
        return 0
    if options.id not in known:
        raise UnknownStatistic(statistic=options.id)
    return _show(opened, known[options.id], None, options, settings)


def _show(
    opened: Library,
    statistic: Statistic,
    polygon: bytes | None,
    options: _Told,
    settings: Settings,
) -> int:
    drawn = drawn_frame(polygon)
    progress = _Progress(
        settings.number("max_seconds"), partial(lighter_question, opened, statistic, by_command=True)
    )
    figure = answer(opened, progress, statistic, software=VERSION, drawn=drawn, restricted=True)
    if options.no_publish:  # what is not kept cannot be made again by its id
        figure = replace(figure, command=question_command(opened, statistic, drawn))
    else:
        publish_kept(_shelf(settings), figure, opened)
        figure = replace(figure, command=figure_command(opened, figure.id, in_full=True))
    _write_figure(figure, options, settings)
    return 0 if figure.state == "computed" else NOT_COMPUTABLE


def _write_figure(figure: Figure, options: _Told, settings: Settings) -> None:
    told: KeptFigure = orjson.loads(orjson.dumps(figure.plain()))
    if options.save:
        save(figure, options.save, language=options.language, decimals=settings.number("decimals"))
    if options.format == "json":
        put(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
    elif options.format == "csv":
        _csv(told, options.language)
    else:
        _text(figure, told, options.language)


def _figure(options: _Figure, settings: Settings) -> int:
    """Make a published figure again from the versions it was made of, and ask its question of today's data."""
    opened, keep = _library(settings), _shelf(settings)
    told = keep.read(options.figure)
    statistic, drawn = restore_statistic(told["statistic"]), drawn_of(told)
    again = answer(
        as_published(opened, keep, told), _progress, statistic, software=VERSION, drawn=drawn, restricted=True
    )
    again = replace(again, command=figure_command(opened, again.id, in_full=True))
    _write_figure(again, options, settings)
    if options.format != "text":
        return 0 if again.value == told["value"] else 1
    language = options.language
    same = again.id == told["id"] and again.value == told["value"]
    put()
    was = say("cli_same_digits") if same else say("cli_published", value=repr(told["value"]))
    put(was[language])
    now = answer(opened, _progress, statistic, software=VERSION, drawn=drawn, restricted=True)
    name = say("cli_today")[language]
    moved = figure_difference(told, orjson.loads(orjson.dumps(now.plain())))
    unchanged = say("cli_unchanged")[language]
    put(f"{name}: {unchanged if now.id == again.id else moved['sentence'][language]}")
    put(f"{name}: {question_command(opened, statistic, drawn)}")
    return 0 if same else 1


class _Progress:
    """Tells how far it is, and once, when it takes longer than a page would wait, what would make it lighter.

    Parameters
    ----------
    seconds
        From when it takes long.
    lighter
        Says what would help.
    """

    def __init__(self, seconds: float, lighter: Callable[[], Text]) -> None:
        self._until, self._lighter = time.monotonic() + seconds, lighter

    def __call__(self, done: float, total: float) -> None:
        """Tell how much of the total is done."""
        _progress(done, total)
        if time.monotonic() > self._until:
            self._until = math.inf
            told = self._lighter()
            sys.stderr.write(f"{told.zh} / {told.en}\n")


def _progress(done: float, total: float) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done / total if total else 1:4.0%}\r")


def _csv(told: KeptFigure, language: str) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([c["id"] for c in told["columns"]])
    for row in told["rows"]:
        cells = [row.get(c["id"]) for c in told["columns"]]
        writer.writerow([c.get(language) if isinstance(c, dict) else c for c in cells])


def _text(figure: Figure, told: KeptFigure, language: str) -> None:
    put(figure.sentence[language])
    shown = present(figure, language)
    if figure.value is not None:
        put(shown.value)
    put()
    put("\t".join(shown.heads))
    for row in shown.rows:
        put("\t".join(row.cells))
    put()
    for name, value in figure_notes(told, language):
        put(f"{name}: {value}")


def _compare(options: _Compare, settings: Settings) -> int:
    now = _library(settings)
    then = Library(options.before)
    layer = now.layer(options.layer, restricted=True)
    plane = now.catalog.plan.plane_crs
    old, new = read_snapshot(then.folder, layer), now.snapshot(layer)
    changes = geo.compare(*(layer_frame(one, plane, placed=False) for one in (old, new)))
    put(f"+{len(changes.added)}  -{len(changes.removed)}  ~{len(changes.changed)}  ={changes.unchanged}")
    for row in changes.to_frame().itertuples():
        put(f"{row.change}\t{row.key}\t{row.fields}")
    if layer.class_field and layer.geometry == "polygon":
        matrix = geo.transition_matrix(
            layer_frame(old, plane), layer_frame(new, plane), class_field=layer.class_field
        )
        put()
        put(matrix.to_frame().to_string())
    return 0


def _changes(options: _Changes, settings: Settings) -> int:
    from briefings.resolve.changes import cause_words  # noqa: PLC0415 - what draws letters, for this command only

    shelf, language = _shelf(settings), options.language
    before, after = shelf.read(options.before), shelf.read(options.after)
    moved = figure_difference(before, after)
    put(moved["sentence"][language])
    for row in change_rows(moved, language):
        put("\t".join(text for text, _ in row))
    put()
    for cause in causes_of(_library(settings), shelf, before, after):
        put(cause_words(cause, language))
    for use in moved["layers"]:
        if use["filters_differ"]:
            put(say("cli_asked_otherwise", layer=use["label"][language])[language])
    return 0


def _verify(options: _Spoken, settings: Settings) -> int:
    found = verify(_library(settings), _shelf(settings), software=VERSION)
    zh = options.language == "zh"
    if not found.second_engine:
        put(ABSENT["zh" if zh else "en"])
    for row in found.rows:
        numbers = (row.published, row.ours, row.second, row.today)
        cells = ("—" if n is None else f"{n:.12g}" for n in numbers)
        put("\t".join((row.figure, row.state, *cells, row.engine, row.label[options.language])))
        for finding in row.findings:
            put(f"\t{finding[options.language]}")
    count = {state: sum(row.state == state for row in found.rows) for state in STATES}
    told = ", ".join(f"{state} {n}" for state, n in count.items() if n)
    put(say("cli_verified", count=len(found.rows), told=told)[options.language])
    return found.status
