import io

import pytest

from setup.speech import Speech, chosen_language


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


class OldConsole(io.TextIOWrapper):
    def __init__(self):
        self.held = io.BytesIO()
        super().__init__(self.held, encoding="ascii")

    def text(self):
        return self.held.getvalue().decode("ascii")


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"PLANATLAS_LANGUAGE": "zh", "LC_ALL": "en_US"}, "zh"),
    ],
)
def test_language(environ, language):
    assert chosen_language(environ) == language


def test_a_step_is_one_line_with_seconds():
    stream = io.StringIO()
    speech = Speech(language="en", stream=stream)
    with speech.step(en="Work", zh="工作"):
        speech.detail("passing")
    assert stream.getvalue().startswith("  Work ... 0.")
    assert stream.getvalue().endswith(" s\n")
    assert "passing" not in stream.getvalue()


def test_details_pass_on_a_terminal_and_leave_nothing_behind():
    stream = Terminal()
    speech = Speech(language="zh", stream=stream)
    with speech.step(en="Work", zh="工作"):
        speech.detail("Collecting something long")
    last = stream.getvalue().split("\r")[-1]
    assert last.startswith("  工作 ... 0.")
    assert len(last.rstrip("\n")) >= len("  工作 ... Collecting something long")


def test_a_failing_step_ends_its_line():
    stream = io.StringIO()
    with pytest.raises(KeyboardInterrupt), Speech(language="en", stream=stream).step(en="Work", zh="工作"):
        raise KeyboardInterrupt
    assert stream.getvalue() == "  Work ... \n"


def test_a_console_without_chinese_still_gets_a_line():
    stream = OldConsole()
    Speech(language="zh", stream=stream).say(en="port", zh="端口 8000")
    assert stream.text() == "?? 8000\n"
