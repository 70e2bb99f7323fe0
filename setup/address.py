"""Whether the service can listen where it is asked to, known before anything is installed."""

import errno
import os
import socket

from setup.speech import SetupError


def check_address(host: str, port: int) -> None:
    """Listen on an address for a moment.

    Parameters
    ----------
    host
        Name or number of an interface of this machine.
    port
        0 lets the system choose.

    Raises
    ------
    SetupError
        The port is taken, needs more rights, or the host is not of this machine.
    """
    if not 0 <= port <= 65535:
        raise SetupError(
            en=f"--port {port}: choose a port from 1 to 65535.",
            zh=f"--port {port}：请选择 1 至 65535 之间的端口。",
        )
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name == "nt":
                # There a second program may otherwise share the port, and either gets the visitors.
                probe.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_EXCLUSIVEADDRUSE", -5), 1)
            else:
                # A port whose last connections are still closing is free, as the server will see it.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except OSError as problem:
        raise _explained(problem, host=host, port=port) from problem


def _explained(problem: OSError, *, host: str, port: int) -> SetupError:
    if problem.errno == errno.EADDRINUSE or getattr(problem, "winerror", None) == 10048:
        free = port + 1 if port < 65535 else 8000
        return SetupError(
            en=f"Port {port} is taken by another program: stop that one, or run: python run.py --port {free}",
            zh=f"端口 {port} 已被其他程序占用：请关闭该程序，或运行：python run.py --port {free}",
        )
    if problem.errno == errno.EACCES:
        return SetupError(
            en=f"This user may not listen on port {port}: choose one above 1023, as in: python run.py --port 8000",
            zh=f"当前用户无权使用端口 {port}：请改用 1023 以上的端口，例如：python run.py --port 8000",
        )
    return SetupError(
        en=f"Cannot listen on {host} ({problem.strerror}): give an address of this machine, "
        "or leave --host out for 127.0.0.1.",
        zh=f"无法在 {host} 上监听（{problem.strerror}）：请填写本机的地址，或不写 --host（即 127.0.0.1）。",
    )
