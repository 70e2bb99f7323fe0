"""What every slide has: its title in the layout's place, and text in the template's own letters.

Fonts and colours are the theme's; only what must differ is said of a run. No text is smaller than 12 points.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Emu, Pt

from briefings.map.lettering import wrap_text
from briefings.resolve.blocks import Resolved, fixed_words
from briefings.resolve.tables import unbroken_amounts
from briefings.write.pptx_contrast import readable_title
from briefings.write.pptx_layouts import EAST_ASIAN, HEIGHT, LEAST_TITLE_PT, WIDTH, Layouts, Room, east_asian
from briefings.write.pptx_places import fill_place
from briefings.write.pptx_titles import even_title

LEAST_PT = 12.0
_MAIN = "http://schemas.openxmlformats.org/drawingml/2006/main"
_BOLD_EM, _TITLE_LINE = 1.08, 1.25  # how much wider bold letters are; ems of a title's line
_SURE, _SMALLER = 0.97, 0.5  # of a line that is filled where its end is set; blame of a point less
ONE_LINE = 0.8  # of its own letters, that a title gives up to stay one line
_LINE, _WIDE_LINE = 1.22, 1.46  # ems of a line; fonts of Chinese letters are taller (Noto Sans CJK 1.448)
EMU_PER_INCH = 914_400
_SENTENCE_END = re.compile(r"[。！？]|[.!?](?=\s)")
_WORD_START = re.compile(r"(?<=\s)\S|[\u2e80-\uffef]")
_LOOSE_END = " \u00a0,，、;；:：(（[“0123456789.%％"  # what no ellipsis stands behind


@dataclass(frozen=True, kw_only=True)
class Letters:
    """How a text looks: points on a slide of 7.5 inches; weight, theme colour and soft as for ``write``."""

    size: float
    bold: bool | None = None
    color: MSO_THEME_COLOR | None = None
    soft: bool = False


def line_em(texts: Sequence[str]) -> float:
    """Return how high a line of some texts is in an office program, in ems."""
    return _WIDE_LINE if any(east_asian_width(letter) in "WF" for text in texts for letter in text) else _LINE


def shorten_text(text: str, fits: Callable[[str], bool]) -> str:
    """Return as much of a text as fits: whole sentences, else words and an ellipsis, none behind a number.

    Examples
    --------
    >>> shorten_text("Coverage is at least 24.99%. It may be more.", lambda told: len(told) < 30)
    'Coverage is at least 24.99%.'
    >>> shorten_text("Coverage is at least 24.99%. It may be more.", lambda told: len(told) < 28)
    'Coverage is at least…'
    >>> shorten_text("公共服务覆盖率为24.99%", lambda told: len(told) < 12)
    '公共服务覆盖率…'
    """
    if fits(text):
        return text
    for end in reversed([found.end() for found in _SENTENCE_END.finditer(text)]):
        if fits(text[:end].strip()):
            return text[:end].strip()
    for end in reversed([found.start() for found in _WORD_START.finditer(text)]):
        told = text[:end].rstrip(_LOOSE_END) + "…"
        if len(told) > 1 and fits(told):
            return told
    return ""


class SlideWriter:
    """Adds slides to a presentation and writes text on them."""

    def __init__(self, show: Any, resolved: Resolved, *, shapes: bool) -> None:  # noqa: ANN401 - pptx has no types
        self.show, self.resolved, self.shapes = show, resolved, shapes
        self.words = fixed_words(resolved.language)
        self.tongue = "zh-CN" if resolved.language == "zh" else "en-GB"
        self.layouts = Layouts(show)
        self.chinese = "" if east_asian(show) else EAST_ASIAN
        # Letters are smaller on a slide that is smaller than 7.5 inches, never below the least.
        self.scale = min(show.slide_width / WIDTH, show.slide_height / HEIGHT, 1.0)
        self.pages: list[tuple[str, int]] = []

    def points(self, size: float) -> float:
        """Return a size for this slide, in points."""
        return max(float(size * self.scale), LEAST_PT)

    def slide(self, title: str, layout: Any = None) -> Any:  # noqa: ANN401
        """Add a slide with its title in the layout's place; places that stay empty are taken away."""
        layout = layout or self.layouts.titled
        made = self.show.slides.add_slide(layout)
        head = made.shapes.title
        for place in list(made.placeholders):
            if (
                place is not head
                and place.placeholder_format.idx != getattr(head, "placeholder_format", place).idx
            ):
                place._element.getparent().remove(place._element)
        if head is None:
            wide, high = int(self.show.slide_width), int(self.show.slide_height)
            head = made.shapes.add_textbox(int(wide * 0.04), int(high * 0.04), int(wide * 0.92), int(high * 0.1))
            head.name = "title"
        self.write_title(head, title, layout)
        return made

    def hold(self, shape: Any, place: Any) -> None:  # noqa: ANN401 - python-pptx's
        """Make a chart, a table or a picture the content of a layout's place, where the layout has one."""
        if place is not None:
            fill_place(shape, place)

    def write_title(self, head: Any, title: str, layout: Any) -> None:  # noqa: ANN401 - python-pptx's
        """Write a title into its place, in the layout's letters or, without room, in smaller ones."""
        own = self.layouts.title_pt(layout)
        box = int(head.width), int(head.height)
        line = self.title_fit(title, *box, own, lines=1)  # one line is better than two a little larger
        size = line if line >= ONE_LINE * own else self.title_fit(title, *box, own) or LEAST_TITLE_PT
        color = readable_title(self.show, layout)
        size, lines = self.even_lines(title, box, size, least=max(LEAST_TITLE_PT, ONE_LINE * own))
        self.write(head.text_frame, ["\v".join(lines)], size=None if size == own else size, color=color)

    def even_lines(
        self, title: str, box: tuple[int, int], size: float, *, least: float
    ) -> tuple[float, tuple[str, ...]]:
        """Return letters of a title, at most so large, and its lines in which it reads best.

        Parameters
        ----------
        title
            Its words.
        box
            Width and height of its place, EMU.
        size, least
            Points: of its letters, and what they do not go below for better lines.
        """
        text, ways = unbroken_amounts(title), list[tuple[float, float, tuple[str, ...]]]()
        points = size
        while points >= min(least, size) and len(self.broken(title, size * _BOLD_EM, box[0])) > 1:
            most = int(box[1] / (points * _TITLE_LINE * Pt(1)))
            blame, lines = even_title(text, float((box[0] / Pt(1) - 16) / points) * _SURE, most)
            ways.append((blame + _SMALLER * (size - points), -points, lines))
            points -= 1
        blame, best, lines = min(ways, default=(math.inf, -size, (text,)))
        return (-best, lines) if blame < math.inf else (size, (text,))

    def title_fit(self, title: str, width: int, height: int, own: float, *, lines: int = 9) -> float:
        """Return in which letters, at most a layout's own, a title finds room in its box; 0 where in none.

        Parameters
        ----------
        title
            Its words.
        width, height
            Of the box, EMU.
        own
            The layout's letters, points.
        lines
            How many it may take.
        """
        size = own
        while size >= min(LEAST_TITLE_PT, own):
            taken = max(len(self.broken(title, size * _BOLD_EM, width)), 1)
            if taken <= lines and (taken == 1 or taken * size * _TITLE_LINE * Pt(1) <= height):
                return size
            size -= 1
        return 0.0

    def write(
        self,
        frame: Any,  # noqa: ANN401 - python-pptx's
        lines: Sequence[str],
        *,
        size: float | None = None,
        bold: bool | None = None,
        color: MSO_THEME_COLOR | None = None,
        soft: bool = False,
    ) -> None:
        """Write paragraphs; what is not said (size, weight, colour, fonts) is the template's.

        Parameters
        ----------
        frame
            A text frame, emptied first.
        lines
            One paragraph each.
        size
            Height of the letters in points.
        bold
            Whether they are bold.
        color
            A colour of the theme.
        soft
            Whether they recede: the text colour, lighter.
        """
        letters = Letters(size=size or 0, bold=bold, color=color, soft=soft)
        frame.text = ""
        frame.word_wrap = True
        for number, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            if size is not None and not line:  # the height of an empty line is that of its end
                end = OxmlElement("a:endParaRPr")
                end.set("sz", str(int(size * 100)))
                paragraph._p.append(end)
                continue
            for at, part in enumerate(line.split("\v")):  # lines of one paragraph
                if at:
                    paragraph.add_line_break()
                self.write_run(paragraph.add_run(), part, letters)
            for broken in paragraph._p.xpath("./a:br") if letters.size else ():
                broken.get_or_add_rPr().set("sz", str(int(letters.size * 100)))

    def write_run(self, run: Any, text: str, letters: Letters) -> None:  # noqa: ANN401 - python-pptx's
        """Write words in a run, no number apart from its unit; a size of 0 is the template's."""
        run.text = unbroken_amounts(text)
        properties = run._r.get_or_add_rPr()
        properties.set("lang", self.tongue)
        properties.set("altLang", "en-US" if self.tongue == "zh-CN" else "zh-CN")
        if letters.size:
            run.font.size = Pt(letters.size)
        if letters.bold is not None:
            run.font.bold = letters.bold
        if letters.color is not None or letters.soft:
            run.font.color.theme_color = letters.color or MSO_THEME_COLOR.TEXT_1
            if letters.soft:
                run.font.color.brightness = 0.35
        if self.chinese:
            made = properties.makeelement(f"{{{_MAIN}}}ea", {"typeface": self.chinese})
            properties.append(made)

    def broken(self, text: str, size: float, width: int) -> list[str]:
        """Return text in the lines it takes at a size (points) in a width (EMU), numbers with their units."""
        return wrap_text(unbroken_amounts(text), self.ems(size, width))

    @staticmethod
    def ems(size: float, width: int) -> float:
        """Return how many ems a line has in a width (EMU): other fonts than ours may be wider."""
        return float((width / Pt(1) - 16) / size * 0.88)

    def text(
        self,
        slide: Any,  # noqa: ANN401 - python-pptx's
        room: Room,
        lines: Sequence[str],
        letters: Letters,
        *,
        name: str,
    ) -> int:
        """Write lines into a text box at the top of a room; returns its lower edge (EMU).

        Parameters
        ----------
        slide, room
            Where to.
        lines
            One paragraph each; those that find no room are left out, the slide's notes have all.
        letters
            How they look.
        name
            Of the shape, as the selection pane shows it.
        """
        size = self.points(letters.size)
        each = size * 1.25 * Pt(1)
        most = max(int((room.height - 0.05 * EMU_PER_INCH) / each), 1)
        shown, used = [], 0
        for line in lines:
            taken = len(self.broken(line, size, room.width)) or 1
            if used + taken > most:
                if used == 0:
                    shown, used = [self.cut(line, size, room.width, most)], most
                break
            shown.append(line)
            used += taken
        if not shown:
            return room.top
        height = int(used * each + 0.08 * EMU_PER_INCH)
        box = slide.shapes.add_textbox(room.left, room.top, room.width, height)
        box.name = name
        box.text_frame.margin_top = box.text_frame.margin_bottom = Emu(int(0.02 * EMU_PER_INCH))
        self.write(box.text_frame, shown, size=size, bold=letters.bold, color=letters.color, soft=letters.soft)
        return room.top + height

    def cut(self, line: str, size: float, width: int, most: int) -> str:
        """Return as much of a line as finds room: whole sentences, else whole words and an ellipsis.

        Parameters
        ----------
        line
            What is written.
        size
            Of its letters, points.
        width
            Of the room, EMU.
        most
            How many lines it may take.
        """
        whole = shorten_text(line, lambda told: len(self.broken(told, size, width)) <= most)
        return whole or "".join(self.broken(line, size, width)[:most])[:-1] + "…"  # a word no line holds
