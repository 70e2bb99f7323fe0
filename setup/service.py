"""The default verb: set up, then become the service."""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from setup.address import check_address
from setup.checkout import Checkout
from setup.process import clean_environment
from setup.speech import SetupError


def parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Read what set-up itself must know; the rest is for the service's own command line."""
    parser = argparse.ArgumentParser(prog="python run.py", allow_abbrev=False)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
    parser.add_argument("--data", help="folder with the plan's data (default: data)")
    return parser.parse_known_args(arguments)


def serve(checkout: Checkout, arguments: Sequence[str], *, set_up: Callable[[], None]) -> int:
    """Check the address, set up, and run `python -m webapp.cli serve` in this process's place.

    Raises
    ------
    SetupError
        The address or the data folder cannot be used, or set-up failed.
    """
    options, others = parse(arguments)
    check_address(options.host, options.port)
    data = _data_folder(options.data)
    set_up()
    command = [str(checkout.python), "-m", "webapp.cli", "serve", "--host", options.host]
    command += ["--port", str(options.port), *(["--data", str(data)] if data else []), *others]
    # Set-up may have taken minutes.
    check_address(options.host, options.port)
    if os.name == "nt":
        return subprocess.run(command, cwd=checkout.root, env=clean_environment(), check=False).returncode
    sys.stdout.flush()
    sys.stderr.flush()
    os.chdir(checkout.root)
    os.execve(command[0], command, clean_environment())  # noqa: S606  (no shell: this process becomes the service)


def _data_folder(given: str | None) -> Path | None:
    """Return the folder named on the command line, as seen from where the command was typed."""
    if given is None:
        return None
    folder = Path(given).resolve()
    if not (folder / "catalog.toml").is_file():
        raise SetupError(
            en=f"--data {given}: this folder has no catalog.toml; give a folder made like data/.",
            zh=f"--data {given}：该文件夹中没有 catalog.toml；请指定与 data/ 结构相同的文件夹。",
        )
    return folder
