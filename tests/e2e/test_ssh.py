"""The editor over a real sshd in a real terminal, on a whole running pedal: built, saved, cut off in mid-edit.

``PEDAL_TEST_SCREENS=DIR`` keeps the screens, to be looked at.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pedal.preset import parse_preset
from tests.e2e.running import ROOT, Pedal, running_pedal
from tests.e2e.ssh import TOOLS, Sshd, Terminal, running_sshd, terminal

pytestmark = [
    pytest.mark.ssh,
    pytest.mark.slow,
    pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="ssh: needs sshd, ssh and tmux"),
]
SMALL, LARGE = (80, 24), (160, 50)
EDITOR = f"{sys.executable} -c 'from pedal.cli.editor import main; main()'"


@pytest.fixture(scope="module")
def pedal() -> Iterator[Pedal]:
    with running_pedal() as running:
        yield running


@pytest.fixture(scope="module")
def sshd() -> Iterator[Sshd]:
    with tempfile.TemporaryDirectory(prefix="pedal-ssh-", dir="/tmp") as folder, running_sshd(Path(folder)) as running:
        yield running


def login(pedal: Pedal, sshd: Sshd, remote: str = EDITOR, **more: str) -> str:
    names = ("PYTHONPATH", "PEDAL_HOME", "PEDAL_RUNTIME_DIR", "PEDAL_PRESETS_DIR", "PEDAL_MODELS_DIR", "PEDAL_SETTINGS")
    return sshd.command(remote, {name: pedal.environment[name] for name in names} | {"LC_ALL": "C.UTF-8"} | more)


def keep(name: str, screen: str) -> None:
    if folder := os.environ.get("PEDAL_TEST_SCREENS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / f"{name}.txt").write_text(screen)


def add(window: Terminal, kind: str, *, then: str = "") -> None:
    """A block of this kind behind the chosen one; ``then`` is a file of the browser's."""
    window.press("a")
    kinds = ["Gate", "Compressor", "Wah", "Boost", "Drive", "Amp", "Tone", "EQ", "Cab", "Chorus", "Flanger", "Phaser"]
    kinds += ["Tremolo", "Vibrato", "Delay", "Reverb"]
    window.sees("Add a block", "Reverb")
    window.press(*["Down"] * kinds.index(kind), "Enter")
    if then:
        window.sees(then)
        window.press("/")
        window.type(then)
        window.press("Enter")
    window.sees(f"{kind.lower()}1: added")


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "160x50"])
def test_a_chain_is_built_and_saved_and_the_link_is_cut_in_mid_edit(
    pedal: Pedal, sshd: Sshd, size: tuple[int, int]
) -> None:
    name = f"Built in {size[0]}"
    with terminal(sshd.folder, f"one-{size[0]}", size, login(pedal, sshd)) as window:
        keep(f"first-{size[0]}", window.sees("CPU", "q shell"))
        window.press("p")
        keep(f"presets-{size[0]}", window.sees("Crunch", "01-crunch"))
        window.press("n")
        window.sees("Name of the new preset")
        window.type(name)
        window.press("Enter")
        window.sees(f" {name} ", "no amp")
        add(window, "Gate")
        add(window, "Amp", then="starter-crunch")
        window.until(lambda screen: "Full" in screen or "Lite" in screen)
        add(window, "Cab", then="closed-back-4x12")
        add(window, "Delay")
        add(window, "Reverb")
        window.press("Down", "Enter")
        window.sees("Decay (reverb1.decay_s)")
        window.type("2.5 s")
        window.press("Enter")
        window.sees("reverb1.decay_s: 2.5 s")
        keep(f"built-{size[0]}", window.screen())
        window.press("s")
        window.sees("Save as")
        window.press("Enter")
        keep(f"saved-{size[0]}", window.sees(f"Saved: {name}"))
        window.press("Left", "Left", "Left", "Down", "Down")
        window.sees("▸Drive")
        window.press(*["+"] * 5)
        window.sees("+2.5 dB", f"{name} *")
        window.press("Down", "+", "+")
        window.cut()
    status = pedal.until(lambda status: status["edited"])
    assert status["preset"] == name
    assert {"gate", "amp", "cab", "delay", "reverb"} <= {block["kind"] for block in status["blocks"]}  # all of it plays
    saved = parse_preset((pedal.folder / "presets" / f"{status['preset_key']}.toml").read_text(), "saved")
    assert [block.kind for block in saved.blocks] == ["gate", "amp", "cab", "delay", "reverb"]
    assert (saved.block("reverb1").value("decay_s"), saved.block("amp1").value("drive_db")) == (2.5, 0.0)
    with terminal(sshd.folder, f"two-{size[0]}", size, login(pedal, sshd)) as window:
        screen = window.sees(f"{name} *", "▸Model", "+2.5 dB")  # as it was left, and still in hand
        keep(f"after-the-cut-{size[0]}", screen)
        window.press("m")
        keep(f"models-{size[0]}", window.sees("▶ starter-crunch"))
        window.press("Escape")
        window.sees("q shell")
        window.press("f")
        keep(f"switches-{size[0]}", window.sees("next_preset"))
        window.press("Escape")
        window.sees("q shell")
        window.press("s")
        window.sees(f"Saved: {name}")
        window.press("q")
        keep(f"left-{size[0]}", window.until(lambda screen: "q shell" not in screen))
    assert pedal.status()["overruns"] == 0 or not pedal.status()["safe_mode"]


def test_a_login_opens_the_editor_and_q_gives_a_shell(pedal: Pedal, sshd: Sshd, tmp_path: Path) -> None:
    """What is installed as /etc/profile.d/pedal-editor.sh, read by an interactive bash as it is at a login."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for program, text in {"pedal-editor": f'exec {EDITOR} "$@"', "id": "echo pedal"}.items():
        (programs / program).write_text(f"#!/bin/sh\n{text}\n")
        (programs / program).chmod(0o755)
    more = {"PEDAL_BIN": str(programs), "PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    shell = f"bash --noprofile --rcfile {ROOT / 'systemd/profile.d/pedal-editor.sh'} -i"
    with terminal(sshd.folder, "login", SMALL, login(pedal, sshd, shell, **more)) as window:
        window.sees("CPU", "q shell")
        window.press("q")
        window.sees("Everything plays on as it is")
        window.type("echo $((6 * 7)) of them; pedal-editor --help")
        window.press("Enter")
        window.sees("42 of them", "full-screen editor")
    (tmp_path / ".no-editor").touch()
    with terminal(sshd.folder, "never", SMALL, login(pedal, sshd, shell, **more)) as window:
        window.type("echo $((6 * 7)) of them")
        window.press("Enter")
        assert "CPU" not in window.sees("42 of them")
