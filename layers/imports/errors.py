"""Why a file is not taken, or what has to be said before it can be."""

from __future__ import annotations

from geo.errors import PlanAtlasError


class UnreadableFile(PlanAtlasError):
    """A file cannot be read as what it seems to be."""

    code = "unreadable_file"
    zh = "无法读取 {file}：{why_zh}。"
    en = "{file} cannot be read: {why_en}."


class DamagedFile(UnreadableFile):
    """A library that reads a format cannot read a file: it is damaged, or of a kind it does not know."""


class OpenReading(PlanAtlasError):
    """A file can be read in more than one way, and nothing in it decides; a person says which."""

    code = "open_reading"
    zh = "{file} 有不止一种读法，请先说明：{what_zh}。"
    en = "{file} can be read in more than one way; say which: {what_en}."


class ChangedTypes(PlanAtlasError):
    """A new version would change what kind of values fields hold; a person accepts it or says the types."""

    code = "changed_types"
    zh = "新版本会改变字段类型：{what_zh}。确认请加 accept_changes，或用 types 指定类型。"
    en = "The new version changes types of fields: {what_en}. Say accept_changes to take it so, or say the types."
