"""Every example in the documentation of a module is true."""

import doctest
import importlib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_what_the_documentation_shows_comes_out() -> None:
    paths = [
        path
        for floor in ("geo", "layers", "briefings", "webapp", "setup")
        for path in (ROOT / floor).rglob("*.py")
    ]
    shown = [path for path in paths if ">>> " in path.read_text("utf-8")]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in shown]
    results = {name: doctest.testmod(importlib.import_module(name)) for name in sorted(names)}
    assert not {name: found for name, found in results.items() if found.failed or not found.attempted}
