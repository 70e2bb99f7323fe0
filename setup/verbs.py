"""The words that `python run.py` knows; any other is a command of the service itself."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from setup.any_types import MOST_ANY, any_share
from setup.audit import audit
from setup.checkout import Checkout, this_checkout
from setup.frontend import (
    asset_entries,
    changed_assets,
    ensure_frontend,
    ensure_node,
    missing_assets,
    retake_assets,
)
from setup.locking import lock_dependencies
from setup.only_one import only_one
from setup.packages import ensure_packages, ensure_venv
from setup.process import clean_environment
from setup.service import serve
from setup.speech import SetupError, Speech

# What is installed only where it is wanted, and the setting that asks for it.
EXTRAS = {"postgis": "PLANATLAS_STORE", "identity": "PLANATLAS_IDENTITY_ISSUER", "verify": ""}
MOST_TEST_PROCESSES = 4  # each may want some gigabytes of memory at times
WAITING = 1  # tests wait for browsers and services: so many more processes than processors keep these busy
HELP = """\
python run.py [--host H] [--port P] [--data DIR]   set up if need be, and serve (default: 127.0.0.1:8000)
python run.py test [--fast] [ARGS]  set up for the tests and run them; ARGS go to pytest
                               (--fast: only those that are not marked as slow, for while you work)
