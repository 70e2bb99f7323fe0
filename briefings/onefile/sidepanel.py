"""What stands beside the map in a one-file map: search, legend with switches, sources and versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from briefings.map.description import ShownLayer, name_of, plan_lines, positions_of
from briefings.map.legend import position_rows
from geo.text import Text
from layers.library.library import Library
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


def panel(library: Library, view: View, shown: Sequence[ShownLayer], language: str) -> dict[str, Any]:
    """Return what the page's body says beside the map, for the template ``sidepanel.html``.

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
    """
    plan, name = library.catalog.plan, name_of(view, library)[language]
    under = view.description[language] or plan.subtitle[language]
    if view.title[language]:
        under = f"{plan.title[language]} · {under}"
    notice, *_, dated = plan_lines(library, list(shown), language)
    return {
        "name": name,
        "under": under,
        "said": {key: text[language] for key, text in WORDS.items()},
        "layers": [_layer(one, view, language) for one in shown],
        "sure": position_rows(positions_of(list(shown)), language),
        "notice": notice,
        "dated": dated,
        "dashes": lambda look: " ".join(f"{d:g}" for d in look.dash),
    }


def _layer(one: ShownLayer, view: View, language: str) -> dict[str, Any]:
    """Return a layer's legend, and where it comes from."""
    snapshot, layer, total = one.snapshot, one.snapshot.layer, len(one.snapshot.features)
    only = "; ".join(view.filters.get(layer.id, ()))
    return {
        "label": one.legend.label[language],
        "name": layer.label[language],
        "illustrative": layer.illustrative,
        "rows": [(entry, entry.label[language]) for entry in one.legend.entries],
        "count": len(one.chosen),
        "source": [
            ("source", layer.source[language]),
            *([("came", snapshot.came[language])] if snapshot.came else []),
            ("licence", layer.licence[language]),
            ("count", f"{len(one.chosen)}" if len(one.chosen) == total else f"{len(one.chosen)} / {total}"),
            *([("filtered", only)] if only else []),
        ],
        "number": snapshot.number,
        "version": snapshot.version,
    }
