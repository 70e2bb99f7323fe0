"""How much of the code its types do not see: the share of expressions that mypy takes for Any."""

from __future__ import annotations

from pathlib import Path

MOST_ANY = 0.035  # 3.38 % when it was set; lower it whenever it is less
_TESTS = "tests"  # are checked too, and count for nothing here: what they look at is told as JSON


def any_share(report: Path) -> float:
    """Return the share of the product's expressions that are Any, 0 to 1, of a folder of ``--any-exprs-report``.

    A report that is not there, or names no module, counts as all of it: then mypy did not run.
    """
    try:
        lines = (report / "any-exprs.txt").read_text("utf-8").splitlines()
    except OSError:
        return 1.0
    rows = [line.split() for line in lines]
    known = [row for row in rows if len(row) == 4 and row[1].isdigit() and row[0] != "Total"]
    own = [row for row in known if row[0].partition(".")[0] != _TESTS]
    total = sum(int(row[2]) for row in own)
    return sum(int(row[1]) for row in own) / total if total else 1.0
