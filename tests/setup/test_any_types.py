"""The share of expressions that no type sees is read from mypy's own report, and a missing one never passes."""

from pathlib import Path

import pytest

from setup.any_types import MOST_ANY, any_share

REPORT = """                         Name   Anys   Exprs   Coverage
-------------------------------------------------------
                    geo.area      0     400     100.00%
          layers.plan.places   {any}    600     92.00%
      tests.geo.test_oracles    700     900     22.22%
-------------------------------------------------------
                       Total   {all}    1900     50.00%
"""


@pytest.mark.parametrize(("found", "passes"), [(30, True), (41, False)])
def test_the_share_is_that_of_the_product_and_not_of_its_tests(tmp_path: Path, found: int, passes: bool) -> None:
    (tmp_path / "any-exprs.txt").write_text(REPORT.format(any=found, all=700 + found), "utf-8")
    assert any_share(tmp_path) == found / 1000
    assert (any_share(tmp_path) <= MOST_ANY) is passes


def test_no_report_is_no_pass(tmp_path: Path) -> None:
    assert any_share(tmp_path) > MOST_ANY
    (tmp_path / "any-exprs.txt").write_text("nothing\n", "utf-8")
    assert any_share(tmp_path) > MOST_ANY
