"""A PostgreSQL server of one's own: a fresh folder, a Unix socket, no TCP; stopped and removed afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

USER = "planatlas"
MISSING = "PostgreSQL with PostGIS is not installed (Debian: apt install postgresql postgis)"


def binaries() -> Path | None:
    """Return the folder of the programs of a PostgreSQL that has PostGIS, or None when there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    versions = [path.parent for path in found if _extension(path.parent.parent.name).is_file()]
    return versions[-1] if versions else None


def _extension(version: str) -> Path:
    return Path(f"/usr/share/postgresql/{version}/extension/postgis.control")


class Server:
    """A running server with PostGIS in its database ``postgres``.

    Parameters
    ----------
    prefix
        Of its folder's name, in the system's folder for passing files.
    settings
        ``name=value`` each.
    """

    def __init__(self, prefix: str, settings: Sequence[str]) -> None:
        programs = binaries()
        if programs is None:
            raise FileNotFoundError(MISSING)
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix=prefix))
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.user:
            shutil.chown(self.folder, "postgres")
        self.data = self.folder / "data"
        self._run("initdb", "-D", str(self.data), "-A", "trust", "-U", USER, "-N", "-E", "UTF8", "--locale=C")
        wanted = [*settings, "listen_addresses="]
        options = " ".join(f"-c {setting}" for setting in wanted) + f" -k {self.folder}"
        self._run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.folder / "log"), "-o", options, "start")
        self.sql("create extension postgis")

    @property
    def address(self) -> str:
        """Its address as a URL."""
        return f"postgresql://{USER}@{quote(str(self.folder), safe='')}/postgres"

    def _run(self, program: str, *options: str) -> None:
        command = [*self.user, str(self.programs / program), *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def sql(self, text: str, *, stdin: object = None) -> str:
        """Run SQL and return what it prints; what fails says why in the last line of its traceback."""
        command = [str(self.programs / "psql"), "-h", str(self.folder), "-U", USER, "-d", "postgres", "-qAtX"]
        command += ["-v", "ON_ERROR_STOP=1", "-c", text]
        try:
            done = subprocess.run(command, check=True, text=True, stdin=stdin, capture_output=True)
        except subprocess.CalledProcessError as error:
            error.add_note((error.stderr or "it said nothing").strip().split("\n")[0])
            raise
        return done.stdout.strip()

    def close(self) -> None:
        """Stop the server and remove its folder."""
        self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")
        shutil.rmtree(self.folder)
