"""What a rule says the plan says is what the plan says, letter by letter, in the lines it names.

The plan's text lies beside the repository and not in it; where it is missing these tests are left out.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
PLAN = ROOT.parent / "shared" / "seed" / "plan.zh.txt"
RULES: dict[str, dict[str, Any]] = tomllib.loads((ROOT / "data" / "rules.toml").read_text("utf-8"))["rules"]
READ = {name: rule for name, rule in RULES.items() if rule["read"] == "read"}
BREAKS = re.compile("……|；")  # an omission; two quotations


@pytest.mark.skipif(not PLAN.is_file(), reason="the plan's text is not here")
@pytest.mark.parametrize("name", READ)
def test_a_rule_quotes_the_lines_it_names(name: str) -> None:
    rule, plan = READ[name], PLAN.read_text("utf-8").splitlines()
    lines = [plan[at - 1] for at in rule["lines"]]
    quoted = [part.strip() for part in BREAKS.split(rule["text"]["zh"]) if part.strip()]
    assert [part for part in quoted if not any(part in line for line in lines)] == []


@pytest.mark.parametrize("name", READ)
def test_a_rule_that_was_read_says_in_which_lines(name: str) -> None:
    rule = READ[name]
    for text in rule["source"].values():
        assert {int(number) for number in re.findall(r"\d+", text)} <= set(rule["lines"])
