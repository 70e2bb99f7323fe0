import socket

import pytest

from setup.address import check_address
from setup.speech import SetupError


def test_a_free_port_passes():
    check_address("127.0.0.1", 0)


def test_a_taken_port_says_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SetupError) as caught:
            check_address("127.0.0.1", port)
    assert caught.value.en == (
        f"Port {port} is taken by another program: stop that one, or run: python run.py --port {port + 1}"
    )
    assert f"--port {port + 1}" in caught.value.zh


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_number_that_is_no_port(port):
    with pytest.raises(SetupError, match="choose a port from 1 to 65535"):
        check_address("127.0.0.1", port)


def test_an_address_of_another_machine():
    with pytest.raises(SetupError, match="give an address of this machine"):
        check_address("192.0.2.7", 8000)


def test_a_port_for_which_rights_are_missing(monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(SetupError, match="above 1023"):
        check_address("127.0.0.1", 80)
