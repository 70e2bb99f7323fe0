import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from setup.bundle import fetch_pip, tracked_files, write_archive
from setup.speech import SetupError
from setup.targets import here_target, named_target
from tests.setup.conftest import SCRIPT, put_package

OFFLINE = [shutil.which("unshare") or "unshare", "--map-root-user", "--net"]


def git(checkout, *arguments):
    subprocess.run(["git", *arguments], cwd=checkout.root, check=True, capture_output=True)


@pytest.fixture
def complete(checkout):
    """A checkout with git, front-end files, and a file that git does not track."""
    put_package(checkout, "leaflet", "1.9.4", {"dist/leaflet.js": SCRIPT, "dist/leaflet-src.js": b"not needed"})
    (checkout.root / ".gitignore").write_text("node_modules/\n")
    (checkout.root / "规划.geojson").write_text("{}")
    git(checkout, "init", "-q")
    git(checkout, "add", ".")
    (checkout.root / "secret").write_text("not tracked")
    return checkout


@pytest.fixture
def wheels(tmp_path):
    folder = tmp_path / "wheels"
    folder.mkdir()
    (folder / "flask-3.1.3-py3-none-any.whl").write_bytes(b"wheel")
    return folder


def test_what_is_in_it(complete, wheels, tmp_path):
    archive = tmp_path / "out" / "bundle.zip"
    write_archive(complete, [here_target("3.11")], wheels=wheels, archive=archive)
    with zipfile.ZipFile(archive) as zipped:
        assert zipped.testzip() is None
        names = set(zipped.namelist())
        manifest = json.loads(zipped.read("planatlas-0.1.0/bundle/manifest.json"))
    assert {name.removeprefix("planatlas-0.1.0/") for name in names} == {
        ".gitignore",
        "bundle/manifest.json",
        "bundle/wheels/flask-3.1.3-py3-none-any.whl",
        "node_modules/leaflet/LICENSE",
        "node_modules/leaflet/dist/leaflet.js",
        "node_modules/leaflet/package.json",
        "package.json",
        "pyproject.toml",
        "requirements.txt",
        "webapp/assets.toml",
        "规划.geojson",
    }
    assert manifest == {"version": "0.1.0", "targets": [{"python": "3.11", "system": here_target("3.11").system}]}


def test_the_same_content_gives_the_same_bytes(complete, wheels, tmp_path):
    targets = [named_target("win_amd64", "3.12")]
    for name in ("a.zip", "b.zip"):
        write_archive(complete, targets, wheels=wheels, archive=tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_an_interrupted_archive_leaves_the_old_one(complete, wheels, tmp_path, monkeypatch):
    archive = tmp_path / "bundle.zip"
    archive.write_bytes(b"old")

    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(zipfile.ZipFile, "writestr", stop)
    with pytest.raises(KeyboardInterrupt):
        write_archive(complete, [here_target("3.11")], wheels=wheels, archive=archive)
    assert archive.read_bytes() == b"old"
    assert list(tmp_path.glob("*.part")) == []


def test_a_folder_without_git_says_so(checkout):
    with pytest.raises(SetupError, match="made from a git checkout"):
        tracked_files(checkout)


def test_pip_goes_with_it(wheels):
    fetch_pip(wheels)
    assert len(list(wheels.glob("pip-*.whl"))) == 1


@pytest.mark.slow  # sets up from the archive, as whoever gets it does
@pytest.mark.bundle
def test_the_bundle_installs_and_starts_without_a_network(bundle, tmp_path):
    with zipfile.ZipFile(bundle) as zipped:
        zipped.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    script = Path(__file__).with_name("offline_start.py")
    ran = subprocess.run(
        [*OFFLINE, sys.executable, script, folder], capture_output=True, text=True, check=False, timeout=600
    )
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    assert seen["network"] is False
    assert seen["first"]["answer"], seen["first"]["said"]
    assert seen["second"]["answer"], seen["second"]["said"]
    assert "Python packages" in seen["first"]["said"]
    assert "Python packages" not in seen["second"]["said"]
    assert "npm" not in seen["first"]["said"]
    assert seen["second"]["seconds"] < 10
