"""How often a test that kills, cuts off or fills up does so: some times in every run, as often as can be when asked."""

from __future__ import annotations

import os


def rounds(usual: int, *, most: int) -> int:
    """Return how often: ``most`` times where TEST_ROUNDS is ``all``."""
    return most if os.environ.get("TEST_ROUNDS") == "all" else usual
