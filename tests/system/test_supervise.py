"""The parent of the pedal's processes, with real children."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from pedal.errors import PedalError
from pedal.health import Health, ask_resume, load_health
from pedal.system import post, supervise
from pedal.system.heartbeat import load_beat
from pedal.system.leftovers import lock_place, remember_pid, remove_leftover, start_time
from pedal.system.post import Child
from pedal.system.supervise import Supervisor

ROOT = Path(__file__).resolve().parents[2]
GIVE_UP_S = 30.0

#: Writes a line with its process id for each life, then sleeps.
SLEEPER = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(1000)"
#: Has the words of an audio process that plays for half a second and then hangs.
HANGER = """
import os, sys, time
import numpy as np
from pedal import layout
words = np.memmap(sys.argv[2], np.int64, "r+" if os.path.exists(sys.argv[2]) else "w+", shape=(layout.WORDS,))
words[layout.MAGIC], words[layout.VERSION] = layout.LINK_MAGIC, layout.LINK_VERSION
words[layout.CARD_STATE] = layout.CARD_STARTING
words[layout.AUDIO_PID] = os.getpid()
words[layout.AUDIO_BEAT_NS] = time.monotonic_ns()
words[layout.CARD_STATE] = layout.CARD_RUNNING
open(sys.argv[1], "a").write(f"{os.getpid()}\\n")
for _ in range(10):
    time.sleep(0.05)
    words[layout.AUDIO_BEAT_NS] = time.monotonic_ns()
time.sleep(1000)
"""


#: Has the words of a panel that ticks once and then hangs.
HANGING_PANEL = HANGER.replace("AUDIO_PID", "PANEL_PID").replace("AUDIO_BEAT_NS", "PANEL_BEAT_NS").replace("10)", "1)")
#: Leaves a line of each life, and ends.
CRASHER = SLEEPER.replace("time.sleep(1000)", "sys.exit(3)")


def child(folder: Path, name: str = "audio", code: str = SLEEPER, *, safe_once: bool | None = None) -> Child:
    """A child that leaves a line of each life; one of a safe start among the lives of ``safe``, if it has one."""
    command = (sys.executable, "-c", code, str(folder / f"{name}.lives"), str(folder / "link"))
    safe_command = () if safe_once is None else (sys.executable, "-c", SLEEPER, str(folder / "safe.lives"))
    environment = {"PYTHONPATH": str(ROOT)}
    return Child(name, command, environment, safe_command=safe_command, safe_once=bool(safe_once))


def lent(folder: Path, code: str = SLEEPER) -> Child:
    """A child whose place is somebody else's while there is a file ``errand``; each content of it is another one."""

    def stand_in() -> tuple[str, ...]:
        errand = folder / "errand"
        if not errand.exists():
            return ()
        return (sys.executable, "-c", code, str(folder / "other.lives"), errand.read_text())

    return replace(child(folder), stand_in=stand_in)


def lives(folder: Path, name: str = "audio") -> list[int]:
    path = folder / f"{name}.lives"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def until(truth: Callable[[], bool]) -> Callable[[], bool]:
    """What ends a supervisor: the truth, or our patience."""
    limit_s = time.monotonic() + GIVE_UP_S
    return lambda: truth() or time.monotonic() > limit_s


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def test_a_killed_child_is_started_again_and_the_others_stay(tmp_path: Path) -> None:
    killed: list[int] = []

    def restarted() -> bool:
        born = lives(tmp_path)
        if len(born) == 1 and not killed and lives(tmp_path, "panel"):
            os.kill(born[0], signal.SIGKILL)
            killed.append(born[0])
        return len(born) == 2

    Supervisor([child(tmp_path), child(tmp_path, "panel")], tmp_path, ended=until(restarted)).run()
    assert len(lives(tmp_path)) == 2 and len(lives(tmp_path, "panel")) == 1
    assert not any(is_alive(pid) for pid in lives(tmp_path) + lives(tmp_path, "panel"))
    assert not list(tmp_path.glob("*.pid"))


def test_a_heart_that_stops_is_a_death(tmp_path: Path) -> None:
    ended = until(lambda: len(lives(tmp_path)) == 3)
    Supervisor(
        [child(tmp_path, code=HANGER)], tmp_path, load_beat=lambda: load_beat(tmp_path / "link"), ended=ended
    ).run()
    assert len(lives(tmp_path)) == 3, "killed twice, and not for the beat that its predecessor left"


