"""A site's dossier on one A4 sheet, as PDF (text can be searched) or PNG, from the dossier its page shows.

Verdict at the top right, four numbers, the map, where and what, the nearest, the rules, the plan's words, what to
watch. Rules that there is no room to tell one by one are named.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import matplotlib as mpl

from briefings.map.fonts import FONT_STYLE, drawable_text, width_em
from briefings.map.layouts import Options
from briefings.map.lettering import fit_line
from briefings.map.picture import LatePicture, draw_late
from briefings.map.presets import Size, paper_size
from briefings.map.tagged_pdf import write_tagged
from briefings.messages import say
from briefings.write.sheet_page import (
    DPI,
    EDGE,
    FOOT,
    INK,
    LINE,
    MIDDLE,
    MM_A_POINT,
    RIGHT,
    ROW_POINTS,
    SOFT,
    Cells,
    PageColumn,
    SheetPage,
)
from geo.measure.crs_words import crs_words
from geo.text import Text
from layers.library.library import Library
from layers.places.check import RuleCheck, SiteCheck
from layers.places.key_numbers import Fact
from layers.places.site_facts import NearSite, SiteDossier
from layers.places.told import drawn_label, verdict_label, verdict_words
from layers.plan.views import read_view

_STYLE: Any = {**FONT_STYLE, "text.usetex": False, "text.parse_math": False}
_VERDICTS = {
    "allowed": ("#17663f", "#e4f2ea"),
    "conditional": ("#855000", "#fff1d6"),
    "conflict": ("#a3201a", "#fbe6e4"),
    "undecided": ("#54458a", "#edeaf7"),
}
_NO_VERDICT = ("#55616b", "#eef1f3")
_ROW_POINTS, _OVER = (ROW_POINTS, 7.0), 0.5  # of rows, smaller where a page is too full; mm that no eye sees
_MAP_HIGH, _LEGEND_HIGH = (22.0, 70.0), 22.0
_MAP_DPI = {"png": 1.0 * DPI, "pdf": 300.0}
_ROW = 5.0
_MOST_NEAR = 8
_MOST_WHERE, _FURTHER_LINES = 9, 4  # facts with a row of their own; lines of the others
_WEIGHTY = ("conflict", "undecided", "conditional")
_MOST_RULES, _OTHER_RULES, _RULE_LINES = 14, 2, 8
_WORD_WIDE = 24.0  # of the box a rule's word stands in
_Row = tuple[RuleCheck, Cells]  # a row of rules, with the first of them
_TOLD = 3  # rules that are told with what they rest on, if there is any room: the map gives way


def site_sheet(
    library: Library,
    found: SiteDossier,
    *,
    kind: str,
    language: str,
    address: str = "",
    restricted: bool = False,
) -> bytes:
    """Draw a dossier.

    Parameters
    ----------
    library
        The plan as it may leave.
    found
        The dossier.
    kind
        ``pdf`` or ``png``.
    language
        ``zh`` or ``en``.
    address
        Where it is read again.
    restricted
        Whether the reader may see restricted layers.
    """
    plan = library.catalog.plan
    view = read_view(found.view) if found.view else None

    def mapped(size: Size) -> LatePicture | None:
        how = _options(found, size, language, restricted=restricted)
        return None if view is None else draw_late(library, view, how)

    with mpl.rc_context(_STYLE):
        for points in _ROW_POINTS:
            sheet = SheetPage(language, points)
            scale = _fill(sheet, found, plan.title[language], mapped, _MAP_DPI[kind])
            if sheet.y <= FOOT + _OVER:
                break
        foot = {
            "crs": f"{crs_words(plan.plane_crs)[language]}{_scale_words(scale, language)}",
            "day": found.check.day,
            "made": date.today().isoformat(),
            "address": address,
        }
        sheet.foot(_said("sheet_foot", language, **foot), plan.notice[language])
        out = io.BytesIO()
        title = drawable_text(found.subject.name[language], longest=200)
        if kind == "pdf":
            told = {"Title": title, "Author": "PlanAtlas", "Creator": "PlanAtlas"}
            return write_tagged([sheet.figure], sheet.structure, language=language, told=told)
        sheet.figure.savefig(out, format=kind, dpi=DPI, metadata={"Title": title, "Software": None})
    return out.getvalue()


def _fill(
    sheet: SheetPage, found: SiteDossier, plan: str, mapped: Callable[[Size], LatePicture | None], dpi: float
) -> float | None:
    """Set a dossier on a page down to its foot; returns the scale of its map.

    Parameters
    ----------
    sheet, found
        The page, and the dossier.
    plan
        Its plan's title.
    mapped
        Draws the map in a size; None where there is no place.
    dpi
        Of the map.
    """
    _head(sheet, found, plan)
    _numbers(sheet, found.keys)
    room, below, scale = FOOT - sheet.y - _least_high(found, sheet), _LEGEND_HIGH, None
    for _ in range(2):  # what the legend takes is known of a map only
        high = min(max(room - below, _MAP_HIGH[0]), _MAP_HIGH[1])
        drawn = mapped(paper_size(RIGHT - EDGE, high, dpi=dpi))
        if drawn is None or (taken := sheet.legend_high(drawn)) <= below:
            break
        below = taken
    if drawn is None:
        sheet.y += 2
        sheet.lines(_said("sheet_no_place", sheet.language), 9, EDGE, RIGHT, color=SOFT, most=2)
    else:
        sheet.map(drawn, high)
        scale = drawn.sheet.said.scale
    _facts(sheet, found)
    words = _words(found, sheet.language)
    _rules(sheet, found.check, lowest=FOOT - max((one.high for one in words), default=0.0))
    top = lowest = sheet.y
    for one in words:
        one.write(sheet, top)
        lowest = max(lowest, sheet.y)
    sheet.y = lowest
    return scale


def _options(found: SiteDossier, size: Size, language: str, *, restricted: bool) -> Options:
    """Return how the map comes out: with the name of a drawn site on it, as a feature has its own."""
    name = "" if found.subject.layer else found.subject.name[language]
    return Options(size, language, "alone", restricted=restricted, site_name=name)


def _scale_words(scale: float | None, language: str) -> str:
    return f" · {_said('sheet_scale', language, scale=f'{scale:,.0f}')}" if scale else ""


def _said(key: str, language: str, **values: object) -> str:
    """Return a message in one language."""
    return say(key, **values)[language]


def _head(sheet: SheetPage, found: SiteDossier, plan: str) -> None:
    lang, check = sheet.language, found.check
    colour, ground = _colours(check.drawn, check.verdict)
    word = verdict_words(check)[lang]
    wide = width_em(word) * 12 * MM_A_POINT + 7
    kicker = _said("sheet_kicker", lang, kind=found.kind[lang], plan=plan)
    sheet.y = EDGE - 4
    sheet.lines(kicker, 7.5, EDGE, RIGHT - 24, color=SOFT, most=1)
    with sheet.part(sheet.structure.root.within("H1")):
        sheet.lines(found.subject.name[lang], 17, EDGE, RIGHT - wide - 6, most=2)
    sheet.write(_said("sheet_check", lang), 7.5, RIGHT, EDGE - 4, SOFT, right=True)
    sheet.box(RIGHT - wide, EDGE, wide, 7, ground)
    sheet.write(word, 12, RIGHT - 3.5, EDGE + 1.2, colour, right=True)
    sheet.y = max(sheet.y, EDGE + 8)
    sheet.lines(check.said[lang], 8, EDGE, RIGHT, color=colour, most=4)
    sheet.rule(INK, 1.2)


def _colours(drawn: str | None, verdict: str | None) -> tuple[str, str]:
    """Return the colours of a verdict: what is undecided looks so, unless something is against it as drawn.

    Examples
    --------
    >>> _colours("allowed", "undecided") == _VERDICTS["undecided"]
    True
    >>> _colours("conflict", "undecided") == _VERDICTS["conflict"]
    True
    """
    shown = verdict if drawn == "allowed" else drawn
    return _VERDICTS.get(shown or "", _NO_VERDICT)


def _numbers(sheet: SheetPage, keys: Sequence[Fact]) -> None:
    if not keys:
        return
    top, each = sheet.y + 1.5, (RIGHT - EDGE) / len(keys)
    for number, one in enumerate(keys):
        left = EDGE + number * each
        sheet.y = top
        sheet.lines(one.label[sheet.language], 7.5, left, left + each - 3, color=SOFT, most=1)
        value = one.value[sheet.language]
        points = min(13.0, 13.0 * (each - 3) / max(width_em(value) * 13.0 * MM_A_POINT, 1.0))
        sheet.lines(value, max(points, 7.0), left, left + each - 1, most=1)
    sheet.y = top + 10.5
    sheet.rule(LINE, 0.8)


def _facts(sheet: SheetPage, found: SiteDossier) -> None:
    """Set where and what at the left, the nearest at the right."""
    lang, top = sheet.language, sheet.y + 2
    sheet.y = top
    sheet.heading(_said("sheet_where", lang), EDGE, MIDDLE - 4)
    for cells in _where_rows(found, lang):
        sheet.row(cells, most=8)
    sheet.lines(_further(found, lang), 6.8, EDGE, MIDDLE - 4, color=SOFT, most=_FURTHER_LINES)
    left, sheet.y = sheet.y, top
    sheet.heading(_said("sheet_nearest", lang), MIDDLE, RIGHT)
    for cells in _near_rows(found, lang):
        sheet.row(cells, most=2)
    farther = [f"{one.name[lang]} {one.told[lang]}" for one in found.nearest[_MOST_NEAR:]]
    sheet.lines(_said("comma", lang).join(farther), 6.8, MIDDLE, RIGHT, color=SOFT, most=4)
    if any(one.site_off_m or one.off_m for one in found.nearest):
        sheet.lines(_said("sheet_errors", lang), 6.8, MIDDLE, RIGHT, color=SOFT, most=2)
    sheet.y = max(left, sheet.y)


def _where_rows(found: SiteDossier, lang: str) -> list[Cells]:
    wide = MIDDLE - 4 - EDGE
    return [
        [(one.label[lang], EDGE, 0.3 * wide), (one.value[lang], EDGE + 0.31 * wide, 0.69 * wide)]
        for one in found.where[:_MOST_WHERE]
    ]


def _further(found: SiteDossier, lang: str) -> str:
    """Return the facts that have no row of their own as running words."""
    return " · ".join(f"{one.label[lang]} {one.value[lang]}" for one in found.where[_MOST_WHERE:])


def _near_rows(found: SiteDossier, lang: str) -> list[Cells]:
    wide = RIGHT - MIDDLE
    return [
        [
            (_near_name(near, found, lang), MIDDLE, wide * 0.5),
            (near.told[lang], MIDDLE + wide * 0.52, wide * 0.2),
            (near.errors[lang], MIDDLE + wide * 0.72, wide * 0.28),
        ]
        for near in found.nearest[:_MOST_NEAR]
    ]


def _near_name(near: NearSite, found: SiteDossier, lang: str) -> str:
    """Return what is near by its name; where that is the site's own too, with what it is."""
    name = near.name[lang]
    kind = say("in_brackets", text=near.layer_label[lang])[lang]
    return name + kind if name == found.subject.name[lang] else name


