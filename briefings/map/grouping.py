"""A picture's parts as named groups, so that a drawing program has the map's layers as its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase

INSET = "inset-"  # how the ids of the small maps beside the main one begin; their groups' ids follow
_INKSCAPE = "http://www.inkscape.org/namespaces/inkscape"
_FITS = (
    "max-width: 100%; max-height: 100%"  # of a smaller window; elsewhere a picture keeps the size it was drawn in
)
_SPOKEN = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC")


class _Mark(Artist):
    """Where a group begins, or ends when it has no name; only a vector format sees it."""

    def __init__(self, name: str, order: float) -> None:
        super().__init__()
        self.name = name
        self.set_zorder(order)

    def draw(self, renderer: RendererBase) -> None:
        if self.name:
            renderer.open_group("group", gid=self.name)
        else:
            renderer.close_group("group")


class NamedGroup:
    """What is added to the axes inside ``with`` at the height ``order`` is one group.

    Parameters
    ----------
    axes
        Of the map.
    name
        The group's id in an SVG.
    order
        The zorder of all its members.
    """

    def __init__(self, axes: Axes, name: str, order: float) -> None:
        inset = axes.get_gid() or ""
        self.axes, self.order = axes, order
        self.name = f"{inset}-{name}" if inset.startswith(INSET) else name

    def __enter__(self) -> NamedGroup:
        self.axes.add_artist(_Mark(self.name, self.order))
        return self

    def __exit__(self, *_: object) -> None:
        self.axes.add_artist(_Mark("", self.order))


def named_groups(svg: bytes, names: Mapping[str, str], *, title: str, description: str) -> bytes:
    """Return an SVG whose groups are layers with names people read, with a title and a description for readers.

    Parameters
    ----------
    svg
        As matplotlib writes it.
    names
        By the groups' ids.
    title, description
        Of the whole picture.
    """
    text = svg.decode()
    for key, name in names.items():
        layer = f'inkscape:groupmode="layer" inkscape:label={quoteattr(name)}'
        text = text.replace(f'<g id="{key}">', f'<g id="{key}" {layer}>', 1)
    fallback = ", ".join(f"'{font}'" for font in _SPOKEN)
    text = re.sub(r"(font-family: '[^']*')(?=[;\"])", rf"\1, {fallback}, sans-serif", text)
    head = f'<svg role="img" aria-labelledby="said-title said-more" style="{_FITS}" xmlns:inkscape="{_INKSCAPE}"'
    said = f'<title id="said-title">{escape(title)}</title>\n <desc id="said-more">{escape(description)}</desc>\n '
    return text.replace("<svg", head, 1).replace("<metadata>", f"{said}<metadata>", 1).encode()
