"""How what a stored version holds came in: the file or table, and what was decided about its places and text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from geo.measure.crs import crs_name
from geo.text import Text
from layers.store.version import Version

_CONVENTIONS = {"coordinate_frame": "坐标框架", "position_vector": "位置矢量"}


def import_of(versions: Sequence[Version], number: int) -> Version | None:
    """Return the import that a version rests on through edits and restorations; None for a file of the plan."""
    known = {one.number: one for one in versions}
    at: int | None = number
    while at is not None and (one := known.get(at)) is not None and one.kind != "import":
        at = one.about.get("restores") if one.kind == "restore" else one.parent
    return known.get(at) if at is not None else None


def came_in(about: Mapping[str, Any]) -> Text:
    """Return how an import was read, in words.

    Examples
    --------
    >>> came_in({"file": "a.csv", "format": "CSV", "used_crs": "EPSG:4490"}).en
    'a.csv (CSV), read in China Geodetic Coordinate System 2000 (EPSG:4490), said at the import'
    """
    read = [str(about[key]) for key in ("format", "encoding") if about.get(key)]
    used, declared = str(about.get("used_crs") or ""), about.get("declared_crs")
    name, held = crs_name(used), used == declared
    zh = [f"{about.get('file', '')}（{'，'.join(read)}）"]
    en = [f"{about.get('file', '')} ({', '.join(read)})"]
    if used:
        zh.append(f"按 {name} 读取，{'文件中声明' if held else '导入时指定'}")
        en.append(f"read in {name}, {'declared by the file' if held else 'said at the import'}")
    if about.get("swapped_axes"):
        zh.append("坐标轴已互换")
        en.append("axes swapped")
    if about.get("datum_parameters"):
        *numbers, last = str(about["datum_parameters"]).split(" ")
        turned = last if last in _CONVENTIONS else ""
        said = " ".join([*numbers, *([] if turned else [last])])
        more = (f"，{_CONVENTIONS[turned]}", f", {turned.replace('_', ' ')}") if turned else ("", "")
        zh.append(f"以参数 {said} 转换到 CGCS2000（平移 X,Y,Z 米；旋转 X,Y,Z 角秒；尺度 ppm{more[0]}）")
        en.append(
            f"moved to CGCS2000 with the parameters {said} "
            f"(translation X,Y,Z in m, rotation X,Y,Z in arc-seconds, scale in ppm{more[1]})"
        )
    if about.get("scheme") and about.get("class_field"):
        zh.append(f"用地分类 {about['scheme']}（字段 {about['class_field']}）")
        en.append(f"land-use scheme {about['scheme']} (field {about['class_field']})")
    return Text("；".join(zh), ", ".join(en))
