"""What the shelf keeps of a figure, and what tells two of them apart: plain values, as JSON has them.

A class here names the values that are read again. What older versions wrote has not all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal, NotRequired, TypedDict

from geo.errors import PlanAtlasError
from layers.plan.statistics import KeptStatistic


class DamagedFigure(PlanAtlasError):
    """A figure's file is not as it was written."""

    code = "damaged_figure"
    zh = "结果 {figure} 的文件已损坏或被改动，无法读取。请重新计算该结果，或从备份恢复。"
    en = "Figure {figure} cannot be read: its file is damaged or changed. Compute it again, or restore a backup."


class DamagedEvidence(PlanAtlasError):
    """A figure's evidence is missing, or is not what the figure says it is."""

    code = "damaged_evidence"
    zh = "结果 {figure} 的几何依据缺失或已被改动。请重新计算该结果，或从备份恢复。"
    en = "The evidence of figure {figure} is missing or was changed. Compute it again, or restore a backup."


@contextmanager
def as_kept(figure: str) -> Iterator[None]:
    """Hold what is read of a figure's file against what it must be.

    Raises
    ------
    DamagedFigure
        Something is not there, or is something else.
    """
    try:
        yield
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise DamagedFigure(figure=figure[:40]) from error


class KeptColumn(TypedDict):
    """A column of the table; one of texts has no decimals."""

    id: str
    label: dict[str, str]
    unit: str
    decimals: int | None


class KeptUse(TypedDict):
    """A layer as the figure used it."""

    role: str
    layer: str
    label: dict[str, str]
    version: str
    datum: str
    edge_model: str
    filters: list[str]
    features: int
    illustrative: bool
    day: NotRequired[str]
    states: NotRequired[list[str]]


class KeptEvidence(TypedDict):
    """How to know the evidence, which is a file of its own."""

    sha256: str


class KeptFigure(TypedDict):
    """A published figure."""

    id: str
    statistic: KeptStatistic
    state: Literal["computed", "not_computable"]
    value: float | None
    meets: bool | None
    columns: list[KeptColumn]
    rows: list[dict[str, Any]]
    presentation: NotRequired[dict[str, Any]]
    layers: list[KeptUse]
    contributions: list[dict[str, Any]]
    unreached: NotRequired[list[dict[str, Any]]]
    method: dict[str, str]
    crs: str
    caveats: list[dict[str, str]]
    needs: list[dict[str, str]]
    sentence: dict[str, str]
    command: str
    computed_at: str
    software: str
    evidence: KeptEvidence | None
    unit: NotRequired[str]
    decimals: NotRequired[int | None]


class ValueMoved(TypedDict):
    """A number before and after, and by how much it moved; None where a side has none."""

    before: float | None
    after: float | None
    change: float | None


class UseMoved(TypedDict):
    """A layer that two figures used in different versions, or through different filters."""

    role: str
    label: dict[str, str]
    layer: str
    before: str
    after: str
    filters_differ: bool


class FigureDifference(TypedDict):
    """How a figure differs from an earlier one; `layers.figures.difference` says what is what."""

    before: str
    after: str
    unit: str
    value: ValueMoved
    columns: list[KeptColumn]
    rows: list[dict[str, Any]]
    layers: list[UseMoved]
    sentence: dict[str, str]
    sentences: dict[str, dict[str, str]]
