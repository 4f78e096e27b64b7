"""The control socket on real sockets: answers, and clients that mean harm."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pedal.cli.client import Client
from pedal.errors import ControlError
from pedal.panel import control, protocol
from pedal.panel.control import Ask, ControlServer
from pedal.panel.feed_requests import Subscribe

STATUS = protocol.format_request(protocol.Status(id=1))


class Panel:
    """A panel's loop: answers what it is asked, unless told to leave it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.asks: queue.SimpleQueue[Ask | None] = queue.SimpleQueue()
        self.server = ControlServer(path, self.asks)
        self.busy = threading.Event()
        self.busy.set()
        self.result: dict[str, Any] = {"preset": "Crunch"}
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        while (ask := self.asks.get()) is not None:
            self.busy.wait()
            if isinstance(ask.request, protocol.Press):
                ask.refuse("this board has real switches: press them.")
            else:
                ask.answer(self.result)

    def close(self) -> None:
        self.busy.set()
        self.asks.put(None)
        self.thread.join()
        self.server.close()

    def connect(self) -> socket.socket:
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(str(self.path))  # without a timeout yet: with one it would not queue
        sock.settimeout(20.0)
        return sock

    def call(self) -> dict[str, Any]:
        return Client(self.path).call(protocol.Status(id=3), timeout_s=20.0)


@pytest.fixture
def socket_path(private_directories: Path, tmp_path: Path) -> Path:
    # pytest's own folders have names that may be too long for a socket
    folder = private_directories / f"c{abs(hash(tmp_path)):x}"
    folder.mkdir()
    return folder / control.SOCKET_NAME


@pytest.fixture
def panel(socket_path: Path) -> Iterator[Panel]:
    made = Panel(socket_path)
    yield made
    made.close()


def receive_line(sock: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        chunk = sock.recv(65536)
        if not chunk:
            return line
        line += chunk
    return line


def hung_up(sock: socket.socket) -> bool:
    with contextlib.suppress(ConnectionResetError):
        while sock.recv(65536):
            pass
    return True


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.01)
    pytest.fail("waited for nothing")


def test_a_question_is_answered(panel: Panel) -> None:
    assert panel.call() == {"preset": "Crunch"}


def test_a_refusal_is_an_error_with_its_sentence(panel: Panel) -> None:
    with pytest.raises(ControlError, match=r"^this board has real switches: press them\.$"):
        Client(panel.path).call(protocol.Press(switch="bypass"))


def test_one_connection_asks_many_times_and_all_at_once(panel: Panel) -> None:
    with panel.connect() as sock:
        lines = b"".join(protocol.format_request(protocol.Status(id=i)) for i in range(100))
        sock.sendall(lines)
        stream = sock.makefile("rb")
        assert [json.loads(stream.readline())["id"] for _ in range(100)] == list(range(100))


def test_lines_in_pieces_are_put_together(panel: Panel) -> None:
    with panel.connect() as sock:
        for octet in STATUS:
            sock.send(bytes([octet]))
        assert json.loads(receive_line(sock))["ok"] is True


def test_a_client_that_has_finished_asking_still_gets_its_answer(panel: Panel) -> None:
    with panel.connect() as sock:
        sock.sendall(STATUS)
        sock.shutdown(socket.SHUT_WR)
        assert json.loads(receive_line(sock))["ok"] is True
        assert hung_up(sock)


def test_garbage_is_refused_and_the_line_goes_on(panel: Panel) -> None:
    with panel.connect() as sock:
        sock.sendall(b'\x00\xff garbage\n\n{"v":1,"id":5,"cmd":"explode"}\n' + STATUS)
        stream = sock.makefile("rb")
        replies = [json.loads(stream.readline()) for _ in range(3)]
        assert [(reply["id"], reply["ok"]) for reply in replies if reply["id"] != 1] == [(0, False), (5, False)]
        assert [reply["ok"] for reply in replies if reply["id"] == 1] == [True]


def test_an_endless_line_is_cut_off(panel: Panel) -> None:
    with panel.connect() as sock:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(160):
                sock.sendall(b"a" * 65536)  # ten megabytes
        assert hung_up(sock)
    assert panel.call()


