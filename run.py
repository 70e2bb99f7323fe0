"""The front door of PlanAtlas: `python run.py` serves, `python run.py help` lists the rest.

Plain enough for any Python from 2.7 on to read, so that an old one can say what it lacks. All work is in
`setup`, which needs Python 3.11 and the standard library only.
"""

import shutil
import sys

if sys.version_info < (3, 11):  # noqa: UP036  (the one file that old Pythons read)
    newer = [
        name
        for name in ("python3.14", "python3.13", "python3.12", "python3.11")
        if hasattr(shutil, "which") and shutil.which(name)
    ]
    sys.stderr.write(
        "PlanAtlas needs Python 3.11 or newer, and this is Python %d.%d: %s\n"  # noqa: UP031
        % (
            sys.version_info[0],
            sys.version_info[1],
            "this machine has one, run: %s run.py" % newer[0]  # noqa: UP031
            if newer
            else "install one (from python.org, or your system's packages) and run this again with it.",
        )
    )
    sys.exit(2)

from setup.verbs import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