def _least_high(found: SiteDossier, sheet: SheetPage) -> float:
    """Return how much of the page all below the map takes at least, mm."""
    lang = sheet.language
    asked = [one for one in found.check.checks if one.verdict != "not_applicable"]
    said, wide = _further(found, lang), (MIDDLE - 4 - EDGE) / (6.8 * MM_A_POINT)
    further = len(fit_line(said, wide, lines=_FURTHER_LINES)) * 6.8 * 1.4 * MM_A_POINT if said else 0.0
    facts = max(
        sum(sheet.high(cells, most=8) for cells in _where_rows(found, lang)) + further,
        sum(sheet.high(cells, most=2) for cells in _near_rows(found, lang)) + 2 * _ROW,
    )
    rules = sum(sheet.high(cells, most=_RULE_LINES) for _, cells in _rule_rows(asked, _TOLD, lang))
    words = max((one.high for one in _words(found, lang)), default=0.0)
    return facts + rules + words + 2 * (_ROW + 4)


def _rules(sheet: SheetPage, check: SiteCheck, *, lowest: float) -> None:
    """Set the rules, the worst first, as many one by one as there is room for above ``lowest``; all are named."""
    lang = sheet.language
    asked = [one for one in check.checks if one.verdict != "not_applicable"]
    told = Counter(_first_word(one)[lang] for one in asked)
    counts = "  ".join(f"{word} {count}" for word, count in told.items())
    sheet.y += 2
    sheet.heading(_said("sheet_rules", lang, count=len(asked), counts=counts), EDGE, RIGHT)
    if not asked:
        sheet.lines(check.said[lang], 8, EDGE, RIGHT, color=SOFT, most=2)
        return
    rows: list[_Row] = []
    for most in range(_MOST_RULES, -1, -1):
        rows = _rule_rows(asked, most, lang)
        if sum(sheet.high(cells, most=_RULE_LINES) for _, cells in rows) <= lowest - sheet.y:
            break
    for first, cells in rows:
        colour, ground = _colours(first.drawn, first.verdict)
        sheet.box(EDGE, sheet.y + 0.4, _WORD_WIDE, 4.0, ground)
        sheet.row([(_first_word(first)[lang], EDGE + 1, _WORD_WIDE - 1, colour), *cells], most=_RULE_LINES)


