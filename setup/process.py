"""Programs that set-up calls: their output goes to the log, and a failure becomes one line."""

import os
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

DROPPED = {
    "PYTHONHOME",
    "PYTHONPATH",
    "__PYVENV_LAUNCHER__",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_USER",
    # Some images set it; compiling all modules anew costs every start a second of processor time.
    "PYTHONDONTWRITEBYTECODE",
}
# UTF-8 whatever the system's code page, so that Chinese names print and read the same everywhere.
ADDED = {"PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}


@dataclass(frozen=True)
class ProcessResult:
    """How a program ended, and everything that it printed."""

    status: int
    output: str

    @property
    def last_words(self) -> str:
        """The last line that looks like an error, else the last line."""
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        lines = [line for line in lines if "A complete log of this run" not in line]
        errors = [line for line in lines if re.match(r"(npm )?(error|ERR!|\w*Error\b)", line, re.IGNORECASE)]
        return (errors or lines or [f"status {self.status}"])[-1][:300]


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without what would steer Python or pip away from .venv, or slow them."""
    kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
    return kept | ADDED | dict(extra or {})


def call(
    command: Sequence[str | Path],
    *,
    cwd: Path,
    log: Path | None = None,
    on_line: Callable[[str], None] | None = None,
    extra: Mapping[str, str] | None = None,
) -> ProcessResult:
    """Run a program to its end, keeping what it prints.

    Parameters
    ----------
    command
        Program and arguments; never through a shell.
    cwd
        Where it runs.
    log
        Gets the output as well, replacing the last.
    on_line
        Called with each line as it comes.
    extra
        Environment variables to add.
    """
    lines: list[str] = []
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=clean_environment(extra),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            lines.append(line)
            if on_line is not None:
                on_line(line.rstrip())
    output = "".join(lines)
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(output, encoding="utf-8")
    return ProcessResult(status=running.returncode, output=output)
