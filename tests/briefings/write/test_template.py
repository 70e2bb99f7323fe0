"""A template is looked at before it is opened: macros, bombs, other files and broken ones are refused in words."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from pptx import Presentation

from briefings.write.template import BadTemplate, checked_template


def _slides(**more: bytes) -> bytes:
    held = io.BytesIO()
    Presentation().save(held)
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as file:
        for name, data in more.items():
            file.writestr(name.replace("__", "/"), data)
    return held.getvalue()


def test_plain_ones_are_taken(tmp_path: Path) -> None:
    (tmp_path / "a.pptx").write_bytes(_slides())
    Document().save(str(tmp_path / "a.docx"))
    checked_template(tmp_path / "a.pptx", "pptx")
    checked_template(tmp_path / "a.docx", "docx")


@pytest.mark.parametrize(
    ("data", "kind", "why"),
    [
        (b"hello", "pptx", "cannot be opened"),
        (_slides()[:900], "pptx", "cannot be opened"),
        (_slides(), "docx", "not a .docx"),
        (_slides(ppt__vbaProject=b"x"), "pptx", "macros"),
        (_slides(ppt__big=bytes(210_000_000)), "pptx", "too much"),
        (_slides(**{"ppt__x.xml": b"<!DOCTYPE a>"}), "pptx", "DTD"),
        (bytes(20_000_001), "pptx", "20 MB"),
    ],
)
def test_others_are_refused_with_a_reason(tmp_path: Path, data: bytes, kind: str, why: str) -> None:
    path = tmp_path / "t"
    path.write_bytes(data)
    with pytest.raises(BadTemplate, match=why):
        checked_template(path, kind)
