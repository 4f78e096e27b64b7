"""Minutes of everything that a client can do wrong, against a running virtual pedal: ``python -m tests.fuzz.socket``.

Clients of every sort at once: garbage, requests that are nearly right, lines in pieces, lines without an end, crowds,
subscribers who do not read, who hang up in the middle, who ask for everything at the highest rate. Beside them somebody
asks for the status, as a command does, and looks how long that takes, how much memory the panel has, and whether the
sound goes on. What is ordered is harmless: nothing is saved, and no rig is built.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import random
import socket
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pedal.cli.client import Client
from pedal.errors import ControlError
from pedal.panel import protocol
from pedal.panel.feed_requests import TOPICS, Subscribe
from tests.e2e.running import Pedal, running_pedal

#: What a status may take, with all that going on.
LATEST_S = 0.1
#: Looked at so often.
LOOK_S = 0.1
#: Requests that are whole and harmless: what a good client might send.
GOOD = (
    b'{"v":1,"id":1,"cmd":"status"}',
    b'{"v":1,"id":2,"cmd":"chain"}',
    b'{"v":1,"id":3,"cmd":"get","target":"amp"}',
    b'{"v":1,"id":4,"cmd":"set","target":"amp.drive_db","value":3}',
    b'{"v":1,"id":5,"cmd":"set","target":"tone.bass_db","value":"1 dB","step":true}',
    b'{"v":1,"id":6,"cmd":"show","mark":""}',
    b'{"v":1,"id":7,"cmd":"page","scale":1}',
    b'{"v":1,"id":8,"cmd":"log","lines":200}',
    b'{"v":1,"id":9,"cmd":"subscribe","topics":["status","meters","changes","log","midi"],"rate_hz":20}',
    b'{"v":1,"id":10,"cmd":"things","kind":"model"}',
)
#: Put into a line at random.
SPICE = (b"\x00", b"\xff\xfe", b"null", b"1e999", b"-0", b'"', b"{", b"[[[[", b"}" * 9, b"\\ud800", b"9" * 400, b"\r")

Wrong = Callable[[Path, random.Random], None]


def connected(path: Path, timeout_s: float = 2.0) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(timeout_s)
    sock.connect(str(path))
    return sock


def garbage(path: Path, dice: random.Random) -> None:
    with connected(path) as sock:
        for _ in range(dice.randrange(1, 20)):
            sock.sendall(dice.randbytes(dice.randrange(1, 4000)) + b"\n" * dice.randrange(2))
        sock.settimeout(0.05)
        sock.recv(65536)


def nearly_right(path: Path, dice: random.Random) -> None:
    with connected(path) as sock:
        for _ in range(dice.randrange(1, 30)):
            line = bytearray(dice.choice(GOOD))
            for _ in range(dice.randrange(4)):
                at = dice.randrange(len(line) + 1)
                line[at : at + dice.randrange(3)] = dice.choice(SPICE)
            sock.sendall(bytes(line) + b"\n")
            if dice.random() < 0.7:
                sock.settimeout(0.05)
                with contextlib.suppress(TimeoutError):
                    sock.recv(65536)


def in_pieces(path: Path, dice: random.Random) -> None:
    with connected(path) as sock:
        line = dice.choice(GOOD) + b"\n"
        while line:
            size = dice.randrange(1, 12)
            sock.sendall(line[:size])
            line = line[size:]
            time.sleep(0.002)
        if dice.random() < 0.5:
            sock.recv(100)  # and gone in the middle of the answer


def without_end(path: Path, dice: random.Random) -> None:
    with connected(path) as sock:
        sock.sendall(b'{"v":1,"cmd":"' + b"a" * dice.randrange(200_000))
        time.sleep(dice.random() * 0.2)


def crowd(path: Path, dice: random.Random) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(dice.randrange(10, 60)):
            sock = stack.enter_context(connected(path))
            if dice.random() < 0.5:
                sock.send(dice.choice(GOOD)[: dice.randrange(60)])


def deaf(path: Path, dice: random.Random) -> None:
    """Subscribes to everything, asks on and on, and never reads."""
    with connected(path, 0.2) as sock:
        sock.sendall(protocol.format_request(Subscribe(topics=list(TOPICS), rate_hz=20.0)))
        until_s = time.monotonic() + dice.random() * 4.0
        while time.monotonic() < until_s:
            if dice.random() < 0.1:
                sock.sendall(dice.choice(GOOD) + b"\n")
            time.sleep(0.02)


def slow_listener(path: Path, dice: random.Random) -> None:
    with connected(path) as sock:
        sock.sendall(protocol.format_request(Subscribe(topics=list(TOPICS), rate_hz=20.0)))
        until_s = time.monotonic() + dice.random() * 3.0
        while time.monotonic() < until_s:
            sock.recv(dice.randrange(1, 300))
            time.sleep(0.05)


def flood(path: Path, dice: random.Random) -> None:
    with connected(path, 0.5) as sock:
        sock.sendall((dice.choice(GOOD) + b"\n") * dice.randrange(10, 400))
        for _ in range(dice.randrange(50)):
            sock.recv(65536)


WRONGS: tuple[Wrong, ...] = (garbage, nearly_right, in_pieces, without_end, crowd, deaf, slow_listener, flood)


@dataclass
class Report:
    """What was seen."""

    took_s: list[float] = field(default_factory=list)
    memory_kib: list[int] = field(default_factory=list)
    turned_away: int = 0
    done: dict[str, int] = field(default_factory=dict)
    overruns: int = 0
    xruns: int = 0
    failures: list[str] = field(default_factory=list)

    def text(self) -> str:
        ordered = sorted(self.took_s)
        most = [f"{1e3 * ordered[int(share * (len(ordered) - 1))]:.1f}" for share in (0.5, 0.99, 1.0)]
        quarter = max(1, len(self.memory_kib) // 4)
        first, last = (statistics.median(part) for part in (self.memory_kib[:quarter], self.memory_kib[-quarter:]))
        late = sum(took_s > LATEST_S for took_s in ordered)
        lines = [
            f"attacks: {sum(self.done.values())} ({', '.join(f'{name} {count}' for name, count in self.done.items())})",
            f"status: {len(ordered)} asked; median {most[0]} ms, 99 % {most[1]} ms, worst {most[2]} ms; "
            f"{late} later than {1e3 * LATEST_S:.0f} ms; {self.turned_away} connections closed for want of room",
            f"panel's own memory: {first / 1024:.1f} MiB in the first quarter, {last / 1024:.1f} MiB in the last, "
            f"most {max(self.memory_kib) / 1024:.1f} MiB",
            f"overruns {self.overruns}, card's xruns {self.xruns}",
        ]
        return "\n".join(lines + self.failures)


def attack(path: Path, seed: int, until_s: float, done: dict[str, int]) -> None:
    dice = random.Random(seed)
    while time.monotonic() < until_s:
        wrong = dice.choice(WRONGS)
        with contextlib.suppress(OSError):  # hung up on, or too crowded: that is meant
            wrong(path, dice)
        done[wrong.__name__] = done.get(wrong.__name__, 0) + 1


def attack_together(path: Path, seed: int, attackers: int, seconds: float, results: Any) -> None:
    """In a process of its own: whoever measures must not wait for their interpreter lock."""
    done: dict[str, int] = {}
    until_s = time.monotonic() + seconds
    threads = [
        threading.Thread(target=attack, args=(path, seed + number, until_s, done), daemon=True)
        for number in range(attackers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 30.0)
    results.put(done)


def memory_kib(pid: int) -> int:
    """A process's own: what it shares with others (the link, libraries) is touched sooner or later, and no growth."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1])
    raise ProcessLookupError(pid)


