"""How much of the code its types do not see: the share of expressions that mypy takes for Any."""

from __future__ import annotations

from pathlib import Path

MOST_ANY = 0.035  # 3.38 % when it was set; lower it whenever it is less


def any_share(report: Path) -> float:
    """Return the share of expressions that are Any, 0 to 1, of a folder that ``--any-exprs-report`` wrote.

    A report that is not there, or has no total, counts as all of it: then mypy did not run.
    """
    try:
        lines = (report / "any-exprs.txt").read_text("utf-8").splitlines()
    except OSError:
        return 1.0
    total = next((line.split() for line in reversed(lines) if line.split()[:1] == ["Total"]), None)
    if total is None or int(total[2]) == 0:
        return 1.0
    return int(total[1]) / int(total[2])
