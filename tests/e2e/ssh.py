"""A real sshd on the loopback, with a key, and a real terminal: tmux, whose keys are pressed and whose screen is read.

For ``test_ssh``. Everything lies in a folder of its own; the user who runs the tests logs in as himself.
"""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

SSHD = shutil.which("sshd") or "/usr/sbin/sshd"
#: What there must be.
TOOLS = (SSHD, "ssh", "ssh-keygen", "tmux")
PATIENCE_S = 90.0
_CONFIG = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/key.pub
PidFile {folder}/sshd.pid
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
StrictModes no
AcceptEnv LC_ALL
"""


class Sshd:
    """One that runs; ``command`` is how one logs in."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port

    def command(self, remote: str, environment: Mapping[str, str]) -> str:
        """A line for a shell: log in with a terminal, and run ``remote`` there."""
        given = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
        options = ["BatchMode=yes", "StrictHostKeyChecking=no", f"UserKnownHostsFile={self.folder}/known_hosts"]
        flags = " ".join(f"-o {option}" for option in options)
        there = shlex.quote(f"env {given} {remote}")
        return f"ssh -tt -q -F none -i {self.folder}/key -p {self.port} {flags} {getpass.getuser()}@127.0.0.1 {there}"


@contextmanager
def running_sshd(folder: Path) -> Iterator[Sshd]:
    for name in ("host_key", "key"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(command, check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "config").write_text(_CONFIG.format(port=port, folder=folder))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # empty: where sshd locks its children in
    with (folder / "sshd.log").open("wb") as log:
        process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(folder / "config")], stderr=log)
    try:
        deadline_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline_s, (folder / "sshd.log").read_text()
                time.sleep(0.02)
        yield Sshd(folder, port)
    finally:
        process.terminate()
        process.wait(10.0)


class Terminal:
    """A window of tmux that shows a program."""

    def __init__(self, folder: Path, name: str, size: tuple[int, int], command: str) -> None:
        self._tmux = ["tmux", "-u", "-S", str(folder / f"tmux-{name}"), "-f", "/dev/null"]
        self._name = name
        columns, rows = size
        where = ["-d", "-s", name, "-x", str(columns), "-y", str(rows)]
        environment = os.environ | {"LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
        environment.pop("TMUX", None)
        subprocess.run([*self._tmux, "new-session", *where, command], check=True, env=environment)
        subprocess.run([*self._tmux, "set-option", "-g", "status", "off"], check=True)

    def press(self, *keys: str) -> None:
        """Keys as tmux calls them: ``Enter``, ``Down``, ``a``."""
        subprocess.run([*self._tmux, "send-keys", "-t", self._name, *keys], check=True)

    def type(self, text: str) -> None:
        subprocess.run([*self._tmux, "send-keys", "-t", self._name, "-l", text], check=True)

    def screen(self) -> str:
        """What it shows, without colours."""
        done = subprocess.run([*self._tmux, "capture-pane", "-p", "-t", self._name], capture_output=True, check=True)
        return done.stdout.decode()

    def sees(self, *words: str) -> str:
        """Wait for all of these; returns the screen."""
        return self.until(lambda screen: all(word in screen for word in words))

    def until(self, truth: Callable[[str], bool]) -> str:
        deadline_s = time.monotonic() + PATIENCE_S
        while not truth(screen := self.screen()):
            assert time.monotonic() < deadline_s, f"it never came true:\n{screen}"
            time.sleep(0.05)
        return screen

    def cut(self) -> None:
        """The link is gone, without a word of farewell: ssh at this end is killed."""
        done = subprocess.run(
            [*self._tmux, "list-panes", "-t", self._name, "-F", "#{pane_pid}"], capture_output=True, check=True
        )
        os.kill(int(done.stdout), signal.SIGKILL)

    def close(self) -> None:
        subprocess.run([*self._tmux, "kill-session", "-t", self._name], check=False, stderr=subprocess.DEVNULL)


@contextmanager
def terminal(folder: Path, name: str, size: tuple[int, int], command: str) -> Iterator[Terminal]:
    opened = Terminal(folder, name, size, command)
    try:
        yield opened
    finally:
        opened.close()
