"""The machine that a bundle is for: its Python, its wheels, and which pinned packages it needs."""

import re
from dataclasses import dataclass

from packaging.markers import Marker, default_environment

from setup.packages import system_name
from setup.speech import SetupError

# What Python calls each system, by the first word of a wheel tag.
SYSTEMS = {
    "win": ("windows", {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"}),
    "macosx": ("macos", {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"}),
    "manylinux": ("linux", {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}),
}
OLDEST_GLIBC_MINOR = 17
TAG = re.compile(
    r"(?P<family>win|macosx|manylinux)(?:_?(?P<major>\d+)_(?P<minor>\d+))?_(?P<machine>amd64|arm64|x86_64|aarch64)"
)


@dataclass(frozen=True)
class BundleTarget:
    """A kind of machine.

    Attributes
    ----------
    python
        As in "3.11".
    system
        As `setup.packages.system_name` says it on that machine.
    tags
        Wheel tags that it takes; empty for the machine that makes the bundle.
    markers
        What environment markers see there.
    """

    python: str
    system: str
    tags: tuple[str, ...]
    markers: tuple[tuple[str, str], ...]

    @property
    def label(self) -> str:
        """A name for people and files."""
        return f"{self.system}-py{self.python}"

    def pip_options(self) -> list[str]:
        """Return what makes `pip download` choose wheels for this target."""
        chosen = [f"--platform={tag}" for tag in self.tags]
        return [*chosen, "--implementation=cp", f"--python-version={self.python}"]


def here_target(python: str) -> BundleTarget:
    """Return this machine, with one of its Pythons."""
    return BundleTarget(python=_version(python), system=system_name(), tags=(), markers=_python_markers(python))


def named_target(tag: str, python: str) -> BundleTarget:
    """Return the machine that a wheel tag names.

    Raises
    ------
    SetupError
        The tag is of no system that PlanAtlas knows.
    """
    read = TAG.fullmatch(tag)
    if read is None:
        raise SetupError(
            en=f"--platform {tag}: give a wheel tag, as win_amd64, macosx_14_0_arm64 or manylinux_2_28_x86_64.",
            zh=f"--platform {tag}：请填写 wheel 标签，例如 win_amd64、macosx_14_0_arm64、manylinux_2_28_x86_64。",
        )
    name, markers = SYSTEMS[read["family"]]
    machine = "AMD64" if tag == "win_amd64" else read["machine"]
    tags = [tag]
    if read["family"] == "manylinux" and read["minor"] is not None:
        # pip takes a tag at its word here: a machine with a newer C library takes the older wheels too.
        tags = [
            f"manylinux_2_{minor}_{read['machine']}"
            for minor in range(int(read["minor"]), OLDEST_GLIBC_MINOR - 1, -1)
        ]
        tags.append(f"manylinux2014_{read['machine']}")
    return BundleTarget(
        python=_version(python),
        system=f"{name}-{machine.lower()}",
        tags=tuple(tags),
        markers=(*markers.items(), ("platform_machine", machine), *_python_markers(python)),
    )


def requirements_for(text: str, target: BundleTarget) -> str:
    """Keep the lines of a compiled requirements file that a target needs, without their markers.

    pip evaluates markers for the machine that it runs on, so a bundle for Windows made on Linux would lack
    what only Windows needs.
    """
    environment = {key: str(value) for key, value in default_environment().items()} | dict(target.markers)
    kept = []
    for block in re.split(r"\n(?=[A-Za-z0-9])", "\n" + text):
        head, *hashes = [line.strip().rstrip("\\").strip() for line in block.splitlines() if line.strip()] or [""]
        pin, _, marker = head.partition(" ; ")
        if "==" not in pin or (marker and not Marker(marker).evaluate(environment)):
            continue
        sums = [line for line in hashes if line.startswith("--hash=")]
        kept.append(" \\\n    ".join([pin, *sums]))
    return "\n".join(kept) + "\n"


def _version(python: str) -> str:
    if re.fullmatch(r"3\.1[1-9]", python) is None:
        raise SetupError(
            en=f"--python-version {python}: give 3.11 or newer, as in 3.12.",
            zh=f"--python-version {python}：请填写 3.11 或更高版本，例如 3.12。",
        )
    return python


def _python_markers(python: str) -> tuple[tuple[str, str], ...]:
    return (
        ("python_version", python),
        ("python_full_version", f"{python}.0"),
        ("implementation_name", "cpython"),
        ("platform_python_implementation", "CPython"),
    )
