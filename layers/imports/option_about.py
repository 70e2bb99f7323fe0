"""What an import option is: its label, when it is asked, for which kinds of files, how its values are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from geo.text import Text

Stage = Literal["reading", "placing", "keeping"]
Control = Literal["text", "choice", "check", "column", "columns", "sublayer", "group", "scheme", "layer", "table"]
LONGEST = 500


ENCODINGS = {
    "utf-8": ("UTF-8", "UTF-8"),
    "gb18030": ("GBK / GB18030（简体）", "GBK / GB18030 (Chinese)"),
    "big5": ("Big5（繁体）", "Big5 (Traditional Chinese)"),
    "utf-16": ("UTF-16", "UTF-16"),
    "cp1252": ("西欧（Windows-1252）", "Western European (Windows-1252)"),
    "cp1250": ("中欧（Windows-1250）", "Central European (Windows-1250)"),
    "iso8859-2": ("中欧（Latin-2）", "Central European (Latin-2)"),
    "cp1251": ("西里尔文（Windows-1251）", "Cyrillic (Windows-1251)"),
    "cp1253": ("希腊文（Windows-1253）", "Greek (Windows-1253)"),
    "cp1254": ("土耳其文（Windows-1254）", "Turkish (Windows-1254)"),
    "cp932": ("日文（Shift JIS）", "Japanese (Shift JIS)"),
    "cp949": ("韩文（EUC-KR）", "Korean (EUC-KR)"),
}


@dataclass(frozen=True)
class About:
    """What an option is: its label, when it is asked, for which kinds of files, how its values are called."""

    label: Text
    stage: Stage
    control: Control = "text"
    hint: Text | None = None
    kinds: tuple[str, ...] = ()  # of files it means something for; empty: all
    words: Mapping[str, Text] = field(default_factory=dict)
    flags: tuple[str, ...] = ()  # on the command line, instead of its name with dashes
    metavar: str = ""


def said_option(zh: str, en: str, stage: Stage, control: Control = "text", **more: Any) -> msgspec.Meta:  # noqa: ANN401
    """Return an option's declaration, to stand beside its type.

    Parameters
    ----------
    zh, en
        Its label.
    stage
        When it is asked: while a file is read, placed or kept.
    control
        How the page's form asks for it.
    **more
        Other fields of `About`; ``hint`` and ``words`` as pairs of zh and en.
    """
    hint = more.pop("hint", None)
    words = {value: Text(*pair) for value, pair in more.pop("words", {}).items()}
    about = About(Text(zh, en), stage, control, hint=Text(*hint) if hint else None, words=words, **more)
    longest = LONGEST if control in ("text", "column", "sublayer", "group", "scheme", "layer", "table") else None
    told = {"title": en, "x-zh": zh, "x-en": en, "x-stage": stage}
    return msgspec.Meta(max_length=longest, extra={"about": about}, extra_json_schema=told)


def expected_words(about: About, choices: Sequence[str]) -> tuple[str, str]:
    """Return what an option may be, in both languages, for one that was said wrong."""
    if about.control == "check":
        return "应为 true 或 false", "true or false is expected"
    words = ", ".join(choices)
    if about.control == "columns":
        return (
            f"应为字段到取值的对照，取值为 {words}",
            f"an object of fields and what they are is expected; that is one of {words}",
        )
    if words and about.control == "choice":
        return f"应为 {words} 之一", f"one of {words} is expected"
    return f"应为不超过 {LONGEST} 字的文本", f"a text of at most {LONGEST} characters is expected"
