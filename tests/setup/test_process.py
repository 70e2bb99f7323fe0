"""The environment that set-up's programs, the service and the tests get."""

import pytest

from setup.process import clean_environment


def test_what_steers_python_elsewhere_or_makes_every_start_slow_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PLANATLAS_LANGUAGE", "en")
    kept = clean_environment({"EXTRA": "yes"})
    assert not {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"} & set(kept)
    assert (kept["PLANATLAS_LANGUAGE"], kept["EXTRA"], kept["PYTHONUTF8"]) == ("en", "yes", "1")
