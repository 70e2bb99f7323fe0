"""Fields' ids as texts hold them: in lists with commas, before the sign of a condition, in a map's address."""

from __future__ import annotations

import re
from urllib.parse import unquote

_SIGNS = re.compile(r"[%,;=!<>~?]|^-")


def written_field(field_id: str) -> str:
    """Return a field's id with the signs that lists and conditions are made of written as in addresses.

    Examples
    --------
    >>> written_field("建筑面积,m2"), written_field("-1~2层"), written_field("land_mu")
    ('建筑面积%2Cm2', '%2D1%7E2层', 'land_mu')
    """
    return _SIGNS.sub(lambda found: f"%{ord(found[0]):02X}", field_id)


def read_fields(text: str) -> list[str]:
    """Return the ids of a list with commas, each as `written_field` has it or plain.

    Examples
    --------
    >>> read_fields("建筑面积%2Cm2,占比%,land_mu,")
    ['建筑面积,m2', '占比%', 'land_mu']
    """
    return [unquote(one) for one in text.split(",") if one]
