"""What a briefing concludes, told first in every format: a person's own conclusions, then what its figures say."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from unicodedata import east_asian_width

from briefings.messages import say
from briefings.resolve.blocks import BriefingSection, Resolved, amounts_in
from layers.figures.brief import brief_money

_MOST_FINDINGS = 6
_MOST_VALUES = 3  # of a conclusion
_FILLING = re.compile("|".join((say("sentence_filling").zh, say("sentence_filling").en)))  # between name and value
_IN_ALL = re.compile("|".join((say("sentence_in_all").zh, say("sentence_in_all").en)))  # of what there is in all
_SHORT_ZH, _SHORT_EN = 22, 60  # characters of a title
_CLAUSE = re.compile(r"[，；]|; ")
_BRACKETED = re.compile(r"\s*[（(](?=[^（）()]*[^\W\d_])[^（）()]*[）)]")  # with words inside, not a number alone


@dataclass(frozen=True)
class Told:
    """A finding: its values, its sentence, what is asked of it, and the title of the slide that has it."""

    values: tuple[str, ...]
    sentence: str
    asked: tuple[str, ...]
    title: str

    @property
    def whole(self) -> str:
        """Its sentence with what is asked of it, as one paragraph."""
        return " ".join((self.sentence, *self.asked))


def statistic_of(section: BriefingSection) -> str:
    """Return the statistic of a section's figure; empty without one."""
    return "" if section.figure is None else section.figure.statistic.id


def brief_sentence(section: BriefingSection) -> str:
    """Return a figure's sentence beside its value; without its brackets where it says no more than the value."""
    most, said = section.takeaway, section.sentence
    if most and most not in said:  # it names the most of them
        said = most + said[-1:]
    plain = without_brackets(said)
    rest = plain.replace(section.value, "") if section.value else plain
    more = _FILLING.sub("", rest.removeprefix(section.title))
    return said if more or len(section.amounts) > 1 else plain or section.title


def concluding_text(resolved: Resolved) -> BriefingSection | None:
    """Return the text of a person's own conclusions, which stands first; None where it is all there is."""
    return resolved.concluding if len(resolved.sections) > 1 else None


def without_conclusions(resolved: Resolved) -> Resolved:
    """Return what follows the findings: not said again are a person's own conclusions."""
    first = concluding_text(resolved)
    return replace(resolved, sections=tuple(one for one in resolved.sections if one is not first))


def told_findings(resolved: Resolved) -> list[Told]:
    """Return the findings: a person's own conclusions, then what the other figures say; none of a figure alone."""
    sections, first = resolved.sections, concluding_text(resolved)
    titles = {one.figure.statistic.id: one.title for one in sections if one.figure is not None}
    sourced = say("fixed_sourced")[resolved.language]
    out, said = list[Told](), set[str]()
    if first is not None:
        for line, numbers in zip(first.paragraphs, first.bound, strict=True):
            values = list(dict.fromkeys(part for one in numbers for part in amounts_in(one.value)))
            keys = [one.statistic for one in numbers]
            asked = [text for one in sections if statistic_of(one) in keys for text in one.paragraphs]
            page = next((titles[key] for key in keys if key in titles), sourced if keys else "")
            out.append(Told(tuple(values[:_MOST_VALUES]), line, tuple(asked), page))
            said.update(keys)
    out += [
        Told(
            tuple(map(brief_money, one.amounts)),
            brief_sentence(one),
            tuple(filter(None, (one.moved, *one.paragraphs))),
            one.title,
        )
        for one in sections
        if one.value and statistic_of(one) not in said
    ]
    return out[:_MOST_FINDINGS] if len(out) > 1 or first is not None else []


def finding_parts(told: Told) -> list[tuple[str, bool]]:
    """Return a finding in one line as its parts, and which are values: they stand before what does not say them.

    Examples
    --------
    >>> finding_parts(Told(("6 %",), "Green is 6 % of it.", (), ""))
    [('Green is ', False), ('6 %', True), (' of it.', False)]
    >>> finding_parts(Told(("6 %",), "Little green.", (), ""))
    [('6 %', True), ('  ', False), ('Little green.', False)]
    """
    values = list(filter(None, told.values))
    longest = "|".join(map(re.escape, sorted(values, key=len, reverse=True)))
    parts = re.split(rf"(?<![\d.,])({longest})(?!\d)", told.whole) if values else [told.whole]
    if not set(values) <= set(parts[1::2]):
        return [(" · ".join(values), True), ("  ", False), (told.whole, False)]
    return [(text, at % 2 == 1) for at, text in enumerate(parts) if text]


def headed_sentence(text: str) -> str:
    """Return a sentence without how many or how much there is in all: its name, and what it finds.

    Examples
    --------
    >>> headed_sentence("项目数：共 53 个，2021 年最多，26 个"), headed_sentence("用地：共 9 公顷")
    ('项目数：2021 年最多，26 个', '用地：共 9 公顷')
    >>> headed_sentence("Projects by start: 53 in all; most of them: 2021 (26)")
    'Projects by start: most of them: 2021 (26)'
    """
    return _IN_ALL.sub("", text, count=1)


def is_short_title(text: str) -> bool:
    """Whether a title is read at a glance: 22 Chinese characters, or 60 letters.

    Examples
    --------
    >>> is_short_title("绿地率为 11.82%"), is_short_title("Land for industry " * 4)
    (True, False)
    """
    wide = any(east_asian_width(letter) in "WF" for letter in text)
    return len("".join(text.split())) <= _SHORT_ZH if wide else len(text) <= _SHORT_EN


def first_clause(text: str) -> str:
    """Return the first clause of a sentence that says a number; the whole where none does.

    Examples
    --------
    >>> first_clause("强度为 84.45%，工业占 33.36%"), first_clause("In 2020: 1,000 ha; less since")
    ('强度为 84.45%', 'In 2020: 1,000 ha')
    """
    clauses = _CLAUSE.split(text)
    return next((one for one in clauses[:1] if any(map(str.isdigit, one))), text)


def without_brackets(text: str) -> str:
    """Return a sentence without what it explains in brackets; a number alone in them stays.

    Examples
    --------
    >>> without_brackets("Covered: 25% (500 m from edges)."), without_brackets("Most of them: 2021 (26)")
    ('Covered: 25%.', 'Most of them: 2021 (26)')
    """
    return _BRACKETED.sub("", text)
