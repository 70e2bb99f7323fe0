"""What a name and a password must be, and what is said when signing in fails."""

from __future__ import annotations

from geo.errors import PlanAtlasError

SHORTEST, LONGEST = 12, 200  # characters of a password
_COMMON = frozenset(
    {"password1234", "123456789012", "qwertyuiop12", "administrator", "planatlas1234", "111111111111"}
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
    zh = "密码不可用：至少 12 个字符，不得是用户名或常见密码。"
    en = "That password cannot be used: at least 12 characters, not the name and not a common one."


class BadName(PlanAtlasError):
    """A name that cannot be an account's."""

    code = "bad_name"
    zh = "用户名不可用：1 至 40 个字符，且尚未被使用。"
    en = "That name cannot be used: 1 to 40 characters, and not taken."


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


def fit(name: str, password: str) -> None:
    """Check a new name and password.

    Raises
    ------
    BadName, BadPassword
        One of them cannot be used.
    """
    if not 1 <= len(name) <= 40 or not name.isprintable():
        raise BadName
    common = password.casefold() in _COMMON or len(set(password)) < 4
    if not SHORTEST <= len(password) <= LONGEST or common or password.casefold() == name.casefold():
        raise BadPassword
