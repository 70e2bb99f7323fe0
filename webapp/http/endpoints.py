"""What an address is for, declared beside its view: checked on every request and told in the API document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import wraps
from typing import Any, TypeVar

from flask import request

from layers.errors import BadParameter

View = TypeVar("View", bound=Callable[..., Any])
JSON, GEOJSON, HTML, PROBLEM = "application/json", "application/geo+json", "text/html", "application/problem+json"


@dataclass(frozen=True)
class Parameter:
    """A query or path parameter; ``schema`` is JSON Schema; ``many`` may be repeated."""

    name: str
    zh: str
    en: str
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "string"})
    path: bool = False
    many: bool = False
    example: object = None


@dataclass(frozen=True)
class Operation:
    """What a view does, what it takes and what it answers with.

    ``listed`` gives further parameters that a registry lists, read anew each time.
    """

    zh: str
    en: str
    tag: str
    answers: str = JSON
    schema: str = ""
    parameters: tuple[Parameter, ...] = ()
    errors: tuple[int, ...] = ()
    body: str = ""
    listed: Callable[[], tuple[Parameter, ...]] = tuple

    @property
    def taken(self) -> tuple[Parameter, ...]:
        """Every parameter the view takes."""
        return (*self.parameters, *self.listed())


LANGUAGE = Parameter("lang", "语言", "language", {"type": "string", "enum": ["zh", "en"]}, example="en")


def declare_operation(
    about: Operation, *, computes: bool = False, anybody: bool = False, linked: bool = False
) -> Callable[[View], View]:
    """Declare a view; the API refuses an unknown query parameter with the nearest known one.

    Pages ignore it, and all but the first of a repeated one: mail and chat programs add parameters of their own.

    Parameters
    ----------
    about
        The declaration.
    computes
        The view answers POST without changing anything, so nobody needs to be signed in.
    anybody
        The view is how people sign in, or says whether the service is well: open to all whatever the settings.
    linked
        The view also opens by a signed link where reading needs a login.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def checked(*args: object, **kwargs: object) -> object:
            taken = about.taken
            known = {p.name for p in taken if not p.path} | {LANGUAGE.name}
            single = {p.name for p in taken if not p.many} | {LANGUAGE.name}
            for name, values in request.args.lists() if about.answers != HTML else ():
                if name not in known:
                    raise _unknown(name, known)
                if len(values) > 1 and name in single:
                    raise BadParameter(name=name, why_zh="只能出现一次", why_en="it may be given once only")
            return view(*args, **kwargs)

        checked.operation = about  # type: ignore[attr-defined]
        checked.computes = computes  # type: ignore[attr-defined]
        checked.anybody = anybody  # type: ignore[attr-defined]
        checked.linked = linked  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return declare


def _unknown(name: str, known: set[str]) -> BadParameter:
    near = get_close_matches(name, known, n=1)
    words = ", ".join(sorted(known))
    if near:
        return BadParameter(
            name=name[:60], why_zh=f"未知参数，是否想写 {near[0]}？", why_en=f"unknown; did you mean {near[0]}?"
        )
    return BadParameter(name=name[:60], why_zh=f"未知参数；可用：{words}", why_en=f"unknown; known: {words}")
