"""Words that mean about the same: groups a plan declares, those names of firms are made of, slips of the pen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

SLIPS = 3  # characters, from which one Chinese character may be wrong
_LEFT_OUT = 8  # characters that a shortened name leaves out
_TOGETHER = 3  # words that may mean one thing together
_BETWEEN = "\n"  # stands between texts that are read together: nothing is made one across it
_UNEVEN = re.compile(r"[^\S\n ]|  |(?:^|\n) | (?:\n|$)")  # what is no single space between words

# Who knows a firm by its English name finds it by these, where the plan has the Chinese one.
TRADE_WORDS: tuple[tuple[str, ...], ...] = (
    ("科技", "技术", "technology", "technologies", "tech"),
    ("电子", "electronics", "electronic"),
    ("电气", "电工", "electric", "electrical"),
    ("集团", "group"),
    ("控股", "holding", "holdings"),
    ("投资", "investment"),
    ("公司", "company", "corporation", "limited"),
    ("材料", "materials", "material"),
    ("新材料", "new materials", "advanced materials"),
    ("机械", "machinery", "mechanical"),
    ("装备", "设备", "equipment"),
    ("汽车", "automobile", "automotive", "vehicles"),
    ("医疗", "medical"),
    ("药业", "制药", "pharmaceutical", "pharmaceuticals", "pharma"),
    ("生物", "bio", "biological", "biotech"),
    ("半导体", "semiconductor", "semiconductors"),
    ("特钢", "特种钢", "special steel"),
    ("钢铁", "iron and steel", "steel"),
    ("能源", "energy"),
    ("新能源", "new energy"),
    ("电力", "power"),
    ("环保", "environmental", "environment"),
    ("智能", "智慧", "intelligent", "smart"),
    ("信息", "information"),
    ("数字", "digital"),
    ("软件", "software"),
    ("物流", "logistics"),
    ("仓储", "storage", "warehousing"),
    ("检测", "testing", "inspection"),
    ("服饰", "服装", "clothing", "garment", "garments", "apparel"),
    ("食品", "粮油", "food", "foods"),
    ("化工", "化学", "chemical", "chemicals"),
    ("建设", "建筑", "construction"),
    ("置业", "地产", "real estate", "property"),
    ("国际", "international"),
    ("中国", "china"),
)


def normal_form(text: str) -> str:
    """Return a text as it is compared: one form of each character, no case, one space.

    Examples
    --------
    >>> normal_form("Ｇalaxy　 Semi")
    'galaxy semi'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def normal_forms(texts: Sequence[str]) -> list[str]:
    """Return many texts as they are compared, each as `normal_form` gives it, in a tenth of the time."""
    whole = unicodedata.normalize("NFKC", _BETWEEN.join(texts)).casefold()
    forms = whole.split(_BETWEEN)
    if len(forms) != len(texts):  # some of them have several lines, or there is none
        return [normal_form(one) for one in texts]
    return [" ".join(one.split()) for one in forms] if _UNEVEN.search(whole) else forms


def near_phrases(word: str, near: Iterable[Sequence[str]]) -> list[str]:
    """Return what means about the same as a word, or as several that stand in a group together."""
    groups = _normal_groups(tuple(tuple(group) for group in near))
    return [other for group in groups if word in group for other in group if other != word]


def alike_parts(words: Sequence[str], near: Iterable[Sequence[str]]) -> list[list[str]]:
    """Return words in order, each with those near it; several that stand in one group together are one part."""
    groups = _normal_groups(tuple(tuple(group) for group in near))
    out, at = [], 0
    while at < len(words):
        for end in range(min(len(words), at + _TOGETHER), at, -1):
            part = " ".join(words[at:end])
            others = [other for group in groups if part in group for other in group if other != part]
            if others or end == at + 1:
                out.append([part, *dict.fromkeys(others)])
                at = end
                break
    return out


@lru_cache(maxsize=8)
def _normal_groups(near: tuple[tuple[str, ...], ...]) -> list[list[str]]:
    return [[normal_form(one) for one in group] for group in near]


def slip_pattern(word: str) -> re.Pattern[str]:
    """Return an expression for a word with one character other, missing or too many, or some left out amid it."""
    other = [re.escape(word[:at]) + "." + re.escape(word[at + 1 :]) for at in range(len(word))]
    missing = [re.escape(word[:at] + word[at + 1 :]) for at in range(len(word))] if len(word) > SLIPS else []
    more = [re.escape(word[: at + 1]) + "." + re.escape(word[at + 1 :]) for at, _ in enumerate(pairwise(word))]
    left_out = [
        f"{re.escape(word[:at])}.{{2,{_LEFT_OUT}}}{re.escape(word[at:])}" for at in range(2, len(word) - 1)
    ]
    return re.compile("|".join((*other, *more, *missing, *left_out)))
