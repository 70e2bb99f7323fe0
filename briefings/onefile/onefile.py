"""A view as one HTML file that asks no network: the map, its legend, sources and versions, opened by itself."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely

from briefings.map.answered import Answered, answered_of, look_of_piece
from briefings.map.description import ShownLayer, map_sentence, name_of, shown_layers
from briefings.map.layers import LayerLook
from briefings.map.older import LOOK, OlderVersion, older_version
from briefings.map.presets import read_decimals
from briefings.onefile.blocks import about_blocks, block_shapes
from briefings.onefile.packed import KINDS, packed_layer, packed_shapes, path_options
from briefings.onefile.sidepanel import WORDS, side_panel
from briefings.templates import render_page
from geo.arrays import Bools
from geo.errors import PlanAtlasError
from geo.text import Text
from layers.errors import LayerUnavailable, UnknownLayer
from layers.exports.coordinates import cover_warning, large_scale
from layers.library.library import Library
from layers.plan.style import Look
from layers.plan.views import View

_HERE = Path(__file__).parent
_URL = re.compile(r"url\([^)]*\)")
_MAPPED = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
_HIDDEN = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


class MissingLeaflet(PlanAtlasError):
    """The map library is not installed."""

    code = "missing_leaflet"
    zh = "缺少 {file}。请运行 python run.py 完成安装。"
    en = "{file} is missing. Run python run.py to finish the set-up."


@dataclass(frozen=True)
class OneFile:
    """The file, how many features of each layer are in it, and why other layers are not.

    ``policy`` is the content security policy it carries: its own script and style by their hashes, no request.
    """

    data: bytes
    policy: str
    counts: Mapping[str, int]
    warnings: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Head:
    """What other services read of a page: where its oEmbed answer is, and its Open Graph properties."""

    oembed: str
    properties: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class MapPage:
    """The page a map stands in.

    Attributes
    ----------
    packages
        Folder with the installed front-end packages; leaflet is taken from it.
    language
        ``zh`` or ``en``.
    decimals
        Of the coordinates, in degrees: 6 is 0.1 m.
    controls
        Whether the panel with search, legend and sources stands beside the map.
    state
        What is said of the data's state below the map, for a map inside another page.
    fallback
        Address of a picture for readers without scripts; the map's sentence stands below it.
    head
        What other services read of the page.
    """

    packages: Path
    language: str
    decimals: int = 6
    controls: bool = True
    state: str = ""
    fallback: str = ""
    head: Head | None = None


def one_file(
    library: Library,
    view: View,
    page: MapPage,
    *,
    restricted: bool = False,
    figure: Mapping[str, Any] | None = None,
) -> OneFile:
    """Make the file.

    Parameters
    ----------
    library
        The open plan.
    view
        What is shown; layers that do not exist or may not be seen are left out and told.
    page
        Language, decimals and what stands beside the map.
    restricted
        Whether the reader may see restricted layers.
    figure
        The figure the view shows, as plain values: label, sentence and pieces of evidence.

    Raises
    ------
    BadDecimals
        Not 3 to 9 decimals.
    BadFilter
        A filter of the view does not fit its layer.
    MissingLeaflet
        Leaflet is not installed.
    """
    language = page.language
    decimals = read_decimals(str(page.decimals))
    library = library.as_of(view.date) if view.date else library
    library = library.at_time(view.when) if view.when else library
    script, style = _leaflet(page.packages)
    shown, warnings = shown_layers(library, view, restricted=restricted)
    older, missing = older_version(library, view, restricted=restricted)
    warnings += missing
    plan = library.catalog.plan
    layers = [
        packed_layer(
            one.snapshot.layer,
            one.chosen,
            LayerLook(
                classes=library.catalog.classes.get(one.snapshot.layer.scheme, ()),
                palette=view.palette,
                opacity=view.opacity.get(one.snapshot.layer.id, 1.0),
            ),
            language=language,
            decimals=decimals,
        )
        for one in shown
    ]
    west, south, east, north = plan.bounds
    placed = not about_blocks(library, view, restricted=restricted)
    answered = answered_of(figure)
    data = {
        "language": language,
        "decimals": decimals,
        "bounds": [[south, west], [north, east]],
        "blocks": [] if placed else block_shapes(library, language, decimals, restricted=restricted),
        "center": [view.center[1], view.center[0]] if view.center and placed else None,
        "zoom": view.zoom if placed else None,
        "selected": view.selected if any(_holds(one, view.selected) for one in shown) else "",
        "words": {key: text[language] for key, text in WORDS.items()},
        "background": _background(
            library, view, {one.snapshot.layer.id: (i, len(one.chosen)) for i, one in enumerate(shown)}, decimals
        ),
        "layers": layers,
        **_asked(view, answered, older, decimals),
    }
    title = name_of(view, library)[language]
    style += _own("onefile.css")
    own = _script(_own("onefile.js"))
    policy = content_policy([script, own], style, pictures="'self' data:" if page.fallback else "data:")
    packed = orjson.dumps(data).decode().translate(_HIDDEN)
    html = render_page(
        "onefile.html",
        own={"style": style, "data": packed, "leaflet": script, "script": own, "policy": policy},
        language=language,
        controls=page.controls,
        head=page.head,
        title=title if title == plan.title[language] else f"{title} · {plan.title[language]}",
        state=" ".join(
            part
            for part in (
                older.label[language] if older else "",
                answered.sentence[language] if answered else "",
                page.state,
            )
            if part
        ),
        still=_still(page.fallback, view, library, shown, language) if page.fallback else None,
        **side_panel(library, view, shown, language),
    )
    shapes = [large_scale(one.snapshot.layer, one.chosen) for one in shown]
    cover = cover_warning(np.concatenate(shapes)) if shapes else None
    warnings += [cover] if cover else []
    counts = {one.snapshot.layer.id: len(one.chosen) for one in shown}
    return OneFile(html.encode(), policy, counts, tuple(warnings))


def _asked(view: View, answered: Answered | None, older: OlderVersion | None, decimals: int) -> dict[str, Any]:
    """Return what lies over the layers: a drawn outline, a figure's evidence, an older version."""
    pieces = answered.pieces if answered else ()
    groups: dict[tuple[str, int], list[Any]] = {}
    for state, wkb in pieces:
        shape = shapely.from_wkb(wkb)
        groups.setdefault((state, int(shapely.get_dimensions(shape))), []).append(shape)
    evidence = [
        {
            "look": path_options(look_of_piece(state), KINDS[dimension]),
            "shapes": packed_shapes(np.array(shapes, dtype=object), decimals),
        }
        for (state, dimension), shapes in groups.items()
        if dimension >= 0
    ]
    if older is not None:
        dimensions = shapely.get_dimensions(older.shapes)
        evidence += [
            {
                "look": path_options(LOOK, kind),
                "shapes": packed_shapes(older.shapes[dimensions == dimension], decimals),
            }
            for dimension, kind in enumerate(KINDS)
            if (dimensions == dimension).any()
        ]
    return {"site": [[lat, lon] for lon, lat in view.site], "evidence": evidence}


