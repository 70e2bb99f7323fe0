"""The user's own template for slides or documents, checked before anything opens it."""

from __future__ import annotations

import zipfile
from pathlib import Path

from geo.errors import PlanAtlasError
from geo.text import Text

MOST_TEMPLATE_BYTES = 20_000_000
_MOST_UNPACKED, _MOST_PARTS = 200_000_000, 5000
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
        It is too large, unpacks to too much, holds macros or foreign objects, or is no such file.
    """
    # Read where a template comes: a service starts without them.
    from docx import Document  # noqa: PLC0415
    from docx.opc.exceptions import PackageNotFoundError as NoDocument  # noqa: PLC0415
    from lxml.etree import XMLSyntaxError  # noqa: PLC0415
    from pptx import Presentation  # noqa: PLC0415
    from pptx.exc import PackageNotFoundError as NoPresentation  # noqa: PLC0415

    told = name or path.name

    def refuse(zh: str, en: str) -> BadTemplate:
        return BadTemplate(file=told[:80], why_zh=zh, why_en=en)

    main, _ = _MAIN[kind]
    try:
        if path.stat().st_size > MOST_TEMPLATE_BYTES:
            raise refuse("超过 20 MB", "it is larger than 20 MB")
        with zipfile.ZipFile(path) as file:
            parts = file.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
                raise refuse("解压后过大", "it unpacks to too much")
            names = {part.filename for part in parts}
            if main not in names:
                raise refuse(f"不是 .{kind} 文件", f"it is not a .{kind} file")
            fault = _fault(file, names, kind)
            if fault is not None:
                raise refuse(*fault)
        (Presentation if kind == "pptx" else Document)(str(path))
    except (OSError, zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        # zipfile: a packing method it has not is NotImplementedError, a password asked for RuntimeError
        raise refuse("打不开", "it cannot be opened") from error
    except (KeyError, ValueError, XMLSyntaxError, NoDocument, NoPresentation) as error:
        raise refuse("已损坏", "it is damaged") from error


def _fault(file: zipfile.ZipFile, names: set[str], kind: str) -> tuple[str, str] | None:
    """Return what is inside a template that may not be, zh and en."""
    types = file.read("[Content_Types].xml").decode("utf-8", "replace")
    if "macroEnabled" in types or any("vbaProject" in n or "activeX" in n for n in names):
        return "含有宏或控件", "it holds macros or controls"
    if any("/embeddings/oleObject" in n for n in names):
        return "含有嵌入的 OLE 对象", "it holds embedded OLE objects"
    if _MAIN[kind][1] not in types and "template.main+xml" not in types:
        return f"不是 .{kind} 文件", f"it is not a .{kind} file"
    if any(b"<!DOCTYPE" in file.read(n)[:2000] for n in names if n.endswith((".xml", ".rels"))):
        return "含有 DTD", "it holds a DTD"
    return None


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
