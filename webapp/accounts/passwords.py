"""What a name and a password must be, how a password is kept, and what is said when signing in fails."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from geo.errors import PlanAtlasError
from webapp.accounts.roles import CONSOLE

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 200  # characters of a password
_AT_ONCE, _WAITING = 2, 8  # looks at passwords: 64 MiB each
_MEASURED, _STRONG = 72, 3  # characters looked at; zxcvbn: safe against a guesser who has not got the hash
_NAME = re.compile(r"[A-Za-z0-9一-鿿][A-Za-z0-9一-鿿._-]{0,39}")
# Words of our own addresses and of the log of writes, which no name may be taken for; a test compares them.
RESERVED = frozenset(
    {
        CONSOLE,
        "admin",
        "anonymous",
        "invitations",
        "invitation",
        "links",
        "planatlas",
        "program",
        "root",
        "sessions",
        "system",
        "token",
        "tokens",
        "visitor",
    }
)


class SignInRefused(PlanAtlasError):
    """Name or password is wrong, or the account is disabled; which of them is not said."""

    code = "sign_in_refused"
    zh = "用户名或密码不对。"
    en = "The name or the password is not right."


class TooManyTries(PlanAtlasError):
    """Sign-in was tried too often; waiting helps."""

    code = "too_many_tries"
    zh = "尝试次数过多，请 {seconds} 秒后再试。"
    en = "Too many tries; wait {seconds} s."


class BadPassword(PlanAtlasError):
    """A new password that must not be used."""

    code = "bad_password"
    zh = "密码不可用：至少 12 个字符，不得包含常见密码、键盘顺序或用户名等容易猜到的内容。"
    en = (
        "That password cannot be used: at least 12 characters, and not easily guessed, as common passwords, "
        "rows of keys and the name are."
    )


class BadName(PlanAtlasError):
    """A name that cannot be an account's."""

    code = "bad_name"
    zh = "用户名不可用：1 至 40 个英文字母、数字、汉字或 . _ -（以前三者开头），且尚未被使用。"
    en = (
        "That name cannot be used: 1 to 40 of A-Z, a-z, 0-9, Chinese characters and . _ -, beginning with one of "
        "the former, and not taken."
    )


class LinkEnded(PlanAtlasError):
    """A one-time link was used already, has ended, or never was."""

    code = "link_ended"
    zh = "链接已使用或已过期。管理员可以重新邀请；首位管理员可在控制台运行 planatlas administrator-link。"
    en = "The link was used or has ended. An administrator can invite again; see planatlas administrator-link."


class LastAdministrator(PlanAtlasError):
    """Nobody would be left who can manage accounts."""

    code = "last_administrator"
    zh = "至少要保留一位可用的管理员。"
    en = "At least one administrator has to stay."


class SignInBusy(PlanAtlasError):
    """Too many sign in at the same moment: each look at a password takes memory and time on purpose."""

    code = "busy"
    zh = "同时登录的人太多，请稍候再试。"
    en = "Too many are signing in at this moment. Try again in a few seconds."


class Passwords:
    """Passwords as they are kept: Argon2id, which takes as long for a name nobody has.

    It takes memory on purpose, so few are looked at at once, few wait, and others are told to come again.
    """

    def __init__(self) -> None:
        self._turn, self._lock, self._inside = threading.Semaphore(_AT_ONCE), threading.Lock(), 0

    @contextmanager
    def _place(self) -> Iterator[None]:
        with self._lock:
            if self._inside >= _AT_ONCE + _WAITING:
                raise SignInBusy
            self._inside += 1
        try:
            with self._turn:
                yield
        finally:
            with self._lock:
                self._inside -= 1

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher  # noqa: PLC0415 - only where somebody signs in

        return PasswordHasher()

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(secrets.token_hex(16))

    def kept(self, password: str) -> str:
        """Return what is kept of a password."""
        with self._place():
            return self._hasher.hash(password)

    def fits(self, kept: str, password: str) -> bool:
        """Whether a password is the one kept; with none kept (a name nobody has) one is tried all the same."""
        from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415

        nobodys = self._nobodys  # made before the clock of either case differs
        try:
            with self._place():
                return self._hasher.verify(kept or nobodys, password[:LONGEST]) and bool(kept)
        except (VerificationError, InvalidHashError):
            return False

    def outdated(self, kept: str) -> bool:
        """Whether it was kept with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(kept)


def fit(name: str, password: str) -> None:
    """Check a new name and password.

    Raises
    ------
    BadName, BadPassword
        One of them cannot be used.
    """
    fit_name(name)
    usual = SHORTEST <= len(password) <= LONGEST
    if not usual or len(set(password)) < 4 or _guessed(name, password):
        raise BadPassword


def fit_name(name: str) -> None:
    """Check a new name: letters of the basic Latin alphabet, digits, Chinese characters, and ``.``, ``_``, ``-``.

    Raises
    ------
    BadName
        It cannot be an account's.
    """
    if not _NAME.fullmatch(name) or name.casefold() in RESERVED:
        raise BadName


def _guessed(name: str, password: str) -> bool:
    """Whether a password is among the common ones, or a guesser would come to it soon after them."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 - only where a password is chosen; its lists are large

    found = zxcvbn(password[:_MEASURED], user_inputs=[name, "planatlas"], max_length=_MEASURED)
    return bool(found["score"] < _STRONG)
