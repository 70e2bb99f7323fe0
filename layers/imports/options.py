"""Everything a person can say of an import, declared once for parser, JSON body, schema, command line and page.

An option is one field here. `parse_options` checks a JSON body; `layers.imports.option_forms` makes the schema of
the API document, the command line and the page's form of it. Options of the
stages ``reading`` and ``placing`` are kept with the layer, and its next version is read by them unless it says
otherwise; ``auto`` forgets what was kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, cast

import msgspec

from geo.errors import PlanAtlasError
from geo.text import Text
from layers.imports.option_about import ENCODINGS, About, expected_words, said_option
from layers.plan.catalog import FieldMeasure
from layers.plan.measures import NAMES

FieldType = Literal["text", "number", "integer", "boolean", "date"]
AUTO = "auto"
UNITS = ("in", "ft", "mm", "cm", "m", "km", "us-ft")
ROTATIONS = ("coordinate_frame", "position_vector")


class BadOption(PlanAtlasError):
    """What was said of an import is not among what can be said."""

    code = "bad_option"
    zh = "导入选项 {name} 有误：{why_zh}。"
    en = "The import option {name} is wrong: {why_en}."


_TABLE, _TEXT = ("CSV", "XLSX"), ("CSV", "GeoJSON", "ESRI Shapefile", "XLSX", "KML", "KMZ", "DXF")


class ImportOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a file is to be imported; what is empty is found in the file, or asked."""

    layer: Annotated[str, said_option("图层编号", "id of the layer", "keeping", "layer")] = ""
    label_zh: Annotated[str, said_option("中文名称", "name in Chinese", "keeping")] = ""
    label_en: Annotated[str, said_option("英文名称", "name in English", "keeping")] = ""
    group: Annotated[str, said_option("目录分组", "group of the catalog", "keeping", "group")] = ""
    source_zh: Annotated[str, said_option("来源", "source", "keeping", flags=("--source", "--source-zh"))] = ""
    source_en: Annotated[str, said_option("来源（英文）", "source, in English", "keeping")] = ""
    licence_zh: Annotated[str, said_option("许可", "licence", "keeping", flags=("--licence", "--licence-zh"))] = ""
    licence_en: Annotated[str, said_option("许可（英文）", "licence, in English", "keeping")] = ""
    new_version: Annotated[
        bool, said_option("作为已有图层的新版本", "as a new version of a layer that exists", "keeping", "check")
    ] = False
    accept_changes: Annotated[
        bool, said_option("接受字段类型的变化", "accept changed types of fields", "keeping", "check")
    ] = False
    why: Annotated[str, said_option("原因", "why", "keeping")] = ""
    check_tiling: Annotated[
        bool, said_option("检查重叠与缝隙", "look for overlaps and gaps", "keeping", "check")
    ] = False
    edge_model: Annotated[
        Literal["", "lonlat", "plane", "geodesic"],
        said_option(
            "边的模型",
            "edges are straight in",
            "keeping",
            "choice",
            flags=("--edges", "--edge-model"),
            words={
                "lonlat": ("经纬度", "longitude and latitude"),
                "plane": ("投影平面", "the plane"),
                "geodesic": ("测地线", "geodesics"),
            },
        ),
    ] = ""
    id_field: Annotated[str, said_option("编号字段", "field of ids", "reading", "column")] = ""
    class_field: Annotated[str, said_option("分类字段", "field of classes", "reading", "column")] = ""
    scheme: Annotated[str, said_option("分类标准", "scheme of the classes", "reading", "scheme")] = ""
    sublayer: Annotated[
        str, said_option("图层、工作表或文件夹", "layer, sheet or folder of the file", "reading", "sublayer")
    ] = ""
    encoding: Annotated[
        str,
        said_option(
            "文字编码",
            "encoding of text",
            "reading",
            "choice",
            kinds=_TEXT,
            words=ENCODINGS,
        ),
    ] = ""
    separator: Annotated[
        Literal["", ",", ";", "tab", "|", "space", "，", "auto"],
        said_option(
            "列分隔符",
            "what separates columns",
            "reading",
            "choice",
            kinds=("CSV",),
            words={
                ",": ("逗号 ,", "comma ,"),
                ";": ("分号 ;", "semicolon ;"),
                "tab": ("制表符", "tab"),
                "|": ("竖线 |", "bar |"),
                "space": ("空格", "spaces"),
                "，": ("全角逗号 ，", "full-width comma"),
            },
        ),
    ] = ""
    decimal: Annotated[
        Literal["", ".", ",", "auto"],
        said_option(
            "小数点",
            "decimal sign",
            "reading",
            "choice",
            kinds=_TABLE,
            words={".": ("句点：12.5", "point: 12.5"), ",": ("逗号：12,5", "comma: 12,5")},
        ),
    ] = ""
    header_rows: Annotated[
        str,
        said_option(
            "表头行",
            "header rows",
            "reading",
            kinds=_TABLE,
            metavar="3 | 2-3 | 0",
            hint=("如 3 或 2-3；没有表头写 0", "such as 3 or 2-3; 0 where there is none"),
        ),
    ] = ""
    totals: Annotated[
        str,
        said_option(
            "合计行",
            "rows that are totals",
            "reading",
            kinds=_TABLE,
            metavar="none | 7,9-10",
            hint=("行号如 7, 9-10；没有合计行写 none", "rows such as 7, 9-10; none where there are none"),
        ),
    ] = ""
    rows_of: Annotated[
        str, said_option("只取的时期（或 all）", "period whose rows are taken, or all", "reading", kinds=_TABLE)
    ] = ""
    sheet_table: Annotated[
        str,
        said_option(
            "表上并排的第几个表", "which of the tables beside each other", "reading", "table", kinds=_TABLE
        ),
    ] = ""
    hidden: Annotated[
        Literal["", "read", "leave_out", "auto"],
        said_option(
            "隐藏的行与列",
            "hidden rows and columns",
            "reading",
            "choice",
            kinds=("XLSX",),
            words={"read": ("照常读取", "are read"), "leave_out": ("不读取", "are left out")},
        ),
    ] = ""
    x_column: Annotated[
        str,
        said_option(
            "经度或东坐标的列",
            "column of longitude or easting",
            "reading",
            "column",
            kinds=_TABLE,
            hint=("经纬度写在同一列时，两处选同一列", "where one column holds both, choose it twice"),
        ),
    ] = ""
    y_column: Annotated[
        str, said_option("纬度或北坐标的列", "column of latitude or northing", "reading", "column", kinds=_TABLE)
    ] = ""
    notation: Annotated[
        Literal["", "degrees", "dms", "packed", "metres", "auto"],
        said_option(
            "坐标写法",
            "how coordinates are written",
            "reading",
            "choice",
            kinds=_TABLE,
            words={
                "degrees": ("度：120.3015", "degrees: 120.3015"),
                "dms": ("度分秒：120°18′05.4″", "120°18′05.4″"),
                "packed": ("连写的度分秒：1201805.4", "degrees, minutes, seconds in one: 1201805.4"),
                "metres": ("米：529350.25", "metres: 529350.25"),
            },
        ),
    ] = ""
    geometry_column: Annotated[
        str,
        said_option(
            "几何列（WKT、EWKT、十六进制 WKB 或 GeoJSON）",
            "column of geometries (WKT, EWKT, hex WKB, GeoJSON)",
            "reading",
            "column",
            kinds=(*_TABLE, "PostGIS"),
            flags=("--geometry", "--geometry-column"),
        ),
    ] = ""
    types: Annotated[
        dict[str, FieldType],
        said_option(
            "字段类型",
            "types of fields",
            "reading",
            "columns",
            metavar="FIELD=TYPE",
            flags=("--type", "--types"),
            words={
                "text": ("文本", "text"),
                "number": ("数", "number"),
                "integer": ("整数", "whole number"),
                "boolean": ("是/否", "yes or no"),
                "date": ("日期", "date"),
            },
        ),
    ] = {}
    measures: Annotated[
        dict[str, FieldMeasure],
        said_option(
            "数值的用法",
            "how numbers may be used",
            "reading",
            "columns",
            metavar="FIELD=MEASURE",
            flags=("--measure", "--measures"),
            words={measure: (named.zh, named.en) for measure, named in NAMES.items()},
        ),
    ] = {}
    closed_lines: Annotated[
        Literal["", "areas", "lines", "auto"],
        said_option(
            "闭合的线",
            "closed lines",
            "reading",
            "choice",
            kinds=("DXF", "ESRI Shapefile", "KML", "KMZ", "GeoJSON", "GPKG"),
            words={"areas": ("作为面", "are areas"), "lines": ("仍为线", "stay lines")},
        ),
    ] = ""
    heights: Annotated[
        Literal["", "keep", "attribute", "drop", "auto"],
        said_option(
            "高程",
            "heights",
            "reading",
            "choice",
            words={
                "keep": ("随坐标保留", "are kept with the coordinates"),
                "attribute": ("作为字段", "become a field"),
                "drop": ("不保留", "are left out"),
            },
        ),
    ] = ""
    unit: Annotated[
        Literal["", "in", "ft", "mm", "cm", "m", "km", "us-ft", "auto"],
        said_option("图形单位", "unit of a drawing", "reading", "choice", kinds=("DXF",)),
    ] = ""
    crs: Annotated[
        str, said_option("坐标系", "coordinate reference system", "placing", metavar="EPSG:4549 | GCJ02 | BD09")
    ] = ""
    swapped: Annotated[
        bool | None,
        said_option("北坐标在前", "north stands first", "placing", "check", flags=("--swap-axes", "--swapped")),
    ] = None
    datum: Annotated[
        Literal["", "CGCS2000", "WGS84", "auto"],
        said_option(
            "坐标基准",
            "datum, where the file names none that is known",
            "placing",
            "choice",
            words={"CGCS2000": ("CGCS2000", "CGCS2000"), "WGS84": ("WGS 84", "WGS 84")},
        ),
    ] = ""
    datum_parameters: Annotated[
        str,
        said_option(
            "基准转换参数",
            "datum parameters",
            "placing",
            metavar="X,Y,Z[,RX,RY,RZ,S]",
            hint=(
                "北京54、西安80 等到 CGCS2000：米、角秒、ppm",
                "from an old datum to CGCS2000: m, arc-seconds, ppm",
            ),
        ),
    ] = ""
    rotation: Annotated[
        Literal["", "coordinate_frame", "position_vector", "auto"],
        said_option(
            "旋转约定",
            "convention of the rotations",
            "placing",
            "choice",
            words={
                "coordinate_frame": (
                    "坐标框架（国内布尔莎模型通常如此）",
                    "coordinate frame (Chinese Bursa models mostly)",
                ),
                "position_vector": ("位置矢量", "position vector"),
            },
        ),
    ] = ""

    @property
    def label(self) -> Text:
        """What the layer is called; its id where nobody said."""
        return Text(self.label_zh or self.label_en or self.layer, self.label_en or self.label_zh or self.layer)

    @property
    def source(self) -> Text:
        """Where it comes from, as a person says."""
        return Text(self.source_zh or self.source_en, self.source_en or self.source_zh)

    @property
    def licence(self) -> Text:
        """Under which licence, as a person says."""
        return Text(self.licence_zh or self.licence_en, self.licence_en or self.licence_zh)

    def said(self) -> dict[str, Any]:
        """Return what a person said of reading and placing, to be kept with the layer."""
        return {
            name: value
            for name, value in msgspec.to_builtins(self).items()
            if value not in ("", None, AUTO) and OPTIONS[name].stage != "keeping"
        }

    def after(self, kept: Mapping[str, Any]) -> ImportOptions:
        """Return the options with what was kept with a layer where this says nothing; ``auto`` is said as nothing.

        Examples
        --------
        >>> told = ImportOptions(layer="a", encoding="utf-8", decimal="auto")
        >>> later = told.after({"encoding": "gb18030", "crs": "EPSG:4549", "decimal": ","})
        >>> later.encoding, later.crs, later.decimal
        ('utf-8', 'EPSG:4549', '')
        """
        known = {name: value for name, value in kept.items() if name in OPTIONS}
        own = {name: getattr(self, name) for name in OPTIONS}
        merged = {
            name: known[name] if value in ("", None, {}) and name in known else value
            for name, value in own.items()
        }
        return parse_options({name: "" if value == AUTO else value for name, value in merged.items()})