def test_a_panel_that_hangs_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(supervise.SILENT_S, "panel", 0.5)
    ended = until(lambda: len(lives(tmp_path, "panel")) == 2)
    Supervisor(
        [child(tmp_path, "panel", HANGING_PANEL)], tmp_path, lambda: load_beat(tmp_path / "link"), ended=ended
    ).run()
    assert len(lives(tmp_path, "panel")) == 2


def test_three_failures_are_enough(tmp_path: Path) -> None:
    """Safe mode begins, is entered without waiting, and is left when somebody asks."""
    seen: list[str] = []

    def left_again() -> bool:
        if lives(tmp_path, "safe") and not seen:
            assert len(lives(tmp_path)) == 3
            seen.append(load_health(tmp_path, "audio").safe_mode)
            assert ask_resume(tmp_path, "audio")
        return len(lives(tmp_path)) == 4

    Supervisor([child(tmp_path, code=CRASHER, safe_once=False)], tmp_path, ended=until(left_again)).run()
    assert seen == ["The sound failed 3 times in a minute; the last time it ended with 3."]
    assert len(lives(tmp_path)) >= 4 and not is_alive(lives(tmp_path, "safe")[0])
    assert load_health(tmp_path, "audio") == Health(), "a stop that was asked for forgets"


def test_safe_mode_stays_when_it_fails_itself(tmp_path: Path) -> None:
    def killed_twice() -> bool:
        born = lives(tmp_path, "safe")
        if born and is_alive(born[-1]) and len(born) < 3:
            os.kill(born[-1], signal.SIGKILL)
        return len(born) == 3

    Supervisor([child(tmp_path, code=CRASHER, safe_once=False)], tmp_path, ended=until(killed_twice)).run()
    assert len(lives(tmp_path)) == 3 and len(lives(tmp_path, "safe")) == 3


def test_a_safe_start_that_mends_is_made_once(tmp_path: Path) -> None:
    def restarted() -> bool:
        if len(born := lives(tmp_path, "safe")) == 1 and is_alive(born[0]):
            assert not load_health(tmp_path, "panel").safe_mode
            os.kill(born[0], signal.SIGKILL)
        return len(lives(tmp_path, "panel")) == 4

    Supervisor([child(tmp_path, "panel", CRASHER, safe_once=True)], tmp_path, ended=until(restarted)).run()
    assert len(lives(tmp_path, "panel")) == 4 and len(lives(tmp_path, "safe")) == 1


def test_failures_are_counted_across_supervisors(tmp_path: Path) -> None:
    """As systemd restarts them: one is killed, its successor knows, and two of the child's own make three."""
    with supervisor(tmp_path) as process:
        process.kill()
        process.wait()
    assert load_health(tmp_path, "audio").running

    def safe() -> bool:
        return bool(lives(tmp_path, "safe"))

    Supervisor([child(tmp_path, code=CRASHER, safe_once=False)], tmp_path, ended=until(safe)).run()
    assert len(lives(tmp_path)) == 3, "one under the first, two under the second"


SUPERVISE = """
import sys
from pathlib import Path
from pedal.system.post import Child
from pedal.system.supervise import Supervisor
folder = Path(sys.argv[1])
command = (sys.executable, "-c", sys.argv[2], str(folder / "audio.lives"), str(folder / "link"))
Supervisor([Child("audio", command)], folder).run()
"""


@contextmanager
def supervisor(folder: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, folder, SLEEPER],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
    )
    try:
        ready = until(lambda: bool(lives(folder)))
        while not ready():
            time.sleep(0.02)
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_are_passed_on(tmp_path: Path, number: signal.Signals) -> None:
    with supervisor(tmp_path) as process:
        process.send_signal(number)
        assert process.wait(10) == 0
        assert not any(map(is_alive, lives(tmp_path)))


def test_children_die_with_a_killed_parent(tmp_path: Path) -> None:
    with supervisor(tmp_path) as process:
        process.kill()
        process.wait()
        gone = until(lambda: not any(map(is_alive, lives(tmp_path))))
        while not gone():
            time.sleep(0.02)
        assert not any(map(is_alive, lives(tmp_path)))


