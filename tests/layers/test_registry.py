"""A registry is gathered from its package: what lies there is in it, and no id is there twice."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from layers.exports.registry import ExportFormat
from layers.figures.functions.entry import Function
from layers.imports.formats.registry import ImportFormat
from layers.places.kinds.entry import RuleKind
from layers.registry import EntryTwice, RegistryEntry, gather_entries

REGISTRIES: dict[str, tuple[str, type[RegistryEntry], str]] = {
    "layers.exports.formats": ("FORMAT", ExportFormat, "csv"),
    "layers.figures.functions": ("FUNCTION", Function, "share"),
    "layers.imports.formats": ("FORMAT", ImportFormat, "dxf"),
    "layers.places.kinds": ("KIND", RuleKind, "size"),
}


@pytest.fixture(params=REGISTRIES)
def beside(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A registry's package with one more folder, whose module ``zz_toy`` each test writes; its name."""
    package = import_module(request.param)
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    yield request.param
    sys.modules.pop(f"{request.param}.zz_toy", None)
    vars(package).pop("zz_toy", None)


def test_an_id_is_there_once(beside: str, tmp_path: Path) -> None:
    attribute, kind, known = REGISTRIES[beside]
    (tmp_path / "zz_toy.py").write_text(f"from {beside}.{known} import {attribute}\n", "utf-8")
    with pytest.raises(EntryTwice) as told:
        gather_entries(beside, attribute, kind)
    for language in ("zh", "en"):
        assert known in told.value.message(language)
        assert "zz_toy" in told.value.message(language)


def test_a_module_without_an_entry_adds_none(beside: str, tmp_path: Path) -> None:
    attribute, kind, known = REGISTRIES[beside]
    (tmp_path / "zz_toy.py").write_text("ELSE = 1\n", "utf-8")
    assert known in {one.id.lower() for one in gather_entries(beside, attribute, kind)}


def test_what_is_no_entry_is_refused(beside: str, tmp_path: Path) -> None:
    attribute, kind, _ = REGISTRIES[beside]
    (tmp_path / "zz_toy.py").write_text(f'{attribute} = "a word"\n', "utf-8")
    with pytest.raises(TypeError, match="zz_toy"):
        gather_entries(beside, attribute, kind)
