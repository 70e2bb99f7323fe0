"""Start an unpacked bundle twice on a machine without a network; run in a network namespace of its own.

    unshare --map-root-user --net python offline_start.py FOLDER

Prints a JSON object: network (reachable or not), seconds to the first and to the second answer of /healthz,
both answers, and what set-up printed.
"""

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

SET_INTERFACE_FLAGS, UP_AND_RUNNING = 0x8914, 0x1 | 0x40
LONGEST_START_S = 240


def loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SET_INTERFACE_FLAGS, struct.pack("16sh22x", b"lo", UP_AND_RUNNING))


def network_reachable() -> bool:
    """Tell whether there is a way out; 192.0.2.1 is an address that is nobody's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return False
        return True


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def start(folder: Path) -> dict[str, object]:
    port = free_port()
    # No program but Python is found, and no pip settings of this machine apply.
    environment = {"PATH": "", "HOME": str(folder), "PIP_CONFIG_FILE": os.devnull, "LANG": "C"}
    began = time.monotonic()
    with (folder / "start.log").open("w+") as log:
        command = [sys.executable, "run.py", "--port", str(port)]
        service = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        answer = ""
        try:
            while not answer and service.poll() is None and time.monotonic() - began < LONGEST_START_S:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60) as response:
                        answer = response.read().decode()
                except (urllib.error.URLError, ConnectionError):
                    time.sleep(0.05)
            seconds = time.monotonic() - began
        finally:
            service.terminate()
            service.wait(LONGEST_START_S)
        log.seek(0)
        return {"seconds": round(seconds, 1), "answer": answer, "said": log.read()}


if __name__ == "__main__":
    loopback_up()
    where = Path(sys.argv[1])
    json.dump({"network": network_reachable(), "first": start(where), "second": start(where)}, sys.stdout)
