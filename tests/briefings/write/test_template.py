"""A template is looked at before it is opened: macros, bombs, other files and broken ones are refused in words."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from pptx import Presentation

from briefings.resolve.blocks import Resolved
from briefings.write.docx import write_docx
from briefings.write.template import BadTemplate, checked_template


def _slides(**more: bytes) -> bytes:
    held = io.BytesIO()
    Presentation().save(held)
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as file:
        for name, data in more.items():
            file.writestr(name.replace("__", "/"), data)
    return held.getvalue()


def _changed(kind: str, part: str, old: str, new: str, *, encoding: str = "utf-8") -> bytes:
    """Return a plain file in which one part says something else; ``old`` is a pattern."""
    held, out = io.BytesIO(), io.BytesIO()
    (Presentation() if kind == "pptx" else Document()).save(held)
    with zipfile.ZipFile(held) as file, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as other:
        for name in file.namelist():
            data = file.read(name)
            if re.search(part, name):
                text = re.sub(
                    r"^<\?xml.*?\?>\s*", "", re.sub(old, lambda _: new, data.decode(), count=1, flags=re.S)
                )
                data = text.encode(encoding)
            other.writestr(name, data)
    return out.getvalue()


def _spoilt(part: str) -> bytes:
    """Return a plain file whose packed bytes of a part are not what was packed."""
    data = bytearray(_slides())
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        at = file.getinfo(part).header_offset + 30 + len(part)
    data[at + 10 : at + 60] = bytes(byte ^ 0xFF for byte in data[at + 10 : at + 60])
    return bytes(data)


def _relationship(what: str, target: str) -> str:
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return f'<Relationship Id="rX" Type="{kinds}/{what}" Target="{target}" TargetMode="External"/></Relationships>'


_PRESENTATION, _MASTER, _WORD = r"ppt/presentation\.xml$", r"slideMaster1\.xml$", r"word/document\.xml$"
_ATTACHED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
_DTD = '<!DOCTYPE a [<!ENTITY b "c">]><p:presentation'
_END, _MASTER_RELS = "</Relationships>", r"slideMaster1\.xml\.rels$"


def test_plain_ones_are_taken(tmp_path: Path) -> None:
    (tmp_path / "a.pptx").write_bytes(_slides())
    Document().save(str(tmp_path / "a.docx"))
    checked_template(tmp_path / "a.pptx", "pptx")
    checked_template(tmp_path / "a.docx", "docx")
    linked = _changed("pptx", _MASTER_RELS, _END, _relationship("hyperlink", "https://example.org"))
    (tmp_path / "b.pptx").write_bytes(linked)
    checked_template(tmp_path / "b.pptx", "pptx")


def test_the_file_a_document_was_made_from_is_let_go_of(tmp_path: Path) -> None:
    document, path = Document(), tmp_path / "t.docx"
    settings = document.part.part_related_by(RELATIONSHIP_TYPE.SETTINGS)
    key = settings.relate_to("file:///C:/office/x.dotm", _ATTACHED, is_external=True)
    named = OxmlElement("w:attachedTemplate")
    named.set(qn("r:id"), key)
    document.settings.element.insert(0, named)
    document.save(str(path))
    checked_template(path, "docx")
    made = write_docx(Resolved("Report", "", "2026", "en", (), ()), template=path)
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(io.BytesIO(made)) as after:
        told = [any(b"ttachedTemplate" in file.read(name) for name in file.namelist()) for file in (before, after)]
    assert told == [True, False]


@pytest.mark.parametrize(
    ("data", "kind", "why"),
    [
        (b"hello", "pptx", "cannot be opened"),
        (_slides()[:900], "pptx", "cannot be opened"),
        (_slides(), "docx", "not a .docx"),
        (_slides(ppt__vbaProject=b"x"), "pptx", "macros"),
        (_slides(ppt__big=bytes(210_000_000)), "pptx", "too much"),
        (_slides(**{"ppt__x.xml": b"<!DOCTYPE a><a/>"}), "pptx", "DTD"),
        (_slides(**{"ppt__x.xml": b"<a>" + b" " * 41_000_000 + b"</a>"}), "pptx", "too much"),
        (bytes(20_000_001), "pptx", "20 MB"),
        (_changed("pptx", _PRESENTATION, "<p:presentation", f"<!--{'x' * 3000}-->{_DTD}"), "pptx", "DTD"),
        (_changed("pptx", _PRESENTATION, "<p:presentation", _DTD, encoding="utf-16"), "pptx", "DTD"),
        (
            _changed("pptx", _MASTER_RELS, _END, _relationship("image", "http://127.0.0.1:9/x")),
            "pptx",
            "127.0.0.1:9",
        ),
        (_changed("docx", "document.xml.rels", _END, _relationship("frame", "x.docx")), "docx", "x.docx"),
        (
            _changed("pptx", "Content_Types", "</Types>", '<Default ContentType="a.VBAPROJECT"/></Types>'),
            "pptx",
            "macros",
        ),
        (_spoilt("ppt/slideMasters/slideMaster1.xml"), "pptx", "damaged"),
        (_spoilt("[Content_Types].xml"), "pptx", "damaged"),
        (
            _changed("pptx", _PRESENTATION, "<p:sldMasterIdLst>.*</p:sldMasterIdLst>", ""),
            "pptx",
            "no slide master",
        ),
        (_changed("pptx", _MASTER, "<p:sldLayoutIdLst>.*</p:sldLayoutIdLst>", ""), "pptx", "no layout"),
        (_changed("pptx", _PRESENTATION, "<p:sldSz[^>]*>", '<p:sldSz cx="0" cy="0"/>'), "pptx", "sensible size"),
        (_changed("pptx", _PRESENTATION, "<p:sldSz[^>]*>", '<p:sldSz cx="a" cy="1"/>'), "pptx", "damaged"),
        (_changed("pptx", _PRESENTATION, ".*", "<a/>"), "pptx", "damaged"),
        (_changed("pptx", _MASTER, "<p:cSld>.*</p:cSld>", ""), "pptx", "damaged"),
        (_changed("pptx", _MASTER_RELS, "<Rel.*", "<Relationships/>"), "pptx", "damaged"),
        (_changed("pptx", r"slideLayout2\.xml$", "<p:sp>.*</p:sp>", "<p:sp/>" * 2001), "pptx", "2000 shapes"),
        (_changed("pptx", "theme1", ".*", "no xml"), "pptx", "damaged"),
        (_changed("docx", _WORD, "<w:body>.*</w:body>", ""), "docx", "damaged"),
        (_changed("docx", _WORD, "<w:sectPr.*</w:sectPr>", ""), "docx", "no section"),
        (_changed("docx", r"word/styles\.xml$", ".*", "<a/>"), "docx", "damaged"),
    ],
)
def test_others_are_refused_with_a_reason(tmp_path: Path, data: bytes, kind: str, why: str) -> None:
    path = tmp_path / "t"
    path.write_bytes(data)
    with pytest.raises(BadTemplate, match=why):
        checked_template(path, kind)
