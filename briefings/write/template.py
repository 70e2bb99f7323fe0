"""The user's own template for slides or documents, checked before anything opens it."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from geo.errors import PlanAtlasError
from geo.text import Text

if TYPE_CHECKING:
    from docx.document import Document as OpenDocument
    from lxml.etree import _ElementTree

MOST_TEMPLATE_BYTES = 20_000_000
_MOST_UNPACKED, _MOST_PARTS = 200_000_000, 5000
_MOST_XML = 40_000_000  # bytes that are parsed: as a tree they take ten times as much
_MOST_LAYOUTS, _MOST_SHAPES, _LONGEST_TOLD = 500, 2000, 80
_SLIDE_EMU = (914_400, 51_206_400)  # what PowerPoint itself takes, 1 to 56 inches
_XML = (".xml", ".rels")
_OF_WORD = "/attachedTemplate"  # what a document was made from, named in most of an office's own
_MAIN = {
    "pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
}


class BadTemplate(PlanAtlasError):
    """A template cannot be used."""

    code = "bad_template"
    zh = "模板“{file}”不能使用：{why_zh}。请在 PowerPoint 或 Word 中另存为普通的 .pptx 或 .docx。"
    en = "The template “{file}” cannot be used: {why_en}. Save it again as a plain .pptx or .docx."


def checked_template(path: Path, kind: str, *, name: str = "") -> None:
    """Look at a template before anything opens it.

    Raises
    ------
    BadTemplate
        It is too large, unpacks to too much, holds macros or foreign objects, reaches for other files, lacks what
        slides or documents are made from, or is no such file.
    """
    told = name or path.name

    def refuse(zh: str, en: str) -> BadTemplate:
        return BadTemplate(file=told[:80], why_zh=zh, why_en=en)

    # Read where a template comes: a service starts without them.
    from docx.opc.exceptions import OpcError  # noqa: PLC0415
    from docx.oxml.exceptions import XmlchemyError  # noqa: PLC0415
    from lxml.etree import XMLSyntaxError  # noqa: PLC0415
    from pptx.exc import PythonPptxError  # noqa: PLC0415

    try:
        if path.stat().st_size > MOST_TEMPLATE_BYTES:
            raise refuse("超过 20 MB", "it is larger than 20 MB")
        with zipfile.ZipFile(path) as file:
            fault = _size_fault(file) or _fault(file, {part.filename for part in file.infolist()}, kind)
        fault = fault or (_slides_fault(path) if kind == "pptx" else _document_fault(path))
        if fault is not None:
            raise refuse(*fault)
    except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        # zipfile: a packing method it has not is NotImplementedError, a password asked for RuntimeError
        raise refuse("打不开", "it cannot be opened") from error
    except (LookupError, ValueError, XMLSyntaxError, zlib.error, lzma.LZMAError) as error:
        raise refuse("已损坏", "it is damaged") from error
    except (AttributeError, TypeError, OpcError, XmlchemyError, PythonPptxError) as error:
        # what the libraries meet where a part has another root or lacks what it must have
        raise refuse("已损坏", "it is damaged") from error


def _size_fault(file: zipfile.ZipFile) -> tuple[str, str] | None:
    parts = file.infolist()
    xml = sum(part.file_size for part in parts if part.filename.casefold().endswith(_XML))
    if len(parts) > _MOST_PARTS or xml > _MOST_XML or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        return "解压后过大", "it unpacks to too much"
    return None


def _fault(file: zipfile.ZipFile, names: set[str], kind: str) -> tuple[str, str] | None:
    """Return what is inside a template that may not be, zh and en."""
    main, suits = _MAIN[kind]
    if main not in names:
        return f"不是 .{kind} 文件", f"it is not a .{kind} file"
    declared = _tree(file, "[Content_Types].xml")
    kinds = {one.get("ContentType", "") for one in declared.getroot()}
    known, held = " ".join(kinds).casefold(), " ".join(names).casefold()
    if any(word in known + held for word in ("macroenabled", "vbaproject", "activex")):
        return "含有宏或控件", "it holds macros or controls"
    if "/embeddings/oleobject" in held:
        return "含有嵌入的 OLE 对象", "it holds embedded OLE objects"
    if suits not in known and "template.main+xml" not in known:
        return f"不是 .{kind} 文件", f"it is not a .{kind} file"
    said = {
        one.get("PartName", "").lstrip("/")
        for one in declared.getroot()
        if one.get("ContentType", "").endswith(("+xml", "/xml"))
    }
    for name in sorted(n for n in names if n.casefold().endswith(_XML) or n in said):
        read = _tree(file, name)
        if read.docinfo.internalDTD is not None:
            return "含有 DTD", "it holds a DTD"
        if name.casefold().endswith(".rels") and (outside := _outside(read)):
            return (
                f"链接到外部文件（{outside}），请先断开链接",
                f"it reaches for a file outside ({outside}); break that link first",
            )
    return None


def _tree(file: zipfile.ZipFile, name: str) -> _ElementTree:
    """Read a part, whatever its encoding, and nothing it names."""
    from lxml import etree  # noqa: PLC0415 - as above

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(file.read(name), parser).getroottree()


def _outside(relationships: _ElementTree) -> str:
    """Return what is loaded from elsewhere as soon as the file is opened.

    Links wait for somebody to follow them; the file a Word document was made from is let go of (`open_document`).
    """
    for one in relationships.getroot():
        harmless = one.get("Type", "").endswith(("/hyperlink", _OF_WORD))
        if one.get("TargetMode", "").casefold() == "external" and not harmless:
            return one.get("Target", "")[:_LONGEST_TOLD] or "?"
    return ""


def _slides_fault(path: Path) -> tuple[str, str] | None:
    """Return what a presentation lacks without which no slide can be made; a broken part raises what it may."""
    from pptx import Presentation  # noqa: PLC0415 - as above
    from pptx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415

    show = Presentation(str(path))
    masters = list(show.slide_masters)
    if not masters or not len(masters[0].slide_layouts):
        return "没有幻灯片母版或版式", "it has no slide master, or no layout"
    if sum(len(master.slide_layouts) for master in masters) > _MOST_LAYOUTS:
        return f"版式超过 {_MOST_LAYOUTS} 个", f"it has more than {_MOST_LAYOUTS} layouts"
    if not all(side and _SLIDE_EMU[0] <= side <= _SLIDE_EMU[1] for side in (show.slide_width, show.slide_height)):
        return "幻灯片尺寸不合理（应为 2.5–143 cm）", "its slides have no sensible size (2.5–143 cm a side)"
    for master in masters:
        master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
        for held in (master, *master.slide_layouts):
            if sum(1 for _ in held.shapes) > _MOST_SHAPES:
                return f"一个版式中的形状超过 {_MOST_SHAPES} 个", f"a layout has more than {_MOST_SHAPES} shapes"
            for place in held.placeholders:
                _ = place.placeholder_format.type, place.left, place.name
    return None


def _document_fault(path: Path) -> tuple[str, str] | None:
    """Return what a document lacks without which no page can be made; a broken part raises what it may."""
    from docx import Document  # noqa: PLC0415 - as above

    document = Document(str(path))
    _ = document.paragraphs, [style.name for style in document.styles]
    if not len(document.sections):
        return "没有页面设置（节）", "it has no section with a page size"
    for section in document.sections:
        if not all(side and side > 0 for side in (section.page_width, section.page_height)):
            return "页面没有尺寸", "its pages have no size"
    return None


def open_document(path: Path) -> OpenDocument:
    """Open a checked document without the file it was made from: Word would look for it, wherever it lies."""
    from docx import Document  # noqa: PLC0415 - as above
    from docx.opc.constants import RELATIONSHIP_TYPE  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    document = Document(str(path))
    settings = document.settings.element
    for one in settings.findall(qn("w:attachedTemplate")):
        settings.remove(one)
    for part in (document.part, document.part.part_related_by(RELATIONSHIP_TYPE.SETTINGS)):
        for key, link in list(part.rels.items()):
            if link.reltype.endswith(_OF_WORD):
                del part.rels[key]
    return document


def template_lacks(path: Path, kind: str) -> list[Text]:
    """Return what a checked template lacks for our slides, and what is done instead; of documents nothing."""
    if kind != "pptx":
        return []
    from pptx import Presentation  # noqa: PLC0415 - as above

    from briefings.write.pptx_contrast import pale_titles  # noqa: PLC0415
    from briefings.write.pptx_layouts import template_findings  # noqa: PLC0415

    show = Presentation(str(path))
    return [*template_findings(show), *pale_titles(show)]


def template_layouts(path: Path, kind: str) -> list[Text]:
    """Return which layout of a checked template serves what for our slides; of documents nothing."""
    if kind != "pptx":
        return []
    from pptx import Presentation  # noqa: PLC0415 - as above

    from briefings.write.pptx_layouts import template_uses  # noqa: PLC0415

    return [template_uses(Presentation(str(path)))]
