"""Answers before and after: `python -m tests.answers record FOLDER`, then `compare BEFORE AFTER`.

`record` serves a copy of a checkout's plan (default: this checkout, `data`) and keeps what every GET operation,
every declared statistic, a set of questions, every export and picture and the command line answer. `--like` asks
the addresses of an earlier recording too. `compare` names every difference and ends with 1 if there is one.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.answers.compare import differences, told
from tests.answers.record import record

HERE = Path(__file__).resolve().parents[2]


def main() -> int:
    """Run one of the two verbs."""
    parser = argparse.ArgumentParser(prog="python -m tests.answers", description=__doc__)
    verbs = parser.add_subparsers(required=True, dest="verb")
    keep = verbs.add_parser("record", help="keep a checkout's answers")
    keep.add_argument("folder", type=Path)
    keep.add_argument("--checkout", type=Path, default=HERE)
    keep.add_argument("--plan", default="data", help="the plan's folder in the checkout")
    keep.add_argument("--like", type=Path, help="an earlier recording whose addresses are asked too")
    other = verbs.add_parser("compare", help="name every difference of two recordings")
    other.add_argument("before", type=Path)
    other.add_argument("after", type=Path)
    other.add_argument("--examples", type=int, default=2, help="of each kind")
    options = parser.parse_args()
    if options.verb == "record":
        kept = record(options.checkout.resolve(), options.folder, plan=options.plan, like=options.like)
        sys.stdout.write(f"{len(kept.asked)} answers in {options.folder}\n")
        return 0
    found = differences(options.before, options.after)
    sys.stdout.write(told(found, examples=options.examples) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
