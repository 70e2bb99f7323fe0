"""How a number of a layer may be used: added up, divided, or neither; as the catalog says, else guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from geo.errors import PlanAtlasError
from geo.text import Text
from layers.plan.catalog import Field, Layer
from layers.units import MONEY_SCALES

NAMES = {
    "additive": Text("可相加的数量", "a quantity that can be added up"),
    "money": Text("金额", "an amount of money"),
    "ratio": Text("比率、强度或平均值", "a ratio, an intensity or a mean"),
    "code": Text("代码、等级或年份", "a code, a rank or a year"),
    "identifier": Text("编号", "a number that names"),
    "uncertainty": Text("误差或精度", "an uncertainty"),
}
# What names and labels tell, where the catalog does not say; the first that fits. English words stand anywhere in
# a name, or only at its end ("plot_no" names, "no_of_homes" counts); Chinese ones anywhere, or at the end.
_WORDS: dict[str, tuple[str, str, str, str]] = {
    "uncertainty": (
        "uncertainty error errors accuracy precision tolerance sigma stdev stddev std rmse moe variance deviation",
        "",
        "误差 精度 不确定 标准差 方差 偏差",
        "",
    ),
    "identifier": (
        "id ids fid oid gid pid uuid guid objectid apn geoid geocode fips gss lsoa msoa uprn osmid insee",
        "no nr num number serial seq index idx key",
        "序号 编号 号码 编码 身份证",
        "号 ID",
    ),
    "ratio": (
        "ratio rate rates share percent pct percentage proportion fraction coefficient coef density intensity far "
        "per avg average mean median height depth width elevation altitude slope temperature humidity score "
        "rating speed price growth yoy change lat lon lng latitude longitude storeys stories age "
        "diam diameter radius",
        "floors lanes",
        "占比 比例 比率 比重 百分比 百分率 系数 强度 密度 平均 人均 地均 亩均 户均 每亩 每人 每户 每公顷 每平方 "
        "均价 单价 单位面积 单位产值 高度 高程 标高 限高 层高 层数 车道数 宽度 深度 直径 管径 半径 坡度 坡向 "
        "指数 得分 评分 分值 温度 湿度 浓度 速度 车速 增速 增幅 同比 环比 年龄 年限 工期 经度 纬度 坐标",
        "率 比 倍",
    ),
    "code": (
        "code codes rank ranking zip zipcode postcode phone tel mobile zoning",
        "class level grade order year month day hour type floor stage phase status state category kind tier",
        "代码 名次 排名 年份 年代 邮编 邮政编码 电话 手机 区号 星级 楼层",
        "等级 级别 年度 类型 类别 分类 时间 日期 阶段 分期 期次 状态 性质",
    ),
}
# What people and households have is stated as a mean as often as a sum, and nothing but a word more tells which.
_MEANS = "income incomes salary salaries wage wages earnings rent", "收入 工资 薪酬 薪资 租金"
_TOTALS = (
    "total sum gross net operating fiscal national government tax gdp public business",
    "总 合计 财政 营业 经营 税 业务 年租金 集体",
)
_NOT_RATIO = ("功率", "税率表")  # labels that end in 率 and can be added up
_MONEY = (
    "investment invested invest cost costs amount tax taxes revenue income budget gdp value output capex fund "
    "funds funding money fee fees expense expenses payment debt grant grants capital loan rent profit sales "
    "turnover salary wage wages subsidy",
    "投资 金额 税 产值 预算 收入 费用 造价 资金 财政 营收 销售额 租金 利润 补贴 补助 贷款 工资 成本 增加值 "
    "生产总值",
)
_KINDS = {"text": Text("文本", "text"), "date": Text("日期", "dates"), "code": Text("代码", "codes")}
_CURRENCY_WORDS = "currency curr ccy cur", "币种 货币 币别 币制"
_DEGREES = ("℃", "°C", "°F", "°", "dB", "pH")  # units of what is never added up
_COORDINATE = {"x", "y", "z"}


class NotAdditive(PlanAtlasError):
    """A field's values must not be added up."""

    code = "not_additive"
    zh = "字段“{field_zh}”不能相加：它{how_zh}{what_zh}。可改选其他字段；若它确是数量，请在目录中写明 measure。"
    en = (
        "The field “{field_en}” cannot be added up: it {how_en} {what_en}. Choose another; if it is a quantity "
        "after all, say measure in the catalog."
    )


