"""Supply chain and risky code: what `python run.py audit` asks."""

import re
from collections.abc import Sequence
from pathlib import Path

from setup.checkout import Checkout
from setup.failures import NO_NETWORK
from setup.frontend import system_node
from setup.process import call
from setup.speech import Speech

REQUIREMENTS = (
    "requirements.txt",
    "requirements-postgis.txt",
    "requirements-identity.txt",
    "requirements-verify.txt",
    "requirements-test.txt",
    "requirements-node.txt",
    "requirements-upkeep.txt",
)
CODE = ("geo", "layers", "briefings", "webapp", "setup", "sketch", "run.py")
NOT_ANSWERED = re.compile(NO_NETWORK.pattern + r"|ConnectionError|ServiceError|HTTPError|\b40[0-9]\b|\b50[0-9]\b")


def audit(checkout: Checkout, *, speech: Speech) -> int:
    """Ask for known vulnerabilities of every pinned package, and look through our code for risky calls.

    An advisory service that does not answer is said in one line and is no failure; a finding is.
    """
    failed = False
    for name in REQUIREMENTS:
        command = ["-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner=off", "-r", name]
        failed |= _ask(checkout, [checkout.python, *command], subject=name, speech=speech)
    node = system_node(checkout)
    if node is not None:
        failed |= _ask(checkout, [*node.npm, "audit", "--omit=dev"], subject="package-lock.json", speech=speech)
    code = [name for name in CODE if (checkout.root / name).exists()]
    looked = call(
        [checkout.python, "-m", "bandit", "--quiet", "-c", "pyproject.toml", "-r", *code], cwd=checkout.root
    )
    speech.say(
        en=f"bandit: {'clean' if looked.status == 0 else looked.output}",
        zh=f"bandit：{'无问题' if looked.status == 0 else looked.output}",
    )
    return 1 if failed or looked.status != 0 else 0


def _ask(checkout: Checkout, command: Sequence[str | Path], *, subject: str, speech: Speech) -> bool:
    """Return whether there is a finding."""
    answer = call(command, cwd=checkout.root)
    if answer.status == 0:
        speech.say(en=f"{subject}: no known vulnerability", zh=f"{subject}：没有已知漏洞")
        return False
    if NOT_ANSWERED.search(answer.output) and "GHSA-" not in answer.output:
        speech.say(
            en=f"{subject}: not asked, the advisory service did not answer ({answer.last_words[:120]})",
            zh=f"{subject}：未能查询，漏洞数据库没有应答（{answer.last_words[:120]}）",
        )
        return False
    speech.say(en=f"{subject}:\n{answer.output}", zh=f"{subject}：\n{answer.output}")
    return True
