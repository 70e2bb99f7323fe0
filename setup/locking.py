"""Pinned sets from the loose ones: what `python run.py lock` does."""

from collections.abc import Sequence
from pathlib import Path

from setup.checkout import Checkout
from setup.failures import setup_failure
from setup.frontend import Node
from setup.process import call
from setup.speech import Speech

# requirements.txt first: the tests' and the database's sets are constrained by it.
LOCKED = (
    "requirements",
    "requirements-postgis",
    "requirements-identity",
    "requirements-verify",
    "requirements-test",
    "requirements-node",
    "requirements-upkeep",
)


def lock_dependencies(checkout: Checkout, arguments: Sequence[str], *, node: Node, speech: Speech) -> int:
    """Remake every requirements*.txt from its .in, for all systems, and package-lock.json from package.json.

    Parameters
    ----------
    checkout, speech
        Where, and who tells.
    arguments
        Go to `uv pip compile`, such as `--upgrade` or `--upgrade-package flask`.
    node
        Whose npm.

    Raises
    ------
    SetupError
        A set cannot be resolved, or there is no network.
    """
    command: list[str | Path] = [
        checkout.python,
        "-m",
        "uv",
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--generate-hashes",
    ]
    command += ["--no-emit-index-url", "--python-version=3.11", *arguments]
    for name in LOCKED:
        with speech.step(en=f"{name}.txt", zh=f"{name}.txt"):
            made = call(
                [*command, f"{name}.in", f"--output-file={name}.txt"],
                cwd=checkout.root,
                log=checkout.log,
                extra={"UV_CUSTOM_COMPILE_COMMAND": "python run.py lock"},
            )
            if made.status != 0:
                raise setup_failure(made, log=checkout.log, program="uv")
    with speech.step(en="package-lock.json", zh="package-lock.json"):
        options = [
            "--package-lock-only",
            "--ignore-scripts",
            "--omit-lockfile-registry-resolved=true",
            "--no-audit",
        ]
        made = call([*node.npm, "install", *options], cwd=checkout.root, log=checkout.log)
        if made.status != 0:
            raise setup_failure(made, log=checkout.log, program="npm")
    return 0
