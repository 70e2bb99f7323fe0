"""Drawn sheets as a PDF that says what is heading, paragraph, table, picture, and in which order it is read.

Matplotlib draws the sheets and embeds the fonts. What it draws of an artist that shows an element of the document
is marked here as a part of that element, all else as an artifact (ISO 32000-1, 14.7 and 14.8).
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from matplotlib.artist import Artist
from matplotlib.backends.backend_pdf import Name, Op, PdfFile, Reference, RendererPdf, Verbatim
from matplotlib.figure import Figure
from matplotlib.text import Text

HEAD = "head"  # how the label of a text begins that heads a list
_MARKED = "element-"  # how the ids of artists that show elements begin while they are drawn
_LANGUAGES = {"zh": "zh-CN", "en": "en"}
_HEADINGS = ("H1", "H2", "H3")


class _Piece(NamedTuple):
    """Where something of an element is drawn: the sheet, and its number there."""

    sheet: int
    number: int


@dataclass(eq=False)
class Element:
    """An element of a document: its role (``P``, ``H1``, ``Table`` ...), the sentence that stands for a picture.

    ``spans`` says how many columns a cell takes, ``of_row`` whether a head is its row's; ``kids`` are its elements
    and pieces in the order they are read; ``words`` are those of a heading, for the outline.
    """

    role: str
    alt: str = ""
    spans: int = 1
    of_row: bool = False
    kids: list[Element | _Piece] = field(default_factory=list)
    words: str = ""

    def within(self, role: str, *, alt: str = "", spans: int = 1, of_row: bool = False) -> Element:
        """Add an element at the end and return it.

        Parameters
        ----------
        role, alt, spans, of_row
            As the element has them.
        """
        made = Element(role, alt, spans, of_row)
        self.kids.append(made)
        return made

    def last(self, role: str) -> Element:
        """Return the element at the end if it has that role, else add one."""
        kid = self.kids[-1] if self.kids else None
        return kid if isinstance(kid, Element) and kid.role == role else self.within(role)


class Pasted(NamedTuple):
    """A drawing on a sheet, of its own size: where its lower left corner is (inches), and what it shows."""

    sheet: Figure
    drawn: Figure
    at: tuple[float, float]
    element: Element


class Structure:
    """The elements of a document in reading order, and which artists show them."""

    def __init__(self) -> None:
        self.root = Element("Document")
        self.shown = dict[Artist, Element]()
        self.pasted = list[Pasted]()

    def paste(self, sheet: Figure, drawn: Figure, at: tuple[float, float], *, element: Element) -> None:
        """Say that a drawing stands on a sheet as an element, whole and as it is drawn.

        Parameters
        ----------
        sheet, drawn
            The sheet, and the drawing in its own size.
        at
            Its left and lower edge, inches from the sheet's lower left corner.
        element
            What it shows.
        """
        self.pasted.append(Pasted(sheet, drawn, at, element))

    def show(self, element: Element, *artists: Artist) -> None:
        """Say that artists show an element."""
        self.shown.update(dict.fromkeys(artists, element))
        if element.role in _HEADINGS:
            element.words = _joined([element.words, *(one.get_text() for one in artists if isinstance(one, Text))])

    def show_list(self, texts: Iterable[Text]) -> None:
        """Say that texts are items of lists: those of a label are one item, or, labelled ``HEAD``, head a list."""
        for label, mine in groupby(texts, key=lambda text: str(text.get_label())):
            if label.startswith(HEAD):
                self.show(self.root.within("P"), *mine)
            else:
                self.show(self.root.last("L").within("LI").within("LBody"), *mine)

    def taken(self, sheet: Figure) -> dict[Artist, Element]:
        """Return what the artists of a sheet show and let go of them: a sheet that is written may be forgotten."""
        mine = {artist: element for artist, element in self.shown.items() if artist.figure is sheet}
        for artist in mine:
            del self.shown[artist]
        return mine


def _joined(lines: Iterable[str]) -> str:
    """Return the lines of a heading as one: a space between them but where Chinese goes on."""
    whole = ""
    for line in filter(None, lines):
        close = not whole or unicodedata.east_asian_width(whole[-1]) in "WF" or whole[-1].isspace()
        whole += line if close else f" {line}"
    return whole


def write_tagged(sheets: Iterable[Figure], structure: Structure, *, language: str, told: dict[str, Any]) -> bytes:
    """Return a PDF of the sheets, each a page.

    Parameters
    ----------
    sheets
        Drawn one after the other; the structure may grow with each.
    structure
        What they say.
    language
        ``zh`` or ``en``.
    told
        Title and author, as matplotlib takes them.
    """
    out = io.BytesIO()
    file = _TaggedFile(out, {"Creator": None, "Producer": None, "CreationDate": None, **told})
    for sheet in sheets:
        with _named(structure.taken(sheet)) as elements:
            file.draw(sheet, elements, [one for one in structure.pasted if one.sheet is sheet])
    file.end(structure.root, _LANGUAGES[language])
    return out.getvalue()


@contextmanager
def _named(shown: Mapping[Artist, Element]) -> Iterator[dict[str, Element]]:
    """Give artists that show elements ids that the renderer is told; they have their own again afterwards."""
    before = {artist: artist.get_gid() for artist in shown}
    elements = {f"{_MARKED}{number}": element for number, element in enumerate(shown.values())}
    for artist, key in zip(shown, elements, strict=True):
        artist.set_gid(key)
    try:
        yield elements
    finally:
        for artist, own in before.items():
            artist.set_gid(own)


class _TaggedRenderer(RendererPdf):
    """Draws a page and marks every part of it: of an element, or an artifact."""

    def __init__(self, file: _TaggedFile, dpi: float, elements: Mapping[str, Element]) -> None:
        super().__init__(file, dpi, file.height, file.width)
        self._elements, self._open = elements, list[bool]()
        self._begin(None)

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Begin an artist; what it draws inside one that is marked already belongs to that."""
        element = None if any(self._open) else self._elements.get(gid or "")
        self._open.append(element is not None)
        if element is not None:
            self._turn(element)

    def close_group(self, s: str) -> None:
        """End an artist."""
        if self._open.pop():
            self._turn(None)

    def paste(self, pasted: Pasted) -> None:
        """Draw a drawing at its place, all of it as one element."""
        drawn, at = pasted.drawn, [72 * inches for inches in pasted.at]
        self.finalize()
        self._turn(pasted.element)
        self._open.append(True)
        self.file.output(Op.gsave, 1, 0, 0, 1, *at, Op.concat_matrix)
        self.gc = self.new_gc()
        dpi, drawn.dpi = drawn.dpi, 72
        try:
            drawn.draw(self)
        finally:
            drawn.dpi = dpi
        self.finalize()
        self.file.output(Op.grestore)
        self.gc = self.new_gc()
        self._open.pop()
        self._turn(None)

    def finish(self) -> None:
        """End the page."""
        self.file.output(Verbatim(b"EMC"))
        self.finalize()

    def _turn(self, element: Element | None) -> None:
        self.file.output(Verbatim(b"EMC"))
        self._begin(element)

    def _begin(self, element: Element | None) -> None:
        if element is None:
            self.file.output(Name("Artifact"), Verbatim(b"BMC"))
        else:
            number = self.file.piece_of(element)
            self.file.output(Name(element.role), {"MCID": number}, Verbatim(b"BDC"))


