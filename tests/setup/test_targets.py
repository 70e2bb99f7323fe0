import pytest

from setup.speech import SetupError
from setup.targets import here_target, named_target, requirements_for

PINS = """# made by a machine
click==8.5.1 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via flask
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:cc
    # via click
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:dd
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:ee
"""


def test_windows_gets_what_only_windows_needs():
    kept = requirements_for(PINS, named_target("win_amd64", "3.12"))
    assert kept == (
        "click==8.5.1 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
        "colorama==0.4.6 \\\n    --hash=sha256:cc\n"
        "numpy==2.5.5 \\\n    --hash=sha256:ee\n"
    )


def test_linux_does_not():
    kept = requirements_for(PINS, named_target("manylinux_2_28_x86_64", "3.11"))
    assert "colorama" not in kept
    assert "numpy==2.4.6" in kept
    assert "numpy==2.5.5" not in kept


@pytest.mark.parametrize(
    ("tag", "system"),
    [
        ("win_amd64", "windows-amd64"),
        ("win_arm64", "windows-arm64"),
        ("macosx_14_0_arm64", "macos-arm64"),
        ("macosx_11_0_x86_64", "macos-x86_64"),
        ("manylinux_2_28_aarch64", "linux-aarch64"),
        ("manylinux2014_x86_64", None),
        ("plan9_mips", None),
        ("win_amd64; rm", None),
    ],
)
def test_systems(tag, system):
    if system is None:
        with pytest.raises(SetupError, match="give a wheel tag"):
            named_target(tag, "3.11")
    else:
        assert named_target(tag, "3.11").system == system


def test_a_newer_c_library_takes_older_wheels_too():
    tags = named_target("manylinux_2_28_x86_64", "3.11").tags
    assert tags[0] == "manylinux_2_28_x86_64"
    assert {"manylinux_2_17_x86_64", "manylinux2014_x86_64"} <= set(tags)


@pytest.mark.parametrize("version", ["3.10", "3", "4.0", "3.12.1", "3.12 "])
def test_a_python_that_is_none(version):
    with pytest.raises(SetupError, match=r"give 3\.11 or newer"):
        here_target(version)