def _still(
    picture: str, view: View, library: Library, shown: Sequence[ShownLayer], language: str
) -> dict[str, str]:
    """Return what stands in the map's place where scripts do not run: a picture, and the map in a sentence."""
    placed = [replace(one, near=one.chosen.where(~shapely.is_missing(one.chosen.geometry))) for one in shown]
    return {"picture": picture, "sentence": map_sentence(name_of(view, library), placed)[language]}


def _holds(one: ShownLayer, selected: str) -> bool:
    return selected.partition("/")[0] == one.snapshot.layer.id


def content_policy(scripts: list[str], style: str, *, pictures: str) -> str:
    """Return the policy of a page that carries its own scripts and style and asks nothing of anybody."""

    def hashed(text: str) -> str:
        digest = hashlib.sha256(f"\n{text}\n".encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"

    own = " ".join(map(hashed, scripts))
    return f"default-src 'none'; script-src {own}; style-src {hashed(style)}; img-src {pictures}; base-uri 'none'"


def _own(name: str) -> str:
    return (_HERE / name).read_text("utf-8")


def _leaflet(packages: Path) -> tuple[str, str]:
    """Return leaflet's script, its licence above it, and its style without the images it would ask for."""
    folder = packages / "leaflet"
    try:
        licence, script, style = (
            (folder / name).read_text("utf-8") for name in ("LICENSE", "dist/leaflet.js", "dist/leaflet.css")
        )
    except OSError as error:
        raise MissingLeaflet(file=str(folder)) from error
    banner = "/*\n" + licence.replace("*/", "* /") + "*/\n"
    return _script(banner + _MAPPED.sub("", script)), _URL.sub("none", style)


def _script(text: str) -> str:
    """Return a script that cannot end the element it stands in."""
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _background(
    library: Library, view: View, shown: Mapping[str, tuple[int, int]], decimals: int
) -> list[dict[str, Any]]:
    """Return the plan's own light background, as pictures have it; never a restricted layer.

    ``shown`` gives the place and number of features of the layers in the file: a whole one is not written twice.
    """
    base = library.catalog.basemaps.get(view.base)
    out: list[dict[str, Any]] = []
    for entry in () if base is not None and base.kind == "none" else library.catalog.background:
        try:
            shapes = library.snapshot(library.layer(entry.layer)).geometry
        except (UnknownLayer, LayerUnavailable):
            continue
        dimensions = shapely.get_dimensions(shapes)
        at, count = shown.get(entry.layer, (0, 0))
        for dimension in (1, 2):
            mine: Bools = dimensions == dimension
            if not mine.any():
                continue
            fill = entry.fill if entry.fill and dimension == 2 else None
            look = Look(entry.stroke or entry.fill or "#cccccc", entry.width * bool(entry.stroke), 1, fill, 1)
            same = count == len(shapes) and not ((dimensions >= 0) & ~mine).any()
            out.append(
                {
                    "look": {
                        **path_options(look, KINDS[dimension]),
                        "stroke": bool(entry.stroke) or dimension == 1,
                    },
                    "zoom": entry.min_zoom,
                    "shapes": at if same else packed_shapes(shapes[mine], decimals),
                }
            )
    return out
