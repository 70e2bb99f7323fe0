"""The same input gives the same bytes in every process; text never becomes markup in our own modules and templates."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.landuse_plan import write_landuse_plan

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
URLS = (
    "/",
    "/?lang=en",
    "/about",
    "/unplaced",
    "/limits",
    "/statistics",
    "/indicators",
    "/api/catalog",
    "/api/layers",
    "/api/openapi.json",
    "/api/search?q=a",
    "/layers/zones.geojson",
    "/features/zones/z-1",
    "/basemap/12/3232/1688.svg",
)
CODE = """
import hashlib, sys
from webapp import create_app
from webapp.settings import read_settings
client = create_app(read_settings({}, {"data": sys.argv[1], "instance": sys.argv[2]})).test_client()
for url in sys.argv[3:]:
    print(url, hashlib.sha256(client.get(url).data).hexdigest())
"""


def test_the_same_input_gives_the_same_bytes_across_processes(tmp_path: Path) -> None:
    folder = write_landuse_plan(tmp_path / "p")
    runs = {
        subprocess.run(
            [sys.executable, "-c", CODE, str(folder), str(tmp_path / f"instance-{seed}"), *URLS],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "77")
    }
    assert len(runs) == 1
    assert len(runs.pop().splitlines()) == len(URLS)


SINKS = re.compile(
    r"\.(innerHTML|outerHTML)\s*\+?=|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"
)


@pytest.mark.parametrize("path", sorted((ROOT / "webapp" / "static" / "js").glob("*.js")), ids=lambda p: p.name)
def test_no_module_parses_markup_or_code(path: Path) -> None:
    assert not SINKS.search(path.read_text("utf-8"))


def test_templates_escape_everything_but_foliums_own_frame() -> None:
    for path in (ROOT / "webapp" / "templates").glob("*.html"):
        text = path.read_text("utf-8")
        assert set(re.findall(r"\{\{([^}]*)\|\s*safe", text)) <= {" map_body"}, path.name
        assert "autoescape" not in text
