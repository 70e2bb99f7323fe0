"""The command line's ``render``, ``export-html`` and ``briefing``: a view as a picture or as one file, slides."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from briefings.presets import PRESETS, read_decimals, read_size
from layers.figures import FigureShelf
from layers.library import Library
from layers.views import UnknownView, View, read_view
from webapp import ROOT
from webapp.settings import Settings
from webapp.version import VERSION


def add_render(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``render``, ``export-html`` and ``briefing``."""
    render = commands.add_parser("render", parents=[shared], help="视图出图 / a view as PNG, SVG or PDF")
    render.add_argument("view", help="视图编号，或地图地址中 # 之后的内容 / id, or a map's address after #")
    render.add_argument("-o", "--output", type=Path, required=True, help=".png, .svg, .pdf")
    render.add_argument("--size", default="slide", help=", ".join(PRESETS) + ", 1920x1080, 297x210mm")
    render.add_argument("--dpi", default="", help="每英寸像素数 / pixels per inch, 50 to 1200")
    render.add_argument("--lang", choices=("zh", "en"), default="zh")
    render.add_argument("--grid", action="store_true", help="经纬网 / meridians and parallels")
    render.add_argument("--restricted", action="store_true", help="含受限图层 / with restricted layers")
    render.set_defaults(run=_render)

    export = commands.add_parser(
        "export-html", parents=[shared], help="单文件离线地图 / a view as one HTML file for no network"
    )
    export.add_argument("view", help="视图编号，或地图地址中 # 之后的内容 / id, or a map's address after #")
    export.add_argument("-o", "--out", type=Path, required=True, help=".html")
    export.add_argument("--language", choices=("zh", "en"), default="zh")
    export.add_argument("--decimals", default="6", help="坐标小数位数 3–9 / decimals of the coordinates, 3 to 9")
    export.add_argument("--restricted", action="store_true", help="含受限图层 / with restricted layers")
    export.set_defaults(run=_export_html)

    briefing = commands.add_parser("briefing", parents=[shared], help="简报 / a briefing as .pptx or .docx")
    briefing.add_argument(
        "briefing", help="数据目录 briefings/ 中的编号，或 .toml 文件 / id in briefings/, or a .toml"
    )
    briefing.add_argument("-o", "--output", type=Path, required=True, help=".pptx, .docx")
    briefing.add_argument("--lang", choices=("zh", "en"), default="zh")
    briefing.add_argument("--template", type=Path, help="自己的模板 / your own .pptx or .docx template")
    briefing.add_argument("--shapes", action="store_true", help="另附可编辑形状 / maps as shapes too (.pptx)")
    briefing.set_defaults(run=_briefing)


def _render(options: argparse.Namespace, settings: Settings) -> int:
    from briefings.picture import TYPES, draw  # noqa: PLC0415 - matplotlib, only here

    library = _leaving(settings)
    view = _chosen(library, options.view)
    kind = options.output.suffix.removeprefix(".")
    if kind not in TYPES:
        sys.stderr.write("扩展名应为 .png、.svg 或 .pdf\nthe file must end in .png, .svg or .pdf\n")
        return 2
    made = draw(
        library, view, size=read_size(options.size, options.dpi), language=options.lang, kind=kind,
        grid=options.grid, restricted=options.restricted,
    )  # fmt: skip
    _write(options.output, made.data)
    sys.stdout.write(made.alt[options.lang] + "\n")
    for warning in made.warnings:
        sys.stderr.write(f"! {warning[options.lang]}\n")
    return 0


def _export_html(options: argparse.Namespace, settings: Settings) -> int:
    from briefings.onefile import one_file  # noqa: PLC0415 - matplotlib, only here

    if options.out.suffix not in (".html", ".htm"):
        sys.stderr.write("扩展名应为 .html\nthe file must end in .html\n")
        return 2
    library = _leaving(settings)
    made = one_file(
        library, _chosen(library, options.view), packages=ROOT / "node_modules", language=options.language,
        decimals=min(read_decimals(options.decimals), library.decimals), restricted=options.restricted,
    )  # fmt: skip
    _write(options.out, made.data)
    for layer_id, count in made.counts.items():
        sys.stdout.write(f"{layer_id:18} {count}\n")
    for warning in made.warnings:
        sys.stderr.write(f"! {warning[options.language]}\n")
    return 0


def _leaving(settings: Settings) -> Library:
    return Library(ROOT / settings.path("data")).rounded(settings.number("decimals"))


def _chosen(library: Library, text: str) -> View:
    views = library.catalog.views
    if text in views:
        return views[text]
    if "=" not in text:
        raise UnknownView(view=text[:60], known=", ".join(views))
    return read_view(text)


def _briefing(options: argparse.Namespace, settings: Settings) -> int:
    from briefings.briefing import read_briefing, resolve  # noqa: PLC0415 - matplotlib, only here
    from briefings.deck import deck  # noqa: PLC0415
    from briefings.document import document  # noqa: PLC0415

    makers = {".pptx": deck, ".docx": document}
    make = makers.get(options.output.suffix)
    if make is None:
        sys.stderr.write("扩展名应为 .pptx 或 .docx\nthe file must end in .pptx or .docx\n")
        return 2
    library = Library(ROOT / settings.path("data"))
    numbers = options.output.with_suffix(".numbers.json")
    before = json.loads(numbers.read_text("utf-8")) if numbers.is_file() else None
    found = resolve(
        library,
        read_briefing(library.folder, options.briefing),
        language=options.lang,
        software=VERSION,
        before=before,
        shapes=options.shapes and options.output.suffix == ".pptx",
    )
    shelf = FigureShelf(ROOT / settings.path("instance") / "figures")
    for figure in found.figures:
        shelf.publish(figure)
    _write(options.output, make(found, language=options.lang, template=options.template))
    _write(numbers, json.dumps(found.numbers(), ensure_ascii=False, indent=1).encode())
    for text in found.changes:
        sys.stdout.write(text + "\n")
    return 0


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)
