"""What requests carry."""

from __future__ import annotations

from typing import Any

import orjson
from flask import request

from layers.errors import BadParameter


def json_body() -> dict[str, Any]:
    """Return the request's JSON object.

    Raises
    ------
    BadParameter
        It is not strict JSON, or not an object.
    """
    try:
        body = orjson.loads(request.get_data())
    except orjson.JSONDecodeError:
        raise BadParameter(name="body", why_zh="不是有效的 JSON", why_en="it is not valid JSON") from None
    if not isinstance(body, dict):
        raise BadParameter(name="body", why_zh="应为 JSON 对象", why_en="a JSON object is expected")
    return body
