"""How a native table on a slide looks: rules instead of a grid, and units on lines of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pptx.oxml import parse_xml
from pptx.util import Pt

from briefings.map.fonts import width_em

_RULE_PT, _HAIRLINE_PT = 1.25, 0.5
_BETWEEN_EM, _BOLD = 0.25, 1.08  # how much wider bold letters are
_BETWEEN = re.compile(r"(?<=[\u2e80-\u9fff])(?=\s?[0-9A-Za-z])|(?<=[0-9A-Za-z])(?=\s?[\u2e80-\u9fff])")
_HEAD_WIDE = 1.35  # of a head's ems, with its margins, in the widest letters
_UNIT_AT = re.compile(r"(?<=\S)(?: (?=\()|(?=（))(?=.[^()（）]*[)）]$)")  # where a unit in brackets begins
_UNIT = re.compile(r"[（(][^（）()]*[)）]")
NO_GRID = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # a table style every PowerPoint has: no lines, no fill


def unit_heads(heads: Sequence[str], widths: Sequence[int], size: float) -> tuple[str, ...]:
    r"""Return the heads of columns so wide (EMU) in lines: a unit in brackets has its own where a head needs two.

    Examples
    --------
    >>> unit_heads(("面积 (公顷)", "个数 (个)"), (700_000, 1_400_000), 12)
    ('面积\n(公顷)', '个数 (个)')
    >>> unit_heads(("密度（个/平方公里）",), (700_000,), 12)
    ('密度\n（个/平方公里）',)
    >>> unit_heads(("覆盖率（至少） (%)",), (700_000,), 12)
    ('覆盖率（至少）\n(%)',)
    """
    return tuple(
        _UNIT_AT.sub("\n", head)
        if _UNIT_AT.search(head) and width_em(head) * size * _HEAD_WIDE * Pt(1) > width
        else head
        for head, width in zip(heads, widths, strict=True)
    )


def unit_em(head: str) -> float:
    """Return how wide the units in brackets of a column's head are, in bold letters: no line breaks within one.

    Examples
    --------
    >>> unit_em("面积"), unit_em("密度（个/平方公里）") > 7
    (0.0, True)
    """
    return max((width_em(unit) * _BOLD for unit in _UNIT.findall(head)), default=0.0)


def loose_em(text: str) -> float:
    """Return how wide a text is, in ems, with what programs leave between Chinese letters and others.

    Examples
    --------
    >>> loose_em("规划") == width_em("规划"), loose_em("3 月") > width_em("3 月")
    (True, True)
    """
    return width_em(text) + _BETWEEN_EM * len(_BETWEEN.findall(text))


def plain_table(graphic: Any) -> bool:  # noqa: ANN401
    """Take fill, lines and bands from a table: what it has are rules, that it is ruled is returned."""
    graphic._element.xpath(".//a:tblPr/a:tableStyleId")[0].text = NO_GRID
    for name in ("firstRow", "bandRow"):
        graphic._element.xpath(".//a:tblPr")[0].set(name, "0")
    return True


def rule_cells(graphic: Any, row: int, *, heavy: bool) -> None:  # noqa: ANN401
    """Draw the rule below a row: a hairline, or a line in the text's colour below the head and around a sum."""
    wide = int((_RULE_PT if heavy else _HAIRLINE_PT) * 12_700)
    color = '<a:schemeClr val="tx1"/>' if heavy else '<a:srgbClr val="C9CFD6"/>'
    space = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    for cell in graphic.table.rows[row].cells:
        line = parse_xml(f'<a:lnB {space} w="{wide}"><a:solidFill>{color}</a:solidFill></a:lnB>')
        cell._tc.get_or_add_tcPr().insert(0, line)
