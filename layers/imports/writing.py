"""How well a text reads in the writing of an encoding: letters of one script and one case a word, or kana, hangul.

Bytes read in a wrong encoding make words that nobody writes: signs between letters, capitals behind small letters,
scripts mixed. That, and not a language, is what is looked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_WORD = re.compile(r"[A-Za-z\u0080-\U0010ffff]+")
_BESIDE = "«»“”„‘’‚–—…·°²³№€§®©™\u00a0、。・「」（）：，"
_CYRILLIC, _GREEK = re.compile(r"[\u0400-\u04ff]+"), re.compile(r"[\u0370-\u03ff]+")
_JAPANESE, _KANA = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff々〇\uff10-\uff5a]+"), re.compile(r"[\u3041-\u30fe]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]+")
_VOWEL, _ACCENT_WITHIN = re.compile("[аеёиоуыэюяіїєαεηιουωάέήίόύώϊϋΐΰ]", re.IGNORECASE), re.compile("[΄΅]|.[Ά-Ώ]")
_LATIN = {
    "cp1252": "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœßªºžš",
    "cp1250": "áâăäąćçčďđéęëěíîłĺľńňóôőöřŕśšşťţúůűüýźžżß",
    "iso8859-2": "áâăäąćçčďđéęëěíîłĺľńňóôőöřŕśšşťţúůűüýźžżß",
    "cp1254": "âçğıîöşüûİß",
}
OTHERS = ("cp932", "cp949", "cp1251", "cp1253", "cp1252", "cp1250", "cp1254", "iso8859-2")
_FIRST_LEVEL = 0x98  # first byte of the less common characters of Shift JIS
_SMALL, _READS, _SOME, _ACCENTS, _KANA_SHARE = 0.6, 0.9, 0.3, 0.75, 0.15
_FEW, _ENOUGH, _LETTERS, _MANY, _HALF = 2, 5, 7, 20, 0.5
_LIKELY = 0.5  # of a Chinese text's characters are among these, and an eighth of what other bytes make
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部"
    "度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心"
    "反明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头"
    "基资边流路级少图山统接知较将组见计别手角期根论运农指几九区强放决西被干做必战先回则任取据处府研南给色光门即保治北造百规热领七海口东导器压志世金增"
    "村镇乡县市街巷园址编居宅湖河江港桥林田绿服务积纬坐标名称类型状态备注属权现状用途土湿房屋层宽街道省州镇店厂站场城庄岭沟湾岛泉坝堤渠库井亩占围约目元远缺"
)
_BY_CHANCE = _COMMON | frozenset("录陆楼院住源苑寨木女违")  # those, and what looks like signs and letters of UTF-8
# Syllables that names of Korean places and uses of land are mostly of
_COMMON_HANGUL = frozenset(
    "가각간감강개거건격경계고곡골공과관광교구국군권규균극근금급기길김나남내녀노논농누능다단달담당대덕도독동두등라락란람랑래량력련령로록론료루류륙률리림마막만망매면명모"
    "목무문물미민밀바박반발방배백번벌범법변별병보복본봉부북분불비빈사산살삼상새서석선설섬성세소속송수숙순술숭습승시식신실심아안암압앞애액야약양어언업여역연열염영예오옥온"
    "올와완왕외요용우운울원월위유육율융은읍의이익인일임입자작잔장재저적전절점접정제조족종주죽준중즉증지직진질집차착찬참창채책처척천철청체초촌총최추축춘출충취층치칠침카크"
    "타탄탑태택터토통투트특파판팔편평포표풍피필하학한할함합항해행향허현협형호홍화확환활황회획횡효후휴흥희답묘"
)
_SAMPLE = 200_000
# Letters that words in UTF-8 are mostly of; what else is below U+0900 stands among them, or Chinese makes it
_USUAL = re.compile(
    "[\u00a0-\u017f\u018f\u0259\u01a0\u01a1\u01af\u01b0\u01cd-\u01dc\u0218-\u021b\u0386-\u03ce\u0400-\u045f"
    "\u0490-\u0493\u049b\u04a3\u04af\u04b1\u04d9\u04e9\u0531-\u0587\u05d0-\u05ea\u0620-\u08ff\u0900-\U0010ffff]"
)
# Where a sign is one by what it stands beside: a bullet, 1½, ½ mile, ¥5, (¥/m²)
_SIGN = re.compile(r"\u00b7(?= ?\w)|(?<=\d) ?[¼½]|(?<=[A-Za-z] )[¼½]|[¼½](?= ?[A-Za-z])|¥(?= ?\d|[/)])|(?<=[(/])¥")
_ALONE = re.compile("[¼½¥]+")  # in GBK 录, 陆, 楼


def reads_as(text: str, name: str) -> float:
    """Return the share of the words beyond ASCII that are written as an encoding's languages are; 0 without any.

    Examples
    --------
    >>> reads_as("Парковая улица", "cp1251"), reads_as("Ïàðêîâàÿ óëèöà", "cp1252")
    (1.0, 0.0)
    """
    words = _foreign(text)
    return sum(_is_written(word, name) for word in words) / len(words) if words else 0.0


def sure_writing(texts: Mapping[str, str]) -> str:
    """Return the one encoding whose writing a text proves, of texts by encoding; empty where none is proved.

    Small letters of Cyrillic and Greek are bytes that hardly any common character of Chinese begins with, kana are
    of Japanese alone, and of common Chinese characters half are no hangul.

    Examples
    --------
    >>> raw = "Парковая улица".encode("cp1251")
    >>> sure_writing({name: raw.decode(name, "replace") for name in ("cp1251", "cp1253")})
    'cp1251'
    """
    for name in ("cp1251", "cp1253") if not _is_common_chinese(texts) else ():
        letters = [c for word in _foreign(texts.get(name, "")) for c in word]
        small = sum(c.islower() for c in letters)
        if (
            len(set(letters)) >= _LETTERS
            and small >= _SMALL * len(letters)
            and reads_as(texts[name], name) >= _READS
        ):
            return name
    japanese = "".join(_foreign(texts.get("cp932", "")))
    kana = len(_KANA.findall(japanese))
    if kana >= _ENOUGH and kana >= _KANA_SHARE * len(japanese) and reads_as(texts["cp932"], "cp932") >= _READS:
        return "cp932"
    korean = set("".join(_foreign(texts.get("cp949", ""))))
    return "cp949" if len(korean) >= _MANY and reads_as(texts["cp949"], "cp949") == 1.0 else ""


def find_rivals(texts: Mapping[str, str]) -> list[str]:
    """Return the encodings of no Chinese that a text reads well in, the best first.

    Parameters
    ----------
    texts
        The text by encoding, where it can be read.
    """
    shares = {name: reads_as(texts[name], name) for name in OTHERS if name in texts}
    most = max(shares.values(), default=0.0)
    return [name for name in shares if shares[name] >= max(_SOME, most - 0.1)]


def chinese_rivals(texts: Mapping[str, str]) -> list[str]:
    """Return the encodings that a text which reads as Chinese reads in as well: as hangul, or in capitals.

    None where its characters are the common ones, which bytes that are no Chinese make by chance only; where they
    are common hangul as well, either is as likely.

    Parameters
    ----------
    texts
        The text by encoding, where it can be read.

    Examples
    --------
    >>> [chinese_rivals({name: raw.decode(name, "replace") for name in ("gb18030", "cp949", "cp1251")})
    ...  for raw in ("강남구 서초구".encode("cp949"), "ПАРК РЕКА".encode("cp1251"), "大港公园".encode("gbk"),
    ...              "구역".encode("cp949"))]
    [['cp949'], ['cp1251'], [], ['cp949']]
    """
    if _is_common_chinese(texts, few=1.0):
        hangul = set("".join(_foreign(texts.get("cp949", ""))))
        return ["cp949"] if hangul and hangul <= _COMMON_HANGUL else []
    found = []
    for name, least in (("cp949", 1), ("cp1251", 3), ("cp1253", 3)):
        words = _foreign(texts.get(name, ""))
        if len(set("".join(words))) >= least and reads_as(texts[name], name) == 1.0 and _is_spoken(words, name):
            found.append(name)
    return found


def _is_spoken(words: list[str], name: str) -> bool:
    """Tell whether words can be said: with a vowel each, no accent within capitals; half of hangul common ones."""
    if name == "cp949":
        letters = set("".join(words))
        return len(letters & _COMMON_HANGUL) >= _HALF * len(letters)
    return all(_VOWEL.search(word) and not _ACCENT_WITHIN.search(word) for word in words)


def is_chinese_as_well(text: str, chinese: str, *, cut: bool = False) -> bool:
    """Tell whether bytes that are UTF-8 are in it no words as they are written, but Chinese of common characters.

    Parameters
    ----------
    text
        What they are in UTF-8.
    chinese
        What they are in GB 18030.
    cut
        Whether they end within a character of UTF-8; Chinese of any characters is as likely then.

    Examples
    --------
    >>> [is_chinese_as_well(raw.decode(), raw.decode("gb18030", "replace"))
    ...  for raw in ("一水".encode("gbk"), "目录".encode("gbk"), "août ½".encode(), "λόγος 1½".encode())]
    [True, True, False, False]
    """
    words = _foreign(_SIGN.sub("", text[:_SAMPLE]))
    words = [word for word in words if not _ALONE.fullmatch(word)] or words
    strange = all(not c.isascii() and not _USUAL.match(c) for word in words for c in word)
    if not words or not (cut or strange or _is_common_chinese({"gb18030": chinese}, known=_BY_CHANCE)):
        return False
    return sum(_is_utf8_word(word) for word in words) < _HALF * len(words)


def _is_utf8_word(word: str) -> bool:
    """Tell whether a word is of one script, mostly of its usual letters, and no common Chinese by its bytes."""
    if set(word.encode("utf-8").decode("gb18030", "replace")) <= _BY_CHANCE:
        return False
    letters = unicodedata.normalize("NFC", word)
    scripts = {unicodedata.name(c, "?").split()[0] for c in letters if c.isalpha() and not c.isascii()}
    odd = sum(not c.isascii() and not _USUAL.match(c) for c in letters)
    return len(scripts) <= 1 and odd < _HALF * len(letters)


def _is_common_chinese(texts: Mapping[str, str], *, few: float = _LIKELY, known: frozenset[str] = _COMMON) -> bool:
    """Tell whether characters are mostly known ones; of one or two, the share that is said."""
    chinese = set("".join(_foreign(texts.get("gb18030", ""))))
    return bool(chinese) and len(chinese & known) >= (few if len(chinese) <= _FEW else _LIKELY) * len(chinese)


def _foreign(text: str) -> list[str]:
    return list(dict.fromkeys(word for word in _WORD.findall(text[:_SAMPLE]) if not word.isascii()))


def _is_written(word: str, name: str) -> bool:
    bare = word.strip(_BESIDE)
    if len(bare) < _SMALL * len(word) or not bare:
        return False
    if name == "cp932":
        return bool(_JAPANESE.fullmatch(bare)) and all(_is_first_level(c) for c in bare)
    if name == "cp949":
        return bool(_HANGUL.fullmatch(bare)) and _is_common_hangul(bare)
    if not (bare[1:] == bare[1:].lower() or bare == bare.upper()):
        return False
    if name in ("cp1251", "cp1253"):
        return bool((_CYRILLIC if name == "cp1251" else _GREEK).fullmatch(bare)) or bare.isascii()
    known = _LATIN.get(name, "")
    accents = [c for c in bare if not c.isascii()]
    return all(c in known or c.lower() in known for c in accents) and len(accents) <= _ACCENTS * max(len(bare), 2)


def _is_common_hangul(word: str) -> bool:
    try:
        word.encode("euc_kr")
    except UnicodeEncodeError:
        return False
    return True


def _is_first_level(c: str) -> bool:
    try:
        raw = c.encode("cp932")
    except UnicodeEncodeError:
        return False
    return len(raw) == 1 or raw[0] < _FIRST_LEVEL