def _about(one: msgspec.inspect.Field) -> About:
    kind = one.type
    if not isinstance(kind, msgspec.inspect.Metadata):
        raise TypeError(one.name)
    return cast(About, (kind.extra or {})["about"])


FIELDS = cast(msgspec.inspect.StructType, msgspec.inspect.type_info(ImportOptions)).fields
OPTIONS: dict[str, About] = {one.name: _about(one) for one in FIELDS}


def parse_options(body: Mapping[str, Any]) -> ImportOptions:
    """Return options from a JSON object.

    Raises
    ------
    BadOption
        An unknown name, or a value that cannot be said.
    """
    for name in body:
        if name not in OPTIONS:
            known = ", ".join(OPTIONS)
            raise BadOption(name=str(name)[:60], why_zh=f"未知；可用：{known}", why_en=f"unknown; known: {known}")
    for name, value in body.items():  # one at a time, so that the one that is wrong is named
        try:
            msgspec.convert({name: value}, ImportOptions)
            if isinstance(value, str) and any(c < " " for c in value):
                raise msgspec.ValidationError(name)
        except msgspec.ValidationError:
            zh, en = expected_words(OPTIONS[name], choices_of(name))
            raise BadOption(name=name, why_zh=zh, why_en=en) from None
    return msgspec.convert(dict(body), ImportOptions)


def choices_of(name: str) -> tuple[str, ...]:
    """Return the values an option may have, empty where it is free."""
    kind = next(one.type for one in FIELDS if one.name == name)
    inner = kind.type if isinstance(kind, msgspec.inspect.Metadata) else kind
    if isinstance(inner, msgspec.inspect.LiteralType):
        return tuple(str(value) for value in inner.values if value not in ("", AUTO))
    return tuple(OPTIONS[name].words)