class _TaggedFile(PdfFile):
    """A PDF file whose catalog is written at its end, with the structure."""

    def __init__(self, out: io.BytesIO, told: dict[str, Any]) -> None:
        self._catalog = dict[str, Any]()
        self._pieces = list[list[Element]]()  # of each page, by number
        self._written = dict[Element, Reference]()
        super().__init__(out, metadata=told)

    def writeObject(self, object: Reference, contents: Any) -> None:  # noqa: N802, ANN401 - matplotlib's own
        """Write an object; the catalog waits, and a page says which part of the structure is its own."""
        kind = contents.get("Type") if isinstance(contents, dict) else None
        if kind == Name("Catalog"):
            self._catalog = contents
            return
        if kind == Name("Page"):
            contents |= {"StructParents": len(self._pieces), "Tabs": Name("S")}
            self._pieces.append([])
        super().writeObject(object, contents)

    def draw(self, sheet: Figure, elements: Mapping[str, Element], pasted: Iterable[Pasted]) -> None:
        """Draw a sheet as the next page, with the drawings that stand on it."""
        dpi, sheet.dpi = sheet.dpi, 72  # a point is the unit of a page
        try:
            self.newPage(*map(float, sheet.get_size_inches()))
            renderer = _TaggedRenderer(self, dpi, elements)
            sheet.draw(renderer)
            for one in pasted:
                renderer.paste(one)
            renderer.finish()
            self.endStream()
        finally:
            sheet.dpi = dpi

    def piece_of(self, element: Element) -> int:
        """Return the number of the next piece of the page, which is an element's."""
        page = self._pieces[-1]
        page.append(element)
        element.kids.append(_Piece(len(self._pieces) - 1, len(page) - 1))
        return len(page) - 1

    def end(self, root: Element, language: str) -> None:
        """Write the structure and all that matplotlib keeps for the end."""
        tree = self.reserveObject("structure")
        top = self._element(root, tree)
        pieces = [[self._written[one] for one in page] for page in self._pieces]
        parents = [one for number, page in enumerate(pieces) for one in (number, page)]
        self.writeObject(
            tree,
            {
                "Type": Name("StructTreeRoot"),
                "K": [top],
                "ParentTree": {"Nums": parents},
                "ParentTreeNextKey": len(pieces),
            },
        )
        more = {
            "Version": Name("1.7"),
            "Lang": language,
            "MarkInfo": {"Marked": True},
            "StructTreeRoot": tree,
            "ViewerPreferences": {"DisplayDocTitle": True},
        }
        marks = [(one, level) for one, level in _headings(root) if _sheet_of(one) is not None]
        if len(self.pageList) > 1 and marks:
            more |= {"Outlines": self._outline(marks), "PageMode": Name("UseOutlines")}
        super().writeObject(self.rootObject, self._catalog | more)
        self.finalize()
        self.close()

    def _outline(self, marks: Sequence[tuple[Element, int]]) -> Reference:
        """Write the headings as the outline a reader shows beside the pages: each below the one that heads it."""
        top: Reference = self.reserveObject("outline")
        own: list[Reference] = [self.reserveObject("heading") for _ in marks]
        above = [
            next((j for j in range(i - 1, -1, -1) if marks[j][1] < level), -1)
            for i, (_, level) in enumerate(marks)
        ]
        below: dict[int, list[int]] = {}
        for i, at in enumerate(above):
            below.setdefault(at, []).append(i)
        for at, kids in below.items():
            for place, i in enumerate(kids):
                element, _ = marks[i]
                told: dict[str, object] = {
                    "Title": element.words,
                    "Parent": top if at < 0 else own[at],
                    "Dest": [self.pageList[_sheet_of(element) or 0], Name("Fit")],
                }
                told |= {"Prev": own[kids[place - 1]]} if place else {}
                told |= {"Next": own[kids[place + 1]]} if place + 1 < len(kids) else {}
                mine = below.get(i, [])
                told |= {"First": own[mine[0]], "Last": own[mine[-1]], "Count": -len(mine)} if mine else {}
                self.writeObject(own[i], told)
        first = below[-1]
        self.writeObject(
            top, {"Type": Name("Outlines"), "First": own[first[0]], "Last": own[first[-1]], "Count": len(first)}
        )
        return top

    def _element(self, element: Element, parent: Reference) -> Reference:
        own: Reference = self.reserveObject(element.role)
        self._written[element] = own
        kids = [
            self._element(kid, own)
            if isinstance(kid, Element)
            else {"Type": Name("MCR"), "Pg": self.pageList[kid.sheet], "MCID": kid.number}
            for kid in element.kids
        ]
        contents: dict[str, object] = {"Type": Name("StructElem"), "S": Name(element.role), "P": parent, "K": kids}
        if element.alt:
            contents["Alt"] = element.alt
        attributes = dict[str, object]()
        if element.role == "TH":
            attributes["Scope"] = Name("Row" if element.of_row or element.spans > 1 else "Column")
        if element.spans > 1:
            attributes["ColSpan"] = element.spans
        if attributes:
            contents["A"] = {"O": Name("Table"), **attributes}
        self.writeObject(own, contents)
        return own


def _headings(element: Element) -> Iterator[tuple[Element, int]]:
    """Yield the headings of a document in reading order, each with its level."""
    if element.role in _HEADINGS and element.words:
        yield element, _HEADINGS.index(element.role)
    for kid in element.kids:
        if isinstance(kid, Element):
            yield from _headings(kid)


def _sheet_of(element: Element) -> int | None:
    """Return the sheet on which an element begins."""
    return next((kid.sheet for kid in element.kids if isinstance(kid, _Piece)), None)
