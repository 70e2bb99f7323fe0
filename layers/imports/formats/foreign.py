"""Files of other kinds that people bring: each is named, with what to do instead."""

from __future__ import annotations

import re
from collections.abc import Iterable

from geo.text import Text

_PICTURE = Text(
    "是图片，没有要素；请导入矢量数据（如 GeoJSON、Shapefile 的 zip）",
    "it is a picture without features; bring vector data (GeoJSON, a zipped Shapefile)",
)
_GRID = Text("是栅格或网格数据（NetCDF、HDF），没有要素", "it is a grid (NetCDF, HDF), which holds no features")
_DGN = Text("是 DGN 图纸，请在 MicroStation 中另存为 DXF", "it is a DGN drawing; save it as DXF in MicroStation")
_NMEA = Text(
    "是 GPS 接收机的记录（NMEA），请用记录软件或 GPSBabel 另存为 GPX",
    "it is the log of a GPS receiver (NMEA); save it as GPX with its program or GPSBabel",
)
_ARCHIVE = Text("是 RAR、7z 等压缩包，请改用 zip", "it is an archive such as RAR or 7z; pack it as zip")
BINARY_BOOK = Text("是二进制工作簿（xlsb），请另存为 xlsx", "it is a binary workbook (xlsb); save it as xlsx")
_OTHER = Text("不是支持的格式", "it is none of the formats taken")
_TABLE = Text(
    "是单独的 dBASE 表（dbf）；属于 Shapefile 时请与 .shp 等一起打包为 zip，否则请另存为 xlsx 或 csv",
    "it is a dBASE table alone (dbf); zip it with its .shp and the others, or save it as xlsx or csv",
)
_DBASE = re.compile(rb"[\x03\x83\x8b\xf5][\x00-\xff][\x01-\x0c][\x01-\x1f][\x00-\xff]{28}", re.DOTALL)
_BEGINNINGS = {
    b"\xd0\xcf\x11\xe0": Text(
        "是旧版 Office 文件（如 doc），其中没有工作簿；请把表格另存为 xlsx",
        "it is an old Office file (such as doc) without a workbook; save its table as xlsx",
    ),
    b"%PDF": Text(
        "是 PDF，其中没有要素；请向提供者索取 Shapefile、GeoJSON 或表格",
        "it is a PDF, which holds no features; ask for a Shapefile, GeoJSON or a table",
    ),
    b"\x89PNG": _PICTURE,
    b"GIF8": _PICTURE,
    b"\xff\xd8\xff": _PICTURE,
    b"II*\x00": _PICTURE,
    b"MM\x00*": _PICTURE,
    b"Rar!": _ARCHIVE,
    b"7z\xbc": _ARCHIVE,
    b"\x1f\x8b": Text("是 gz 压缩文件，请解开，或改用 zip", "it is packed as gz; unpack it, or pack it as zip"),
    b"BZh": _ARCHIVE,
    b"\xfd7zXZ": _ARCHIVE,
    b"ARROW1": Text(
        "是 Arrow（Feather）文件，请另存为 GeoParquet", "it is an Arrow (Feather) file; save it as GeoParquet"
    ),
    b"LASF": Text("是激光点云（LAS、LAZ），没有要素", "it is a point cloud (LAS, LAZ), which holds no features"),
    b"CDF": _GRID,
    b"\x89HDF": _GRID,
    b"PMTiles": Text(
        "是切片（PMTiles），不是要素；请导入原始矢量数据",
        "it holds tiles (PMTiles); bring the vector data they are of",
    ),
    b"\x08\x09\xfe": _DGN,
    b"\xc8\x09\xfe": _DGN,
    b"AC10": Text("是 DWG 图纸，请在 CAD 中另存为 DXF", "it is a DWG drawing; save it as DXF"),
    b"\x00\x00\x27\x0a": Text(
        "是单独的 .shp；请把 .shp、.shx、.dbf、.prj 一起打包为 zip",
        "it is a .shp alone; pack .shp, .shx, .dbf and .prj together as a zip",
    ),
    **dict.fromkeys((b"$GP", b"$GN", b"$BD"), _NMEA),
    b"\x00\x01\x00\x00Standard": Text(
        "是 Access 数据库（mdb、accdb），请导出为 xlsx、File Geodatabase 或 GeoPackage",
        "it is an Access database (mdb, accdb); export it as xlsx, File Geodatabase or GeoPackage",
    ),
}
_MARKUP = {
    "osm": Text(
        "是 OpenStreetMap 数据，请用 QGIS 导出为 GeoJSON", "it is OpenStreetMap data; export it as GeoJSON"
    ),
    "html": Text(
        "是网页（有的系统导出的 xls 其实是网页表格）；请在 Excel 中打开后另存为 xlsx",
        "it is a web page (an xls of some systems is one); open it in Excel and save it as xlsx",
    ),
    "svg": _PICTURE,
    "tcx": Text(
        "是运动手表的记录（TCX），请导出为 GPX", "it is the record of a sports watch (TCX); export it as GPX"
    ),
    "sheet": Text(
        "是 Excel 2003 的 XML 表格，请在 Excel 中打开后另存为 xlsx",
        "it is a workbook of Excel 2003 as XML; open it in Excel and save it as xlsx",
    ),
    "landxml": Text(
        "是 LandXML，请在 CAD 或 GIS 中导出为 DXF 或 GeoPackage", "it is LandXML; export it as DXF or GeoPackage"
    ),
    "gml": Text(
        "是 GML 的结构说明（xsd），没有要素；请导入 gml 文件",
        "it is a schema of GML without features; bring the gml",
    ),
}
_ELEMENTS = (
    ("tcx", re.compile(rb"<TrainingCenterDatabase\b")),
    ("sheet", re.compile(rb"urn:schemas-microsoft-com:office:spreadsheet")),
    ("landxml", re.compile(rb"<LandXML\b")),
    ("osm", re.compile(rb"<osm\b", re.IGNORECASE)),
    ("html", re.compile(rb"<(?:!doctype\s+html|html|table|meta|style)\b", re.IGNORECASE)),
    ("gml", re.compile(rb"opengis\.net/(?:gml|wfs)|<(?:gml|wfs):", re.IGNORECASE)),
    ("svg", re.compile(rb"<svg\b", re.IGNORECASE)),
)


