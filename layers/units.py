"""Units and numbers as people read them, in both languages."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from geo.text import Text, number_text, spaced_zh

UNITS = {
    "m2": Text("平方米", "m²"),
    "ha": Text("公顷", "ha"),
    "km2": Text("平方公里", "km²"),
    "mu": Text("亩", "mu"),
    "m": Text("米", "m"),
    "km": Text("公里", "km"),
    "count": Text("个", ""),
    "person": Text("人", "people"),
    "m2/person": Text("平方米/人", "m² a head"),
    "m/person": Text("米/人", "m a head"),
    "/person": Text("个/人", "a head"),
    "pp": Text("个百分点", "percentage points"),
    "km/km2": Text("公里/平方公里", "km/km²"),
    "/km2": Text("个/平方公里", "per km²"),
    "万元/亩": Text("万元/亩", "× 10,000 CNY/mu"),
    "万": Text("万", "× 10,000"),
    "亿": Text("亿", "× 100 million"),
    "元": Text("元", "CNY"),
    "万元": Text("万元", "× 10,000 CNY"),
    "亿元": Text("亿元", "× 100 million CNY"),
    "万人": Text("万人", "× 10,000 people"),
    "户": Text("户", "households"),
    "套": Text("套", "dwellings"),
    "吨": Text("吨", "t"),
    "千克": Text("千克", "kg"),
    "万吨": Text("万吨", "× 10,000 t"),
    "栋": Text("栋", "buildings"),
    "辆": Text("辆", "vehicles"),
    "公顷": Text("公顷", "ha"),
    "平方米": Text("平方米", "m²"),
    "万平方米": Text("万平方米", "× 10,000 m²"),
    "平方公里": Text("平方公里", "km²"),
    "亩": Text("亩", "mu"),
    "人": Text("人", "people"),
    "米": Text("米", "m"),
    "公里": Text("公里", "km"),
    "立方米": Text("立方米", "m³"),
    "acre": Text("英亩", "acres"),
    "ft2": Text("平方英尺", "ft²"),
    "ft": Text("英尺", "ft"),
    "mile": Text("英里", "miles"),
    "层": Text("层", "storeys"),
}
_SCALES = {  # before a unit, the longest first
    "万亿": "trillion",
    "十亿": "billion",
    "千万": "× 10 million",
    "百万": "million",
    "亿": "× 100 million",
    "万": "× 10,000",
    "千": "× 1,000",
}
_CURRENCIES = (  # ISO 4217 in use, those that have a usual Chinese name with it
    "CNY元 USD美元 EUR欧元 HKD港元 JPY日元 GBP英镑 KRW韩元 TWD新台币 MOP澳门元 AUD澳元 CAD加元 CHF瑞士法郎 "
    "NZD新西兰元 SGD新加坡元 RUB卢布 INR印度卢比 THB泰铢 MYR林吉特 IDR印尼盾 VND越南盾 PHP菲律宾比索 "
    "BRL巴西雷亚尔 MXN墨西哥比索 CLP智利比索 ARS阿根廷比索 COP哥伦比亚比索 PEN秘鲁索尔 ZAR南非兰特 EGP埃及镑 "
    "NGN奈拉 KES肯尼亚先令 TRY土耳其里拉 SAR沙特里亚尔 AED迪拉姆 ILS新谢克尔 SEK瑞典克朗 NOK挪威克朗 "
    "DKK丹麦克朗 ISK冰岛克朗 PLN兹罗提 CZK捷克克朗 HUF福林 RON列伊 BGN列弗 UAH格里夫纳 KZT坚戈 UZS苏姆 "
    "MNT图格里克 PKR巴基斯坦卢比 BDT塔卡 LKR斯里兰卡卢比 NPR尼泊尔卢比 MMK缅元 KHR瑞尔 LAK基普 BND文莱元 "
    "QAR卡塔尔里亚尔 KWD科威特第纳尔 IQD伊拉克第纳尔 IRR伊朗里亚尔 AFN ALL AMD ANG AOA AWG AZN BAM BBD BHD BIF "
    "BMD BOB BSD BTN BWP BYN BZD CDF CRC CUP CVE DJF DOP DZD ERN ETB FJD FKP GEL GHS GIP GMD GNF GTQ GYD HNL "
    "HTG JMD JOD KGS KMF KPW KYD LBP LRD LSL LYD MAD MDL MGA MKD MRU MUR MVR MWK MZN NAD NIO OMR PAB PGK PYG "
    "RSD RWF SBD SCR SDG SHP SLE SOS SRD SSP STN SVC SYP SZL TJS TMT TND TOP TTD TZS UGX UYU VES VUV WST XAF "
    "XCD XOF XPF YER ZMW"
)
_CODE = 3  # letters of a currency's code
CURRENCIES = {one[:_CODE]: one[_CODE:] or one for one in _CURRENCIES.split()}
TEN_THOUSAND = "万"  # of a currency; amounts of money are stated in it
MONEY_SCALES = {"万": 1e4, "亿": 1e8}  # how many of a currency's unit one is
_ALSO = {  # other spellings of currencies
    "CNY": "人民币 人民币元 元人民币 rmb ¥ ￥ yuan",
    "USD": "美金 us$ us dollar dollars $",
    "EUR": "€ euro euros",
    "HKD": "港币 hk$ 港纸",
    "JPY": "日圆 日币 yen",
    "GBP": "£ 英磅",
    "KRW": "韩币 韩圆 won",
    "TWD": "台币 新台币元 nt$",
}
_MORE_UNITS = (
    "㎡ 平米 平方 平方千米 hm2 sqm sqkm ac sqft 吨 t kg 公斤 千克 立方米 m3 户 套 辆 层 张 床 间 栋 家 "
    "处 株 米 千米 feet kw mw gwh kwh 千瓦 兆瓦"
)
_TIMES = re.compile(r"^(?:十|百|千|万|十万|百万|千万|亿|万亿|thousand|million|billion|k|bn|mn)?\s*")
_YI, _WAN = 1e8, 1e4
_COUNTS_BY = {"10,000 ": 10_000, "100 million ": 100_000_000}  # how Chinese units begin in English
_SPOKEN = ((10**9, "billion "), (10**6, "million "))
_PLAIN_NUMBER = re.compile(r"-?[\d,]*\d(?:\.\d+)?")


def currency_of(word: str) -> str:
    """Return the code of a currency as people write it, without a multiplier; empty for what is none.

    Examples
    --------
    >>> currency_of("RMB"), currency_of("人民币"), currency_of("MXN"), currency_of("万元"), currency_of("亩")
    ('CNY', 'CNY', 'MXN', '', '')
    """
    return _CURRENCY_BY_WORD.get(_plainly(word), "")


def is_unit(word: str) -> bool:
    """Whether a word names a unit or a currency, with a multiplier or without.

    Examples
    --------
    >>> is_unit("万元"), is_unit("公顷"), is_unit("USD"), is_unit("million USD"), is_unit("工业")
    (True, True, True, True, False)
    """
    plain = _plainly(word)
    rests = {plain, _TIMES.sub("", plain)}
    return bool(plain) and any(rest in _UNIT_WORDS or rest in _CURRENCY_BY_WORD for rest in rests)


def unit_word(word: str) -> str:
    """Return one word for a unit or currency however it is spelled, with its multiplier; other words as they are.

    Examples
    --------
    >>> [unit_word(one) for one in ("公顷", "HA", "平方千米", "亩", "RMB", "万美元", "万 元", "工业")]
    ['ha', 'ha', 'km2', 'mu', 'CNY', '万 USD', '万元', '工业']
    """
    plain = _plainly(word).replace(" ", "")
    if not plain:
        return ""
    if plain in _CURRENCY_BY_WORD:
        return _CURRENCY_BY_WORD[plain]
    if plain in _UNIT_BY_WORD:
        return _UNIT_BY_WORD[plain]
    currency = _CURRENCY_BY_WORD.get(plain[1:])
    return f"{plain[0]} {currency}" if currency and plain[0] in MONEY_SCALES else word.strip()


def scale_of(unit: str) -> str:
    """Return a unit of money without its currency, where another column says which it is: only its scale.

    Examples
    --------
    >>> scale_of("万元"), scale_of("亿 CNY"), scale_of("元"), scale_of("万"), scale_of("t")
    ('万', '亿', '', '万', 't')
    """
    scale, _, currency = unit.partition(" ")
    if currency in CURRENCIES and scale in MONEY_SCALES:
        return scale
    return unit.removesuffix("元") if unit in ("元", "万元", "亿元") else unit


def _plainly(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip().lower()


_CURRENCY_BY_WORD = {
    _plainly(word): code
    for code, name in CURRENCIES.items()
    for word in (code, name, *_ALSO.get(code, "").split())
}
_UNIT_WORDS = {_plainly(word) for word in _MORE_UNITS.split()} | {
    _plainly(word) for key, name in UNITS.items() for word in (key, name.zh, name.en) if word
}


_SPELLED = {
    "m2": "㎡ sqm 平米",
    "ha": "hm2",
    "km2": "sqkm 平方千米",
    "m": "metre",
    "km": "千米",
    "千克": "公斤",
    "acre": "ac",
    "ft2": "sqft sq.ft. 平方呎",
    "ft": "feet foot 呎",
    "mile": "mi",
}
_UNIT_BY_WORD: dict[str, str] = {}
for _key, _name in UNITS.items():
    for _word in (_key, _name.zh, _name.en, *_SPELLED.get(_key, "").split()):
        _UNIT_BY_WORD.setdefault(_plainly(_word).replace(" ", ""), _key)


def unit_name(unit: str, language: str) -> str:
    """Return a unit as written in a language; of one over another each side, and what is not known as it is.

    Examples
    --------
    >>> unit_name("km2", "zh"), unit_name("mu/km2", "zh"), unit_name("t/mu", "en"), unit_name("万 USD", "zh")
    ('平方公里', '亩/平方公里', 't/mu', '万美元')
    >>> [unit_name(one, "en") for one in ("万亩", "美元", "百万美元", "层", "千克", "百万$", "把")]
    ['× 10,000 mu', 'USD', 'million USD', 'storeys', 'kg', 'million $', '把']
    """
    if unit in UNITS:
        return UNITS[unit][language]
    if unit in CURRENCIES:
        return CURRENCIES[unit] if language == "zh" else unit
    scale, _, currency = unit.partition(" ")
    if currency in CURRENCIES and scale in UNITS:
        return UNITS[scale].zh + CURRENCIES[currency] if language == "zh" else f"{UNITS[scale].en} {currency}"
    top, over, bottom = unit.partition("/")
    if over and top and bottom:
        return f"{unit_name(top, language)}/{unit_name(bottom, language)}"
    return _in_english(unit) if language == "en" and not unit.isascii() else unit


def _in_english(unit: str) -> str:
    """Return a unit of a Chinese table in English, with its multiplier; as it is where it is not known."""
    for scale, word in (("", ""), *_SCALES.items()):
        rest = unit.removeprefix(scale)
        plain = _plainly(rest)
        base = _CURRENCY_BY_WORD.get(plain, "") if not rest.isascii() else rest
        known = base or (UNITS[_UNIT_BY_WORD[plain]].en if plain in _UNIT_BY_WORD else "")
        if known and (rest != unit or not scale):
            return f"{word} {known}".strip()
    return unit


def measured_text(value: float | None, unit: str, decimals: int) -> Text:
    """Return a number with its unit in both languages; what is not known is a dash, nothing a 0 without decimals.

    Of a hundred million and more the Chinese text adds how many 亿 that is.

    Examples
    --------
    >>> measured_text(1234.5, "ha", 1).en, measured_text(0.5, "%", 1).zh, measured_text(2.5, "pp", 1).en
    ('1,234.5 ha', '0.5%', '2.5 percentage points')
    >>> measured_text(6938500, "万 CNY", 0)
    Text(zh='6,938,500 万元（693.85 亿元）', en='6,938,500 × 10,000 CNY')
    """
    if value is None:
        return Text("—", "—")
    number = number_text(value, decimals if value else 0)
    if unit == "%":
        return Text(f"{number}%", f"{number}%")
    zh = unit_name(unit, "zh")
    return Text(f"{number} {zh}".strip() + _in_yi(value, zh), f"{number} {unit_name(unit, 'en')}".strip())


def is_plain_number(text: str) -> bool:
    """Whether a text is a number and nothing else."""
    return _PLAIN_NUMBER.fullmatch(text) is not None


def spoken_amount(number: str, unit: str) -> str:
    """Return an amount; one whose English unit counts by ten thousand or a hundred million, as it is read aloud.

    What is not a plain number stays as it is.

    Examples
    --------
    >>> spoken_amount("1000", "100 million yuan"), spoken_amount("7.44", "10,000 yuan"), spoken_amount("24", "%")
    ('100 billion yuan', '74,400 yuan', '24%')
    >>> spoken_amount("40", "100 million yuan"), spoken_amount("[8]", "companies"), spoken_amount("0", "10,000 t")
    ('4 billion yuan', '[8] companies', '0 t')
    """
    counts = next((one for one in _COUNTS_BY if unit.startswith(one)), "")
    if not counts or not is_plain_number(number):
        return f"{number}{'' if unit == '%' else ' '}{unit}".strip()
    amount = Decimal(number.replace(",", "")) * _COUNTS_BY[counts]
    size, word = next((one for one in _SPOKEN if abs(amount) >= one[0]), (1, ""))
    return f"{(amount / size).normalize():,f} {word}{unit.removeprefix(counts)}"


def between_text(least: Text, most: Text) -> Text:
    """Return two amounts as the ends of a range.

    Examples
    --------
    >>> between_text(measured_text(6, "ha", 0), measured_text(9, "ha", 0))
    Text(zh='6 公顷至 9 公顷', en='6 ha to 9 ha')
    """
    return Text(spaced_zh(least.zh, "至", most.zh), f"{least.en} to {most.en}")


def _in_yi(value: float, unit: str) -> str:
    """Return a large amount in 亿, as Chinese readers expect it beside 万, 元 and 人; else nothing."""
    scale, name = (_WAN, unit[1:]) if unit.startswith("万") else (1.0, unit)
    if "/" in unit or name not in ("", "人", *CURRENCIES.values()) or not unit or abs(value) * scale < _YI:
        return ""
    return f"（{number_text(value * scale / _YI, 2)} 亿{name}）"
