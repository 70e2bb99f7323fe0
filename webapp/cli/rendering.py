"""The command line's ``render``, ``export-html``, ``briefing`` and ``verify-pack``."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from briefings.map.presets import PRESETS, Size, read_decimals, read_size
from briefings.write.seal import NotAPack, check_seal
from geo.text import Text
from layers.figures.figure import FigureShelf
from layers.library.library import Library
from layers.plan.palettes import PALETTES
from layers.plan.views import UnknownView, View, read_view
from webapp import ROOT
from webapp.cli.commands import Commands
from webapp.instance import instance_of
from webapp.messages import say, say_both
from webapp.settings import Settings
from webapp.version import VERSION

_MM_OF_INCH = 25.4


class _Render(Protocol):
    view: str
    output: Path
    size: str
    dpi: str
    lang: str
    each: str
    grid: bool
    palette: str | None
    restricted: bool


class _ExportHtml(Protocol):
    view: str
    out: Path
    language: str
    decimals: str
    restricted: bool


class _Briefing(Protocol):
    briefing: str
    output: list[Path]
    lang: str
    template: Path | None
    shapes: bool


class _VerifyPack(Protocol):
    file: Path
    seal: str


def add_render(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add the commands that bring maps and briefings out."""
    render = commands.add_parser("render", parents=[shared], help="视图出图 / a view as PNG, SVG or PDF")
    render.add_argument("view", help="视图编号，或地图地址中 # 之后的内容 / id, or a map's address after #")
    render.add_argument("-o", "--output", type=Path, required=True, help=".png, .jpg, .svg, .pdf")
    render.add_argument("--size", default="slide", help=", ".join(PRESETS) + ", 1920x1080, 297x210mm")
    render.add_argument("--dpi", default="", help="每英寸像素数 / pixels per inch, 50 to 1200")
    render.add_argument("--lang", choices=("zh", "en"), default="zh")
    render.add_argument(
        "--each", default="", help="每个要素一幅的图层，输出 .pdf / a sheet for each feature of a layer"
    )
    render.add_argument("--palette", choices=tuple(PALETTES), help="用地配色，grey 供黑白打印 / grey: for print")
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

    briefing = commands.add_parser(
        "briefing", parents=[shared], help="简报 / a briefing as .html, .pdf, .pptx, .docx, .zip of pictures"
    )
    briefing.add_argument(
        "briefing", help="数据目录 briefings/ 中的编号，或 .toml 文件 / id in briefings/, or a .toml"
    )
    briefing.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        nargs="+",
        help="一个或多个，同一数据版本 / one or more, from one state of the data",
    )
    briefing.add_argument("--lang", choices=("zh", "en"), default="zh")
    briefing.add_argument("--template", type=Path, help="自己的模板 / your own .pptx or .docx template")
    briefing.add_argument("--shapes", action="store_true", help="另附可编辑形状 / maps as shapes too (.pptx)")
    briefing.set_defaults(run=_briefing)

    pack = commands.add_parser(
        "verify-pack", parents=[shared], help="核对简报网页 / check a briefing's page part by part"
    )
    pack.add_argument("file", type=Path, help=".html")
    pack.add_argument("--seal", default="", help="制作者告知的印记 / the seal its maker told you")
    pack.set_defaults(run=_verify_pack)


def _render(options: _Render, settings: Settings) -> int:
    from briefings.map.layouts import Options  # noqa: PLC0415 - matplotlib, only here
    from briefings.map.picture import draw  # noqa: PLC0415
    from briefings.map.presets import TYPES  # noqa: PLC0415

    library = _leaving(settings)
    view = _chosen(library, options.view)
    view = replace(view, palette=options.palette) if options.palette else view
    kind = {f".{one}": one for one in TYPES}.get(options.output.suffix)
    if kind is None:
        sys.stderr.write(say_both("cli_picture_ending", "\n") + "\n")
        return 2
    if options.each:
        from briefings.map.atlas import draw_atlas  # noqa: PLC0415 - as above

        if kind != "pdf":
            sys.stderr.write(say_both("cli_picture_ending", "\n") + "\n")
            return 2
        size = read_size(options.size, options.dpi)
        how = Options(size, options.lang, grid=options.grid, restricted=options.restricted)
        book = draw_atlas(library, view, options.each, how)
        _write(options.output, book)
        sys.stdout.write(_told_size(options.output, size, len(book))[options.lang] + "\n")
        return 0
    size = read_size(options.size, options.dpi)
    write_format = draw(
        library,
        view,
        Options(
            size=size,
            language=options.lang,
            grid=options.grid,
            restricted=options.restricted,
        ),
        kind=kind,
    )
    _write(options.output, write_format.data)
    sys.stdout.write(write_format.alt[options.lang] + "\n")
    pages = [options.output]
    for page, data in enumerate(write_format.more, 2):
        pages.append(options.output.with_stem(f"{options.output.stem}-{page}"))
        _write(pages[-1], data)
    for path, data in zip(pages, (write_format.data, *write_format.more), strict=True):
        sys.stdout.write(_told_size(path, size, len(data))[options.lang] + "\n")
    for warning in write_format.warnings:
        sys.stderr.write(f"! {warning[options.lang]}\n")
    return 0


