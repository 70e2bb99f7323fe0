"""What the repository promises about other people's work: pinned, hashed, licensed, explained, and not in it."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from setup.checkout import Checkout
from setup.frontend import asset_entries, changed_assets, missing_assets

ROOT = Path(__file__).parents[2]
SETS = (
    "requirements",
    "requirements-postgis",
    "requirements-identity",
    "requirements-verify",
    "requirements-test",
    "requirements-node",
    "requirements-upkeep",
)
LICENCES = {"MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "0BSD", "Unlicense"}
TESTS_ONLY = {"MPL-2.0"}  # of what no page and no bundle holds
MISSPELT = {"BDS-3-Clause": "BSD-3-Clause"}  # as splaytree-ts spells it in its package file
# Written in parts, because no tracked file may hold them whole.
HOSTS = ("registry.npmjs" + ".org", "pypi" + ".org", "files.pythonhosted" + ".org", "deb.debian" + ".org")
MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home)/")


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_nothing_of_an_installation_is_in_it() -> None:
    """Keys, accounts and figures lie with a plan that runs; a repository that holds them hands them to everybody."""
    own = {"secret", "accounts.sqlite", "views.sqlite", "instance"}
    assert not [path for path in tracked() if own & set(path.relative_to(ROOT).parts)]


def wanted(name: str) -> list[Requirement]:
    lines = (ROOT / f"{name}.in").read_text("utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-c"))]


def pinned(name: str) -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = {}
    for package, version in re.findall(
        r"^([a-z0-9.-]+)==([^ ]+)", (ROOT / f"{name}.txt").read_text("utf-8"), re.M
    ):
        found.setdefault(package, []).append(Version(version))
    return found


@pytest.mark.parametrize("name", SETS)
def test_the_pinned_set_is_that_of_the_loose_one(name):
    versions = pinned(name)
    for requirement in wanted(name):
        assert requirement.name in versions, f"{requirement.name}: run `python run.py lock`"
        assert all(version in requirement.specifier for version in versions[requirement.name]), requirement


@pytest.mark.parametrize("name", SETS)
def test_every_pin_has_hashes(name):
    text = (ROOT / f"{name}.txt").read_text("utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", text)[1:] if text.startswith("#") else re.split(r"\n(?=[a-z0-9])", text)
    assert blocks
    for block in blocks:
        head = block.splitlines()[0]
        assert re.match(r"[a-z0-9.-]+==[^ ]+( ; [^\\]+)? \\$", head), head
        assert re.search(r"^    --hash=sha256:[0-9a-f]{64}", block, re.M), head


def test_the_tests_run_on_the_versions_of_the_service():
    service, tests = pinned("requirements"), pinned("requirements-test")
    assert {name: tests[name] for name in service.keys() & tests.keys()} == {
        name: service[name] for name in service.keys() & tests.keys()
    }


def test_every_python_gets_the_same_versions():
    several = {name: versions for name, versions in pinned("requirements").items() if len(versions) > 1}
    assert several == {}


def test_folium_and_branca_are_exact():
    exact = {r.name: str(r.specifier) for r in wanted("requirements") if r.name in ("folium", "branca")}
    assert exact == {"branca": "==0.8.2", "folium": "==0.20.0"}


def test_front_end_versions_are_exact_and_locked():
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    for kind in ("dependencies", "devDependencies"):
        assert lock[""][kind] == package[kind]
        for name, version in package[kind].items():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
            assert lock[f"node_modules/{name}"]["version"] == version


def test_every_front_end_package_has_a_sum_a_licence_and_no_address():
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    for name, entry in lock.items():
        if name:
            assert entry["integrity"].startswith("sha512-"), name
            taken = LICENCES | (TESTS_ONLY if entry.get("dev") else set())
            assert MISSPELT.get(entry["license"], entry["license"]) in taken, name
            assert "resolved" not in entry, name
            assert not entry.get("hasInstallScript"), name


def test_served_files_are_of_the_locked_packages():
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    for asset in asset_entries(Checkout(ROOT)):
        entry = lock[f"node_modules/{asset.package}"]
        assert (asset.version, asset.licence) == (entry["version"], entry["license"]), asset.name
        assert re.fullmatch(r"[0-9a-f]{64}", asset.sha256), asset.name
        assert not entry.get("dev"), asset.name


def test_the_installed_files_are_the_checked_ones():
    checkout = Checkout(ROOT)
    assert missing_assets(checkout) == []
    assert changed_assets(checkout) == []


def test_every_dependency_has_its_reason():
    text = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    names = [requirement.name for name in SETS for requirement in wanted(name)]
    names += [*package["dependencies"], *package["devDependencies"]]
    explained = set(re.findall(r"^\| `([^`]+)` \|", text, re.M))
    assert explained == set(names)


def test_no_registry_host_and_no_machine_path_in_any_file():
    for path in tracked():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        found = [host for host in HOSTS if host in text]
        assert not found, f"{path.relative_to(ROOT)}: {found}"
        if path.name != "test_repository.py":
            assert not MACHINE.search(text), f"{path.relative_to(ROOT)}: a path of one machine"


def test_nothing_of_other_people_is_tracked():
    names = [path.relative_to(ROOT).as_posix() for path in tracked()]
    assert not [
        name for name in names if re.search(r"(^|/)(node_modules|\.venv|dist|bundle)/|\.(whl|min\.js)$", name)
    ]


def test_both_readmes_say_the_same():
    english, chinese = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh.md"))
    for pattern in (r"^#+ ", r"^- \*\*", r"^!\[", r"`[^`\n]+`"):
        assert len(re.findall(pattern, english, re.M)) == len(re.findall(pattern, chinese, re.M)), pattern
    commands = r"^python run\.py(?: \w+)?(?: --\S+ \S+)*"
    assert re.findall(commands, english, re.M) == re.findall(commands, chinese, re.M)


@pytest.mark.parametrize("name", ["README.md", "README.zh.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_every_page_that_is_linked_is_there(name):
    text = (ROOT / name).read_text("utf-8")
    links = re.findall(r"(?<!!)\[[^\]]+\]\((?!https?:|#)([^)#]+)", text)
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_one_version_everywhere():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert json.loads((ROOT / "package.json").read_text("utf-8"))["version"] == version
    assert json.loads((ROOT / "package-lock.json").read_text("utf-8"))["version"] == version
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")
