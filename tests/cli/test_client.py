"""The commands' end of the control socket, against servers that are gone, mute, or talk nonsense."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pedal.cli.client import Client, RefusedError
from pedal.errors import ControlError
from pedal.panel import protocol


@pytest.fixture
def path(private_directories: Path, tmp_path: Path) -> Path:
    folder = private_directories / f"t{abs(hash(tmp_path)):x}"
    folder.mkdir()
    return folder / "s"


@contextlib.contextmanager
def server(path: Path, *replies: bytes, keep_open: bool = False) -> Iterator[None]:
    """Takes one client and sends it ``replies``, whatever it asks."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    done = threading.Event()

    def serve() -> None:
        with contextlib.suppress(OSError), listener.accept()[0] as sock:
            sock.recv(65536)
            for reply in replies:
                sock.sendall(reply)
            if keep_open:
                done.wait(20.0)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield
    done.set()
    thread.join()
    listener.close()


def call(path: Path, timeout_s: float = 20.0) -> dict[str, object]:
    return Client(path).call(protocol.Status(id=1), timeout_s)


def test_no_socket(path: Path) -> None:
    with pytest.raises(ControlError, match=r"^the pedal is not running\. Start it with `pedal run`\.$"):
        call(path)


def test_a_socket_of_the_dead(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
    with pytest.raises(ControlError, match="the pedal is not running"):
        call(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may talk to everybody")
def test_a_socket_of_others(path: Path) -> None:
    with server(path):
        path.chmod(0)
        with pytest.raises(ControlError, match="no permission"):
            call(path)
        path.chmod(0o660)
        with contextlib.suppress(ControlError):
            call(path)


def test_an_answer_in_pieces(path: Path) -> None:
    line = protocol.format_result(1, {"page": "x" * 300_000})
    with server(path, line[:7], line[7:1000], line[1000:]):
        assert call(path) == {"page": "x" * 300_000}


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        (b"", "hung up"),
        (b'{"v":1,"id":1,', "hung up"),
        (b"hello\n", "not understood"),
        (b'{"v":2,"id":1,"ok":true,"result":{}}\n', "version 2, this command version 1"),
        (b'{"v":1,"id":8,"ok":true,"result":{}}\n', "another question"),
        (b'{"v":1,"id":1,"ok":false,"error":"no room."}\n', r"^no room\.$"),
        (b"x" * (protocol.REPLY_CAP_BYTES + 1), "without an end"),
    ],
    ids=["closed", "half", "nonsense", "version", "id", "refused", "endless"],
)
def test_a_bad_answer_is_a_sentence(path: Path, reply: bytes, complaint: str) -> None:
    with server(path, reply), pytest.raises(ControlError, match=complaint):
        call(path)


def test_a_refusal_is_told_from_a_pedal_that_is_not_there(path: Path) -> None:
    with server(path, protocol.format_refusal(1, "no.")), pytest.raises(RefusedError):
        call(path)


def test_silence_has_an_end(path: Path) -> None:
    with server(path, keep_open=True), pytest.raises(ControlError, match=r"did not answer within 0\.1 s"):
        call(path, timeout_s=0.1)


def test_a_trickle_has_an_end(path: Path) -> None:
    with server(path, b'{"v"', keep_open=True), pytest.raises(ControlError, match="did not answer"):
        call(path, timeout_s=0.1)


def test_a_crowd_at_the_door_has_an_end(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener, contextlib.ExitStack() as stack:
        listener.bind(str(path))
        listener.listen(1)
        for _ in range(2):
            stack.enter_context(socket.socket(socket.AF_UNIX)).connect(str(path))
        with pytest.raises(ControlError, match="did not answer"):
            call(path, timeout_s=0.1)


def test_it_imports_nothing_heavy() -> None:
    code = (
        "import sys, pedal.cli.client;"
        "print(sorted({'numba', 'numpy', 'PIL', 'luma', 'gpiozero', 'rich'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "[]\n"
