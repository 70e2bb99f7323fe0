"""A text in the two languages of the product: the one way every layer says something to a person."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

_MARKS = frozenset("，。；：、（）“”")
_LONGEST = 1e-9  # what is smaller is read as 3.0e-12: nobody counts so many zeros


@dataclass(frozen=True)
class Text:
    """One text in the two languages of the product; neither may be left out."""

    zh: str
    en: str

    def __getitem__(self, language: str) -> str:
        """Return the text in ``language``; anything but ``zh`` reads English."""
        return self.zh if language == "zh" else self.en


def join_texts(between: Text, texts: Iterable[Text]) -> Text:
    """Return texts as one, with what stands between them.

    Examples
    --------
    >>> join_texts(Text("、", ", "), [Text("河", "river"), Text("路", "road")])
    Text(zh='河、路', en='river, road')
    """
    listed = list(texts)
    return Text(between.zh.join(t.zh for t in listed), between.en.join(t.en for t in listed))


def number_text(value: float, decimals: int) -> str:
    """Return a number as it is read: with so many decimals, and never as 0 when it is not.

    What is the noise of a sum is taken for 0 where it is added up, against what was added; here nothing is.

    Examples
    --------
    >>> number_text(1234.5, 1), number_text(0.0000251, 2), number_text(-0.0, 2), number_text(53.0, 0)
    ('1,234.5', '0.000025', '0.00', '53')
    >>> number_text(3e-12, 2), number_text(-0.004, 2)
    ('3.0e-12', '-0.0040')
    """
    if value == 0.0:
        return f"{0.0:.{decimals}f}"
    if float(f"{value:.{decimals}f}") != 0.0:
        return f"{value:,.{decimals}f}"
    if abs(value) < _LONGEST:
        return f"{value:.1e}"
    return f"{value:.{1 - math.floor(math.log10(abs(value)))}f}"


def spaced_zh(*parts: str) -> str:
    """Return Chinese words and numbers as one text: a space between a word and a number, none between two words.

    Examples
    --------
    >>> spaced_zh("覆盖率为", "25%"), spaced_zh("覆盖率为", "至少 25%"), spaced_zh("3 公顷", "至", "5 公顷")
    ('覆盖率为 25%', '覆盖率为至少 25%', '3 公顷至 5 公顷')
    """
    said = ""
    for part in parts:
        ends = said[-1:] + part[:1]
        close = len(ends) < len("ab") or all(map(_is_han, ends)) or not _MARKS.isdisjoint(ends)
        said += part if close else f" {part}"
    return said


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"


def count_words(count: float, one: str, more: str) -> str:
    """Return a count before English words, those of one where it is 1.

    Examples
    --------
    >>> count_words(1, "row states", "rows state"), count_words(0, "row", "rows")
    ('1 row states', '0 rows')
    """
    return f"{count:g} {one if count == 1 else more}"
