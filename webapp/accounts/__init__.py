"""Who is asking and what they may do: accounts, sessions, rights, links that end.

Called as their modules are: ``rights.accounts`` are the service's accounts, ``storage.storage`` what is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from webapp.accounts.accounts import Accounts
    from webapp.accounts.links import NotEmbeddable, UnknownFile, link_scope, opened_by_link, read_moment
    from webapp.accounts.own_files import OwnFile, OwnFileFails
    from webapp.accounts.provider import Provider, provider_of
    from webapp.accounts.rights import (
        Person,
        current_person,
        hidden_layers,
        require_administrator,
        require_editor,
        sees_restricted,
    )
    from webapp.accounts.storage import clear

__all__ = [
    "Accounts",
    "NotEmbeddable",
    "OwnFile",
    "OwnFileFails",
    "Person",
    "Provider",
    "UnknownFile",
    "clear",
    "current_person",
    "hidden_layers",
    "link_scope",
    "opened_by_link",
    "provider_of",
    "read_moment",
    "require_administrator",
    "require_editor",
    "sees_restricted",
]

__getattr__ = lazy_face(__name__)
