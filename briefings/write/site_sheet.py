"""A site's dossier on one A4 sheet, as PDF (text can be searched) or PNG, from the dossier its page shows.

Verdict at the top right, four numbers, the map, where and what, the nearest, the rules, the plan's words, what to
watch. Rules that there is no room to tell one by one are named.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from briefings.map.fonts import FONT_STYLE, drawable, font, width_em
from briefings.map.layouts import Options
from briefings.map.lettering import fit_line
from briefings.map.legend import draw_running, running_lines
from briefings.map.picture import LatePicture, draw_late, legend_words
from briefings.map.presets import millimetres
from briefings.messages import say
from layers.library.library import Library
from layers.places.check import RuleCheck, SiteCheck
from layers.places.key_numbers import Fact
from layers.places.site_facts import SiteDossier
from layers.places.told import verdict_label
from layers.plan.views import read_view

_WIDE, _HIGH, _EDGE = 210.0, 297.0, 16.0
_RIGHT, _FOOT = _WIDE - _EDGE, _HIGH - 20.0
_INK, _SOFT, _LINE = "#14202b", "#5d6a76", "#d9dee2"
_MM_A_POINT = 25.4 / 72
_STYLE: Any = {**FONT_STYLE, "text.usetex": False, "text.parse_math": False}
_VERDICTS = {
    "allowed": ("#17663f", "#e4f2ea"),
    "conditional": ("#855000", "#fff1d6"),
    "conflict": ("#a3201a", "#fbe6e4"),
    "undecided": ("#54458a", "#edeaf7"),
}
_NO_VERDICT = ("#55616b", "#eef1f3")
_MAP_HIGH, _LEGEND_HIGH = (44.0, 70.0), 18.0
_LEGEND_POINTS, _LEGEND_ROW = 7.0, 3.7
_DPI = {"png": 200.0, "pdf": 300.0}
_LEADING, _ROW = 1.4, 5.0
_MIDDLE = _EDGE + (_RIGHT - _EDGE) * 0.53
_Cells = list[tuple[str, float, float]]
_MOST_NEAR = 8
_WEIGHTY = ("conflict", "undecided", "conditional")
_MOST_RULES, _OTHER_RULES, _RULE_LINES = 14, 2, 8
_SEVERE = {"forbids": 0, "condition": 1, "notes": 2}


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
    sheet = _Sheet(language)
    plan = library.catalog.plan
    view = read_view(found.view) if found.view else None
    with mpl.rc_context(_STYLE):
        _head(sheet, found, plan.title[language])
        _numbers(sheet, found.keys)
        if view is not None:
            room = _FOOT - sheet.y - _least_high(found, sheet)
            high = min(max(room - _LEGEND_HIGH, _MAP_HIGH[0]), _MAP_HIGH[1])
            size = millimetres(_RIGHT - _EDGE, high, dpi=_DPI[kind])
            sheet.map(draw_late(library, view, Options(size, language, "alone", restricted=restricted)), high)
        else:
            sheet.y += 2
            sheet.lines(_said("sheet_no_place", language), 9, _EDGE, _RIGHT, color=_SOFT, most=2)
        _facts(sheet, found)
        words = _words(found, language)
        high = max((one.high for one in words), default=0.0)
        _rules(sheet, found.check, lowest=_FOOT - high)
        top = sheet.y
        for one in words:
            one.write(sheet, top)
        foot = {
            "crs": f"CGCS2000 / {plan.plane_crs}",
            "day": found.check.day,
            "made": date.today().isoformat(),
            "address": address,
        }
        sheet.foot(_said("sheet_foot", language, **foot), plan.notice[language])
        out = io.BytesIO()
        title = drawable(found.subject.name[language], longest=200)
        metadata: dict[str, Any] = (
            {"Title": title, "Author": "PlanAtlas", "Creator": "PlanAtlas", "CreationDate": None}
            if kind == "pdf"
            else {"Title": title, "Software": None}
        )
        sheet.figure.savefig(out, format=kind, dpi=_DPI["png"], metadata=metadata)
    return out.getvalue()


def _said(key: str, language: str, **values: object) -> str:
    """Return a message in one language."""
    return say(key, **values)[language]


def _head(sheet: _Sheet, found: SiteDossier, plan: str) -> None:
    lang, check = sheet.language, found.check
    colour, ground = _VERDICTS.get(check.verdict or "", _NO_VERDICT)
    word = verdict_label(check.verdict)[lang]
    wide = width_em(word) * 12 * _MM_A_POINT + 7
    sheet.write(_said("sheet_check", lang), 7.5, _RIGHT, _EDGE - 4, _SOFT, right=True)
    sheet.box(_RIGHT - wide, _EDGE, wide, 7, ground)
    sheet.write(word, 12, _RIGHT - 3.5, _EDGE + 1.2, colour, right=True)
    kicker = _said("sheet_kicker", lang, kind=found.kind[lang], plan=plan)
    sheet.y = _EDGE - 4
    sheet.lines(kicker, 7.5, _EDGE, _RIGHT - wide - 6, color=_SOFT, most=1)
    sheet.lines(found.subject.name[lang], 17, _EDGE, _RIGHT - wide - 6, most=2)
    sheet.y = max(sheet.y, _EDGE + 8)
    sheet.lines(check.said[lang], 8, _EDGE, _RIGHT, color=colour, most=3)
    sheet.rule(_INK, 1.2)


def _numbers(sheet: _Sheet, keys: Sequence[Fact]) -> None:
    if not keys:
        return
    top, each = sheet.y + 1.5, (_RIGHT - _EDGE) / len(keys)
    for number, one in enumerate(keys):
        left = _EDGE + number * each
        sheet.y = top
        sheet.lines(one.label[sheet.language], 7.5, left, left + each - 3, color=_SOFT, most=1)
        value = one.value[sheet.language]
        points = min(13.0, 13.0 * (each - 3) / max(width_em(value) * 13.0 * _MM_A_POINT, 1.0))
        sheet.lines(value, max(points, 7.0), left, left + each - 1, most=1)
    sheet.y = top + 10.5
    sheet.rule(_LINE, 0.8)


def _facts(sheet: _Sheet, found: SiteDossier) -> None:
    """Set where and what at the left, the nearest at the right."""
    lang, top = sheet.language, sheet.y + 2
    sheet.y = top
    sheet.heading(_said("sheet_where", lang), _EDGE, _MIDDLE - 4)
    for cells in _where_rows(found, lang):
        sheet.row(cells, most=4)
    left, sheet.y = sheet.y, top
    sheet.heading(_said("sheet_nearest", lang), _MIDDLE, _RIGHT)
    for cells in _near_rows(found, lang):
        sheet.row(cells, most=2)
    farther = [f"{one.name[lang]} {one.told[lang]}" for one in found.nearest[_MOST_NEAR:]]
    sheet.lines(_said("comma", lang).join(farther), 6.8, _MIDDLE, _RIGHT, color=_SOFT, most=4)
    if any(one.site_off_m or one.off_m for one in found.nearest):
        sheet.lines(_said("sheet_errors", lang), 6.8, _MIDDLE, _RIGHT, color=_SOFT, most=2)
    sheet.y = max(left, sheet.y)


def _where_rows(found: SiteDossier, lang: str) -> list[_Cells]:
    wide = _MIDDLE - 4 - _EDGE
    return [
        [(one.label[lang], _EDGE, 0.3 * wide), (one.value[lang], _EDGE + 0.31 * wide, 0.69 * wide)]
        for one in found.where
    ]


def _near_rows(found: SiteDossier, lang: str) -> list[_Cells]:
    wide, unknown = _RIGHT - _MIDDLE, _said("sheet_off_unknown", lang)
    return [
        [
            (near.name[lang], _MIDDLE, wide * 0.5),
            (near.told[lang], _MIDDLE + wide * 0.52, wide * 0.2),
            (
                " ".join(f"±{m:,.0f}" if math.isfinite(m) else unknown for m in (near.site_off_m, near.off_m)),
                _MIDDLE + wide * 0.72,
                wide * 0.28,
            ),
        ]
        for near in found.nearest[:_MOST_NEAR]
    ]


def _least_high(found: SiteDossier, sheet: _Sheet) -> float:
    """Return how much of the page all below the map takes at least, mm."""
    lang = sheet.language
    asked = [one for one in found.check.checks if one.verdict != "not_applicable"]
    facts = max(
        sum(sheet.high(cells, most=4) for cells in _where_rows(found, lang)),
        sum(sheet.high(cells, most=2) for cells in _near_rows(found, lang)) + 2 * _ROW,
    )
    rules = sum(sheet.high(cells, most=_RULE_LINES) for _, cells in _rule_rows(asked, 0, lang))
    words = max((one.high for one in _words(found, lang)), default=0.0)
    return facts + rules + words + 2 * (_ROW + 4)


def _rules(sheet: _Sheet, check: SiteCheck, *, lowest: float) -> None:
    """Set the rules, the worst first, as many one by one as there is room for above ``lowest``; all are named."""
    lang = sheet.language
    asked = [one for one in check.checks if one.verdict != "not_applicable"]
    labels = {one.verdict: verdict_label(one.verdict)[lang] for one in asked}
    counts = "  ".join(f"{label} {check.counts[verdict]}" for verdict, label in labels.items())
    sheet.y += 2
    sheet.heading(_said("sheet_rules", lang, count=len(asked), counts=counts), _EDGE, _RIGHT)
    if not asked:
        sheet.lines(check.said[lang], 8, _EDGE, _RIGHT, color=_SOFT, most=2)
        return
    rows: list[tuple[str, _Cells]] = []
    for most in range(_MOST_RULES, -1, -1):
        rows = _rule_rows(asked, most, lang)
        if sum(sheet.high(cells, most=_RULE_LINES) for _, cells in rows) <= lowest - sheet.y:
            break
    for verdict, cells in rows:
        colour, ground = _VERDICTS.get(verdict, _NO_VERDICT)
        sheet.box(_EDGE, sheet.y + 0.4, 20, 4.0, ground)
        sheet.row([(labels[verdict], _EDGE + 1, 19.0, colour), *cells], most=_RULE_LINES)


def _rule_rows(asked: Sequence[RuleCheck], most: int, lang: str) -> list[tuple[str, _Cells]]:
    """Return the rows of rules by verdict: at most so many with what they rest on, the others of it by name."""
    out: list[tuple[str, _Cells]] = []
    for verdict in dict.fromkeys(one.verdict for one in asked):
        rules = sorted((one for one in asked if one.verdict == verdict), key=lambda one: _SEVERE[one.rule.severity])
        told = 0 if verdict == "needs_layer" else most if verdict in _WEIGHTY else min(most, _OTHER_RULES)
        told = len(rules) if len(rules) == told + 1 else told  # a row that names one might as well tell it
        most = max(most - len(rules[:told]), 0)
        for one in rules[:told]:
            texts = (one.rule.label[lang], one.finding.told[lang], one.rule.source[lang])
            out.append((verdict, [(texts[0], _EDGE + 22, 38.0), (texts[1], _EDGE + 62, 80.0), (texts[2], _EDGE + 144, 34.0)]))
        if rest := rules[told:]:
            key = "sheet_lacking" if verdict == "needs_layer" else "sheet_more" if told else "sheet_all"
            names = _said("comma", lang).join(one.rule.label[lang] for one in rest)
            out.append((verdict, [(_said(key, lang, count=len(rest)), _EDGE + 22, 38.0), (names, _EDGE + 62, 116.0)]))
    return out


def _words(found: SiteDossier, lang: str) -> list[_Column]:
    """Return the plan's words, and beside them what to watch."""
    out = []
    if found.quote:
        said = [(f"“{found.quote}”", 7.5, _INK, 5), (found.quoted_at[lang], 6.8, _SOFT, 2)]
        out.append(_Column(_said("sheet_words", lang), _EDGE, _MIDDLE - 4, said))
    if found.watch:
        left = _MIDDLE if found.quote else _EDGE
        out.append(_Column(_said("sheet_watch", lang), left, _RIGHT, [(one[lang], 7.0, _INK, 4) for one in found.watch]))
    return out


