"""Maps of briefings as white paper of their size: drawing them takes half of the time of who reads only the words."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PIL import Image

from briefings.map.picture import LatePicture

_VECTOR = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>'


@contextmanager
def blank_pictures() -> Iterator[None]:
    """Put white paper in the place of the maps in all that is written meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LatePicture, "data", property(_paper))
        patch.setattr(LatePicture, "vector", property(lambda _: _VECTOR))
        yield


def _paper(picture: LatePicture) -> bytes:
    figure, out = picture.figure, io.BytesIO()
    wide, high = (round(inches * figure.dpi) for inches in figure.get_size_inches())
    Image.new("L", (wide, high), 255).save(out, "png", compress_level=1)
    return out.getvalue()