def fuzz(pedal: Pedal, seconds: float, attackers: int, seed: int) -> Report:
    """Attack a pedal for so long, and look at it."""
    path, report = pedal.runtime / "control.sock", Report()
    client, panel = Client(path), pedal.pid("panel")
    before = pedal.status()
    spawning = multiprocessing.get_context("spawn")
    results = spawning.Queue()
    enemy = spawning.Process(target=attack_together, args=(path, seed, attackers, seconds, results), daemon=True)
    enemy.start()
    until_s = time.monotonic() + seconds
    status: dict[str, Any] = before
    while time.monotonic() < until_s:
        began_s = time.monotonic()
        try:
            status = client.call(protocol.Status(), timeout_s=5.0)
        except ControlError as error:
            if "hung up" in str(error):  # pushed out by the crowd before it was taken: a command says "try again"
                report.turned_away += 1
            else:
                report.failures.append(f"status: {error}")
        else:
            report.took_s.append(time.monotonic() - began_s)
        report.memory_kib.append(memory_kib(panel))
        time.sleep(LOOK_S)
    report.done = results.get(timeout=60.0)
    enemy.join(10.0)
    report.overruns = status["overruns"] - before["overruns"]
    report.xruns = status["xruns"] - before["xruns"]
    if pedal.pid("panel") != panel:
        report.failures.append("the panel was started again")
    return report


def main() -> int:
    """Runs it and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--attackers", type=int, default=6)
    parser.add_argument("--seed", type=int, default=os.getpid())
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}")
    with running_pedal() as pedal:
        report = fuzz(pedal, 60.0 * chosen.minutes, chosen.attackers, chosen.seed)
        print(report.text())
    return 1 if report.failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
