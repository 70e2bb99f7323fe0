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

    def message(self, language: str) -> str:
        """Return the message in ``language`` (``zh`` or ``en``)."""
        template = self.zh if language == "zh" else self.en
        return template.format(**self.params)


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