def _told_size(path: Path, size: Size, count: int) -> Text:
    """Return how large a picture came out: on paper, in bytes, and in pixels where it has some."""
    from briefings.map.fonts import drawable_text  # noqa: PLC0415 - matplotlib, only here

    wide, high = (round(side / size.dpi * _MM_OF_INCH) for side in (size.width, size.height))
    told = "cli_picture_pixels" if path.suffix in (".png", ".jpg") else "cli_picture_vector"
    return say(
        told,
        file=drawable_text(path.name),
        width=size.width,
        height=size.height,
        dpi=f"{size.dpi:g}",
        wide=wide,
        high=high,
        size=f"{count:,}",
    )


def _export_html(options: _ExportHtml, settings: Settings) -> int:
    from briefings.onefile.onefile import MapPage, one_file  # noqa: PLC0415 - matplotlib, only here

    if options.out.suffix not in (".html", ".htm"):
        sys.stderr.write(say_both("cli_page_ending", "\n") + "\n")
        return 2
    library = _leaving(settings)
    write_format = one_file(
        library,
        _chosen(library, options.view),
        MapPage(
            packages=ROOT / "node_modules",
            language=options.language,
            decimals=min(read_decimals(options.decimals), library.decimals),
        ),
        restricted=options.restricted,
    )
    _write(options.out, write_format.data)
    for layer_id, count in write_format.counts.items():
        sys.stdout.write(f"{layer_id:18} {count}\n")
    for warning in write_format.warnings:
        sys.stderr.write(f"! {warning[options.language]}\n")
    return 0


def _leaving(settings: Settings) -> Library:
    return Library(ROOT / settings.path("data"), store=settings.text("store")).rounded(settings.number("decimals"))


def _chosen(library: Library, text: str) -> View:
    views = library.catalog.views
    if text in views:
        return views[text]
    if "=" not in text:
        raise UnknownView(view=text[:60], known=", ".join(views))
    return read_view(text)


def _briefing(options: _Briefing, settings: Settings) -> int:
    from briefings.resolve.declaration import briefing_text, read_briefing, read_file  # noqa: PLC0415 - matplotlib, only here
    from briefings.resolve.edition import EditionRun, resolve  # noqa: PLC0415
    from briefings.write.formats import KINDS, write_format  # noqa: PLC0415
    from briefings.write.template import checked_template, template_lacks, template_layouts  # noqa: PLC0415

    kinds = [path.suffix.removeprefix(".").lower() for path in options.output]
    if not set(kinds) <= set(KINDS):
        words = ", ".join(f".{kind}" for kind in KINDS)
        sys.stderr.write(say_both("cli_briefing_ending", "\n", endings=words) + "\n")
        return 2
    template = options.template
    suits = template.suffix.removeprefix(".").lower() if template else ""
    if template:
        if suits not in kinds:
            sys.stderr.write(say_both("cli_template_unused", "\n") + "\n")
            return 2
        checked_template(template, suits)
        for told in (*template_lacks(template, suits), *template_layouts(template, suits)):
            sys.stderr.write(f"{told.zh}\n{told.en}\n")
    library = Library(ROOT / settings.path("data"), store=settings.text("store"))
    briefing = read_briefing(library.folder, options.briefing)
    numbers = options.output[0].with_suffix(".numbers.toml")
    earlier = read_file(numbers) if numbers.is_file() else None
    found = resolve(
        library,
        briefing,
        run=EditionRun(
            before=earlier.numbers if earlier else None,
            dossiers=earlier.dossiers if earlier else None,
            decimals=settings.number("decimals"),
            address=settings.text("public_address"),
        ),
        language=options.lang,
        software=VERSION,
        shelf=FigureShelf(instance_of(settings, ROOT) / "figures"),
    )
    kept = replace(briefing, numbers=found.numbers, dossiers=found.dossiers)
    for path, kind in zip(options.output, kinds, strict=True):
        data = write_format(found, kept, kind, template=template if kind == suits else None, shapes=options.shapes)
        _write(path, data)
    _write(numbers, briefing_text(kept).encode())
    for text in found.since.lines:
        sys.stdout.write(text + "\n")
    return 0


def _verify_pack(options: _VerifyPack, _settings: Settings) -> int:
    from briefings.map.fonts import drawable_text  # noqa: PLC0415 - as above

    try:
        text = options.file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotAPack(file=options.file.name[:80]) from error
    found = check_seal(text, file=options.file.name[:80])
    for state, names in (("changed", found.changed), ("missing", found.missing), ("added", found.added)):
        for name in names:
            sys.stdout.write(f"{say_both(f'cli_part_{state}')}: {drawable_text(name)}\n")
    if not found.sealed:
        sys.stdout.write(f"{say_both('cli_part_changed')}: manifest\n")
    if options.seal and not (len(options.seal) >= 16 and found.seal.startswith(options.seal.lower())):
        sys.stdout.write(say_both("cli_other_seal") + "\n")
        return 1
    if found.whole:
        sys.stdout.write(f"{say_both('cli_pack_verified')}: {found.parts}, seal {found.seal}\n")
    return 0 if found.whole else 1


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(data)
    part.replace(path)
