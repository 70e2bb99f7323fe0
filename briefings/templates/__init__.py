"""Pages that are one file, as Jinja templates; what a plan or a person says is escaped wherever it stands."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup


@cache
def _environment() -> Environment:
    folder = FileSystemLoader(Path(__file__).parent)
    return Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def render_page(template: str, /, *, own: Mapping[str, str], **values: object) -> str:
    """Return a template filled.

    Parameters
    ----------
    template
        Its file name.
    own
        Texts of ours that are markup, script, style or JSON already; the only ones that are not escaped.
    **values
        What a plan or a person says.
    """
    # Ours alone (style, script, parts made by a template of ours), never a plan's or a person's text.
    trusted = {name: Markup(text) for name, text in own.items()}  # noqa: S704  # nosec B704
    return _environment().get_template(template).render(**trusted, **values)
