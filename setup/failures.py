"""What went wrong in pip or npm, as the one line that says what to do."""

import platform
import re
from pathlib import Path

from setup.process import ProcessResult
from setup.speech import SetupError

DEBIAN = "Debian, Ubuntu: sudo apt install python3-venv"

NO_NETWORK = re.compile(
    r"NameResolutionError|Temporary failure in name resolution|getaddrinfo|nodename nor servname"
    r"|NewConnectionError|ConnectTimeout|Connection refused|Network is unreachable|Read timed out|ProxyError"
    r"|Max retries exceeded|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT"
)
DISK_FULL = re.compile(r"No space left on device|ENOSPC|not enough space on the disk")
WRONG_SUM = re.compile(r"DO NOT MATCH THE HASHES|EINTEGRITY")
NO_PACKAGE = re.compile(r"No matching distribution found for (\S+)")


def setup_failure(outcome: ProcessResult, *, log: Path, program: str, target: str | None = None) -> SetupError:
    """Return the error to raise for a failed pip or npm.

    Parameters
    ----------
    outcome
        How it ended and what it printed.
    log
        The file that keeps what it printed.
    program
        "pip" or "npm".
    target
        The machine that packages were wanted for, when it is not this one.
    """
    where = f"{log.parent.parent.name}/{log.parent.name}/{log.name}"
    if WRONG_SUM.search(outcome.output):
        return SetupError(
            en=f"A downloaded package is not the one that was checked (its sum differs), so it was not installed; "
            f"run this again, and if it stays so report it. Details: {where}",
            zh=f"下载的包与核对过的不符（校验和不同），未安装；请重试，若仍如此请报告。详见 {where}",
        )
    if DISK_FULL.search(outcome.output):
        return SetupError(
            en="The disk is full: free about 1 GB and run this again.",
            zh="磁盘已满：请腾出约 1 GB 后重新运行。",
        )
    if NO_NETWORK.search(outcome.output):
        return SetupError(
            en=f"No network: the first start fetches packages, and {program} could not. Connect (a proxy: set "
            "HTTPS_PROXY) and run this again; for a machine without a network make a bundle on another one: "
            "python run.py bundle",
            zh=f"没有网络：第一次启动要下载软件包，而 {program} 无法下载。"
            "请联网（如用代理，请设置 HTTPS_PROXY）后重新运行；"
            "不能联网的机器，请在另一台机器上制作离线包：python run.py bundle",
        )
    missing = NO_PACKAGE.search(outcome.output)
    if missing is not None:
        if target is not None:
            return SetupError(
                en=f"There is no ready-made {missing[1]} for {target}: no bundle can be made for it.",
                zh=f"没有适用于 {target} 的 {missing[1]}，无法为其制作离线包。",
            )
        version, system = platform.python_version(), platform.platform(terse=True)
        return SetupError(
            en=f"There is no ready-made {missing[1]} for Python {version} on {system}: use 64-bit CPython 3.11 to "
            f"3.14, delete .venv and run this again. Details: {where}",
            zh=f"没有适用于 Python {version}（{system}）的 {missing[1]}：请改用 64 位 CPython 3.11 至 3.14，"
            f"删除 .venv 后重新运行。详见 {where}",
        )
    return SetupError(
        en=f"{program} could not install the packages: {outcome.last_words} Details: {where}",
        zh=f"{program} 无法安装软件包：{outcome.last_words} 详见 {where}",
    )