def _first_word(one: RuleCheck) -> Text:
    """Return what a rule is told with: where it is undecided, what it is as drawn."""
    drawn = drawn_label(one)
    return drawn if drawn.zh else verdict_label(one.verdict)


def _rule_rows(asked: Sequence[RuleCheck], most: int, lang: str) -> list[_Row]:
    """Return the rows of rules by their word: at most so many with what they rest on, the others of it by name."""
    out: list[_Row] = []
    chosen, beside = rules_with_room(asked, most), EDGE + _WORD_WIDE + 2
    for verdict, drawn in dict.fromkeys((one.verdict, one.drawn) for one in asked):
        rules = [one for one in asked if (one.verdict, one.drawn) == (verdict, drawn)]
        told = sum(one.rule.id in chosen for one in rules)
        told = len(rules) if len(rules) == told + 1 else told  # a row that names one might as well tell it
        for one in rules[:told]:
            told_of = _said("sheet_rule", lang, told=one.finding.told[lang], source=one.rule.source[lang])
            out.append((one, [(one.rule.label[lang], beside, 36.0), (told_of, beside + 38, RIGHT - beside - 38)]))
        if rest := rules[told:]:
            key = "sheet_lacking" if verdict == "needs_layer" else "sheet_more" if told else "sheet_all"
            names = _said("comma", lang).join(one.rule.label[lang] for one in rest)
            count = _said(key, lang, count=len(rest))
            out.append((rest[0], [(count, beside, 28.0), (names, beside + 29, RIGHT - beside - 29)]))
    return out


