"""One archive that installs without a network: `python run.py bundle`, which runs this inside `.venv`.

The archive holds the tracked files, the Python packages as wheels, the front-end files that pages load with
their licences, and pip. Unpacked on the other machine, `python run.py` finds `bundle/wheels` and asks no network.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from setup.checkout import Checkout, this_checkout
from setup.failures import setup_failure
from setup.frontend import asset_entries
from setup.process import call
from setup.speech import SetupError, Speech
from setup.targets import BundleTarget, here_target, named_target, requirements_for

# An archive of the same content has the same bytes: no entry carries the time of its making.
ENTRY_TIME = (1980, 1, 1, 0, 0, 0)


def main(arguments: Sequence[str]) -> int:
    """Write the archive and print its path."""
    speech, checkout = Speech(), this_checkout()
    options = _parser().parse_args(arguments)
    try:
        targets = _targets(options)
        with tempfile.TemporaryDirectory(prefix="planatlas-bundle-") as folder:
            wheels = Path(folder) / "wheels"
            wheels.mkdir()
            for target in targets:
                with speech.step(en=f"Python packages for {target.label}", zh=f"下载 {target.label} 的 Python 包"):
                    fetch_wheels(checkout, target, wheels=wheels)
            fetch_pip(wheels)
            written = Path(options.output).resolve() if options.output else _default_path(checkout, targets)
            with speech.step(en=f"Writing {written.name}", zh=f"写入 {written.name}"):
                write_archive(checkout, targets, wheels=wheels, archive=written)
    except SetupError as problem:
        speech.say(en=problem.en, zh=problem.zh)
        return 2
    size_mb = written.stat().st_size / 1e6
    speech.say(
        en=f"{written} ({size_mb:.0f} MB): copy it, unpack it, run `python run.py` in its folder.",
        zh=f"{written}（{size_mb:.0f} MB）：复制到目标机器，解压后在文件夹中运行 `python run.py`。",
    )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python run.py bundle", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--platform",
        help="wheel tag of the other machine: win_amd64, macosx_14_0_arm64 ... (default: this machine)",
    )
    parser.add_argument(
        "--python-version",
        action="append",
        metavar="3.N",
        help="Python of the other machine; may be given several times (default: the one of .venv)",
    )
    parser.add_argument("--output", help="path of the archive (default: dist/planatlas-...zip)")
    return parser


def _targets(options: argparse.Namespace) -> list[BundleTarget]:
    versions = options.python_version or [f"{sys.version_info[0]}.{sys.version_info[1]}"]
    if options.platform is None:
        return [here_target(version) for version in versions]
    return [named_target(options.platform, version) for version in versions]


def _default_path(checkout: Checkout, targets: Sequence[BundleTarget]) -> Path:
    versions = "-".join("py" + target.python.replace(".", "") for target in targets)
    return checkout.root / "dist" / f"planatlas-{checkout.version}-{targets[0].system}-{versions}.zip"


def fetch_wheels(checkout: Checkout, target: BundleTarget, *, wheels: Path) -> None:
    """Download the pinned packages of requirements.txt for a target, their sums checked.

    Raises
    ------
    SetupError
        No network, or a package has no wheel for the target.
    """
    wanted = wheels.parent / f"requirements-{target.label}.txt"
    text = (checkout.root / "requirements.txt").read_text(encoding="utf-8")
    wanted.write_text(requirements_for(text, target), encoding="utf-8")
    outcome = call(
        [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--no-deps",
            "--require-hashes",
            "--only-binary=:all:",
            "--retries=2",
            f"--dest={wheels}",
            f"--requirement={wanted}",
            *target.pip_options(),
        ],
        cwd=checkout.root,
        log=checkout.log,
    )
    if outcome.status != 0:
        raise setup_failure(outcome, log=checkout.log, program="pip", target=target.label)


def fetch_pip(wheels: Path) -> None:
    """Add the pip that Python itself carries: the other machine may have none (Debian without python3-venv)."""
    import ensurepip  # noqa: PLC0415  (Debian's Python may lack it)

    for wheel in (Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl"):
        (wheels / wheel.name).write_bytes(wheel.read_bytes())


def write_archive(checkout: Checkout, targets: Sequence[BundleTarget], *, wheels: Path, archive: Path) -> None:
    """Write the zip whole, or leave what was there.

    Parameters
    ----------
    checkout
        What goes in: the tracked files.
    targets
        The machines it is for.
    wheels
        Folder of the packages fetched.
    archive
        The zip to write.
    """
    archive.parent.mkdir(parents=True, exist_ok=True)
    part = archive.with_name(archive.name + ".part")
    top = f"planatlas-{checkout.version}"
    manifest = {
        "version": checkout.version,
        "targets": [{"python": t.python, "system": t.system} for t in targets],
    }
    try:
        with zipfile.ZipFile(part, "w", compression=zipfile.ZIP_DEFLATED) as zipped:
            for name, path in sorted(_members(checkout, wheels)):
                _add(zipped, f"{top}/{name}", path.read_bytes(), stored=path.suffix == ".whl")
            _add(
                zipped,
                f"{top}/bundle/manifest.json",
                json.dumps(manifest, indent=1).encode() + b"\n",
                stored=False,
            )
        part.replace(archive)
    finally:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()


def _members(checkout: Checkout, wheels: Path) -> Iterator[tuple[str, Path]]:
    for name in tracked_files(checkout):
        yield name, checkout.root / name
    for wheel in wheels.iterdir():
        yield f"bundle/wheels/{wheel.name}", wheel
    for package in {asset.package for asset in asset_entries(checkout)}:
        folder = checkout.node_modules / package
        files = {folder / asset.file for asset in asset_entries(checkout) if asset.package == package}
        for path in {*files, folder / "package.json", *folder.glob("LICENSE*")}:
            yield path.relative_to(checkout.root).as_posix(), path


def tracked_files(checkout: Checkout) -> list[str]:
    """Return the files that git tracks and that are there, as they are in the folder.

    Raises
    ------
    SetupError
        This is no git checkout.
    """
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=checkout.root, capture_output=True, check=True, encoding="utf-8"
        )
    except (OSError, subprocess.CalledProcessError) as problem:
        raise SetupError(
            en="A bundle is made from a git checkout, with git installed; this folder is not one.",
            zh="离线包须在 git 检出的文件夹中制作，并需安装 git；此文件夹不是。",
        ) from problem
    return [name for name in listed.stdout.split("\0") if name and (checkout.root / name).is_file()]


def _add(zipped: zipfile.ZipFile, name: str, body: bytes, *, stored: bool) -> None:
    entry = zipfile.ZipInfo(name, date_time=ENTRY_TIME)
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    zipped.writestr(entry, body)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
