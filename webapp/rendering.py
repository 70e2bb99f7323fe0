"""The command line's ``render``: a view as a picture file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from briefings.presets import PRESETS, read_size
from layers.library import Library
from layers.views import UnknownView, read_view
from webapp.settings import Settings


def add_render(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``render``."""
    render = commands.add_parser("render", parents=[shared], help="视图出图 / a view as PNG, SVG or PDF")
    render.add_argument("view", help="视图编号，或地图地址中 # 之后的内容 / id, or a map's address after #")
    render.add_argument("-o", "--output", type=Path, required=True, help=".png, .svg, .pdf")
    render.add_argument("--size", default="slide", help=", ".join(PRESETS) + ", 1920x1080, 297x210mm")
    render.add_argument("--lang", choices=("zh", "en"), default="zh")
    render.add_argument("--grid", action="store_true", help="经纬网 / meridians and parallels")
    render.add_argument("--restricted", action="store_true", help="含受限图层 / with restricted layers")
    render.set_defaults(run=_render)


def _render(options: argparse.Namespace, settings: Settings) -> int:
    from briefings.picture import TYPES, draw  # noqa: PLC0415 - matplotlib, only here

    library = Library(Path(__file__).resolve().parent.parent / settings.path("data"))
    views = library.catalog.views
    if options.view in views:
        view = views[options.view]
    elif "=" in options.view:
        view = read_view(options.view)
    else:
        raise UnknownView(view=options.view[:60], known=", ".join(views))
    kind = options.output.suffix.removeprefix(".")
    if kind not in TYPES:
        sys.stderr.write("扩展名应为 .png、.svg 或 .pdf\nthe file must end in .png, .svg or .pdf\n")
        return 2
    made = draw(
        library, view, size=read_size(options.size), language=options.lang, kind=kind, grid=options.grid,
        restricted=options.restricted,
    )  # fmt: skip
    part = options.output.with_name(f".{options.output.name}.part")
    part.write_bytes(made.data)
    part.replace(options.output)
    sys.stdout.write(made.alt[options.lang] + "\n")
    for warning in made.warnings:
        sys.stderr.write(f"! {warning[options.lang]}\n")
    return 0
