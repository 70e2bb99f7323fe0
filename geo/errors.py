"""The one error tree: every refusal PlanAtlas makes is one of these, said in Chinese and English.

A subclass is three lines: a stable ``code`` and a message template in each language. A message says
where, what, and how to repair; its parameters stay available to callers (``error.params``).
"""

from __future__ import annotations


class PlanAtlasError(Exception):
    """Base of all errors a user may be shown.

    Parameters
    ----------
    **params
        Values for the message templates; also part of the machine-readable answer.

    Examples
    --------
    >>> class NoSuchZone(PlanAtlasError):
    ...     code = "no_such_zone"
    ...     zh = "没有分区 {zone}。"
    ...     en = "There is no zone {zone}."
    >>> str(NoSuchZone(zone="z-9"))
    'There is no zone z-9.'
    """

    code = "error"
    zh = "出现错误。"
    en = "Something went wrong."

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.message("en"))

    def __reduce__(self) -> tuple[object, ...]:
        """Let the error cross processes with its parameters."""
        return _again, (type(self), self.params)

    def message(self, language: str) -> str:
        """Return the message in ``language`` (``zh`` or ``en``)."""
        template = self.zh if language == "zh" else self.en
        return template.format(**self.params)


def _again(cls: type[PlanAtlasError], params: dict[str, object]) -> PlanAtlasError:
    return cls(**params)


class WrongCRS(PlanAtlasError):
    """A frame's coordinate reference system is not the one the computation needs."""

    code = "wrong_crs"
    zh = "坐标系不符：得到 {found}，需要 {expected}。请先转换坐标系。"
    en = "Wrong coordinate reference system: found {found}, expected {expected}. Convert the data first."


class MissingCRS(PlanAtlasError):
    """Data without a declared coordinate reference system is never guessed."""

    code = "missing_crs"
    zh = "{where} 没有声明坐标系。请声明坐标系（例如 EPSG:4490），系统不会猜测。"
    en = "{where} declares no coordinate reference system. Declare one (for example EPSG:4490); none is guessed."


class RefusedDatum(PlanAtlasError):
    """The datum has no published transformation to CGCS2000; moving it silently would be tens of metres wrong."""

    code = "refused_datum"
    zh = "{where} 的坐标基准为 {found}，没有公开的转换参数，系统拒绝猜测。请先用正式参数转换到 CGCS2000。"
    en = "{where} uses the datum {found}, which has no published transformation. Convert it to CGCS2000 first."


class RefusedCRS(PlanAtlasError):
    """Areas and distances in this coordinate reference system would be wrong."""

    code = "refused_crs"
    zh = "{where} 的坐标系 {found} 不能用于量算（{why}）。请使用 EPSG:4490、EPSG:4326 或 EPSG:4549 等。"
    en = "{where} is in {found}, which must not be measured in ({why}). Use EPSG:4490, 4326, 4549 or alike."


class ExtentTooLarge(PlanAtlasError):
    """The extent exceeds what the coordinate reference system can be measured over exactly."""

    code = "extent_too_large"
    zh = "数据范围超出坐标系 {found} 可精确量算的范围，请检查坐标或分区计算。"
    en = "The data's extent is too large to be measured exactly in {found}. Check or split the data."


class BadGeometry(PlanAtlasError):
    """A layer has geometry no figure can be computed from; every problem is in ``params['problems']``."""

    code = "bad_geometry"
    zh = "{where} 有 {count} 处几何问题，例如：{first_zh}"
    en = "{where} has {count} geometry problem(s), for example: {first_en}"


class WrongGeometryType(PlanAtlasError):
    """The computation needs another kind of geometry."""

    code = "wrong_geometry_type"
    zh = "{where} 需要{expected_zh}，得到 {found}（第 {row} 行）。"
    en = "{where} needs {expected_en}, found {found} (row {row})."


class EmptyLayer(PlanAtlasError):
    """Nothing to compute from: the answer is not computable, never 0 %."""

    code = "empty_layer"
    zh = "{where} 没有可用要素，无法计算（不是 0）。请提供该图层。"
    en = "{where} has no usable feature, so nothing can be computed (this is not 0). Provide that layer."


class NoSuchField(PlanAtlasError):
    """A named field is not in the layer."""

    code = "no_such_field"
    zh = "{where} 没有字段“{field}”。可用字段：{known}。"
    en = "{where} has no field '{field}'. Known fields: {known}."


class BadField(PlanAtlasError):
    """A field holds values the computation cannot use."""

    code = "bad_field"
    zh = "{where} 的字段“{field}”：{why_zh}"
    en = "Field '{field}' of {where}: {why_en}"


class BadDistance(PlanAtlasError):
    """A distance is zero, negative, not finite or absurdly large."""

    code = "bad_distance"
    zh = "距离 {found} 无效：须为大于 0 且不超过 {limit_m} 米的数。"
    en = "The distance {found} is not usable: give a number above 0 and at most {limit_m} m."


class BadRule(PlanAtlasError):
    """A computation rule is not one of the declared ones."""

    code = "bad_rule"
    zh = "{what} 的取值 {found} 无效，可用：{known}。"
    en = "{what} cannot be {found}; use {known}."


class NotComputable(PlanAtlasError):
    """The question has no answer from these layers; never 0 % or 100 %."""

    code = "not_computable"
    zh = "无法计算：缺少{needs_zh}。"
    en = "Not computable: needs {needs_en}."


class Cancelled(PlanAtlasError):
    """The caller stopped a long computation."""

    code = "cancelled"
    zh = "计算已取消。"
    en = "The computation was cancelled."


class Unworkable(PlanAtlasError):
    """A shape that cannot be cut or joined by any of the ways there are."""

    code = "unworkable"
    zh = "第 {row} 个图形无法求交或合并，请修正其几何。"
    en = "Shape {row} can be neither cut nor joined; correct its geometry."


class OutlineTooFine(PlanAtlasError):
    """An outline has too many corners for the ground within a distance of it to be found."""

    code = "outline_too_fine"
    zh = (
        "要素“{row}”的轮廓有 {count} 个顶点，过于曲折，无法求出其 {radius_m} 米范围。"
        "请先将轮廓简化（容差约 {tolerance_m} 米），或改用更小的距离。"
    )
    en = (
        "The outline of feature '{row}' has {count} corners: too jagged to find the ground within {radius_m} m of"
        " it. Simplify the outline (to about {tolerance_m} m), or ask for a smaller distance."
    )
