"""The slides of findings and contents a deck begins with: what it concludes, what is asked, on which page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.util import Pt

from briefings.map.fonts import drawable_text
from briefings.resolve.blocks import BriefingSection
from briefings.resolve.conclusions import (
    Told,
    concluding_text,
    first_clause,
    is_short_title,
    told_findings,
    without_brackets,
)
from briefings.resolve.tables import unbroken_number
from briefings.write.pptx_layouts import first_place
from briefings.write.pptx_maps import MapWriter
from briefings.write.pptx_places import TITLES
from briefings.write.pptx_text import Letters

_MOST_CONTENTS = 14
_FINDINGS = 0.66  # of the width, beside the contents
_CONTENTS_PT, _TITLE_SHARE = 13.0, 0.78  # letters of contents beside findings; what a title takes of their width


class FrontWriter(MapWriter):
    """Makes the slides of findings and contents."""

    def front(self) -> tuple[Any, Any]:
        """Add the slides of findings and contents, one if both find room; filled when page numbers are known."""
        found = self.resolved
        told, first = self.told(), self.concluding
        titles = list(dict.fromkeys(one.title for one in found.sections if one is not first))
        titles += [self.words["changes"]] * (bool(found.since) and not found.since.brief)
        titles += [self.words["mapped"]] * any(one.sources for one in found.sections)
        titles += [self.words["sourced"]] * bool(found.figures)
        if not told and len(found.sections) < 4:
            return None, None
        slide = self.slide(self.conclusion(told) if told else self.words["contents"])
        beside = not told or self.fit_beside(titles)
        return slide, slide if beside else self.slide(self.words["contents"])

    @property
    def concluding(self) -> BriefingSection | None:
        """The text of conclusions that stands on the slide of findings; None where there is no such slide."""
        return concluding_text(self.resolved)

    def told(self) -> list[Told]:
        """Return the findings: a person's own conclusions, then what the other figures say; none of one alone."""
        return told_findings(self.resolved)

    def conclusion(self, told: Sequence[Told]) -> str:
        """Return the title of the findings: the first of them, where it finds room."""
        plain = without_brackets(told[0].sentence).rstrip("。.")
        plain = plain if is_short_title(plain) else first_clause(plain)
        said = self.words["findings_first"].format(said=plain)
        place = first_place(self.layouts.titled, TITLES)
        own = self.layouts.title_pt(self.layouts.titled)
        fits = place is not None and self.title_fit(said, int(place.width), int(place.height), own, lines=2)
        return said if fits else self.words["findings"]

    def fit_beside(self, titles: Sequence[str]) -> bool:
        """Return whether the contents find room beside the findings."""
        place = self.layouts.room(self.layouts.titled).part(0, 0.95 - _FINDINGS)
        size = self.points(_CONTENTS_PT)
        rows = [max(len(self.broken(one, size, int(place.width * _TITLE_SHARE))), 1) for one in titles]
        high = sum(rows) * size * 1.25 + len(rows) * 8 + self.points(14) * 1.25 + 8
        return len(titles) <= _MOST_CONTENTS and high * Pt(1) <= place.height

    def fill_front(self, slides: tuple[Any, Any]) -> None:
        """Write findings (value, sentence, page) and contents (title, page)."""
        slide, after = slides
        first: dict[str, int] = {}
        for title, page in self.pages:
            first.setdefault(title, page)
        if slide is None:
            return
        room, alone = self.layouts.room(self.layouts.titled), slide is not after
        told = self.told()
        if told:
            named = unbroken_number(self.words["page"])
            rows = [
                (
                    "\n".join(one.values),
                    "\n".join((one.sentence, *one.asked)),
                    named.format(page=first[one.title]) if one.title in first else "",
                )
                for one in told
            ]
            self.list_table(
                slide,
                room if alone else room.part(0, _FINDINGS),
                rows,
                shares=(0.3, 0.58, 0.12) if alone else (0.34, 0.5, 0.16),
                sizes=(20, 15, 12),
                alt=list_words(self.words["findings"], [(row[1].partition("\n")[0], row[2]) for row in rows]),
            )
        words = self.resolved.contents()
        listed = [(words.get(title, title), str(page)) for title, page in first.items()]
        if told and not alone:
            place = room.part(_FINDINGS + 0.05, 0.95 - _FINDINGS)
            under = self.text(slide, place, [self.words["contents"]], Letters(size=14, bold=True), name="contents")
            columns, size = [(place.below(under), listed)], _CONTENTS_PT
        elif len(listed) <= _MOST_CONTENTS:
            columns, size = [(room.part(0, 0.72), listed)], 16.0
        else:
            half = min(-(-len(listed) // 2), _MOST_CONTENTS)
            halves = (listed[:half], listed[half : 2 * half])
            columns, size = [(room.part(0.52 * at, 0.48), one) for at, one in enumerate(halves)], 16.0
        for place, part in columns:
            shares, sizes = (
                ((0.86, 0.14) if place.width > room.width * 0.4 else (_TITLE_SHARE, 1 - _TITLE_SHARE)),
                (size, size),
            )
            self.list_table(
                after, place, part, shares=shares, sizes=sizes, alt=list_words(self.words["contents"], part)
            )


def list_words(name: str, rows: Sequence[Sequence[str]]) -> str:
    """Return what a list says, for who cannot see it.

    Examples
    --------
    >>> list_words("Contents", [("Land", "3"), ("Parks", "4")])
    'Contents: Land 3; Parks 4'
    """
    return drawable_text(f"{name}: {'; '.join(' '.join(row).strip() for row in rows)}", longest=300)
