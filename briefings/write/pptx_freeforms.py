"""The drawing markup of a slide: a group of named shapes, written at once.

python-pptx looks through the whole slide for a free number for every freeform, so that a thousand of them take a
minute; here a group is one text with its numbers counted up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from pptx.oxml import parse_xml

from layers.plan.style import Look

_SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_EMU_PER_POINT = 12_700
_POINTS_PER_PIXEL = 0.72
_LEAST_LINE = 0.25  # points
_LINES = '<a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/>'
Chain = Sequence[tuple[int, int]]
Box = tuple[int, int, int, int]  # left, top, right, bottom, EMU


@dataclass(frozen=True)
class Drawn:
    """A feature on a slide: its name, look, and either chains of places (EMU) or one circle."""

    name: str
    look: Look
    chains: tuple[Chain, ...] = ()
    closed: bool = False
    circle: tuple[int, int, int] | None = None  # middle x, y and radius

    @property
    def box(self) -> Box:
        """What it takes up."""
        if self.circle is not None:
            x, y, radius = self.circle
            return x - radius, y - radius, x + radius, y + radius
        xs = [x for chain in self.chains for x, _ in chain]
        ys = [y for chain in self.chains for _, y in chain]
        return min(xs), min(ys), max(xs), max(ys)


def radius_emu(look: Look) -> int:
    """Return the radius of a point's circle."""
    return int(look.radius * _POINTS_PER_PIXEL * _EMU_PER_POINT)


def group_element(name: str, drawn: Sequence[Drawn], *, first: int) -> Any:  # noqa: ANN401 - an lxml element
    """Return a group's element; it and its shapes are numbered from ``first``."""
    boxes = [one.box for one in drawn]
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    wide, high = max(b[2] for b in boxes) - left, max(b[3] for b in boxes) - top
    place = f'x="{left}" y="{top}"/><a:{{}} cx="{wide}" cy="{high}"/>'
    shapes = (_shape(one, box, first + 1 + i) for i, (one, box) in enumerate(zip(drawn, boxes, strict=True)))
    return parse_xml(
        f"<p:grpSp {_SPACES}><p:nvGrpSpPr><p:cNvPr id={quoteattr(str(first))} name={quoteattr(name)}/>"
        f"<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off {place.format('ext')}"
        f"<a:chOff {place.format('chExt')}</a:xfrm></p:grpSpPr>{''.join(shapes)}</p:grpSp>"
    )


def _shape(one: Drawn, box: Box, number: int) -> str:
    left, top, right, bottom = box
    geometry = (
        '<a:prstGeom prst="ellipse"><a:avLst/></a:prstGeom>'
        if one.circle is not None
        else f"<a:custGeom><a:avLst/>{_LINES}<a:pathLst>{_path(one, box)}</a:pathLst></a:custGeom>"
    )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name={quoteattr(one.name)}/><p:cNvSpPr/><p:nvPr/></p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{right - left}" cy="{bottom - top}"/></a:xfrm>'
        f"{geometry}{_fill(one)}{_line(one.look)}<a:effectLst/></p:spPr></p:sp>"
    )


def _path(one: Drawn, box: Box) -> str:
    left, top, right, bottom = box
    end = "<a:close/>" if one.closed else ""
    parts = []
    for chain in one.chains:
        (x, y), *rest = [(x - left, y - top) for x, y in chain]
        lines = "".join(f'<a:lnTo><a:pt x="{x}" y="{y}"/></a:lnTo>' for x, y in rest)
        parts.append(f'<a:moveTo><a:pt x="{x}" y="{y}"/></a:moveTo>{lines}{end}')
    return f'<a:path w="{right - left}" h="{bottom - top}">{"".join(parts)}</a:path>'


def _fill(one: Drawn) -> str:
    if one.look.fill is None or not (one.closed or one.circle is not None):
        return "<a:noFill/>"
    return _solid(one.look.fill, one.look.fill_opacity)


def _line(look: Look) -> str:
    width = round(max(look.width * _POINTS_PER_PIXEL, _LEAST_LINE) * _EMU_PER_POINT)
    dash = '<a:prstDash val="dash"/>' if look.dash else ""
    return f'<a:ln w="{width}">{_solid(look.color, look.opacity)}{dash}</a:ln>'


def _solid(color: str, opacity: float) -> str:
    red, green, blue = bytes.fromhex(color.lstrip("#"))
    seen = f'<a:alpha val="{round(opacity * 100_000)}"/>' if opacity < 1 else ""
    return f'<a:solidFill><a:srgbClr val="{red:02X}{green:02X}{blue:02X}">{seen}</a:srgbClr></a:solidFill>'
