"""A text in the two languages of the product: the one way every layer says something to a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_MARKS = frozenset("，。；：、（）“”")


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
