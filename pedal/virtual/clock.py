"""What paces the virtual card: a private jackd with its dummy driver.

Used by ``card`` in the process that owns the virtual pedal.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import shutil
import subprocess
import time
from pathlib import Path

from pedal.audio.realtime import may_take_priority
from pedal.errors import CardError

_PRIORITY = 80  # above the period thread, which waits for it
_START_S = 20.0
_STOP_S = 2.0
_LOOK_S = 0.02
_SERVERS = 7
#: Where JACK itself meets; the temporary folder may be another one for each login, and then two would take one name.
_CLAIMS = Path("/dev/shm")
_WHERE = "virtual card"
_INSTALL = "Install jackd2 and libasound2-plugins (apt install jackd2 libasound2-plugins)"
#: util-linux: jackd is asked to end when the thread that started it ends, however that ends.
_END_WITH_PARENT = ("setpriv", "--pdeathsig", "TERM")


class Clock:
    """One jackd, under a server name of its own as long as the clock is not closed.

    Args:
        options: what follows ``-d dummy`` on jackd's command line.
        log_path: where jackd's words go.

    Raises:
        CardError: too many clocks run already.
    """

    def __init__(self, options: list[str], log_path: Path) -> None:
        self.real_time = False
        self._options = options
        self._log_path = log_path
        self._jackd: subprocess.Popen[bytes] | None = None
        self.server, self._claim = _claim_server()

    def environment(self) -> dict[str, str]:
        """What a client needs in its environment to find this clock and no other."""
        return {
            "JACK_DEFAULT_SERVER": self.server,
            "JACK_NO_AUDIO_RESERVATION": "1",
            "JACK_NO_START_SERVER": "1",
        }

    def start(self) -> None:
        """Start jackd and wait until it answers; with real-time priority where that is permitted.

        Raises:
            CardError: jackd is not installed or does not start.
        """
        program = shutil.which("jackd")
        if program is None:
            raise CardError("jackd is not installed", where=_WHERE, hint=_INSTALL)
        self.real_time = may_take_priority(_PRIORITY)
        rights = ["-R", "-P", str(_PRIORITY)] if self.real_time else ["-r"]
        command = [*_END_WITH_PARENT, program, "--name", self.server, *rights, "-d", "dummy", *self._options]
        deadline_s = time.monotonic() + _START_S
        jackd = self._launch(command)
        looks = 0  # a predecessor on its way out answers too, but not for long
        while looks < 2:
            looks = looks + 1 if _answers(self.server) else 0
            time.sleep(_LOOK_S)
            ended = jackd.poll() is not None
            in_time = time.monotonic() < deadline_s
            if ended and in_time and "already active" in self._said():
                jackd, looks = self._launch(command), 0
            elif ended or not in_time:
                self.stop()
                last = next(reversed(self._said().split("\n")[:-1]), "it says nothing")
                raise CardError(f"jackd does not start ({last})", where=_WHERE, hint=f"See {self._log_path}")

    def stop(self) -> None:
        """Stop jackd, as if the card were unplugged; ``start`` brings the same one back."""
        if self._jackd is None:
            return
        self._jackd.terminate()
        try:
            self._jackd.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._jackd.kill()
            self._jackd.wait()
        self._jackd = None
        for left in Path("/dev/shm").glob(f"jack*{self.server}_*"):
            with contextlib.suppress(OSError):
                left.unlink()

    def close(self) -> None:
        """Stop, and give the name back."""
        self.stop()
        os.close(self._claim)

    def _launch(self, command: list[str]) -> subprocess.Popen[bytes]:
        with self._log_path.open("wb") as log:
            self._jackd = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=os.environ | self.environment(),
                start_new_session=True,  # Ctrl-C in the terminal is for the pedal, which stops its clock last
            )
        return self._jackd

    def _said(self) -> str:
        return self._log_path.read_text(errors="replace")


def _claim_server() -> tuple[str, int]:
    """A server name that no other clock of this user has, and the lock that says so.

    A few names, used again and again: JACK keeps a register of eight servers on a machine, and one
    that was killed leaves its place only to another of its name.
    """
    for number in range(_SERVERS):
        name = f"pedal-{os.getuid()}-{number}"
        path = _CLAIMS / f"pedal.{os.getuid()}.{number}.lock"
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            continue
        return name, fd
    raise CardError(f"{_SERVERS} of them run already", where=_WHERE, hint="Stop one of these pedals first")


def _answers(server: str) -> bool:
    """Whether a jackd of this name takes clients (libjack's options: 1 no start, 4 server name)."""
    try:
        jack = ctypes.CDLL("libjack.so.0")
    except OSError as missing:
        raise CardError("libjack is not installed", where=_WHERE, hint=_INSTALL) from missing
    # What it prints while nobody answers yet goes to a function of C that does nothing with it: of one in Python every
    # exception is lost, and Ctrl-C is one.
    silence = ctypes.CDLL(None).labs
    jack.jack_set_error_function(silence)
    jack.jack_set_info_function(silence)
    jack.jack_client_open.restype = ctypes.c_void_p
    status = ctypes.c_int()
    client = jack.jack_client_open(b"pedal-probe", 1 | 4, ctypes.byref(status), server.encode())
    if client:
        jack.jack_client_close(ctypes.c_void_p(client))
    jack.jack_set_error_function(None)
    jack.jack_set_info_function(None)
    return bool(client)
