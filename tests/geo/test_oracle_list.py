"""The docs' list of oracles: every function a declaration may name is in it, and every test it names exists."""

import re
from pathlib import Path

from layers.figures.functions import FUNCTIONS

ROOT = Path(__file__).parents[2]
ROWS = [
    line.split("|")[1:-1]
    for line in (ROOT / "docs/oracles.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| `")
]


def test_every_function_has_an_oracle():
    named = [name for row in ROWS for name in re.findall(r"`(\w+)`", row[0])]
    assert sorted(named) == sorted(FUNCTIONS)


def test_every_oracle_named_is_a_test():
    for row in ROWS:
        tests = re.findall(r"`(\w+\.py)::(\w+)`", row[2])
        assert tests, row
        for file, test in tests:
            found = list((ROOT / "tests").rglob(file))
            assert found, file
            assert f"def {test}(" in found[0].read_text(encoding="utf-8"), test
