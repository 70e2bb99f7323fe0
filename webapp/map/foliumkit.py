"""folium made safe: rendered text is never compiled again, ids are stable, assets are local or refused.

branca renders an element's macro and compiles the outcome as a template a second time; a value such as
``{{ ... }}`` would then run on the server. Here the outcome is kept as text. A page's parts are returned
apart, so that script and style can be served as files under a content security policy without ``inline``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink, MacroElement

from geo.errors import PlanAtlasError


class UnknownAsset(PlanAtlasError):
    """A folium element links to a file the service does not hold; the page must work with no network."""

    code = "unknown_asset"
    zh = "folium 引用了未登记的文件 {url}。请在 webapp/assets.toml 登记，并在 foliumkit.FILES 对应。"
    en = "folium links to {url}, which is not held locally. Declare it in webapp/assets.toml and foliumkit.FILES."


class UnsafePage(PlanAtlasError):
    """A folium element writes markup that cannot be served without inline script or style."""

    code = "unsafe_page"
    zh = "folium 生成了无法安全提供的标记：{found}。"
    en = "folium wrote markup that cannot be served safely: {found}."


class Literal(Element):
    """Text that is what it is; rendering never looks inside."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def render(self, **_kwargs: object) -> str:
        """Return the text."""
        return self._text


def _render_once(self: MacroElement, **kwargs: Any) -> None:  # noqa: ANN401 - branca's signature
    """Replace ``MacroElement.render``: the same parts in the same places, compiled once."""
    figure = self.get_root()
    if not isinstance(figure, Figure):
        raise UnsafePage(found=type(self).__name__)
    for part in ("header", "html", "script"):
        macro = self._template.module.__dict__.get(part)
        if macro is not None:
            getattr(figure, part).add_child(Literal(macro(self, kwargs)), name=self.get_name())
    for element in self._children.values():
        element.render(**kwargs)


MacroElement.render = _render_once  # type: ignore[method-assign]

# Which local asset stands for each link of the folium elements in use; None: the shell does without.
FILES: Mapping[str, str | None] = {
    "leaflet": "leaflet.js",
    "leaflet_css": "leaflet.css",
    "Control.Fullscreen.js": "fullscreen.js",
    "Control.FullScreen.css": "fullscreen.css",
    "Control_MiniMap_js": "minimap.js",
    "Control_MiniMap_css": "minimap.css",
    "jquery": None,
    "bootstrap": None,
    "awesome_markers": None,
    "bootstrap_css": None,
    "glyphicons_css": None,
    "awesome_markers_font_css": None,
    "awesome_markers_css": None,
    "awesome_rotate_css": None,
}


@dataclass(frozen=True)
class Page:
    """A map page in parts: asset names in load order, body markup, script text, style text."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    body: str
    script: str
    style: str


def page_parts(page_map: folium.Map, *, name: str) -> Page:
    """Render a folium map into its parts.

    Parameters
    ----------
    page_map
        A map made of server-owned declarations only.
    name
        The map's variable is ``map_<name>``; other ids count up below it, so the same map gives the same bytes.

    Raises
    ------
    UnknownAsset
        An element links to a file with no local counterpart.
    UnsafePage
        An element writes markup other than script, style and meta into the page's head.
    """
    _name_elements(page_map, name)
    figure = Figure()
    figure.add_child(page_map)
    for element in figure._children.values():
        element.render()
    scripts: list[str] = []
    styles: list[str] = []
    heads: list[str] = []
    for key, element in figure.header._children.items():
        if isinstance(element, JavascriptLink | CssLink):
            if key not in FILES:
                raise UnknownAsset(url=element.url)
            asset = FILES[key]
            if asset:
                (scripts if isinstance(element, JavascriptLink) else styles).append(asset)
        elif key != "meta_http":
            heads.append(element.render())
    head = _Head()
    head.feed("\n".join(heads))
    head.close()
    body = "\n".join(e.render() for e in figure.html._children.values()).strip()
    script = "\n".join([*head.script, *(e.render() for e in figure.script._children.values())])
    return Page(tuple(scripts), tuple(styles), body, script.strip() + "\n", "\n".join(head.style).strip() + "\n")


def _name_elements(root: Element, name: str) -> None:
    """Give every element an id that depends on its place in the tree, not on chance."""
    root._id = name
    held = [v for v in vars(root).values() if isinstance(v, Element) and v is not root._parent]
    for number, child in enumerate([*root._children.values(), *held]):
        _name_elements(child, f"{name}_{number}")


class _Head(HTMLParser):
    """Takes script and style text out of head markup and refuses anything it does not know."""

    def __init__(self) -> None:
        super().__init__()
        self.script: list[str] = []
        self.style: list[str] = []
        self._into: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style") and not attrs:
            self._into = self.script if tag == "script" else self.style
        elif tag != "meta":
            raise UnsafePage(found=f"<{tag}>")

    def handle_endtag(self, _tag: str) -> None:
        self._into = None

    def handle_data(self, data: str) -> None:
        if self._into is not None:
            self._into.append(data.strip())
        elif data.strip():
            raise UnsafePage(found=data.strip()[:40])
