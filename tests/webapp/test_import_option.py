"""An import option is one field: added there and nowhere else, it is in every place that asks for it or tells of it.

The field goes into the one file of a copy of the code, so that workers, other processes of their own, see it too.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from layers.imports import options
from tests.small_plan import write_plan
from tests.waiting import free_port

ROOT = Path(__file__).parents[2]
FIELD = """    colour_of_ink: Annotated[
        Literal["", "blue", "black", "auto"],
        said_option("墨水颜色", "colour of the ink", "reading", "choice",
                    words={"blue": ("蓝", "blue ink"), "black": ("黑", "black ink")}),
    ] = ""
"""
CSV = "id,name,lon,lat\na,one,120.31,31.81\nb,two,120.32,31.82\n"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code once more, one field longer: all but ``layers`` is the same folder."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("geo", "briefings", "webapp", "tests", "node_modules"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "layers", folder / "layers", ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "layers" / "imports" / Path(options.__file__).name
    text, marks = re.subn(r"^    layer: Annotated\[", FIELD + r"\g<0>", path.read_text("utf-8"), flags=re.M)
    assert marks == 1
    path.write_text(text, "utf-8")
    return folder


def environment(copy: Path) -> dict[str, str]:
    """Of a Python that finds the copy alone."""
    return {**os.environ, "PYTHONPATH": str(copy), "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}


def told(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=copy,
        env=environment(copy),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


ASKED = """
import json
from layers.imports.option_forms import option_form
from layers.imports.options import BadOption, parse_options
from webapp.cli.docs import docs_page
from webapp.http.schemas import all_schemas
from webapp.http.typescript import write_typescript
try:
    parse_options({"colour_of_ink": "red"})
    refused = ""
except BadOption as error:
    refused = error.message("en")
print(json.dumps({
    "parsed": parse_options({"colour_of_ink": "blue"}).said(),
    "refused": refused,
    "schema": all_schemas()["Preview"]["properties"]["colour_of_ink"],
    "types": write_typescript(all_schemas()),
    "form": [one for one in option_form() if one["name"] == "colour_of_ink"],
    "docs": docs_page("imports"),
}))
"""


def test_an_option_in_one_field_is_in_parser_document_types_form_and_docs(copy: Path) -> None:
    done = told(copy, "-c", ASKED)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["parsed"] == {"colour_of_ink": "blue"}
    assert "colour_of_ink" in found["refused"]
    assert found["schema"]["enum"] == ["", "auto", "black", "blue"]
    assert found["schema"]["title"] == "colour of the ink"
    assert 'colour_of_ink?: "" | "auto" | "black" | "blue"' in found["types"]
    assert found["form"][0]["choices"][0] == {"value": "black", "zh": "黑", "en": "black ink"}
    assert "| `colour_of_ink` | `--colour-of-ink` | colour of the ink | `black` `blue` |" in found["docs"]


@pytest.mark.slow  # four programs, one after the other
def test_the_command_line_says_it_and_it_is_kept_with_the_layer(copy: Path, tmp_path: Path) -> None:
    plan, file = write_plan(tmp_path / "plan"), tmp_path / "points.csv"
    file.write_text(CSV, "utf-8")
    words = (
        "-m",
        "webapp.cli",
        "import",
        str(file),
        "--data",
        str(plan),
        "--layer",
        "points",
        "--crs",
        "EPSG:4490",
    )
    wrong = told(copy, *words, "--colour-of-ink", "red")
    assert wrong.returncode == 2 and "--colour-of-ink" in wrong.stderr
    done = told(copy, *words, "--colour-of-ink", "blue")
    assert done.returncode == 0, done.stderr
    seen = told(
        copy,
        "-m",
        "webapp.cli",
        "import",
        str(file),
        "--data",
        str(plan),
        "--layer",
        "points",
        "--new-version",
        "--look",
    )
    assert json.loads(seen.stdout)["kept"]["colour_of_ink"] == "blue"


@pytest.fixture
def welcome(copy: Path, tmp_path: Path) -> Iterator[str]:
    """A service of the copy, with its workers; the address of its first link."""
    port = free_port()
    words = ("serve", "--data", str(write_plan(tmp_path / "plan")), "--port", str(port))
    with subprocess.Popen(
        [sys.executable, "-m", "webapp.cli", *words],
        cwd=copy,
        env=environment(copy),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            said = ""
            assert process.stdout
            while not (found := re.search(r"(http://127.0.0.1:\d+/welcome/[\w-]+)\s", said)):
                line = process.stdout.readline()
                assert line, said
                said += line
            yield found[1]
        finally:
            process.terminate()


@pytest.mark.slow
@pytest.mark.browser
def test_the_page_asks_for_it_and_the_worker_is_told(page: Page, welcome: str, tmp_path: Path) -> None:
    page.goto(f"{welcome}?lang=en")
    page.fill("input[name=name]", "Ink")
    page.fill("input[name=password]", "a long enough pass phrase 7")
    page.locator("form button").last.click()
    page.wait_for_selector("html[data-ready]", state="attached")
    page.goto(f"{welcome.partition('/welcome')[0]}/import?lang=en")
    page.wait_for_selector("html[data-ready]", state="attached")
    file = tmp_path / "points.csv"
    file.write_text(CSV, "utf-8")
    page.set_input_files("#choose", str(file))
    asked = page.locator(".file-card label", has_text="colour of the ink").locator("select")
    expect(asked.locator("option", has_text="blue ink")).to_have_count(1)  # workers start cold
    page.locator(".file-card details", has=page.locator("select[name=colour_of_ink]")).locator(
        "summary"
    ).first.click()
    with page.expect_response(lambda one: one.url.endswith("/preview")) as answer:
        asked.select_option("blue")
    assert answer.value.request.post_data_json["colour_of_ink"] == "blue"
    assert answer.value.ok
    expect(page.locator(".file-card label", has_text="colour of the ink").locator("select")).to_have_value("blue")
