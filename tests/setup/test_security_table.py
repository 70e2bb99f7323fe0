"""The table of security properties names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = {1, 2, 3, *range(5, 23), 25, *range(27, 38)}


def test_every_property_has_tests_that_exist() -> None:
    rows = re.findall(r"^\| (\d+) \|[^|]*\|(.*)\|$", (ROOT / "docs/security.md").read_text("utf-8"), re.MULTILINE)
    assert {int(number) for number, _ in rows} == OURS
    for number, told in rows:
        named = re.findall(r"`(tests/\S+)::(test_\w+)`", told)
        assert named, number
        for path, name in named:
            assert re.search(rf"^def {name}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE), f"{path}::{name}"