def test_only_one_pedal_in_a_directory(tmp_path: Path) -> None:
    with (
        supervisor(tmp_path) as process,
        pytest.raises(PedalError, match=rf"already running here \(process {process.pid}"),
    ):
        Supervisor([child(tmp_path)], tmp_path).run()
    with lock_place(tmp_path, "audio"):
        pass


def test_leftovers_are_ended_unless_the_number_was_given_to_another(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "1000"]) as left, subprocess.Popen(["sleep", "1000"]) as stranger:
        remember_pid(tmp_path / "audio.pid", left.pid)
        (tmp_path / "panel.pid").write_text(f"{stranger.pid} {start_time(stranger.pid) - 1}\n")
        (tmp_path / "torn.pid").write_text("12")
        for name in ("audio", "panel", "torn", "none"):
            remove_leftover(tmp_path, name)
        assert left.wait(10) == -signal.SIGKILL
        assert stranger.poll() is None
        stranger.kill()
    assert not list(tmp_path.glob("*.pid"))


def test_systemd_hears_of_it(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(GIVE_UP_S)
        heard: list[str] = []
        with supervisor(tmp_path, NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="200000") as process:
            while not any("WATCHDOG=1" in message for message in heard):
                heard.append(systemd.recv(1000).decode())
            process.terminate()
            process.wait()
            while heard[-1] != "STOPPING=1":
                heard.append(systemd.recv(1000).decode())
    assert heard[0] == "READY=1\nSTATUS=audio up"


def test_the_place_is_lent_and_given_back_without_a_failure(tmp_path: Path) -> None:
    def over() -> bool:
        own, other = lives(tmp_path), lives(tmp_path, "other")
        if own and not other:
            (tmp_path / "errand").write_text("1")
        if len(other) == 1 and len(own) == 1:
            assert not is_alive(own[0]), "never two on one card"
            if is_alive(other[0]):
                assert supervisor._posts[0].pid == 0, "so a relay falls: the sound is not there"
            (tmp_path / "errand").unlink(missing_ok=True)  # not wanted any more
        return len(own) == 2

    supervisor = Supervisor([lent(tmp_path)], tmp_path, ended=until(over))
    supervisor.run()
    (own, again), (other,) = lives(tmp_path), lives(tmp_path, "other")
    assert not any(is_alive(pid) for pid in (own, again, other))
    assert load_health(tmp_path, "audio") == Health()


@pytest.mark.parametrize("way", ["ends", "killed", "hangs"])
def test_whatever_becomes_of_who_had_the_place_the_child_is_back(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the same errand is not done twice; another one is."""
    monkeypatch.setattr(post, "STAND_IN_S", 0.5 if way == "hangs" else 60.0)
    health: list[Health] = []

    def over() -> bool:
        own, other = lives(tmp_path), lives(tmp_path, "other")
        if own:
            (tmp_path / "errand").write_text("1" if len(own) < 3 else "2")
        if way == "killed" and other and is_alive(other[-1]):
            os.kill(other[-1], signal.SIGKILL)
        health.append(load_health(tmp_path, "audio"))
        if len(own) == 2 and len(other) == 1 and is_alive(own[1]):  # given time to be mistaken
            waited.append(time.monotonic())
            if waited[-1] - waited[0] > 0.5:
                os.kill(own[1], signal.SIGKILL)
        return len(other) == 2

    waited: list[float] = []
    Supervisor([lent(tmp_path, CRASHER if way == "ends" else SLEEPER)], tmp_path, ended=until(over)).run()
    assert len(lives(tmp_path, "other")) == 2 and len(lives(tmp_path)) == 3
    assert max(len(each.failures) for each in health) == 1, "only the child that was killed"


def test_in_safe_mode_nobody_else_has_the_place(tmp_path: Path) -> None:
    safe = (sys.executable, "-c", SLEEPER, str(tmp_path / "safe.lives"))
    crashing = replace(lent(tmp_path), command=child(tmp_path, code=CRASHER).command, safe_command=safe)
    asked_s: list[float] = []

    def over() -> bool:
        if lives(tmp_path, "safe"):
            (tmp_path / "errand").write_text("1")
            asked_s.append(time.monotonic())
        return bool(asked_s) and asked_s[-1] - asked_s[0] > 0.5

    Supervisor([crashing], tmp_path, ended=until(over)).run()
    assert not lives(tmp_path, "other") and len(lives(tmp_path, "safe")) == 1
