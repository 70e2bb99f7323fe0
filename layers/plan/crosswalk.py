"""From codes of one land-use scheme to another: what corresponds to one class only; the rest stays unsplit.

The plan's ``landuse_crosswalk.csv`` has columns scheme, code, name_zh, target_scheme and target_codes, which are
separated by ``|``; none where the target scheme has no counterpart.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from geo.errors import PlanAtlasError

CROSSWALK_FILE = "landuse_crosswalk.csv"
UNSPLIT = "unsplit"
_COLUMNS = ("scheme", "code", "target_scheme", "target_codes")


class BadCrosswalk(PlanAtlasError):
    """The table of corresponding classes cannot be read."""

    code = "bad_crosswalk"
    zh = "{file}：{why_zh}。"
    en = "{file}: {why_en}."


class AmbiguousScheme(PlanAtlasError):
    """A bare code means different things in different schemes; a person says which."""

    code = "ambiguous_scheme"
    zh = (
        "字段“{field}”的编码符合多个用地分类：{schemes}，同一编码含义可能不同。"
        "请用 --scheme（页面上为“用地分类”）指定。"
    )
    en = (
        "The codes of “{field}” fit several land-use schemes: {schemes}; the same code may mean different things. "
        "Say which with --scheme (on the page: land-use scheme)."
    )


@dataclass(frozen=True)
class Crosswalk:
    """From one scheme to another: the target's codes of each code; several where it would have to be split."""

    scheme: str
    target: str
    codes: Mapping[str, tuple[str, ...]]

    def told(self, code: str | None) -> tuple[str | None, str | None]:
        """Return the target's class and the classes it may be: `UNSPLIT` where there are several, None for none.

        Examples
        --------
        >>> Crosswalk("old", "new", {"A": ("1",), "B": ("2", "3")}).told("B")
        ('unsplit', '2|3')
        """
        found = self.codes.get(code or "", ())
        if not found:
            return None, None
        return (found[0], None) if len(found) == 1 else (UNSPLIT, "|".join(found))


def read_crosswalks(folder: Path) -> dict[str, Crosswalk]:
    """Return a plan's crosswalks by the scheme they lead from; none without their table.

    Raises
    ------
    BadCrosswalk
        A column is missing, a row too short, or the file is no CSV in UTF-8.
    """
    path = folder / CROSSWALK_FILE
    if not path.is_file():
        return {}
    codes: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
    for row in _rows(path):
        known = codes.setdefault((row["scheme"], row["target_scheme"]), {})
        known[row["code"]] = tuple(code for code in row["target_codes"].split("|") if code)
    return {scheme: Crosswalk(scheme, target, known) for (scheme, target), known in codes.items()}


def _rows(path: Path) -> Iterator[dict[str, str]]:
    def bad(zh: str, en: str) -> BadCrosswalk:
        return BadCrosswalk(file=path.name, why_zh=zh, why_en=en)

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for column in _COLUMNS:
                if column not in (reader.fieldnames or ()):
                    raise bad(f"缺少列 {column}", f"the column {column} is missing")
            for row in reader:
                if any(row[column] is None for column in _COLUMNS):
                    raise bad(f"第 {reader.line_num} 行太短", f"line {reader.line_num} is too short")
                yield row
    except (UnicodeDecodeError, csv.Error) as error:
        raise bad("不是 UTF-8 编码的 CSV，请另存", "it is no CSV in UTF-8; save it as one") from error
    except OSError as error:
        raise bad(f"无法读取（{error.strerror}）", f"it cannot be read ({error.strerror})") from error


def fitting_schemes(
    values: Iterable[str], schemes: Mapping[str, Iterable[str]], *, least: float = 0.8
) -> dict[str, float]:
    """Return which schemes have at least a share of some codes, with the share."""
    asked = set(values)
    if not asked:
        return {}
    shares = {name: len(asked & set(codes)) / len(asked) for name, codes in schemes.items()}
    return {name: share for name, share in shares.items() if share >= least}
