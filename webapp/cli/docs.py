"""The command line's ``docs``: the pages of docs/ that registries write, so that none of them is a second list."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Protocol

from layers.exports import formats_table
from layers.figures.functions import FUNCTIONS
from layers.figures.functions.entry import Function
from layers.imports.formats.registry import import_formats
from layers.imports.option_forms import flags_of
from layers.imports.options import OPTIONS, choices_of
from layers.places.kinds import KINDS
from layers.plan.rules import SiteRule
from webapp import ROOT, settings
from webapp.cli.commands import Commands
from webapp.settings import PREFIX, Settings

_MADE = {
    "functions": ("Functions / 函数", "layers.figures.functions", "layers/figures/functions/"),
    "exports": ("Formats of export / 导出格式", "layers.exports.registry", "layers/exports/formats/"),
    "imports": (
        "Formats and options of import / 导入格式与选项",
        "layers.imports",
        "layers/imports/formats/`, `layers/imports/options.py",
    ),
    "rules": ("Rules of a site / 合规规则", "layers.places.kinds", "layers/places/kinds/"),
    "settings": ("Settings / 设置", "webapp.settings", "webapp/settings.py"),
}


class _Docs(Protocol):
    check: bool


def add_docs(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add ``docs``."""
    one = commands.add_parser(
        "docs", parents=[shared], help="由注册表写文档 / write the pages of docs/ that registries make"
    )
    one.add_argument("--check", action="store_true", help="只比较 / compare only")
    one.set_defaults(run=_docs)


def _docs(options: _Docs, _settings: Settings) -> int:
    differ = []
    for name in _MADE:
        path = ROOT / "docs" / f"{name}.md"
        if not path.is_file() or path.read_text("utf-8") != docs_page(name):
            differ.append(path.name)
            if not options.check:
                path.write_text(docs_page(name), "utf-8")
    sys.stdout.write(("differ: " if options.check else "written: ") + (", ".join(differ) or "none") + "\n")
    return 1 if options.check and differ else 0


def docs_page(name: str) -> str:
    """Return a page of ``docs/`` made from its registry; ``name`` is one of ``_MADE``."""
    title, module, folder = _MADE[name]
    tables: Mapping[str, Callable[[str], str]] = {
        "functions": functions_table,
        "exports": formats_table,
        "imports": imports_table,
        "rules": rules_table,
        "settings": settings_table,
    }
    head = (
        f"# {title}\n"
        f"Made from `{module}` by `python run.py docs`; a test compares. A new one is added in `{folder}` alone.\n"
        f"此页由 `{module}` 经 `python run.py docs` 生成，有测试比对。新增一项只需改 `{folder}`。\n\n"
    )
    return head + tables[name]("en") + "\n" + tables[name]("zh")


def functions_table(language: str) -> str:
    """Return every function that can be asked for as a Markdown table in ``zh`` or ``en``."""
    heads = {
        "zh": "| 函数 | 问什么 | 图层（角色：几何） | 选项 | 单位 | 可否相加 |",
        "en": "| Function | Asks | Layers (role: geometry) | Options | Units | What adds up |",
    }
    rows = [heads[language], "| --- | --- | --- | --- | --- | --- |"]
    rows += [_function_row(entry, language) for entry in FUNCTIONS.values()]
    return "\n".join(rows) + "\n"


def _function_row(entry: Function, language: str) -> str:
    slots = ", ".join(
        f"`{slot.id}`{'?' if slot.optional else ''}" + (f": {' '.join(slot.geometry)}" if slot.geometry else "")
        for slot in entry.slots
    )
    options = ", ".join(f"`{one.id}` {one.label[language]}" for one in entry.options) or "—"
    units = " ".join(dict.fromkeys(unit for units in entry.units.values() for unit in units)) or "—"
    asks, adds = entry.question[language], entry.additive[language]
    return f"| `{entry.id}` | {asks} | {slots} | {options} | {units} | {adds} |"


def imports_table(language: str) -> str:
    """Return every format that can be imported, and every option of an import, as Markdown in ``zh`` or ``en``."""
    zh = language == "zh"
    rows = ["| 格式 | 扩展名 |" if zh else "| Format | Endings |", "| --- | --- |"]
    for form in import_formats():
        rows.append(f"| {form.label[language]} | {' '.join(f'`.{ending}`' for ending in form.endings) or '—'} |")
    rows += ["", "| 选项 | 命令行 | 含义 | 取值 |" if zh else "| Option | Command line | Meaning | Values |"]
    rows.append("| --- | --- | --- | --- |")
    for name, about in OPTIONS.items():
        meaning = about.label[language] + (f"{'；' if zh else '; '}{about.hint[language]}" if about.hint else "")
        values = " ".join(f"`{value}`" for value in choices_of(name)) or "—"
        cells = (f"`{name}`", " ".join(f"`{flag}`" for flag in flags_of(name)), meaning, values)
        rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(rows) + "\n"


def rules_table(language: str) -> str:
    """Return every kind of rule, and what all rules may have, as Markdown in ``zh`` or ``en``."""
    zh = language == "zh"
    heads = {
        "zh": "| 类型 | 名称 | 何时满足 | 图层（角色） | 必填 | 可填 |",
        "en": "| Kind | Called | Kept when | Layers (role) | Must have | May have |",
    }
    rows = [heads[language], "| --- | --- | --- | --- | --- | --- |"]
    for one in KINDS.values():
        told = [" ".join(f"`{name}`" for name in names) or "—" for names in (one.roles, one.needs, one.takes)]
        cells = (
            f"`{one.id}`",
            one.label[language],
            one.about[language],
            *(cell.replace("|", "` / `") for cell in told),
        )
        rows.append(f"| {' | '.join(cells)} |")
    needed = [one.name for one in fields(SiteRule) if one.default is MISSING and one.default_factory is MISSING]
    may = [one.name for one in fields(SiteRule) if one.name not in needed]
    words = ("每条规则须有：", "可有：") if zh else ("Every rule has: ", "It may have: ")
    for word, names in zip(words, (needed[1:], may), strict=True):
        rows += ["", word + " ".join(f"`{name}`" for name in names)]
    return "\n".join(rows) + "\n"


def settings_table(language: str) -> str:
    """Return every setting as a Markdown table in ``zh`` or ``en``."""
    heads = {
        "zh": "| 环境变量 | 含义 | 默认 | 取值 |",
        "en": "| Environment variable | Meaning | Default | Takes |",
    }
    rows = [heads[language], "| --- | --- | --- | --- |"]
    for one in settings.SETTINGS:
        meaning, takes = (one.zh, one.expected_zh) if language == "zh" else (one.en, one.expected_en)
        default = f"`{one.default}`{' ' + one.unit if one.unit else ''}" if one.default else "—"
        rows.append(f"| `{PREFIX}{one.name.upper()}` | {meaning} | {default} | {takes or '—'} |")
    return "\n".join(rows).replace("[", "\\[") + "\n"