def test_two_hundred_connections_do_not_lock_anybody_out(panel: Panel) -> None:
    with contextlib.ExitStack() as stack:
        for i in range(200):
            sock = stack.enter_context(panel.connect())
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                sock.send(STATUS[: i % len(STATUS)])
        assert panel.call()
        assert len(panel.server._clients) <= control.CLIENTS_MAX


def test_disconnecting_in_the_middle_leaves_nothing_behind(panel: Panel) -> None:
    for i in range(1, 60):
        sock = panel.connect()
        sock.send(STATUS[: i % len(STATUS) + 1])
        sock.close()
    for _ in range(60):
        sock = panel.connect()
        sock.sendall(STATUS)  # and gone before the answer
        sock.close()
    assert panel.call()
    wait_for(lambda: not panel.server._clients)


def test_a_line_that_never_ends_is_given_up(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control, "LINE_TIMEOUT_S", 0.05)
    with panel.connect() as sock:
        sock.send(STATUS[:5])
        assert hung_up(sock)
    with panel.connect() as idle:
        time.sleep(0.2)  # saying nothing at all is no unfinished line
        idle.sendall(STATUS)
        assert receive_line(idle)


def test_a_client_that_never_reads_is_cut_off(panel: Panel) -> None:
    panel.result = {"page": "x" * 200_000}
    with panel.connect() as sock:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, TimeoutError):
            sock.settimeout(1.0)
            for _ in range(2000):
                sock.sendall(STATUS)
        wait_for(lambda: not panel.server._clients)
    assert panel.call()


def test_a_result_that_is_too_long_is_refused(panel: Panel) -> None:
    panel.result = {"page": "x" * protocol.REPLY_CAP_BYTES}
    with pytest.raises(ControlError, match="too long"):
        panel.call()


def test_requests_wait_in_the_socket_while_the_panel_is_busy(panel: Panel) -> None:
    panel.busy.clear()
    with panel.connect() as sock:
        sock.sendall(STATUS * 50)
        wait_for(lambda: panel.asks.qsize() >= control.ASKS_MAX - 1)
        time.sleep(0.1)
        assert panel.asks.qsize() <= control.ASKS_MAX
        panel.busy.set()
        stream = sock.makefile("rb")
        assert all(json.loads(stream.readline())["ok"] for _ in range(50))


def test_a_busy_panel_is_a_sentence_for_who_waits(panel: Panel) -> None:
    panel.busy.clear()
    with pytest.raises(ControlError, match=r"did not answer within 0\.1 s"):
        Client(panel.path).call(protocol.Status(), timeout_s=0.1)


def subscribe(panel: Panel, *topics: str, rate_hz: float = 20.0) -> socket.socket:
    sock = panel.connect()
    sock.sendall(protocol.format_request(Subscribe(id=9, topics=list(topics), rate_hz=rate_hz)))  # type: ignore[arg-type]
    assert json.loads(receive_line(sock)) == {
        "v": 1, "id": 9, "ok": True, "result": {"topics": list(topics), "rate_hz": rate_hz},
    }  # fmt: skip
    return sock


def test_what_was_subscribed_to_comes_without_asking(panel: Panel) -> None:
    panel.server.publish("changes", {"preset": "before"})  # nobody wanted to know
    with subscribe(panel, "changes", "log") as sock:
        assert dict(panel.server.wanted) == {"changes": 20.0, "log": 20.0}
        panel.server.publish("meters", {"load": 0.5})
        panel.server.publish("changes", {"preset": "Lead"})
        assert json.loads(receive_line(sock)) == {"v": 1, "topic": "changes", "data": {"preset": "Lead"}}
        sock.sendall(STATUS)  # and asking goes on
        assert json.loads(receive_line(sock))["id"] == 1
        sock.sendall(protocol.format_request(Subscribe(id=10, topics=[])))
        assert json.loads(receive_line(sock))["result"]["topics"] == []
        assert not panel.server.wanted
    with subscribe(panel, "log"):
        pass
    wait_for(lambda: not panel.server.wanted)


