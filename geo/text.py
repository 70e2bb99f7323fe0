"""A text in the two languages of the product: the one way every layer says something to a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


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


def count_words(count: float, one: str, more: str) -> str:
    """Return a count before English words, those of one where it is 1.

    Examples
    --------
    >>> count_words(1, "row states", "rows state"), count_words(0, "row", "rows")
    ('1 row states', '0 rows')
    """
    return f"{count:g} {one if count == 1 else more}"
