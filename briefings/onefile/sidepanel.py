"""What stands beside the map in a one-file map: search, legend with switches, sources and versions, as markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from briefings.map.description import Shown, name_of, plan_lines, positions_of
from briefings.map.legend import Row, position_rows
from geo.text import Text
from layers.library.library import Library
from layers.plan.style import LegendEntry
from layers.plan.views import View

WORDS: Mapping[str, Text] = {
    "about": Text("来源与数据版本", "Sources and data versions"),
    "all_of": Text("列出全部：", "List all of:"),
    "close": Text("关闭", "Close"),
    "count": Text("要素", "Features"),
    "filtered": Text("只含", "Only where"),
    "found": Text("找到 {count} 项", "{count} found"),
    "first": Text("，列出前 {shown} 项", ", the first {shown} listed"),
    "hint": Text("名称，按 / 键", "A name; press /"),
    "illustrative": Text("示意数据", "illustrative"),
    "layers": Text("图层与图例", "Layers and legend"),
    "licence": Text("许可", "Licence"),
    "map": Text("地图", "Map"),
    "no_reason": Text("规划未写位置。", "The plan states no place."),
    "none": Text("没有找到。可换用更短的词。", "Nothing found. Try a shorter word."),
    "noscript": Text(
        "地图需要 JavaScript；请在浏览器中允许本文件运行脚本。图例与来源无需脚本即可阅读。",
        "The map needs JavaScript: let this file run its script. Legend and sources can be read without.",
    ),
    "not_stated": Text("未说明", "not stated"),
    "search": Text("检索", "Search"),
    "sorry": Text("此浏览器无法绘制地图：", "This browser cannot draw the map: "),
    "source": Text("来源", "Source"),
    "came": Text("导入", "Import"),
    "unplaced": Text("尚未上图", "not on the map yet"),
    "version": Text("版本", "Version"),
    "zoom_in": Text("放大", "Zoom in"),
    "zoom_out": Text("缩小", "Zoom out"),
}


def panel(library: Library, view: View, shown: Sequence[Shown], language: str, *, still: str) -> str:
    """Return the page's body, with a place for the map; here alone a plan's text becomes markup, escaped.

    ``still`` is markup that stands in the map's place where scripts do not run.

    Parameters
    ----------
    library
        The open plan.
    view
        What the map shows.
    shown
        Its layers, with what of them is shown.
    language
        ``zh`` or ``en``.
    still
        Markup that stands in the map's place where scripts do not run.
    """
    plan, name = library.catalog.plan, name_of(view, library)[language]
    under = view.description[language] or plan.subtitle[language]
    if view.title[language]:
        under = f"{plan.title[language]} · {under}"
    said = {key: escape(text[language]) for key, text in WORDS.items()}
    notice, *_, dated = plan_lines(library, list(shown), language)
    map_ = f'<div id="map" aria-label="{said["map"]}"></div>{still}'
    where = f'<main>{map_}<p id="credit">{escape(dated)}</p></main>'
    legend = "".join(_legend(i, one, said, language) for i, one in enumerate(shown))
    sure = position_rows(positions_of(list(shown)), language)
    return f"""<aside id="panel" aria-label="{said["layers"]}">
<h1>{escape(name)}</h1>
<p class="under">{escape(under)}</p>
<noscript><p class="warning">{said["noscript"]}</p></noscript>
<div id="tools" hidden>
<label for="search">{said["search"]}</label>
<input id="search" type="search" autocomplete="off" maxlength="100" placeholder="{said["hint"]}">
<p id="status" role="status"></p>
<div id="results"></div>
<section id="card" tabindex="-1" hidden></section>
</div>
<h2>{said["layers"]}</h2>
{legend}{_entries(sure)}
<p class="notice">{escape(notice)}</p>
<details id="about"><summary>{said["about"]}</summary>
{_sources(view, shown, said, language)}
</details>
</aside>
{where}"""


def _legend(index: int, one: Shown, said: Mapping[str, str], language: str) -> str:
    layer, label = one.snapshot.layer, escape(one.legend.label[language])
    badge = f' <span class="badge">{said["illustrative"]}</span>' if layer.illustrative else ""
    rows = [(entry, entry.label[language]) for entry in one.legend.entries]
    only = _symbol(rows[0][0]) if len(rows) == 1 else ""
    listing = f'title="{said["all_of"]}" aria-label="{said["all_of"]} {label}"'
    return f"""<section class="layer" data-layer="{index}">
<label><input type="checkbox" checked disabled>{only}<span class="text">{label}</span></label>{badge}
<button type="button" class="list" disabled {listing}>{len(one.chosen)}</button>
{"" if only else _entries(rows)}</section>
"""


def _entries(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    out = [
        f'<li class="head">{escape(text)}</li>'
        if entry is None
        else f'<li>{_symbol(entry)}<span class="text">{escape(text)}</span></li>'
        for entry, text in rows
    ]
    return f"<ul>{''.join(out)}</ul>"


def _symbol(entry: LegendEntry) -> str:
    look, (shape, filled) = entry.look, _SYMBOLS[entry.kind]
    paint = {
        "stroke": look.color,
        "stroke-width": f"{min(look.width, 4):g}",
        "stroke-opacity": f"{look.opacity:g}",
        "stroke-dasharray": " ".join(f"{d:g}" for d in look.dash),
        "fill": (look.fill or "none") if filled else "none",
        "fill-opacity": f"{look.fill_opacity:g}",
    }
    said = "".join(f' {key}="{escape(value)}"' for key, value in paint.items() if value)
    return f'<svg width="28" height="18" aria-hidden="true"><{shape}{said}/></svg>'


_SYMBOLS: Mapping[str, tuple[str, bool]] = {
    "line": ('path d="M2 13C9 13 13 5 26 5"', False),
    "point": ('circle cx="14" cy="9" r="6"', True),
    "polygon": ('rect x="2" y="2" width="24" height="14" rx="2"', True),
}


def _sources(view: View, shown: Sequence[Shown], said: Mapping[str, str], language: str) -> str:
    out = []
    for one in shown:
        snapshot, layer, total = one.snapshot, one.snapshot.layer, len(one.snapshot.features)
        count = f"{len(one.chosen)}" if len(one.chosen) == total else f"{len(one.chosen)} / {total}"
        only = "; ".join(view.filters.get(layer.id, ()))
        number = "" if snapshot.number is None else f"{snapshot.number}, "
        version = f'{number}<code title="SHA-256 {snapshot.version}">{snapshot.version[:16]}</code>'
        rows = [
            ("source", escape(layer.source[language])),
            *([("came", escape(snapshot.came[language]))] if snapshot.came else []),
            ("licence", escape(layer.licence[language])),
            ("count", count),
            *([("filtered", escape(only))] if only else []),
            ("version", version),
        ]
        listed = "".join(f"<dt>{said[key]}</dt><dd>{text}</dd>" for key, text in rows)
        out.append(f'<div class="source"><h3>{escape(layer.label[language])}</h3><dl>{listed}</dl></div>')
    return "".join(out)
