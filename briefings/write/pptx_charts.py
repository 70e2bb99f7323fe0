"""A figure's chart as a native one on a slide: its data can be edited, its names have room."""

from __future__ import annotations

from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.oxml import parse_xml
from pptx.util import Emu, Pt

from briefings.map.fonts import width_em
from briefings.resolve.blocks import Chart
from briefings.resolve.tables import inert_label, unbroken_number
from briefings.write.pptx_shapes import set_alt_text

_KINDS = {
    "bars": XL_CHART_TYPE.BAR_CLUSTERED,
    "columns": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "line": XL_CHART_TYPE.LINE_MARKERS,
}
_SPACE = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_NAMES_PT, _MOST_NAMES, _GAP = 12, 0.5, 0.02  # size of names, and their share of the width at most
_REST = "#B8C0C8"  # of the bar of all the others
Place = tuple[Emu, Emu, Emu, Emu]


def add_chart(slide: Any, chart: Chart, place: Place, *, alt: str, marked: int | None = None) -> None:  # noqa: ANN401
    """Put a chart into a place of a slide (left, top, width, height).

    Parameters
    ----------
    slide
        Where to.
    chart
        Names, values and unit.
    place
        Left, top, width, height in EMU.
    alt
        What the chart says, for who cannot see it.
    marked
        The bar that the title names: it stands out.
    """
    data: Any = CategoryChartData(number_format=f"#,##0{'.' + '0' * chart.decimals if chart.decimals else ''}")
    pairs = list(zip(chart.labels, chart.values, strict=True))
    pairs = pairs[::-1] if chart.kind == "bars" else pairs
    data.categories = [inert_label(label) for label, _ in pairs]
    data.add_series(inert_label(chart.name), [value for _, value in pairs])
    graphic = slide.shapes.add_chart(_KINDS[chart.kind], *place, data)
    made = graphic.chart
    made.has_legend, made.has_title = False, chart.name.endswith((")", "）"))
    made.font.size = Pt(_NAMES_PT)
    if made.has_title:  # a unit, or what the values are; a count alone has neither
        made.chart_title.text_frame.text = chart.name
        made.chart_title.text_frame.paragraphs[0].runs[0].font.size = Pt(13)
        _at_the_left(made)
    plot = made.plots[0]
    if chart.kind != "line":
        plot.gap_width = 40 if len(chart.labels) > 4 else 110
    plot.has_data_labels = True
    plot.data_labels.show_value, plot.data_labels.font.size = True, Pt(_NAMES_PT)
    plot.data_labels.position = XL_LABEL_POSITION.ABOVE if chart.kind == "line" else XL_LABEL_POSITION.OUTSIDE_END
    _paint_bars(plot, chart, marked)
    for axis in made._chartSpace.xpath(".//c:axId | .//c:crossAx"):
        # the library writes numbers below zero, which the schema forbids; above 2**31 LibreOffice shows no names
        axis.set("val", str(abs(int(axis.get("val")))))
    if min(chart.values, default=0.0) >= 0:
        made.value_axis.minimum_scale = 0  # programs begin elsewhere where values are nearly alike
    made.value_axis.visible = made.value_axis.has_major_gridlines = False
    if chart.kind == "bars":
        words = max(width_em(label) for label in chart.labels) * Pt(_NAMES_PT)
        _room_for_names(made, min(words / place[2] + _GAP, _MOST_NAMES), told=0.12 if chart.shares else 0.1)
    set_alt_text(graphic, alt)


def _paint_bars(plot: Any, chart: Chart, marked: int | None) -> None:  # noqa: ANN401
    """Give bars the colours of their classes; the marked one stands out, what is left over recedes.

    Parameters
    ----------
    plot
        The made chart's.
    chart
        What is drawn.
    marked
        The bar that stands out.
    """
    last = len(chart.labels) - 1
    if chart.shares:  # the series' own labels, which those of single bars would take the place of
        told = plot.series[0].data_labels
        told.show_value, told.font.size, told.position = True, Pt(_NAMES_PT), XL_LABEL_POSITION.OUTSIDE_END
    for at in range(len(chart.labels)) if chart.kind != "line" else ():
        point = plot.series[0].points[last - at if chart.kind == "bars" else at]
        color, rest = chart.colors[at] if chart.colors else "", chart.rest and at == last
        if color or rest:
            point.format.fill.solid()
            point.format.fill.fore_color.rgb = RGBColor.from_string((color or _REST).lstrip("#").upper())
        elif marked is not None and at != marked:
            point.format.fill.solid()
            paint = point.format.fill.fore_color
            paint.theme_color, paint.brightness = MSO_THEME_COLOR.ACCENT_1, 0.6
        if color and at == marked:
            point.format.line.color.theme_color, point.format.line.width = MSO_THEME_COLOR.TEXT_1, Pt(1.5)
        if chart.shares and chart.shares[at]:
            label = point.data_label
            label.position, label.text_frame.word_wrap = XL_LABEL_POSITION.OUTSIDE_END, False
            label.text_frame.text = unbroken_number(f"{chart.texts[at]} · {chart.shares[at]}")
            label.text_frame.paragraphs[0].runs[0].font.size = Pt(_NAMES_PT)


def _at_the_left(chart: Any) -> None:  # noqa: ANN401
    """Put a chart's title to the upper left, where its names begin."""
    title = chart._chartSpace.xpath(".//c:chart/c:title")[0]
    for old in title.xpath("./c:layout"):
        title.remove(old)
    sides = '<c:xMode val="edge"/><c:yMode val="edge"/><c:x val="0.005"/><c:y val="0.005"/>'
    layout = parse_xml(f'<c:layout xmlns:c="{_SPACE}"><c:manualLayout>{sides}</c:manualLayout></c:layout>')
    title.xpath("./c:tx")[0].addnext(layout)


def _room_for_names(chart: Any, share: float, *, told: float) -> None:  # noqa: ANN401 - python-pptx has no word for it
    """Keep the left share of a bar chart free for names, so that none is broken, and the right one for values."""
    area = chart._chartSpace.xpath(".//c:plotArea")[0]
    for old in area.xpath("./c:layout"):
        area.remove(old)
    sides = {"x": share, "y": 0.1, "w": 1.0 - told - share, "h": 0.88}
    words = "".join(f'<c:{side} val="{value:.4f}"/>' for side, value in sides.items())
    modes = '<c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
    layout = f"<c:manualLayout>{modes}{words}</c:manualLayout>"
    area.insert(0, parse_xml(f'<c:layout xmlns:c="{_SPACE}">{layout}</c:layout>'))
