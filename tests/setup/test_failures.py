"""What pip and npm print when something is wrong, as they really print it."""

from pathlib import Path

import pytest

from setup.failures import setup_failure
from setup.process import ProcessResult

LOG = Path("anywhere/.venv/planatlas/setup.log")


@pytest.mark.parametrize(
    ("output", "english"),
    [
        (
            "WARNING: Retrying (Retry(total=1)) after connection broken by 'NewConnectionError(<urllib3>: "
            "Failed to establish a new connection: [Errno -3] Temporary failure in name resolution)'\n"
            "ERROR: Could not find a version that satisfies the requirement blinker==1.9.0 (from versions: none)\n"
            "ERROR: No matching distribution found for blinker==1.9.0\n",
            "No network",
        ),
        ("npm error code ENOTFOUND\nnpm error network request failed\n", "No network"),
        ("npm error code EAI_AGAIN\n", "No network"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n", "its sum differs"),
        ("npm error code EINTEGRITY\n", "its sum differs"),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n",
            "disk is full",
        ),
        ("ERROR: No matching distribution found for shapely==2.2.0\n", "There is no ready-made shapely==2.2.0"),
        (
            "something\nERROR: a new kind of trouble\nmore\n",
            "pip could not install the packages: ERROR: a new kind",
        ),
    ],
)
def test_one_line_that_says_what_to_do(output, english):
    problem = setup_failure(ProcessResult(status=1, output=output), log=LOG, program="pip")
    assert english in problem.en
    for line in (problem.en, problem.zh):
        assert "\n" not in line
    assert any("一" <= letter <= "鿿" for letter in problem.zh)


def test_a_machine_that_no_bundle_can_be_made_for():
    outcome = ProcessResult(status=1, output="ERROR: No matching distribution found for pyogrio==0.13.0\n")
    problem = setup_failure(outcome, log=LOG, program="pip", target="windows-arm64-py3.11")
    assert problem.en.startswith("There is no ready-made pyogrio==0.13.0 for windows-arm64-py3.11")


def test_the_log_is_named_without_the_machine():
    problem = setup_failure(ProcessResult(status=1, output="odd"), log=LOG, program="pip")
    assert ".venv/planatlas/setup.log" in problem.en
    assert "anywhere" not in problem.en
