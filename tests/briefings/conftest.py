"""What tests of briefings share: figures of the plans that come with the checkout are computed once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from briefings.resolve import edition
from tests.answered import answered_or_computed


@pytest.fixture(scope="session", autouse=True)
def figures_are_computed_once() -> Iterator[None]:
    """A briefing of a bundled plan takes the figures another test had computed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edition, "answer", answered_or_computed)
        yield