_IN_ARCHIVES = {
    "word/": Text(
        "是 Word 文档；请把其中的表格另存为 xlsx 或 csv", "it is a Word document; save its table as xlsx or csv"
    ),
    "ppt/": Text("是 PowerPoint 文档，没有要素", "it is a PowerPoint document, which holds no features"),
}
_GDB_PART = Text(
    "是地理数据库中的一个文件；请把整个 .gdb 文件夹压缩为 zip",
    "it is one file of a geodatabase; zip the whole .gdb folder",
)
_POINTS = Text(
    "是工程或图层样式文件，只指向数据，本身没有要素；请导入它所指的数据",
    "it is a project or a style, which only points to data; bring the data it points to",
)
_BY_ENDING = {
    **dict.fromkeys(("qgs", "qgz", "mxd", "aprx", "lyr", "lyrx", "sld", "qml", "stylx"), _POINTS),
    **dict.fromkeys(("gdbtable", "gdbtablx", "gdbindexes", "atx", "spx", "freelist"), _GDB_PART),
    **dict.fromkeys(
        ("mpk", "mpkx", "ppkx", "lpk", "lpkx"),
        Text(
            "是 ArcGIS 的打包文件；请从中导出地理数据库或 Shapefile",
            "it is a package of ArcGIS; export a geodatabase or a Shapefile of it",
        ),
    ),
    "dgn": _DGN,
    "xlsb": BINARY_BOOK,
}


def foreign_ending(name: str) -> Text | None:
    """Return what a file is by the ending of its name, and what to do instead; None where that says nothing.

    Examples
    --------
    >>> foreign_ending("a.qgz").en
    'it is a project or a style, which only points to data; bring the data it points to'
    """
    return _BY_ENDING.get(name.rpartition(".")[2].lower())


def foreign_archive(members: Iterable[str]) -> Text | None:
    """Return what an archive is by the folders in it; None for one that people made of files."""
    return next(
        (words for name in members for start, words in _IN_ARCHIVES.items() if name.startswith(start)), None
    )


def foreign_format(head: bytes) -> Text | None:
    """Return what a file is and what to do instead, by its first bytes; None for what may be a text in columns.

    Examples
    --------
    >>> foreign_format(b"AC1027").en, foreign_format(b"name,lon,lat") is None
    ('it is a DWG drawing; save it as DXF', True)
    """
    for mark, words in _BEGINNINGS.items():
        if head.startswith(mark):
            return words
    if _DBASE.match(head):
        return _TABLE
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        return next((_MARKUP[name] for name, element in _ELEMENTS if element.search(head)), _OTHER)
    return None
