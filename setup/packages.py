"""The Python side of set-up: `.venv`, and the hash-pinned packages in it."""

import json
import platform
import sys
from importlib.util import find_spec
from pathlib import Path

from setup.checkout import Checkout, text_sum
from setup.failures import DEBIAN, setup_failure
from setup.process import call
from setup.speech import SetupError, Speech

MINIMUM = (3, 11)


def venv_version(checkout: Checkout) -> tuple[int, int] | None:
    """Return the Python version of `.venv`, or None when it is missing or does not run."""
    if not checkout.python.exists():
        return None
    try:
        answer = call([checkout.python, "-c", "import sys; print(*sys.version_info[:2])"], cwd=checkout.root)
    except OSError:
        return None
    words = answer.output.split()
    return (int(words[0]), int(words[1])) if answer.status == 0 and len(words) == 2 else None


def pip_command(checkout: Checkout) -> list[str | Path]:
    """Return the pip to use: the environment's, a bundle's, or that of the Python that runs set-up.

    Debian and Ubuntu ship Python without ensurepip; then the environment has no pip of its own.

    Raises
    ------
    SetupError
        There is none of the three.
    """
    if call([checkout.python, "-c", "import pip"], cwd=checkout.root).status == 0:
        return [checkout.python, "-m", "pip"]
    for wheel in sorted(checkout.wheels.glob("pip-*.whl")):
        return [checkout.python, wheel / "pip"]
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "--python", checkout.python]
    raise SetupError(
        en=f"This Python has no pip: install it ({DEBIAN}), then run this again.",
        zh=f"此 Python 没有 pip：请先安装（{DEBIAN}），然后重新运行。",
    )


def ensure_venv(checkout: Checkout, *, speech: Speech) -> None:
    """Make `.venv` unless there is one that runs.

    Raises
    ------
    SetupError
        This Python cannot make environments, or the folder cannot be written.
    """
    found = venv_version(checkout)
    if found is not None and found >= MINIMUM:
        return
    check_manifest(checkout)
    if find_spec("venv") is None:
        raise SetupError(
            en=f"This Python has no venv module: install it ({DEBIAN}), then run this again.",
            zh=f"此 Python 没有 venv 模块：请先安装（{DEBIAN}），然后重新运行。",
        )
    with speech.step(
        en=f"Python {platform.python_version()} environment in .venv",
        zh=f"在 .venv 中建立 Python {platform.python_version()} 环境",
    ):
        # --clear: an environment that was left half made is replaced whole.
        make: list[str | Path] = [sys.executable, "-m", "venv", "--clear", checkout.venv]
        made = call(make, cwd=checkout.root)
        if made.status != 0:
            # Debian's Python has venv but no ensurepip: pip_command finds another pip.
            made = call([*make, "--without-pip"], cwd=checkout.root)
        if made.status != 0:
            raise SetupError(
                en=f"Could not make .venv: {made.last_words}",
                zh=f"无法建立 .venv：{made.last_words}",
            )


def is_installed(checkout: Checkout, requirements: str) -> bool:
    """Tell whether `.venv` holds exactly what a requirements file names, by its stamp."""
    stamp = checkout.stamps / requirements
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == text_sum(checkout.root / requirements)


def ensure_packages(checkout: Checkout, requirements: str, *, speech: Speech) -> None:
    """Install a hash-pinned requirements file into `.venv` unless its stamp says that it is there.

    A bundle's wheels are used where there are any, and then nothing else is.

    Raises
    ------
    SetupError
        No network, no room, a package for this system is missing, or a sum differs.
    """
    if is_installed(checkout, requirements):
        return
    # A bundle carries what the service needs; who wants to run its tests needs a network.
    offline = checkout.wheels.is_dir() and requirements == "requirements.txt"
    if offline:
        check_manifest(checkout)
    stamp = checkout.stamps / requirements
    stamp.unlink(missing_ok=True)
    with speech.step(en=f"Python packages of {requirements}", zh=f"安装 {requirements} 中的 Python 包"):
        outcome = call(
            [
                *pip_command(checkout),
                "install",
                "--require-hashes",
                "--only-binary=:all:",
                "--retries=2",
                *(["--no-index", f"--find-links={checkout.wheels}"] if offline else []),
                "--requirement",
                checkout.root / requirements,
            ],
            cwd=checkout.root,
            log=checkout.log,
            on_line=lambda line: speech.detail(line.split(" --hash")[0].strip()),
        )
        if outcome.status != 0:
            raise setup_failure(outcome, log=checkout.log, program="pip")
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(text_sum(checkout.root / requirements), encoding="utf-8")


def check_manifest(checkout: Checkout) -> None:
    """Compare the system that a bundle was made for with this one.

    Raises
    ------
    SetupError
        The bundle holds no packages for this system.
    """
    if not checkout.manifest.is_file():
        return
    targets = json.loads(checkout.manifest.read_text(encoding="utf-8"))["targets"]
    version = venv_version(checkout) or sys.version_info[:2]
    mine = {"python": f"{version[0]}.{version[1]}", "system": system_name()}
    if mine not in targets:
        made_for = ", ".join(f"Python {target['python']} {target['system']}" for target in targets)
        this, option = f"Python {mine['python']} {mine['system']}", f"--python-version {mine['python']}"
        raise SetupError(
            en=f"This bundle was made for {made_for}; this is {this}. Use such a Python (delete .venv first), "
            f"or make a bundle for this one: python run.py bundle {option}",
            zh=f"此离线包适用于 {made_for}；本机是 {this}。请改用相应的 Python（先删除 .venv），"
            f"或为本机另做一个：python run.py bundle {option}",
        )


def system_name() -> str:
    """Return what bundles call this kind of machine: linux-x86_64, macos-arm64, windows-amd64 ..."""
    names = {"linux": "linux", "darwin": "macos", "win32": "windows"}
    return f"{names.get(sys.platform, sys.platform)}-{platform.machine().lower()}"
