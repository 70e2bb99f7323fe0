"""A text in the two languages of the product: the one way every layer says something to a person."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """One text in the two languages of the product; neither may be left out."""

    zh: str
    en: str

    def __getitem__(self, language: str) -> str:
        """Return the text in ``language``; anything but ``zh`` reads English."""
        return self.zh if language == "zh" else self.en
