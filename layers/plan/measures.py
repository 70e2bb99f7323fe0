"""How a number of a layer may be used: added up, divided, or neither; as the catalog says, else guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from geo.errors import PlanAtlasError
from geo.text import Text
from layers.plan.catalog import Field, Layer

NAMES = {
    "additive": Text("可相加的数量", "a quantity that can be added up"),
    "money": Text("金额", "an amount of money"),
    "ratio": Text("比率、强度或平均值", "a ratio, an intensity or a mean"),
    "code": Text("代码、等级或年份", "a code, a rank or a year"),
    "identifier": Text("编号", "a number that names"),
    "uncertainty": Text("误差或精度", "an uncertainty"),
}
# What names and labels tell, where the catalog does not say; the first that fits.
_WORDS = {
    "uncertainty": ("uncertainty error accuracy precision tolerance sigma", "误差 精度 不确定"),
    "identifier": ("id fid oid gid objectid no nr num number seq serial index idx key", "序号 编号 号码 编码"),
    "ratio": (
        "ratio rate share percent pct percentage density intensity far per avg average mean median height depth "
        "elevation altitude slope temperature score speed price lat lon lng latitude longitude x y z",
        "率 占比 比例 强度 密度 平均 人均 均价 单价 高度 高程 坡度 指数 经度 纬度",
    ),
    "code": (
        "code class rank level grade order year month day zip postcode phone",
        "代码 等级 级别 名次 排名 年份 年度",
    ),
}
_MONEY = ("investment cost amount tax revenue budget gdp value output", "投资 金额 税 产值 预算 收入 费用")


class NotAdditive(PlanAtlasError):
    """A field's values must not be added up."""

    code = "not_additive"
    zh = "字段“{field_zh}”不能相加：它{how_zh}{what_zh}。可改选其他字段；若它确是数量，请在目录中写明 measure。"
    en = (
        "The field “{field_en}” cannot be added up: it {how_en} {what_en}. Choose another; if it is a quantity "
        "after all, say measure in the catalog."
    )


@dataclass(frozen=True)
class Usage:
    """How a field may be used; ``said`` is false where it was guessed, ``currency`` is the currencies' field."""

    measure: str
    said: bool
    currency: str = ""


def usage_of(field: Field, layer: Layer | None) -> Usage:
    """Return how a field may be used, as the catalog says or as its name, label and unit suggest."""
    if field.measure == "money":
        fields = layer.fields if layer is not None else ()
        return Usage("money", True, field.currency or _currency(field, fields))
    if field.measure:
        return Usage(field.measure, True, field.currency)
    declared = layer is not None and any(one.id == field.id for one in layer.fields)
    if declared and field.type not in ("number", "integer"):
        return Usage("code", False)
    words = set(re.split(r"[^a-z]+", field.id.lower()))
    label = field.label.zh
    if "/" in field.unit or "%" in field.unit:
        return Usage("ratio", False)
    for measure, (english, chinese) in _WORDS.items():
        if words & set(english.split()) or any(word in label for word in chinese.split()):
            return Usage(measure, False)
    currency = _currency(field, layer.fields if layer is not None else ())
    if currency and (words & set(_MONEY[0].split()) or any(word in label for word in _MONEY[1].split())):
        return Usage("money", False, currency)
    return Usage("additive", False)


def _currency(field: Field, fields: Iterable[Field]) -> str:
    """Return the field that holds the currencies of an amount: of the same stem, else the only one there is."""
    known = [one.id for one in fields if "currency" in one.id.lower() or "币种" in one.label.zh]
    stem = field.id.split("_")[0]
    return next((one for one in known if one.split("_")[0] == stem), known[0] if len(known) == 1 else "")


def added(field: Field, layer: Layer | None) -> tuple[Usage, Text | None]:
    """Return how a field is added up, and what to say of it where nobody said that it may be.

    Raises
    ------
    NotAdditive
        It is a ratio, a code, a number that names, or an uncertainty.
    """
    usage = usage_of(field, layer)
    if usage.measure not in ("additive", "money"):
        what = NAMES[usage.measure]
        how = Text("是", "is") if usage.said else Text("看来是", "looks like")
        raise NotAdditive(
            field_zh=field.label.zh,
            field_en=field.label.en,
            how_zh=how.zh,
            how_en=how.en,
            what_zh=what.zh,
            what_en=what.en,
        )
    if usage.said:
        return usage, None
    zh = f"目录没有说明“{field.label.zh}”能否相加，此处按可相加处理。"
    return usage, Text(zh, f"The catalog does not say whether “{field.label.en}” may be added up; here it is.")
