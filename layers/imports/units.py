"""Units as people write them behind numbers or in a column's name: ``324 亩``, ``面积（公顷）``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

_MU, _HA = Fraction(2000, 3), Fraction(10_000)  # m2


@dataclass(frozen=True)
class Unit:
    """A unit: its name in the catalog, what it measures, and how many of that kind's base units it is."""

    name: str
    kind: str
    factor: Fraction = Fraction(1)


_WRITTEN = {
    Unit("m2", "area"): "平方米 平米 平方公尺 m2 m^2 sqm sq.m",
    Unit("ha", "area", _HA): "公顷 ha hm2 hectare hectares 平方百米",
    Unit("mu", "area", _MU): "亩 市亩 mu",
    Unit("km2", "area", Fraction(1_000_000)): "平方公里 平方千米 km2 km^2 sqkm",
    Unit("m", "length"): "米 m 公尺 metre metres meter meters",
    Unit("km", "length", Fraction(1000)): "公里 千米 km",
    Unit("mm", "length", Fraction(1, 1000)): "毫米 mm",
    Unit("cm", "length", Fraction(1, 100)): "厘米 cm",
    Unit("t", "mass"): "吨 t",
    Unit("kg", "mass", Fraction(1, 1000)): "公斤 千克 kg",
    Unit("m3", "volume"): "立方米 m3 m^3",
    Unit("%", "share"): "%",
    Unit("‰", "per mille"): "‰",
    Unit("元", "CNY"): "元 人民币元 cny rmb 人民币 ¥",
    Unit("美元", "USD"): "美元 美金 usd us$",
    Unit("欧元", "EUR"): "欧元 eur €",
    Unit("港元", "HKD"): "港元 港币 hkd hk$",
    Unit("日元", "JPY"): "日元 日圆 jpy",
    Unit("英镑", "GBP"): "英镑 gbp £",
    Unit("韩元", "KRW"): "韩元 krw ₩",
    Unit("新台币", "TWD"): "新台币 台币 twd nt$",
    Unit("$", "dollars"): "$",  # of which country is for the table's own people to know
    Unit("BRL", "BRL"): "巴西雷亚尔 雷亚尔 brl r$",
    Unit("KES", "KES"): "肯尼亚先令 kes ksh kshs ksh. kshs.",
    Unit("INR", "INR"): "印度卢比 inr ₹",
    Unit("CAD", "CAD"): "加元 cad c$ ca$",
    Unit("AUD", "AUD"): "澳元 aud a$ au$",
    Unit("SGD", "SGD"): "新加坡元 sgd s$",
    Unit("CHF", "CHF"): "瑞士法郎 chf",
    Unit("RUB", "RUB"): "卢布 rub ₽",
    Unit("SEK", "SEK"): "瑞典克朗 sek",
    Unit("NOK", "NOK"): "挪威克朗 nok",
    Unit("DKK", "DKK"): "丹麦克朗 dkk",
    Unit("人", "people"): "人",
    Unit("户", "households"): "户",
    Unit("count", "pieces"): "个",
    Unit("套", "dwellings"): "套",
    Unit("辆", "vehicles"): "辆",
    Unit("层", "storeys"): "层",
}
MONEY_KINDS = frozenset(unit.kind for unit in _WRITTEN if unit.kind.isupper() or unit.kind == "dollars")
NONE = Unit("", "number")
_BY_WORD = {word: unit for unit, words in _WRITTEN.items() for word in words.split()} | {"": NONE}
_TIMES = {
    "千": 1_000,
    "万": 10_000,
    "百万": 1_000_000,
    "千万": 10_000_000,
    "亿": 100_000_000,
    "十亿": 10**9,
    "万亿": 10**12,
}
_HEADER = re.compile(
    r"[(（\[【]\s*(?:单位\s*[::]?\s*)?([^()（）\[\]【】]{1,8})\s*[)）\]】]\s*(?:(?:19|20)\d{2}\s*年?)?\s*$|[/:]\s*(\S{1,6})$"
    r"|(?<=[\u3400-\u9fff])([kh]?m2)$"  # 建筑面积㎡
    r"|_((?:(?!in$)[A-Za-z]{2,3}|[A-Za-z]{1,2}2|[\u3400-\u9fff]{1,4}))$"  # 规模_亩, area_ha
)


@dataclass(frozen=True)
class Written:
    """A unit as written, with its multiplier: ``万平方米`` is 10,000 times m2."""

    unit: Unit
    times: int = 1

    @property
    def name(self) -> str:
        """How the catalog names it; a multiplier stays before it."""
        word = next((w for w, n in _TIMES.items() if n == self.times), "")
        if not word:
            return self.unit.name
        return word + next((w.split()[0] for u, w in _WRITTEN.items() if u == self.unit), "")

    def into(self, other: Written) -> Fraction:
        """Return what a number in this unit is multiplied by to be in another of its kind."""
        return self.unit.factor * self.times / (other.unit.factor * other.times)


def unit_of(text: str) -> Written | None:
    """Return the unit a text names, or None.

    Examples
    --------
    >>> unit_of("㎡").name, unit_of("公顷").name, unit_of("万平方米").times
    ('m2', 'ha', 10000)
    >>> unit_of("待定") is None
    True
    """
    word = unicodedata.normalize("NFKC", text).strip().lower()
    if word in _BY_WORD:
        return Written(_BY_WORD[word])
    for times in sorted(_TIMES, key=len, reverse=True):
        rest = word.removeprefix(times).strip()
        if rest != word and rest in _BY_WORD:
            return Written(_BY_WORD[rest], _TIMES[times])
    return None


def unit_in_header(name: str) -> Written | None:
    """Return the unit a column's name states: ``用地面积（亩）``, ``面积/公顷``; None when it states none."""
    found = _HEADER.search(unicodedata.normalize("NFKC", name))
    unit = unit_of(next(filter(None, found.groups()))) if found else None
    return unit if unit and unit.name else None


def common_unit(units: Iterable[Written]) -> Written | None:
    """Return the one unit of all, the multiplier taken out where it differs; None when the units differ.

    Examples
    --------
    >>> common_unit([Written(Unit("m2", "area")), Written(Unit("m2", "area"), 10_000)]).times
    1
    """
    every = set(units)
    if len(every) == 1:
        return next(iter(every))
    bare = {one.unit for one in every}
    return Written(next(iter(bare))) if len(bare) == 1 else None


def without_multiplier(word: str, times: int) -> str:
    """Return a unit as written without the multiplier it is shown by, empty where it has not that one.

    Examples
    --------
    >>> without_multiplier("万元", 10_000), without_multiplier("万人", 1), without_multiplier("亩", 1000)
    ('元', '万人', '')
    """
    if times == 1:
        return word
    return next((word.removeprefix(w) for w, n in _TIMES.items() if n == times and word.startswith(w)), "")
