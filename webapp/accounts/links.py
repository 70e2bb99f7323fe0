"""Links that end: an address signed by the installation, opened without a login until its day, or till revoked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime

import orjson
from flask import request

from geo.errors import PlanAtlasError
from layers.errors import BadParameter
from webapp.http.access import BadToken
from webapp.http.endpoints import Parameter
from webapp.state import current_state

KEY = Parameter("key", "限时链接的签名", "signature of a link that ends")
AS_OF = Parameter(
    "as_of", "固定到该时刻（UTC）的数据版本", "pinned to the data of that time (UTC)", example="2026-11-24"
)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+ -]\d{2}:\d{2})?)?")
_PICTURE = re.compile(r"/render/([\w\-]+)\.(?:png|svg|pdf|json)")


class UnknownFile(PlanAtlasError):
    """A made briefing is not there any more."""

    code = "unknown_file"
    zh = "没有这个文件；生成的简报保留一天，请重新生成。"
    en = "There is no such file; briefings are kept for a day. Make it again."


class NotEmbeddable(PlanAtlasError):
    """An address that is not one of our views or figures."""

    code = "not_embeddable"
    zh = "此地址不是本服务的视图或指标。"
    en = "That address is not a view or a figure of this service."


def link_scope(path: str, asked: Mapping[str, str]) -> str:
    """Return what a signed link allows: a view or figure in one state, framed or as a picture, in any language."""
    picture = _PICTURE.fullmatch(path)
    meant = [f"/embed/{picture.group(1)}" if picture else path, asked.get("v", ""), asked.get("as_of", "")]
    return "link:" + hashlib.sha256(orjson.dumps(meant)).hexdigest()[:32]


def opened_by_link(path: str, asked: Mapping[str, str]) -> bool:
    """Whether an address carries a signature for just itself.

    Raises
    ------
    BadToken
        It carries one that is not ours, has ended or was revoked.
    """
    text = asked.get("key")
    if not text:
        return False
    link = current_state().keyring.read_link(text)
    issued = current_state().accounts.tokens.in_force(link.id)
    if issued is None or issued.kind != "link":
        raise BadToken
    return link_scope(path, asked) in issued.scopes


def _moment_of(text: str) -> str:
    """Return a day or a time as it is asked for, in UTC; empty where it is none. A bare ``+`` came as a space."""
    if not _MOMENT.fullmatch(text):
        return ""
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
        return text if found.tzinfo is None else found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    except (ValueError, OverflowError):
        return ""


def read_moment() -> str:
    """Return the time the request is pinned to; empty for the newest data.

    Raises
    ------
    BadParameter
        Not a date or a time.
    """
    text = request.args.get("as_of", "")
    found = _moment_of(text)
    if text and not found:
        shape = "2026-11-30 / 2026-11-30T08:00:00Z"
        why = {"why_zh": f"应为日期或时刻，如 {shape}", "why_en": f"a date or a time is expected, such as {shape}"}
        raise BadParameter(name="as_of", **why)
    return found
