"""What set-up says: one line a step with its seconds, one line for what stops it, in Chinese or English."""

import ctypes
import locale
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO


class SetupError(Exception):
    """Set-up cannot go on; the text is one line that says what to do next.

    Parameters
    ----------
    en, zh
        The line in English and in Chinese.
    """

    def __init__(self, *, en: str, zh: str) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh


def chosen_language(environ: Mapping[str, str]) -> str:
    """Return "zh" or "en": PLANATLAS_LANGUAGE, else the locale variables, else what the system shows its user."""
    for name in ("PLANATLAS_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    if sys.platform == "win32":
        primary_language = ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF
        return "zh" if primary_language == 0x04 else "en"
    return "zh" if (locale.getlocale()[0] or "").lower().startswith("zh") else "en"


@dataclass
class Speech:
    """Where the lines go, and in which language."""

    language: str = field(default_factory=lambda: chosen_language(os.environ))
    stream: TextIO = field(default_factory=lambda: sys.stderr)
    width: int = 0

    def words(self, *, en: str, zh: str) -> str:
        """Choose one of the two."""
        return zh if self.language == "zh" else en

    def say(self, *, en: str, zh: str) -> None:
        """Print one line."""
        self._write(self.words(en=en, zh=zh) + "\n")

    def detail(self, text: str) -> None:
        """Show passing text behind the running step; only on a terminal."""
        if self.stream.isatty():
            shown = text[:60]
            self._write("\r" + self._running + shown.ljust(self.width))
            self.width = len(shown)

    @contextmanager
    def step(self, *, en: str, zh: str) -> Iterator[None]:
        """Print the step's name, and its seconds when it is done."""
        self._running = f"  {self.words(en=en, zh=zh)} ... "
        self.width = 0
        self._write(self._running)
        started = time.perf_counter()
        try:
            yield
        except BaseException:
            self._write("\n")
            raise
        seconds = f"{time.perf_counter() - started:.1f} s"
        self._write(("\r" + self._running if self.width else "") + seconds.ljust(self.width) + "\n")

    def _write(self, text: str) -> None:
        encoding = self.stream.encoding or "utf-8"
        self.stream.write(text.encode(encoding, errors="replace").decode(encoding))
        self.stream.flush()

    _running: str = ""
