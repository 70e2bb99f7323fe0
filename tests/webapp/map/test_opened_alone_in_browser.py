"""A picture opened by itself looks as it does in a page."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import Page

from tests.small_plan import write_plan
from tests.webapp.conftest import Running
from webapp.state import state_of

pytestmark = pytest.mark.slow


@pytest.fixture
def service(
    tmp_path: Path, make_app: Callable[..., Flask], serve: Callable[[Flask], Running]
) -> Iterator[Running]:
    app = make_app(write_plan(tmp_path / "plan"))
    yield serve(app)
    state_of(app).close()


def seen(page: Page, side: int = 500) -> np.ndarray:
    picture = page.screenshot(clip={"x": 0, "y": 0, "width": side, "height": side // 2})
    return np.asarray(Image.open(io.BytesIO(picture)).convert("L"), dtype=float)


@pytest.mark.parametrize("path", ["/render/map.svg?size=600x400&lang=en", "/basemap/13/6463/3382.svg"])
def test_an_svg_looks_alike_alone_and_in_a_page(page: Page, service: Running, path: str) -> None:
    page.goto(service.url + path)
    alone = seen(page)
    page.goto(f"{service.url}/limits")  # a page of ours, with its strict policy
    page.evaluate(
        """async path => {
            document.body.replaceChildren();
            const image = new Image();
            image.src = path;
            await image.decode();
            document.body.append(image);
            const { style } = image;
            style.position = "fixed"; style.left = "0"; style.top = "0";
        }""",
        path,
    )
    within = seen(page)
    assert alone.std() > 1, "there is something to be seen"
    assert np.abs(alone - within).mean() < 12, (alone.mean(), within.mean())
