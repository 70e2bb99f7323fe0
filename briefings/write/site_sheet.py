"""A site's dossier on one A4 sheet, as PDF (text can be searched) or PNG, from the dossier its page shows.

Verdict at the top right, four numbers, the map, where and what, the nearest, the rules, the plan's words, what to
watch. What does not fit is counted and stands at the dossier's address.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import date
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from briefings.map.fonts import drawable, font, width_em
from briefings.map.layouts import Options
from briefings.map.lettering import fit_line
from briefings.map.picture import draw
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
_STYLE: Any = {"pdf.fonttype": 42, "text.usetex": False, "text.parse_math": False}
_VERDICTS = {
    "allowed": ("#17663f", "#e4f2ea"),
    "conditional": ("#855000", "#fff1d6"),
    "conflict": ("#a3201a", "#fbe6e4"),
    "undecided": ("#54458a", "#edeaf7"),
}
_NO_VERDICT = ("#55616b", "#eef1f3")
_MAP_HIGH = 86.0
_MOST_NEAR, _MOST_WHERE = 8, 8
_MOST_RULES, _OTHER_RULES = {"conflict": 6, "undecided": 6, "conditional": 4}, 2
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
            size = millimetres(_RIGHT - _EDGE, _MAP_HIGH, dpi=220)
            options = Options(size, language, "bare", restricted=restricted)
            picture = draw(library, view, options)
            sheet.picture(picture.data, _MAP_HIGH)
        else:
            sheet.y += 2
            sheet.lines(_said("sheet_no_place", language), 9, _EDGE, _RIGHT, color=_SOFT, most=2)
        _facts(sheet, found)
        _rules(sheet, found.check)
        _words(sheet, found)
        foot = {
            "crs": f"CGCS2000 / {plan.plane_crs}",
            "day": found.check.day,
            "made": date.today().isoformat(),
            "address": address if len(address) < 80 else address[:78] + "…",
        }
        sheet.foot(_said("sheet_foot", language, **foot), plan.notice[language])
        out = io.BytesIO()
        title = drawable(found.subject.name[language], longest=200)
        metadata: dict[str, Any] = (
            {"Title": title, "Author": "PlanAtlas", "Creator": "PlanAtlas", "CreationDate": None}
            if kind == "pdf"
            else {"Title": title, "Software": None}
        )
        sheet.figure.savefig(out, format=kind, dpi=150, metadata=metadata)
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
    sheet.lines(check.said[lang], 8, _EDGE, _RIGHT, color=colour, most=2)
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
    lang = sheet.language
    top, middle = sheet.y + 2, _EDGE + (_RIGHT - _EDGE) * 0.53
    sheet.y = top
    sheet.heading(_said("sheet_where", lang), _EDGE, middle - 4)
    for one in found.where[:_MOST_WHERE]:
        sheet.row([(one.label[lang], _EDGE, 22.0), (one.value[lang], _EDGE + 23, middle - 4 - _EDGE - 23)], most=2)
    left, sheet.y = sheet.y, top
    sheet.heading(_said("sheet_nearest", lang), middle, _RIGHT)
    wide = _RIGHT - middle
    for near in found.nearest[:_MOST_NEAR]:
        off = [
            f"±{one:,.0f}" if math.isfinite(one) else _said("sheet_off_unknown", lang)
            for one in (near.site_off_m, near.off_m)
        ]
        cells = [
            (near.name[lang], middle, wide * 0.5),
            (near.told[lang], middle + wide * 0.52, wide * 0.2),
            (" ".join(off), middle + wide * 0.72, wide * 0.28),
        ]
        sheet.row(cells, most=1)
    if any(one.site_off_m or one.off_m for one in found.nearest):
        sheet.lines(_said("sheet_errors", lang), 6.8, middle, _RIGHT, color=_SOFT, most=1)
    sheet.y = max(left, sheet.y)


def _rules(sheet: _Sheet, check: SiteCheck) -> None:
    """Set the rules, the worst first, some of each verdict; the rest is counted, what lacks a layer one row."""
    lang = sheet.language
    asked = [one for one in check.checks if one.verdict != "not_applicable"]
    labels = {one.verdict: verdict_label(one.verdict)[lang] for one in asked}
    counts = "  ".join(f"{label} {check.counts[verdict]}" for verdict, label in labels.items())
    sheet.y += 2
    sheet.heading(_said("sheet_rules", lang, count=len(asked), counts=counts), _EDGE, _RIGHT)
    if not asked:
        sheet.lines(check.said[lang], 8, _EDGE, _RIGHT, color=_SOFT, most=2)
        return
    shown = 0
    for verdict in labels:
        rules = sorted(
            (one for one in asked if one.verdict == verdict), key=lambda one: _SEVERE[one.rule.severity]
        )
        if verdict == "needs_layer":
            names = _said("comma", lang).join(one.rule.label[lang] for one in rules)
            _rule_row(sheet, rules[0], (_said("sheet_lacking", lang, count=len(rules)), names, ""))
            shown += len(rules)
            continue
        for one in rules[: _MOST_RULES.get(verdict, _OTHER_RULES)]:
            if sheet.y > _FOOT - 38.0:
                break
            _rule_row(sheet, one, (one.rule.label[lang], one.finding.told[lang], one.rule.source[lang]))
            shown += 1
    if shown < len(asked):
        more = _said("sheet_more", lang, count=len(asked) - shown)
        sheet.lines(more, 7, _EDGE, _RIGHT, color=_SOFT, most=1)


def _rule_row(sheet: _Sheet, one: RuleCheck, texts: tuple[str, str, str]) -> None:
    colour, ground = _VERDICTS.get(one.verdict, _NO_VERDICT)
    sheet.box(_EDGE, sheet.y + 0.4, 20, 4.0, ground)
    cells = [(verdict_label(one.verdict)[sheet.language], _EDGE + 1, 19.0, colour), (texts[0], _EDGE + 22, 40.0)]
    sheet.row([*cells, (texts[1], _EDGE + 63, 79.0), (texts[2], _EDGE + 144, 34.0)], most=1)


def _words(sheet: _Sheet, found: SiteDossier) -> None:
    """Set the plan's words at the left, what to watch at the right."""
    lang = sheet.language
    top, middle = sheet.y + 2, _EDGE + (_RIGHT - _EDGE) * 0.53
    if top > _FOOT - 14:
        return
    if found.quote:
        sheet.y = top
        sheet.heading(_said("sheet_words", lang), _EDGE, middle - 4)
        sheet.lines(f"“{found.quote}”", 7.5, _EDGE, middle - 4, most=3)
        sheet.lines(found.quoted_at[lang], 6.8, _EDGE, middle - 4, color=_SOFT, most=1)
    if found.watch:
        sheet.y = top
        left = middle if found.quote else _EDGE
        sheet.heading(_said("sheet_watch", lang), left, _RIGHT)
        for one in found.watch[:4]:
            if sheet.y > _FOOT - 4:
                break
            sheet.lines(one[lang], 7, left, _RIGHT, most=2)


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
            self.y += points * 1.4 * _MM_A_POINT

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

    def picture(self, data: bytes, height: float) -> None:
        """Put a picture over the page's width."""
        self.y += 2
        box = (_EDGE / _WIDE, 1 - (self.y + height) / _HIGH, (_RIGHT - _EDGE) / _WIDE, height / _HIGH)
        axes = self.figure.add_axes(box)
        axes.imshow(imread(io.BytesIO(data), format="png"), interpolation="none", aspect="auto")
        axes.set_axis_off()
        self.y += height

    def foot(self, text: str, notice: str) -> None:
        """Write what stands at the page's foot."""
        self.y = _FOOT + 3
        self._line(_EDGE, _RIGHT, _INK, 0.9)
        self.y += 1
        self.lines(text, 6.8, _EDGE, _RIGHT, color=_SOFT, most=1)
        self.lines(notice, 6.8, _EDGE, _RIGHT, color=_SOFT, most=2)