python run.py check            style, types (Python and JavaScript), checksums
python run.py format           rewrite the sources in the project's style
python run.py bench [ARGS]     benchmarks
python run.py bundle [ARGS]    one archive that installs without a network (bundle --help)
python run.py setup [--test] [--verify] [--postgis] [--identity]  only set up
python run.py verify [ARGS]    recompute published figures, by a second engine that the first run installs
python run.py assets [--write] compare the front-end files with webapp/assets.toml
python run.py audit            known vulnerabilities and risky code
python run.py lock             remake the pinned requirements and package-lock.json
python run.py version          which version this is
python run.py help             this list; every other word is a command of the service:
"""


def main(arguments: Sequence[str]) -> int:
    """Run one verb and return its exit status; what stops it is one line on standard error."""
    speech = Speech()
    checkout = this_checkout()
    verb, rest = "serve", list(arguments)
    if rest and not rest[0].startswith("-"):
        verb = rest.pop(0)
    elif rest and rest[0] in ("-h", "--help"):
        verb = "help"
    elif rest and rest[0] in ("-V", "--version"):
        verb = "version"
    try:
        if verb in VERBS:
            return VERBS[verb](checkout, speech, rest)
        set_up(checkout, speech=speech)
        return hand_over(checkout, "webapp.cli", [verb, *rest])
    except SetupError as problem:
        speech.say(en=problem.en, zh=problem.zh)
        return 2
    except OSError as problem:
        speech.say(
            en=f"Cannot use {problem.filename}: {problem.strerror}; set-up writes into its own folder, "
            "so put it where you may write.",
            zh=f"无法使用 {problem.filename}：{problem.strerror}；安装程序要写入所在文件夹，请放在可写的位置。",
        )
        return 2
    except KeyboardInterrupt:
        speech.say(en="Interrupted; the next run goes on from here.", zh="已中断；下次运行会接着完成。")
        return 130


def set_up(
    checkout: Checkout,
    *,
    speech: Speech,
    tests: bool = False,
    development: bool = False,
    extras: Collection[str] = (),
) -> None:
    """Bring `.venv` and the front-end packages to what the locked files name; nothing when they are there.

    Parameters
    ----------
    checkout, speech
        Where, and who tells.
    tests
        The test tools as well.
    development
        The front end's type checker as well.
    extras
        What is wanted of `EXTRAS` as well: PostgreSQL's driver and what signing in through an identity provider
        needs also come when a setting names one, and all of them with the tests.
    """
    wanted = [
        name
        for name, setting in EXTRAS.items()
        if tests or name in extras or (setting and os.environ.get(setting))
    ]
    with only_one(checkout.root / ".setup.lock", speech=speech):
        ensure_venv(checkout, speech=speech)
        ensure_packages(checkout, "requirements.txt", speech=speech)
        for name in wanted:
            ensure_packages(checkout, f"requirements-{name}.txt", speech=speech)
        if tests:
            ensure_packages(checkout, "requirements-test.txt", speech=speech)
        ensure_frontend(checkout, speech=speech, development=development)


def hand_over(checkout: Checkout, module: str, arguments: Sequence[str]) -> int:
    """Run a module in `.venv`, on this terminal, and return its exit status."""
    return run_program(checkout, [checkout.python, "-m", module, *arguments])


def run_program(checkout: Checkout, command: Sequence[str | Path]) -> int:
    """Run a program on this terminal and return its exit status."""
    return subprocess.run(
        [str(part) for part in command], cwd=checkout.root, env=clean_environment(), check=False
    ).returncode


def _serve(checkout: Checkout, speech: Speech, rest: list[str]) -> int:
    return serve(checkout, rest, set_up=lambda: set_up(checkout, speech=speech))


def _setup(checkout: Checkout, speech: Speech, rest: list[str]) -> int:
    tests = "--test" in rest
    set_up(
        checkout,
        speech=speech,
        tests=tests,
        development=tests,
        extras=[name for name in EXTRAS if f"--{name}" in rest],
    )
    return 0


def _verify(checkout: Checkout, speech: Speech, rest: list[str]) -> int:
    """Recompute published figures, by the second engine where it can be had: who has no network goes on."""
    set_up(checkout, speech=speech)
    if not checkout.wheels.is_dir():  # a bundle carries what the service needs, and no more
        try:
            set_up(checkout, speech=speech, extras=["verify"])
        except SetupError as problem:
            speech.say(en=problem.en, zh=problem.zh)
    return hand_over(checkout, "webapp.cli", ["verify", *rest])


def _test(checkout: Checkout, speech: Speech, rest: list[str]) -> int:
    set_up(checkout, speech=speech, tests=True)
    front_end = 0
    beside: list[str] = []
    # Who names a file or a test wants that one; the scripts' tests and all processors belong to a whole run.
    if not any(not word.startswith("-") for word in rest):
        front_end = _script_tests(checkout, speech)
        # A file stays with one process, for what its tests share; long ones first (`tests/conftest.py`).
        count = min((os.cpu_count() or 1) + WAITING, MOST_TEST_PROCESSES)
        beside = [f"--numprocesses={count}", "--dist=loadfile", "--no-loadscope-reorder"]
    fast = ["-m", "not slow and not browser"] if "--fast" in rest else []
    words = [*beside, *fast, *(word for word in rest if word != "--fast")]
    return hand_over(checkout, "pytest", words) or front_end


def _script_tests(checkout: Checkout, speech: Speech) -> int:
    files = sorted((checkout.root / "tests" / "js").rglob("*.test.*js"))
    if not files:
        return 0
    node = ensure_node(checkout, speech=speech)
    return run_program(checkout, [*node.node, "--test", *files])


def _check(checkout: Checkout, speech: Speech, rest: list[str]) -> int:
    set_up(checkout, speech=speech, tests=True, development=True)
    node = ensure_node(checkout, speech=speech)
    failed, report = [], checkout.root / ".mypy_cache" / "any"
    shutil.rmtree(report, ignore_errors=True)  # what an earlier run found says nothing of this one
    steps: tuple[tuple[str, list[str | Path]], ...] = (
        ("ruff check", [checkout.python, "-m", "ruff", "check", *rest]),
        ("ruff format", [checkout.python, "-m", "ruff", "format", "--check"]),
        ("mypy", [checkout.python, "-m", "mypy", "--any-exprs-report", report]),
        ("tsc", [*node.node, checkout.node_modules / "typescript" / "bin" / "tsc", "--noEmit"]),
    )
    for name, command in steps:
        speech.say(en=f"== {name}", zh=f"== {name}")
        if run_program(checkout, command) != 0:
            failed.append(name)
    unseen = any_share(report)
    speech.say(
        en=f"== {unseen:.2%} of the expressions are Any, {MOST_ANY:.1%} may be",
        zh=f"== {unseen:.2%} 的表达式为 Any，上限 {MOST_ANY:.1%}",
    )
    failed += ["Any"] * (unseen > MOST_ANY)
    failed += ["node --test"] * bool(_script_tests(checkout, speech)) + ["assets"] * bool(
        _assets(checkout, speech, [])
    )
    if failed:
        speech.say(en=f"Not clean: {', '.join(failed)}", zh=f"未通过：{', '.join(failed)}")
    return 1 if failed else 0


def _format(checkout: Checkout, speech: Speech, rest: list[str]) -> int:
    set_up(checkout, speech=speech, tests=True)
    fixed = hand_over(checkout, "ruff", ["check", "--fix", *rest])
    return hand_over(checkout, "ruff", ["format", *rest]) or fixed


def _bench(checkout: Checkout, speech: Speech, rest: list[str]) -> int:
    set_up(checkout, speech=speech, tests=True)
    return hand_over(checkout, "benchmarks", rest)


def _bundle(checkout: Checkout, speech: Speech, rest: list[str]) -> int:
    set_up(checkout, speech=speech)
    return hand_over(checkout, "setup.bundle", rest)


def _assets(checkout: Checkout, speech: Speech, rest: list[str]) -> int:
    if "--write" in rest:
        retake_assets(checkout)
    wrong = [*missing_assets(checkout), *changed_assets(checkout)]
    for asset in wrong:
        speech.say(
            en=f"{asset.name}: {asset.package} {asset.version} {asset.file} is missing or has another sum",
            zh=f"{asset.name}：{asset.package} {asset.version} {asset.file} 缺失或校验和不同",
        )
    if not wrong:
        count = len(list(asset_entries(checkout)))
        speech.say(en=f"{count} front-end files as listed", zh=f"{count} 个前端文件与清单一致")
    return 1 if wrong else 0


def _help(checkout: Checkout, speech: Speech, rest: list[str]) -> int:
    sys.stdout.write(HELP)
    if checkout.python.exists():
        sys.stdout.flush()
        return hand_over(checkout, "webapp.cli", ["--help"])
    return 0


def _version(checkout: Checkout, speech: Speech, rest: list[str]) -> int:
    sys.stdout.write(f"PlanAtlas {checkout.version}\n")
    return 0


def _audit(checkout: Checkout, speech: Speech, rest: list[str]) -> int:
    set_up(checkout, speech=speech)
    ensure_packages(checkout, "requirements-upkeep.txt", speech=speech)
    return audit(checkout, speech=speech)


def _lock(checkout: Checkout, speech: Speech, rest: list[str]) -> int:
    ensure_venv(checkout, speech=speech)
    ensure_packages(checkout, "requirements-upkeep.txt", speech=speech)
    return lock_dependencies(checkout, rest, node=ensure_node(checkout, speech=speech), speech=speech)


VERBS: dict[str, Callable[[Checkout, Speech, list[str]], int]] = {
    "serve": _serve,
    "setup": _setup,
    "verify": _verify,
    "test": _test,
    "check": _check,
    "format": _format,
    "bench": _bench,
    "bundle": _bundle,
    "assets": _assets,
    "audit": _audit,
    "lock": _lock,
    "help": _help,
    "version": _version,
}
