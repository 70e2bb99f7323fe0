"""Analyses on the command line: the same words, the same engine and the same numbers as the page and the API."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import Any

import orjson

import geo
from geo.errors import PlanAtlasError
from layers.asking import BadQuestion, asked
from layers.compute import answer
from layers.declare import Text
from layers.difference import difference
from layers.features import read_snapshot
from layers.figures import Figure, FigureShelf
from layers.inputs import frame_of
from layers.library import Library
from layers.second import verify
from layers.statistics import Statistic, read_promises
from layers.units import measured, unit_name
from webapp import ROOT
from webapp.charts import change_rows
from webapp.exports import SAVED, notes, save, saved_as
from webapp.settings import Settings
from webapp.version import VERSION

NOT_COMPUTABLE = 3


class UnknownStatistic(PlanAtlasError):
    """No declared statistic has that id."""

    code = "unknown_statistic"
    zh = "没有声明统计 {statistic}。用 statistic --list 查看。"
    en = "No statistic {statistic} is declared. statistic --list shows them."


def add_commands(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type
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

    ask = commands.add_parser("ask", parents=[common], help="用 JSON 提问 / a question as JSON")
    ask.add_argument("question")
    ask.set_defaults(run=_asked(lambda o: _json(o.question)))

    tabulate = commands.add_parser("tabulate", parents=[common], help="分区分类面积 / area by class and zone")
    tabulate.add_argument("layer")
    tabulate.add_argument("--zones", required=True)
    tabulate.add_argument("--unit", default="ha")
    _choice(tabulate)
    tabulate.set_defaults(run=_asked(lambda o: {"function": "tabulate", "unit": o.unit, "inputs": {
        "classes": _input(o), "zones": {"layer": o.zones}}}))  # fmt: skip

    coverage = commands.add_parser("coverage", parents=[common], help="覆盖率 / coverage by facilities")
    coverage.add_argument("layer")
    coverage.add_argument("--facilities", required=True)
    coverage.add_argument("--distance", type=float)
    coverage.add_argument("--size-rule", action="append", default=[], metavar="MIN:MAX:DISTANCE")
    coverage.add_argument("--zones")
    coverage.add_argument("--roads")
    coverage.add_argument("--barriers")
    _choice(coverage)
    coverage.set_defaults(run=_asked(_coverage))

    proximity = commands.add_parser("proximity", parents=[common], help="一定距离之内 / within a distance")
    proximity.add_argument("layer")
    proximity.add_argument("--to", required=True)
    proximity.add_argument("--distance", type=float, required=True)
    proximity.add_argument("--measure", choices=("area", "count"), default="area")
    _choice(proximity)
    proximity.set_defaults(run=_asked(lambda o: {
        "function": "band", "distance_m": o.distance, "measure": o.measure,
        "unit": "count" if o.measure == "count" else "ha",
        "inputs": {"part": _input(o), "line": {"layer": o.to}}}))  # fmt: skip

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
    check.set_defaults(run=_verify)


def _choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--classes", default="", help="类别代码前缀，逗号分隔 / class code prefixes, commas")
    parser.add_argument("--where", action="append", default=[], help="字段=值 / field=value")
    parser.add_argument("--ids", default="", help="要素编号，逗号分隔 / feature ids, commas")


def _split(text: str) -> list[str]:
    return [part for part in text.replace("，", ",").split(",") if part]


def _input(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "layer": options.layer,
        "where": options.where,
        "classes": _split(options.classes),
        "ids": _split(options.ids),
    }


def _coverage(options: argparse.Namespace) -> dict[str, Any]:
    inputs = {"demand": _input(options), "facilities": {"layer": options.facilities}}
    for name in ("zones", "roads", "barriers"):
        if getattr(options, name):
            inputs[name] = {"layer": getattr(options, name)}
    rules = [_size_rule(rule) for rule in options.size_rule]
    return {"function": "coverage", "distance_m": options.distance, "size_rules": rules, "inputs": inputs,
            "along": "network" if options.roads else "straight"}  # fmt: skip


def _size_rule(text: str) -> dict[str, float]:
    try:
        least, most, distance = (float(part) if part else None for part in text.split(":"))
    except ValueError:
        raise _wrong("--size-rule", text, "MIN:MAX:DISTANCE (m2, m2, m)") from None
    rule = {"min_m2": least, "max_m2": most, "distance_m": distance}
    return {name: value for name, value in rule.items() if value is not None}


def _json(text: str) -> dict[str, Any]:
    try:
        plain = json.loads(text)
    except json.JSONDecodeError:
        plain = None
    if not isinstance(plain, dict):
        raise _wrong("question", text[:60], '{"function": "...", "inputs": {...}}')
    return plain


def _wrong(key: str, found: str, expected: str) -> BadQuestion:
    return BadQuestion(key=key, found_zh=found, found_en=found, expected_zh=expected, expected_en=expected)


def _asked(build: Any) -> Any:  # noqa: ANN401 - a function of the options
    def run(options: argparse.Namespace, settings: Settings) -> int:
        opened = _library(settings)
        labels = {layer.id: layer.label for layer in opened.layers(restricted=True)}
        return _show(opened, asked(build(options), labels), options, settings)

    return run


def _library(settings: Settings) -> Library:
    return Library(ROOT / settings.path("data"))


def _shelf(settings: Settings) -> FigureShelf:
    return FigureShelf(ROOT / settings.path("instance") / "figures")


def say(text: str = "") -> None:
    """Write a line for the person at the terminal."""
    sys.stdout.write(text + "\n")


def _statistic(options: argparse.Namespace, settings: Settings) -> int:
    opened = _library(settings)
    known = read_promises(opened.folder).statistics
    if options.list or not options.id:
        for one in known.values():
            say(f"{one.id:28} {one.label[options.language]}")
        return 0
    if options.id not in known:
        raise UnknownStatistic(statistic=options.id)
    return _show(opened, known[options.id], options, settings)


def _show(opened: Library, statistic: Statistic, options: argparse.Namespace, settings: Settings) -> int:
    figure = answer(opened, _progress, statistic, software=VERSION, restricted=True)
    if not options.no_publish:
        _shelf(settings).publish(figure)
    told = orjson.loads(orjson.dumps(figure.plain()))
    if options.save:
        save(figure, options.save, language=options.language)
    if options.format == "json":
        say(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
    elif options.format == "csv":
        _csv(told, options.language)
    else:
        _text(figure, told, options.language)
    return 0 if figure.state == "computed" else NOT_COMPUTABLE


def _progress(done: float, total: float) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done / total if total else 1:4.0%}\r")


def _csv(told: dict[str, Any], language: str) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow([c["id"] for c in told["columns"]])
    for row in told["rows"]:
        cells = [row.get(c["id"]) for c in told["columns"]]
        writer.writerow([c.get(language) if isinstance(c, dict) else c for c in cells])


def _text(figure: Figure, told: dict[str, Any], language: str) -> None:
    say(figure.sentence[language])
    if figure.value is not None:
        say(measured(figure.value, figure.statistic.unit, figure.statistic.decimals)[language])
    say()
    say(
        "\t".join(
            f"{c.label[language]}{f' ({unit_name(c.unit, language)})' if c.unit else ''}" for c in figure.columns
        )
    )
    for row in figure.rows:
        say("\t".join(_cell(row.get(c.id), c.decimals, language) for c in figure.columns))
    say()
    for name, value in notes(told, language):
        say(f"{name}: {value}")


def _cell(value: object, decimals: int | None, language: str) -> str:
    if isinstance(value, Text):
        return value[language]
    if isinstance(value, float) and decimals is not None:
        return f"{value:,.{decimals}f}"
    return "—" if value is None else str(value)


def _compare(options: argparse.Namespace, settings: Settings) -> int:
    now = _library(settings)
    then = Library(options.before)
    layer = now.layer(options.layer, restricted=True)
    plane = now.catalog.plan.plane_crs
    old, new = read_snapshot(then.folder, layer), now.snapshot(layer)
    changes = geo.compare(*(frame_of(one, plane, placed=False) for one in (old, new)))
    say(f"+{len(changes.added)}  -{len(changes.removed)}  ~{len(changes.changed)}  ={changes.unchanged}")
    for row in changes.to_frame().itertuples():
        say(f"{row.change}\t{row.key}\t{row.fields}")
    if layer.class_field and layer.geometry == "polygon":
        matrix = geo.transition(frame_of(old, plane), frame_of(new, plane), class_field=layer.class_field)
        say()
        say(matrix.to_frame().to_string())
    return 0


def _changes(options: argparse.Namespace, settings: Settings) -> int:
    shelf = _shelf(settings)
    moved = difference(shelf.read(options.before), shelf.read(options.after))
    say(moved["sentence"][options.language])
    for row in change_rows(moved, options.language):
        say("\t".join(text for text, _ in row))
    return 0


def _verify(_options: argparse.Namespace, settings: Settings) -> int:
    rows = verify(_library(settings), _shelf(settings), software=VERSION)
    for row in rows:
        say(
            f"{row.figure}\t{row.state}\t{row.published}\t{row.ours}\t{row.second}\t{row.engine}\t{row.label.zh}\t{row.note}"
        )
    drifted = sum(row.state == "drift" for row in rows)
    say(f"{len(rows)} figures, {drifted} drifted / 共 {len(rows)} 个结果，{drifted} 个有偏差")
    return 1 if drifted else 0