def rules_with_room(asked: Sequence[RuleCheck], most: int) -> set[str]:
    """Return which rules there is room to tell: what is so as drawn, then what may be, then the rest."""
    may: list[RuleCheck] = []
    for verdict in dict.fromkeys(one.verdict for one in asked):
        rules = [one for one in asked if one.verdict == verdict]
        if verdict != "needs_layer":
            may += rules if verdict in _WEIGHTY else rules[:_OTHER_RULES]
    may.sort(key=lambda one: (not _stands_on(one), one.verdict not in _WEIGHTY))
    return {one.rule.id for one in may[:most]}


def _stands_on(one: RuleCheck) -> bool:
    """Whether a rule is broken where the site is drawn; a reminder of what its row lacks is not."""
    found = one.finding
    reminds = one.rule.severity == "notes" and found.drawn_m is None
    return found.as_drawn and not one.supposed and not reminds


def _words(found: SiteDossier, lang: str) -> list[PageColumn]:
    """Return the plan's words, and beside them what to watch."""
    out = []
    if found.quote:
        said = [(f"“{found.quote}”", 7.5, INK, 5), (found.quoted_at[lang], 6.8, SOFT, 2)]
        out.append(PageColumn(_said("sheet_words", lang), EDGE, MIDDLE - 4, said))
    if found.watch:
        left = MIDDLE if found.quote else EDGE
        watched = [(one[lang], 7.0, INK, 4) for one in found.watch]
        out.append(PageColumn(_said("sheet_watch", lang), left, RIGHT, watched))
    return out
