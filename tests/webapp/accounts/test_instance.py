"""Two plans on one installation share nothing; what lay with the installation comes along with its plan."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from layers.library.backup import back_up
from tests.small_plan import write_plan
from tests.waiting import LONGEST_S
from webapp import create_app
from webapp.cli.main import main
from webapp.http.access import Keyring
from webapp.instance import bring_along
from webapp.settings import read_settings
from webapp.state import state_of

pytestmark = pytest.mark.slow


def app_of(folder: Path):
    return create_app(read_settings({}, {"data": str(folder)}))


def test_two_plans_share_no_account_no_key_and_no_figure(tmp_path: Path) -> None:
    one, other = (app_of(write_plan(tmp_path / name)) for name in ("a", "b"))
    first, second = (state_of(app) for app in (one, other))
    first.accounts.follow(first.accounts.link("first", "administrator"), "li", "a long enough pass phrase 7")
    assert second.accounts.empty
    assert first.keyring.keys() != second.keyring.keys()
    token = first.accounts.issue(first.keyring, ("layers:write",), days=1)[1]
    bearer = {"Authorization": f"Bearer {token}"}
    assert one.test_client().post("/api/layers/zones/undo", headers=bearer).status_code == 409
    assert other.test_client().post("/api/layers/zones/undo", headers=bearer).status_code == 401
    for name in ("a", "b"):
        own = tmp_path / name / "instance"
        assert stat.S_IMODE(own.stat().st_mode) == 0o700
        assert (own / "secret").is_file()
    assert first.shelf.folder != second.shelf.folder


def test_what_lay_with_the_installation_comes_along_once(tmp_path: Path) -> None:
    old, new = tmp_path / "instance", tmp_path / "plan" / "instance"
    keys = Keyring(old).keys()
    (old / "figures").mkdir()
    (old / "figures" / "0123456789abcdef.json").write_text("{}")
    (tmp_path / "plan").mkdir()
    assert bring_along(old, new)
    assert Keyring(new).keys() == keys
    assert (new / "figures" / "0123456789abcdef.json").is_file()
    assert not old.exists()
    Keyring(old)
    assert not bring_along(old, new), "a plan that has its own keeps it"
    assert Keyring(new).keys() == keys


def test_a_backup_holds_nothing_of_it(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "plan")
    key = state_of(app_of(folder)).keyring.keys()[0]
    back_up(folder, tmp_path / "b.zip")
    import zipfile

    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert not [name for name in archive.namelist() if "instance" in name]
        assert all(key.encode() not in archive.read(name) for name in archive.namelist())


def test_the_second_start_leaves_the_first_link_as_it_was(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "plan")

    def started() -> str:
        code = "import sys; from webapp.cli.main import main; sys.exit(main())"
        process = subprocess.Popen(
            [sys.executable, "-c", code, "serve", "--data", str(folder), "--port", "0"],
            stdout=subprocess.PIPE,
            text=True,
        )
        lines = []
        assert process.stdout
        for line in process.stdout:
            lines.append(line)
            if "/welcome/" in line or "administrator-link" in line:
                break
        process.terminate()
        process.wait(LONGEST_S)
        process.stdout.close()
        return "".join(lines)

    key = re.search(r"/welcome/([\w-]+)", started())
    assert key
    again = started()
    assert "/welcome/" not in again
    assert app_of(folder).test_client().get(f"/welcome/{key.group(1)}").status_code == 200


def test_a_new_link_is_made_when_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_plan(tmp_path / "plan")
    keys = []
    for _ in range(2):
        assert main(["administrator-link", "--data", str(folder)]) == 0
        keys.append(re.search(r"/welcome/([\w-]+)", capsys.readouterr().out)[1])
    client = app_of(folder).test_client()
    assert [client.get(f"/welcome/{key}").status_code for key in keys] == [404, 200]
