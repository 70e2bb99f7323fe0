"""A figure's chart as a native one on a slide: its data can be edited, its names have room."""

from __future__ import annotations

from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.oxml import parse_xml
from pptx.util import Emu, Pt

from briefings.map.fonts import width_em
from briefings.resolve.blocks import Chart
from briefings.resolve.tables import inert_label
from briefings.write.pptx_shapes import set_alt_text

_KINDS = {
    "bars": XL_CHART_TYPE.BAR_CLUSTERED,
    "columns": XL_CHART_TYPE.COLUMN_CLUSTERED,
    "line": XL_CHART_TYPE.LINE_MARKERS,
}
_SPACE = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_NAMES_PT, _MOST_NAMES, _GAP = 12, 0.5, 0.02  # size of names, and their share of the width at most
Place = tuple[Emu, Emu, Emu, Emu]


def add_chart(slide: Any, chart: Chart, place: Place, *, scale: float, alt: str) -> None:  # noqa: ANN401
    """Put a chart into a place of a slide (left, top, width, height); ``scale`` enlarges its letters.

    Parameters
    ----------
    slide
        Where to.
    chart
        Names, values and unit.
    place
        Left, top, width, height in EMU.
    scale
        Enlarges the letters.
    alt
        What the chart says, for who cannot see it.
    """
    data: Any = CategoryChartData(number_format=f"#,##0{'.' + '0' * chart.decimals if chart.decimals else ''}")
    pairs = list(zip(chart.labels, chart.values, strict=True))
    pairs = pairs[::-1] if chart.kind == "bars" else pairs
    data.categories = [inert_label(label) for label, _ in pairs]
    data.add_series(inert_label(chart.name), [value for _, value in pairs])
    graphic = slide.shapes.add_chart(_KINDS[chart.kind], *place, data)
    made = graphic.chart
    made.has_legend, made.has_title = False, True
    made.font.size = Pt(_NAMES_PT * scale)
    made.chart_title.text_frame.text = chart.name
    made.chart_title.text_frame.paragraphs[0].runs[0].font.size = Pt(13 * scale)
    plot = made.plots[0]
    if chart.kind != "line":
        plot.gap_width = 40 if len(chart.labels) > 4 else 110
    plot.has_data_labels = True
    plot.data_labels.show_value, plot.data_labels.font.size = True, Pt(_NAMES_PT * scale)
    plot.data_labels.position = XL_LABEL_POSITION.ABOVE if chart.kind == "line" else XL_LABEL_POSITION.OUTSIDE_END
    colors = chart.colors[::-1] if chart.kind == "bars" else chart.colors
    for at, color in enumerate(colors):
        if color:
            fill = plot.series[0].points[at].format.fill
            fill.solid()
            fill.fore_color.rgb = RGBColor.from_string(color.lstrip("#").upper())
    for axis in made._chartSpace.xpath(".//c:axId | .//c:crossAx"):
        # the library writes numbers below zero, which the schema forbids; above 2**31 LibreOffice shows no names
        axis.set("val", str(abs(int(axis.get("val")))))
    made.value_axis.visible = made.value_axis.has_major_gridlines = False
    if chart.kind == "bars":
        words = max(width_em(label) for label in chart.labels) * Pt(_NAMES_PT * scale)
        _room_for_names(made, min(words / place[2] + _GAP, _MOST_NAMES))
    set_alt_text(graphic, alt)


def _room_for_names(chart: Any, share: float) -> None:  # noqa: ANN401 - python-pptx has no word for it
    """Keep the left share of a bar chart free for names, so that long ones are not broken."""
    area = chart._chartSpace.xpath(".//c:plotArea")[0]
    for old in area.xpath("./c:layout"):
        area.remove(old)
    sides = {"x": share, "y": 0.1, "w": 0.9 - share, "h": 0.88}
    words = "".join(f'<c:{side} val="{value:.4f}"/>' for side, value in sides.items())
    modes = '<c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
    layout = f"<c:manualLayout>{modes}{words}</c:manualLayout>"
    area.insert(0, parse_xml(f'<c:layout xmlns:c="{_SPACE}">{layout}</c:layout>'))