def test_a_subscriber_who_does_not_read_gets_the_newest_and_holds_nobody_up(panel: Panel) -> None:
    with subscribe(panel, "status", "log", rate_hz=20.0) as slow, subscribe(panel, "log") as quick:
        stream = quick.makefile("rb")
        text = "x" * 3000
        for number in range(400):
            panel.server.publish("log", {"number": number, "text": text})
            panel.server.publish("status", {"number": number, "text": text})
            assert json.loads(stream.readline())["data"]["number"] == number
        assert all(len(client.outgoing) < 10_000 for client in panel.server._clients)
        lines = [json.loads(line) for line in until_quiet(slow)]
        assert lines[-1]["data"]["number"] == 399
        logged = [line for line in lines if line["topic"] == "log"]
        assert logged[-1]["dropped"] > 100
        assert len(logged) + logged[-1]["dropped"] == 400
        numbers = [line["data"]["number"] for line in logged]
        assert numbers == sorted(numbers)
    assert panel.call()


def until_quiet(sock: socket.socket) -> list[bytes]:
    """All lines that come while the other side says nothing new."""
    sock.settimeout(1.0)
    heard = b""
    with contextlib.suppress(TimeoutError):
        while chunk := sock.recv(65536):
            heard += chunk
    assert heard.endswith(b"\n")
    return heard.splitlines()


def test_a_subscriber_goes_before_who_says_nothing_at_all(panel: Panel) -> None:
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(subscribe(panel, "log"))
        idle = [stack.enter_context(panel.connect()) for _ in range(control.CLIENTS_MAX - 1)]
        wait_for(lambda: len(panel.server._clients) == control.CLIENTS_MAX)
        panel.server.publish("log", {"text": "1"})
        assert receive_line(listening)
        assert panel.call()  # one too many: somebody idle has to go
        panel.server.publish("log", {"text": "2"})
        assert json.loads(receive_line(listening))["data"] == {"text": "2"}
        assert hung_up(idle[0])


def test_the_commands_end_listens_and_asks_over_one_line(panel: Panel) -> None:
    with Client(panel.path).listen(["log"]) as line:
        panel.server.publish("log", {"text": "1"})
        assert line.ask(protocol.Status(), timeout_s=20.0) == {"preset": "Crunch"}
        with pytest.raises(ControlError, match="real switches"):
            line.ask(protocol.Press(switch="bypass"), timeout_s=20.0)
        news = line.news(20.0)
        assert news is not None and news.data == {"text": "1"}
        assert line.news(0.05) is None
        panel.server.publish("log", {"text": "2"})
        news = line.news(20.0)
        assert news is not None and news.data == {"text": "2"}
        panel.server.close()
        with pytest.raises(ControlError, match="hung up"):
            line.news(20.0)


def test_the_socket_is_for_the_group(panel: Panel) -> None:
    assert stat.S_IMODE(panel.path.stat().st_mode) == 0o660


def test_closing_removes_the_socket_and_another_may_open(socket_path: Path) -> None:
    for _ in range(3):
        with ControlServer(socket_path, queue.SimpleQueue()):
            assert socket_path.exists()
        assert not socket_path.exists()


SERVE = (
    "import queue, sys, time; from pathlib import Path; from pedal.panel.control import ControlServer;"
    "server = ControlServer(Path(sys.argv[1]), queue.SimpleQueue()); print('up', flush=True); time.sleep(600)"
)


def test_a_living_panel_keeps_its_socket_and_a_killed_one_leaves_it(socket_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SERVE, str(socket_path)], stdout=subprocess.PIPE) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == b"up\n"
            with pytest.raises(ControlError, match="another pedal is running here"):
                ControlServer(socket_path, queue.SimpleQueue())
            # stopped, it answers nobody, and is alive all the same
            os.kill(other.pid, signal.SIGSTOP)
            with pytest.raises(ControlError, match="another pedal is running here"):
                ControlServer(socket_path, queue.SimpleQueue())
        finally:
            other.kill()
    assert socket_path.exists()
    ControlServer(socket_path, queue.SimpleQueue()).close()


def test_a_file_that_is_no_socket_is_left_alone(socket_path: Path) -> None:
    socket_path.write_text("mine")
    with pytest.raises(ControlError, match="is not a socket"):
        ControlServer(socket_path, queue.SimpleQueue())
    assert socket_path.read_text() == "mine"


@pytest.mark.parametrize("path", ["/nonexistent/control.sock", "/tmp/" + "x" * 150])
def test_a_place_that_cannot_be_used_is_a_sentence(path: str) -> None:
    with pytest.raises(ControlError, match="cannot be opened"):
        ControlServer(Path(path), queue.SimpleQueue())
    Path(path + ".lock").unlink(missing_ok=True)
