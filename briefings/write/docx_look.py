"""How a Word file looks: a template's own styles, made to agree with each other, or ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from docx.document import Document as OpenDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from briefings.write.pptx_layouts import EAST_ASIAN, LATIN

_INK, _SOFT, _RULE = "23485C", "56687A", "C9D1D8"
_HEADINGS = ("Title", "Heading 1", "Heading 2", "Heading 3")
_FOLLOWING = ("Title", "Subtitle", "Heading 2", "Heading 3", "Caption")  # are coloured as the first heading is
_SPACES = {"Heading 1": (16, 4), "Heading 2": (12, 3), "Heading 3": (8, 2), "Normal": (0, 6)}  # before, after
_PALE = 0.1  # of the heading's colour, in the ground of a table's head


@dataclass(frozen=True)
class DocumentLook:
    """What the styles say of tables: colours of their lines and heads, or the template's own table style."""

    ink: str
    rule: str
    shade: str
    table_style: str = ""


def settle_look(made: OpenDocument, *, own: bool, wide: int) -> DocumentLook:
    """Give a document its look; of a template, what its makers chose is kept and what they left follows it.

    Parameters
    ----------
    made
        The document.
    own
        Whether there is no template.
    wide
        How wide its text is, EMU: the contents have their page numbers there.
    """
    known = {str(style.name) for style in made.styles}
    _speak(made, known)
    if own:
        _own_look(made)
    else:
        _follow_headings(made, known)
    if "TOC Heading" not in known:
        head = made.styles.add_style("TOC Heading", WD_STYLE_TYPE.PARAGRAPH)
        head.base_style = made.styles["Heading 1" if "Heading 1" in known else "Normal"]
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), "9")  # the contents do not name themselves
        head.element.get_or_add_pPr().append(outline)
    for level in (1, 2):
        if not known & {f"toc {level}", f"TOC {level}"}:
            _contents_style(made, level, wide)
    ink = _color_of(made, "Heading 1", known) or _INK
    shade = "".join(f"{round(255 - (255 - int(ink[i : i + 2], 16)) * _PALE):02X}" for i in (0, 2, 4))
    return DocumentLook(ink, _RULE, shade, _own_table_style(made))


def _speak(made: OpenDocument, known: set[str]) -> None:
    """Say the languages of the text, and a Chinese face where nothing names one."""
    if "Normal" not in known:
        return
    properties = made.styles["Normal"].element.get_or_add_rPr()
    spoken = OxmlElement("w:lang")
    for key, tongue in (("val", "en-GB"), ("eastAsia", "zh-CN")):
        spoken.set(qn(f"w:{key}"), tongue)
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    properties.append(spoken)
    named = made.styles.element.xpath(
        "./w:docDefaults//w:rFonts/@w:eastAsia | ./w:docDefaults//w:rFonts/@w:eastAsiaTheme"
        " | ./w:style[@w:styleId='Normal']//w:rFonts/@w:eastAsia"
    )
    if not named:
        properties.get_or_add_rFonts().set(qn("w:eastAsia"), EAST_ASIAN)


def _own_look(made: OpenDocument) -> None:
    """Make the library's plain template ours: the faces and colours that slides have."""
    for link in made.part.rels.values():
        if link.reltype.endswith("/theme"):
            theme = link.target_part
            blob = re.sub(rb'<a:latin typeface="[^"]*"', f'<a:latin typeface="{LATIN}"'.encode(), theme.blob)
            theme._blob = re.sub(rb'<a:ea typeface="[^"]*"', f'<a:ea typeface="{EAST_ASIAN}"'.encode(), blob)
    for name in (*_HEADINGS, "Subtitle", "Caption", "Normal"):
        style = _style(made, name)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), EAST_ASIAN)
        if name != "Normal":
            style.font.color.rgb = RGBColor.from_string(_INK if name in _HEADINGS else _SOFT)
        style.font.italic = False
        before, after = _SPACES.get(name, (0, 6))
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    normal = _style(made, "Normal")
    normal.font.size, normal.paragraph_format.line_spacing = Pt(10.5), 1.1


def _follow_headings(made: OpenDocument, known: set[str]) -> None:
    """Colour what a template left in the theme's colour as its first heading, where that has one of its own."""
    if "Heading 1" not in known:
        return
    chosen = _color(made, "Heading 1")
    if chosen is None or chosen.get(qn("w:themeColor")):
        return
    for name in known.intersection(_FOLLOWING):
        color = _color(made, name)
        if color is not None and color.get(qn("w:themeColor")):
            _style(made, name).font.color.rgb = RGBColor.from_string(chosen.get(qn("w:val")))
    if not {"Title", "Subtitle"} <= known:
        return
    faces = [_style(made, name).element.get_or_add_rPr().get_or_add_rFonts() for name in ("Title", "Subtitle")]
    if faces[0].get(qn("w:ascii")) and faces[1].get(qn("w:asciiTheme")):
        for key in list(faces[1].attrib):
            del faces[1].attrib[key]
        for key, face in faces[0].attrib.items():
            faces[1].set(key, face)


def _contents_style(made: OpenDocument, level: int, wide: int) -> None:
    """Add the style of a level of the contents, which a program that makes them again takes too."""
    style = made.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)
    if any(one.name == "Normal" for one in made.styles):
        style.base_style = made.styles["Normal"]
    shape, page = style.paragraph_format, made.sections[0]
    lies = (page.page_width or 0) > (page.page_height or 0)  # and has fewer lines
    style.font.size, shape.line_spacing = Pt(9 if lies else 10), 1.0
    shape.space_before, shape.space_after, shape.left_indent = Pt(0), Pt(0 if lies else 2), Cm(0.6 * (level - 1))
    shape.tab_stops.add_tab_stop(Emu(wide), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)


def _style(made: OpenDocument, name: str) -> ParagraphStyle:
    style = made.styles[name]
    assert isinstance(style, ParagraphStyle)
    return style


def _color(made: OpenDocument, name: str) -> Any:  # noqa: ANN401 - an element of lxml
    found = made.styles[name].element.xpath("./w:rPr/w:color")
    return found[0] if found else None


def _color_of(made: OpenDocument, name: str, known: set[str]) -> str:
    """Return the colour of a style as six digits, empty where it has none."""
    color = _color(made, name) if name in known else None
    value = str(color.get(qn("w:val"))) if color is not None else ""
    return value if re.fullmatch("[0-9A-Fa-f]{6}", value) else ""


def _own_table_style(made: OpenDocument) -> str:
    """Return the name of the style a template gives to all tables, empty where it is the plain one."""
    found = made.styles.element.xpath("./w:style[@w:type='table'][@w:default='1'][.//w:tblBorders]/w:name/@w:val")
    return str(found[0]) if found else ""
