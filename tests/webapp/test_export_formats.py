"""A format is one module: API, its document, command line, page and docs read the same registry."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from layers.exports import export_formats, export_options, formats, formats_table
from webapp.cli.main import main

TOY = """
from geo.text import Text
from layers.exports.registry import ExportFormat, ExportOption

def write_ids(bundle, out):
    bundle.notes.append(Text("只有编号", "ids only"))
    out.write_text(bundle.options["between"].join(map(str, bundle.content.ids)))

FORMAT = ExportFormat(
    id="ids", ending="ids.txt", label=Text("编号表", "List of ids"), media_type="text/plain", write=write_ids,
    cannot=(Text("只写编号", "nothing but ids"),), order=900,
    options=(ExportOption("between", Text("分隔", "between"),
                          {",": Text("逗号", "comma"), ";": Text("分号", "semicolon")}),),
)
"""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One more module of formats, as if it lay in the folder."""
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "toy_ids.py").write_text(TOY, "utf-8")
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(folder)])
    yield
    sys.modules.pop("layers.exports.formats.toy_ids", None)


def test_a_format_in_one_module_is_everywhere(
    toy: None, client: FlaskClient, plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {one["ending"]: one for one in client.get("/api/exports").json["formats"]}
    assert told["ids.txt"]["options"][0]["choices"][1] == {"value": ";", "zh": "分号", "en": "semicolon"}
    document = client.get("/api/openapi.json?lang=en").json["paths"]["/export/{file}"]["get"]
    parameters = {one["name"]: one for one in document["parameters"]}
    assert "ids.txt" in parameters["file"]["description"]
    assert parameters["between"]["schema"]["enum"] == [",", ";"]
    # workers are processes of their own and do not see a module that only this one has; the command line does
    out = tmp_path / "zones.ids.txt"
    assert main(["export", "zones", "-o", str(out), "--between", ";", "--data", str(plan)]) == 0
    assert ";" in out.read_text()
    assert "ids only" in capsys.readouterr().out
    assert client.get("/export/zones.ids.txt?between=x").status_code == 422
    assert client.get("/export/zones.gpkg?between=%3B").status_code == 422
    assert main(["export", "--formats"]) == 0
    assert "--between" in capsys.readouterr().out
    for language, word in (("zh", "编号表"), ("en", "List of ids")):
        assert word in formats_table(language)


def test_the_docs_say_what_the_registry_says() -> None:
    page = (Path(__file__).parents[2] / "docs" / "exports.md").read_text("utf-8")
    for language in ("en", "zh"):
        assert formats_table(language) in page


def test_every_format_says_what_it_is() -> None:
    known = export_formats()
    assert len(known) >= 9
    for names in ([one.id for one in known], [one.ending for one in known], [one.label.zh for one in known]):
        assert len(set(names)) == len(names)
    for option in export_options():
        assert option.name.isidentifier()
        assert option.label.zh
        assert option.label.en