@dataclass(frozen=True)
class _Column:
    """A heading and paragraphs below it between two edges, mm: each its text, points, colour and most lines."""

    heading: str
    left: float
    right: float
    said: list[tuple[str, float, str, int]]

    @property
    def high(self) -> float:
        """How much of the page it takes, mm."""
        lines = [
            len(fit_line(text, (self.right - self.left) / (points * _MM_A_POINT), lines=most)) * points
            for text, points, _, most in self.said
        ]
        return (9.5 + sum(lines)) * _LEADING * _MM_A_POINT + 2.3

    def write(self, sheet: _Sheet, top: float) -> None:
        """Write it from a height on."""
        sheet.y = top + 2
        sheet.heading(self.heading, self.left, self.right)
        for text, points, color, most in self.said:
            sheet.lines(text, points, self.left, self.right, color=color, most=most)


class _Sheet:
    """One A4 page that is set from its top; places in mm."""

    def __init__(self, language: str) -> None:
        self.language, self.y = language, _EDGE
        self.figure = Figure(figsize=(_WIDE / 25.4, _HIGH / 25.4), facecolor="white")
        FigureCanvasAgg(self.figure)

    def write(self, text: str, points: float, x: float, y: float, color: str, *, right: bool = False) -> None:
        """Write one line with its upper edge at a place.

        Parameters
        ----------
        text
            One line.
        points
            Height of the letters.
        x, y
            Left (or right) and upper edge, mm from the sheet's upper left corner.
        color
            As matplotlib reads it.
        right
            Whether ``x`` is the right edge.
        """
        words = drawable(text, longest=600)
        place = (x / _WIDE, 1 - y / _HIGH)
        side = "right" if right else "left"
        self.figure.text(*place, words, fontproperties=font(points, words), color=color, va="top", ha=side)

    def lines(
        self, text: str, points: float, left: float, right: float, *, color: str = _INK, most: int = 1
    ) -> None:
        """Write a paragraph of at most so many lines between two edges.

        Parameters
        ----------
        text
            The words; nothing is written of an empty one.
        points
            Height of the letters.
        left, right
            The edges, mm.
        color
            As matplotlib reads it.
        most
            Lines; what is left out shows as an ellipsis.
        """
        if not text:
            return
        for line in fit_line(text, (right - left) / (points * _MM_A_POINT), lines=most):
            self.write(line, points, left, self.y, color)
            self.y += points * _LEADING * _MM_A_POINT

    def row(self, cells: Sequence[tuple[Any, ...]], *, most: int) -> None:
        """Write cells (text, left, width and a colour if any) beside each other, a thin line below."""
        top, lowest = self.y + 0.7, self.y
        for number, (text, left, width, *colour) in enumerate(cells):
            self.y = top
            color = colour[0] if colour else _SOFT if number == 0 and len(cells) == 2 else _INK
            self.lines(text, 7.6, left, left + width, color=color, most=most)
            lowest = max(lowest, self.y)
        self.y = lowest + 0.5
        self._line(cells[0][1], cells[-1][1] + cells[-1][2], _LINE, 0.5)

    def high(self, cells: Sequence[tuple[Any, ...]], *, most: int) -> float:
        """Return how much of the page a row takes, mm."""
        lines = [len(fit_line(text, width / (7.6 * _MM_A_POINT), lines=most)) for text, _, width, *_ in cells]
        return max(lines, default=0) * 7.6 * _LEADING * _MM_A_POINT + 1.2

    def heading(self, text: str, left: float, right: float) -> None:
        """Write a heading with a line below."""
        self.lines(text, 9.5, left, right, most=1)
        self._line(left, right, _INK, 0.9)
        self.y += 0.3

    def rule(self, color: str, width: float) -> None:
        """Draw a line over the page's width."""
        self.y += 1
        self._line(_EDGE, _RIGHT, color, width)

    def _line(self, left: float, right: float, color: str, width: float) -> None:
        y = 1 - self.y / _HIGH
        self.figure.add_artist(Line2D([left / _WIDE, right / _WIDE], [y, y], color=color, linewidth=width))

    def box(self, left: float, top: float, width: float, height: float, color: str) -> None:
        """Fill a box behind words.

        Parameters
        ----------
        left, top
            Its corner, mm.
        width, height
            Its size, mm.
        color
            As matplotlib reads it.
        """
        at = (left / _WIDE, 1 - (top + height) / _HIGH)
        self.figure.add_artist(
            Rectangle(at, width / _WIDE, height / _HIGH, facecolor=color, linewidth=0, zorder=-1)
        )

    def map(self, picture: LatePicture, height: float) -> None:
        """Put a map over the page's width, its legend in running lines below."""
        self.y += 2
        wide = (_RIGHT - _EDGE) / _WIDE
        axes = self.figure.add_axes((_EDGE / _WIDE, 1 - (self.y + height) / _HIGH, wide, height / _HIGH))
        axes.imshow(imread(io.BytesIO(picture.data), format="png"), interpolation="antialiased", aspect="auto")
        axes.set_axis_off()
        self.y += height + 1
        told = replace(legend_words(picture.sheet), points=_LEGEND_POINTS)
        lines = running_lines(told, (_RIGHT - _EDGE) / 25.4)
        high = len(lines) * _LEGEND_ROW
        draw_running(self.figure, (_EDGE / _WIDE, 1 - (self.y + high) / _HIGH, wide, high / _HIGH), told, lines)
        self.y += high

    def foot(self, text: str, notice: str) -> None:
        """Write what stands at the page's foot."""
        self.y = _FOOT + 3
        self._line(_EDGE, _RIGHT, _INK, 0.9)
        self.y += 1
        self.lines(text, 6.8, _EDGE, _RIGHT, color=_SOFT, most=3)
        self.lines(notice, 6.8, _EDGE, _RIGHT, color=_SOFT, most=2)
