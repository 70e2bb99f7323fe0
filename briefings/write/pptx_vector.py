"""The vector twin of a picture on a slide or in a document: programs that know SVG show it, others the picture.

References
----------
[MS-ODRAWXML] 2.3.1.24, ``svgBlip``.
"""

from __future__ import annotations

from typing import Any

from docx.opc.packuri import PackURI as DocumentURI
from docx.opc.part import Part as DocumentPart
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml

MOST_BYTES = 6_000_000  # beyond, the twin makes the file slow to open and is left out
_URI = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
_MAIN = "http://schemas.openxmlformats.org/drawingml/2006/main"
_SVG = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def add_vector(holder: Any, element: Any, svg: bytes) -> bool:  # noqa: ANN401 - python-pptx, python-docx have no types
    """Put an SVG beside a picture's bitmap; returns whether it was small enough to go in.

    Parameters
    ----------
    holder
        The part of the file, a slide or the text of a document, that has the picture.
    element
        The picture's.
    svg
        The twin.
    """
    if len(svg) > MOST_BYTES:
        return False
    package = holder.package
    number = sum(1 for part in package.iter_parts() if str(part.partname).endswith(".svg")) + 1
    folder = str(holder.partname).split("/")[1]
    name, kind = f"/{folder}/media/map{number}.svg", "image/svg+xml"
    if folder == "ppt":
        key = holder.relate_to(Part(PackURI(name), kind, package, svg), RT.IMAGE)
    else:
        key = holder.relate_to(DocumentPart(DocumentURI(name), kind, svg, package), RT.IMAGE)
    blip = element.xpath(".//a:blip")[0]
    blip.append(
        parse_xml(
            f'<a:extLst xmlns:a="{_MAIN}"><a:ext uri="{_URI}"><asvg:svgBlip xmlns:asvg="{_SVG}" '
            f'xmlns:r="{_REL}" r:embed="{key}"/></a:ext></a:extLst>'
        )
    )
    return True