class NotNumbers(PlanAtlasError):
    """A field holds no numbers, so that nothing can be added up."""

    code = "not_numbers"
    zh = (
        "字段“{field_zh}”的值是{kind_zh}，不是数，不能相加。若应为数：在文件中改正不成数的值（如区间“100-200”），"
        "再作为新版本导入。"
    )
    en = (
        "The field “{field_en}” holds {kind_en}, not numbers: nothing can be added up. If they should be numbers, "
        "correct in the file what reads as none (such as a range, “100-200”) and import it as a new version."
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
    if _declared(field, layer) and field.type not in ("number", "integer"):
        return Usage("code", False)
    if "/" in field.unit or "%" in field.unit or "‰" in field.unit or field.unit in _DEGREES:
        return Usage("ratio", False)
    measure = _named(field)
    if measure:
        return Usage(measure, False)
    currency = _currency(field, layer.fields if layer is not None else ())
    if currency and is_money(field):
        return Usage("money", False, currency)
    return Usage("additive", False)


def _declared(field: Field, layer: Layer | None) -> bool:
    return layer is not None and any(one.id == field.id for one in layer.fields)


def is_money(field: Field) -> bool:
    """Whether a field's name or label says that it holds amounts of money."""
    words, label = set(_words(field.id)) | set(_words(field.label.en)), field.label.zh
    return bool(words & set(_MONEY[0].split())) or any(word in label for word in _MONEY[1].split())


def _named(field: Field) -> str:
    """Return how a field may be used by what it is called; empty where the name does not tell."""
    words, label = _words(field.id) or _words(field.label.en), _bare(field.label.zh)
    dated = bool(re.search(r"\d", field.id))  # a column a year: "Y2024", "2024年"
    if words and set(words) <= _COORDINATE and not dated:
        return "ratio"
    if words[:1] == ["year"] or (label.endswith("年") and not dated):
        return "code"
    for measure, (anywhere, last, within, ending) in _WORDS.items():
        if set(words) & set(anywhere.split()) or (words and words[-1] in last.split()):
            return measure
        if label.endswith(_NOT_RATIO):
            continue
        if any(word in label for word in within.split()) or (ending and label.endswith(tuple(ending.split()))):
            return measure
    return "ratio" if _of_each(words, label, field.unit) else ""


def _of_each(words: list[str], label: str, unit: str) -> bool:
    """Whether a name is of what people have each, such as an income, and no word or unit says that it is a sum."""
    named = bool(words and words[-1] in _MEANS[0].split()) or label.endswith(tuple(_MEANS[1].split()))
    total = set(words) & set(_TOTALS[0].split()) or any(word in label for word in _TOTALS[1].split())
    return named and not total and unit[:1] not in MONEY_SCALES


def _words(name: str) -> list[str]:
    """Return the English words of a name, also of one in camel case.

    Examples
    --------
    >>> _words("FloorAreaRatio"), _words("GDP_2024"), _words("popDensity"), _words("容积率")
    (['floor', 'area', 'ratio'], ['gdp'], ['pop', 'density'], [])
    """
    return [one.lower() for one in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def _bare(label: str) -> str:
    """Return a label without what stands in brackets behind it."""
    return re.sub(r"\s*[(（\[【].*$", "", label).strip()


def _currency(field: Field, fields: Iterable[Field]) -> str:
    """Return the field that holds the currencies of an amount: of the same stem, else the only one there is."""
    english, chinese = _CURRENCY_WORDS
    known = [
        one.id
        for one in fields
        if set(_words(one.id)) & set(english.split())
        or any(word in one.label.zh or word in one.id for word in chinese.split())
    ]
    stem = field.id.split("_")[0]
    return next((one for one in known if one.split("_")[0] == stem), known[0] if len(known) == 1 else "")


def field_usage(field: Field, layer: Layer | None) -> tuple[Usage, Text | None]:
    """Return how a field is added up, and what to say of it where nobody said that it may be.

    Raises
    ------
    NotAdditive
        It is a ratio, a code, a number that names, or an uncertainty.
    NotNumbers
        Its values are text or dates.
    """
    usage = usage_of(field, layer)
    if not usage.said and usage.measure == "code" and field.type in _KINDS and _declared(field, layer):
        kind = _KINDS[field.type]
        raise NotNumbers(field_zh=field.label.zh, field_en=field.label.en, kind_zh=kind.zh, kind_en=kind.en)
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
