"""The OpenAPI 3 document, made from the declarations beside the views; an undeclared view stops the start.

References
----------
OpenAPI Specification 3.0.3.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Flask, Response, current_app

from webapp.http.answers import json_answer
from webapp.http.endpoints import HTML, JSON, LANGUAGE, PROBLEM, Operation, Parameter, declare_operation
from webapp.http.language import current_language
from webapp.http.schemas import all_schemas
from webapp.state import current_library
from webapp.version import VERSION

blueprint = Blueprint("openapi", __name__)
_FILES = frozenset({"assets.asset", "assets.own"})  # the page's own files, not an interface
_STATUS = {
    304: ("内容未变", "not changed"),
    400: ("参数无效", "a parameter is not valid"),
    401: ("需要令牌", "a token is needed"),
    403: ("权限不足或跨站请求", "not allowed"),
    404: ("不存在", "there is no such thing"),
    409: ("无法计算或冲突", "it cannot be computed, or conflicts"),
    413: ("超出限制", "over a limit"),
    429: ("尝试过多", "too many tries"),
    422: ("内容无法处理", "the content cannot be processed"),
    507: ("服务器磁盘已满", "the disk of the service is full"),
    501: ("不提供该格式", "That format is not offered"),
    503: ("暂不可用", "not available now"),
}


@blueprint.get("/api/openapi.json")
@declare_operation(Operation("本接口的 OpenAPI 3 文档", "The OpenAPI 3 document of this interface", "service"))
def document() -> Response:
    """Every address of the service, its parameters and its answers."""
    return json_answer(openapi_document(current_app, current_language()))


def undeclared_views(app: Flask) -> list[str]:
    """Return the views that lack a declaration."""
    views = ((rule.endpoint, app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules())
    return sorted({name for name, view in views if name not in _FILES and not hasattr(view, "operation")})


def openapi_document(app: Flask, chosen: str) -> dict[str, Any]:
    """Return the document with descriptions in a language."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: r.rule):
        about: Operation | None = getattr(app.view_functions[rule.endpoint], "operation", None)
        if about is None:
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(rule.endpoint, about, chosen, method)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": f"PlanAtlas · {current_library().catalog.plan.title[chosen]}",
            "version": VERSION,
            "description": current_library().catalog.plan.notice[chosen],
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": all_schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }


def _operation(name: str, about: Operation, chosen: str, method: str) -> dict[str, Any]:
    good = {"description": _pick(about, chosen), "content": {about.answers: {"schema": _schema(about)}}}
    answers: dict[str, Any] = {"200": good}
    if method == "GET":
        answers["304"] = {"description": _STATUS[304][chosen != "zh"]}
    fails = () if method == "GET" else (503,)  # no write without its line in the log of writes
    for status in sorted({400, 401, *fails, *about.errors}):
        problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        content = problem if about.answers != HTML else problem | {HTML: {"schema": {"type": "string"}}}
        answers[str(status)] = {"description": _STATUS[status][chosen != "zh"], "content": content}
    told = {
        "operationId": name.replace(".", "_") + ("" if method == "GET" else f"_{method.lower()}"),
        "summary": _pick(about, chosen),
        "tags": [about.tag],
        "parameters": [_parameter(p, chosen) for p in (*about.taken, LANGUAGE)],
        "responses": answers,
    }
    if about.body:
        body = {"$ref": f"#/components/schemas/{about.body}"}
        told["requestBody"] = {"required": True, "content": {JSON: {"schema": body}}}
    return told


def _pick(about: Operation | Parameter, chosen: str) -> str:
    return about.zh if chosen == "zh" else about.en


def _schema(about: Operation) -> dict[str, Any]:
    if about.schema:
        return {"$ref": f"#/components/schemas/{about.schema}"}
    return {"type": "object"} if about.answers in (JSON, PROBLEM) else {"type": "string"}


def _parameter(p: Parameter, chosen: str) -> dict[str, Any]:
    schema = {"type": "array", "items": p.schema} if p.many else p.schema
    told: dict[str, Any] = {
        "name": p.name,
        "in": "path" if p.path else "query",
        "required": p.path,
        "description": _pick(p, chosen),
        "schema": schema,
    }
    if p.many:
        told |= {"style": "form", "explode": True}
    if p.example is not None:
        told["example"] = [p.example] if p.many else p.example
    return told
