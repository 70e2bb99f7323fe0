"""Links that end: an address signed by the installation, opened without a login until its day, or till revoked."""

from __future__ import annotations

import hashlib

import orjson
from flask import current_app, request

from geo.errors import PlanAtlasError
from webapp.access import Keyring


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


def link_scope(path: str, asked: dict[str, str]) -> str:
    """Return what a signed link allows: one address with one state, whatever language or frame it is shown in."""
    meant = [path, asked.get("v", ""), asked.get("as_of", "")]
    return "link:" + hashlib.sha256(orjson.dumps(meant)).hexdigest()[:32]


def opened_by_link() -> bool:
    """Whether the request carries a signature for just its address.

    Raises
    ------
    BadToken
        It carries one that is not ours, has ended or was revoked.
    """
    text = request.args.get("key")
    if not text:
        return False
    keyring: Keyring = current_app.extensions["planatlas.keyring"]
    return link_scope(request.path, request.args.to_dict()) in keyring.read(text).scopes
