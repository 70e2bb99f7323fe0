"""The command line's ``check`` and ``dossier``: a site held against the plan's rules, and its one sheet."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import Protocol

import orjson
import shapely

from layers.errors import BadParameter
from layers.library.library import Library
from layers.places.check import check_site, rules_of
from layers.places.polygon import polygon_of
from layers.places.site_facts import site_dossier
from layers.places.subject import Subject, subject_of_feature, subject_of_shape
from layers.places.told import told_check, told_dossier, verdict_sentence
from layers.plan.rules import Rules
from webapp import ROOT
from webapp.cli.commands import Commands
from webapp.settings import Settings


class _Asked(Protocol):
    site: str
    name: str
    industry: list[str]
    uncertainty: float
    day: str
    lang: str
    restricted: bool


class _Check(_Asked, Protocol):
    json: bool


class _Dossier(_Asked, Protocol):
    output: Path


def add_checking(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add ``check`` and ``dossier``."""
    asked = argparse.ArgumentParser(add_help=False)
    asked.add_argument(
        "site",
        help="图层/要素、“纬度,经度”或 GeoJSON 文件 / layer/feature, “latitude,longitude”, or a GeoJSON file",
    )
    asked.add_argument("--name", default="", help="绘制地块的名称 / what a drawn site is called")
    asked.add_argument("--industry", action="append", default=[], help="产业编号 / an industry's id")
    asked.add_argument("--uncertainty", type=float, default=0.0, help="位置误差（米）/ how far off, m")
    asked.add_argument("--day", default="", help="规则日期 / the day whose rules hold, YYYY-MM-DD")
    asked.add_argument("--lang", choices=("zh", "en"), default="zh")
    asked.add_argument("--restricted", action="store_true", help="含受限图层 / with restricted layers")

    check = commands.add_parser("check", parents=[shared, asked], help="合规检查 / hold a site against the rules")
    check.add_argument("--json", action="store_true", help="同接口的 JSON / as the API answers")
    check.set_defaults(run=_check)

    sheet = commands.add_parser(
        "dossier", parents=[shared, asked], help="地块档案 / a site's dossier on one A4 page"
    )
    sheet.add_argument("-o", "--output", type=Path, required=True, help=".pdf, .png, .json")
    sheet.set_defaults(run=_dossier)


def _opened(settings: Settings) -> Library:
    return Library(ROOT / settings.path("data"), store=settings.text("store"))


def _subject(options: _Asked, settings: Settings, library: Library, rules: Rules) -> Subject:
    """Return the site the words name.

    Raises
    ------
    BadParameter
        They name none, or an industry is not declared.
    """
    drawn = partial(
        subject_of_shape,
        name=options.name,
        uncertainty_m=options.uncertainty,
        industries=tuple(options.industry),
    )
    if odd := [one for one in options.industry if one not in rules.industries]:
        words = ", ".join(rules.industries) or "—"
        raise BadParameter(name=f"--industry {odd[0][:40]}", why_zh=f"应为 {words}", why_en=f"among {words}")
    path = Path(options.site)
    if path.suffix.lower() in (".json", ".geojson"):
        return drawn(shapely.from_wkb(_outline(path, settings.number("max_vertices"))))
    latitude, comma, longitude = options.site.partition(",")
    if comma:
        try:
            return drawn(shapely.Point(float(longitude), float(latitude)))
        except ValueError:
            raise BadParameter(name="site", why_zh="应如 31.9,120.3", why_en="such as 31.9,120.3") from None
    layer, _, feature = options.site.partition("/")
    return subject_of_feature(library, rules, layer, feature, restricted=options.restricted)


def _outline(path: Path, most: int) -> bytes:
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError):
        raise BadParameter(
            name=path.name[:60], why_zh="不是可读的 GeoJSON", why_en="no readable GeoJSON"
        ) from None
    while isinstance(found, dict) and found.get("type") in ("FeatureCollection", "Feature"):
        found = found.get("geometry") if found["type"] == "Feature" else (found.get("features") or [None])[0]
    outline = polygon_of(found, most)
    if outline is None:
        raise BadParameter(name=path.name[:60], why_zh="没有多边形", why_en="it holds no polygon")
    return outline


def _check(options: _Check, settings: Settings) -> int:
    library = _opened(settings)
    rules = rules_of(library, restricted=options.restricted)
    subject = _subject(options, settings, library, rules)
    found = check_site(library, rules, subject, day=options.day, restricted=options.restricted)
    told = told_check(found, decimals=settings.number("decimals"))
    if options.json:
        sys.stdout.write(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
        return 0
    lang = options.lang
    sys.stdout.write(f"{subject.name[lang]}\n{verdict_sentence(found)[lang]}\n")
    for one in told["rules"]:
        rule = one["rule"]
        verdict = " ".join(filter(None, (one["drawn_label"][lang], one["verdict_label"][lang])))
        words = (verdict, rule["label"][lang], one["told"][lang], rule["source"][lang])
        sys.stdout.write("\t".join(words) + "\n")
    for problem in rules.problems:
        sys.stderr.write(f"! {problem.message(lang)}\n")
    return 1 if found.verdict == "conflict" else 0


def _dossier(options: _Dossier, settings: Settings) -> int:
    library = _opened(settings)
    rules = rules_of(library, restricted=options.restricted)
    kind = options.output.suffix.removeprefix(".").lower()
    if kind not in ("pdf", "png", "json"):
        raise BadParameter(name="-o", why_zh="应为 .pdf、.png 或 .json", why_en=".pdf, .png or .json is expected")
    subject = _subject(options, settings, library, rules)
    found = site_dossier(library, rules, subject, day=options.day, restricted=options.restricted)
    decimals = settings.number("decimals")
    address = f"/sites/{options.site}" if subject.layer else ""
    if kind == "json":
        told = told_dossier(found, decimals=decimals, address=address)
        data = orjson.dumps(told, option=orjson.OPT_INDENT_2)
    else:
        from briefings.write.site_sheet import site_sheet  # noqa: PLC0415 - matplotlib, only here

        how = {"kind": kind, "language": options.lang, "address": address}
        data = site_sheet(library.rounded(decimals), found, **how, restricted=options.restricted)
    part = options.output.with_name(f".{options.output.name}.part")
    part.write_bytes(data)
    part.replace(options.output)
    sys.stdout.write(verdict_sentence(found.check)[options.lang] + "\n")
    return 0
