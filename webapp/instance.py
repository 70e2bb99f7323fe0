"""Where a plan's accounts, keys, kept views, figures and passing files lie: with the plan, and with no other."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from pathlib import Path

from geo.errors import PlanAtlasError
from webapp.settings import Settings

FOLDER = "instance"  # in the plan's own folder; a backup leaves it out
_MARK = "secret"


class InstanceFails(PlanAtlasError):
    """The folder for accounts and keys cannot be made or read."""

    code = "instance_fails"
    zh = "无法建立或读取存放账户和密钥的目录（{why}）。请检查权限，或用设置 instance 指定另一个目录。"
    en = (
        "The folder for accounts and keys cannot be made or read ({why}). Check permissions, or name another in "
        "the setting instance."
    )


def bring_along(old: Path, new: Path) -> bool:
    """Move the folder of an installation from before plans had their own; whether there was one.

    Nothing happens when the plan has its own already. Across disks it is copied whole before the old one goes.

    Raises
    ------
    InstanceFails
        It cannot be moved; the old one is as it was.
    """
    if not (old / _MARK).is_file() or old.resolve() == new.resolve() or (new.is_dir() and any(new.iterdir())):
        return False
    part = new.with_name(f".{new.name}-{secrets.token_hex(4)}")
    try:
        if new.is_dir():
            new.rmdir()  # only when there is nothing in it
        try:
            old.rename(new)
        except OSError:
            shutil.copytree(old, part)
            os.sync()
            part.rename(new)
            shutil.rmtree(old)
        new.chmod(0o700)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise InstanceFails(why=error.strerror or "I/O") from error
    return True


def make_instance(folder: Path) -> Path:
    """Make the folder for its owner alone, with a note to git that nothing in it is anybody else's.

    Raises
    ------
    InstanceFails
        It cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ignored = folder / ".gitignore"
        if not ignored.is_file():
            with contextlib.suppress(OSError):
                ignored.write_text("*\n", "ascii")
    except OSError as error:
        raise InstanceFails(why=error.strerror or "I/O") from error
    return folder


def instance_of(settings: Settings, root: Path) -> Path:
    """Return the folder of a plan's accounts, keys and figures: the one that was set, else within the plan's own.

    Parameters
    ----------
    settings
        ``instance`` and ``data``.
    root
        The checkout, which relative folders are taken from.
    """
    return root / (settings.path("instance") if settings.text("instance") else settings.path("data") / FOLDER)
