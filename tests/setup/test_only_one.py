import io
import subprocess
import sys
import threading
from pathlib import Path

from setup.only_one import only_one
from setup.speech import Speech
from tests.waiting import LONGEST_S, until

ROOT = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from setup.only_one import only_one
from setup.speech import Speech
with only_one(Path(sys.argv[1]), speech=Speech(language="en")):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_set_up_waits_and_a_killed_one_frees_the_lock(tmp_path):
    lock = tmp_path / "lock"
    stream = io.StringIO()
    entered = threading.Event()

    def enter():
        with only_one(lock, speech=Speech(language="en", stream=stream), poll_s=0.01):
            entered.set()

    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        waiter = threading.Thread(target=enter)
        waiter.start()
        until(lambda: "another set-up is running" in stream.getvalue())
        assert not entered.wait(0.3)
        holder.kill()
        assert entered.wait(LONGEST_S)
        waiter.join()
    assert stream.getvalue().count("\n") == 1
