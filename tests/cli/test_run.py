"""`pedal run`: what it refuses before anything is started, and what it would start."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from pedal import layout
from pedal.cli import run as run_module
from pedal.cli.main import main
from pedal.config import load_board, parse_board
from pedal.link.memory import FILE_NAME
from pedal.paths import factory_dir


def test_an_unknown_board() -> None:
    done = CliRunner().invoke(main, ["run", "--board", "vrtual"])
    assert done.exit_code == 1
    assert "there is no board 'vrtual'. Known: " in done.stderr


def test_a_broken_board_file(tmp_path: Path) -> None:
    board = tmp_path / "mine.toml"
    board.write_text("[audio]\ncard = 'M2'\nperiod_frames = 1024\n")
    done = CliRunner().invoke(main, ["run", "--board", str(board)])
    assert done.exit_code == 1
    assert "audio.period_frames = 1024 is not right. Use a whole number from 16 to 256" in done.stderr


def test_usage() -> None:
    assert CliRunner().invoke(main, ["run", "--only", "knobs"]).exit_code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--virtual", "--board", "virtual"], "say --board or --virtual"),
        (["--virtual", "--card", "auto", "--only", "panel"], "--card is about the sound"),
        (["--board", "usb-generic", "--card", "auto"], "board 'usb-generic': has its card in its file"),
        (["--virtual", "--card", "no-such-card"], "card 'no-such-card': is not there"),
    ],
)
def test_cards_that_make_no_sense(tmp_path: Path, words: list[str], said: str) -> None:
    done = CliRunner().invoke(main, ["run", *words, "--runtime-dir", str(tmp_path)])
    assert done.exit_code != 0 and said in done.stderr and not list(tmp_path.iterdir())


def test_names_agree_with_the_link_and_the_take() -> None:
    assert run_module.LINK_NAME == FILE_NAME
    assert (factory_dir("models") / run_module.TAKE).is_file()


def test_children(tmp_path: Path) -> None:
    audio = run_module.audio_child("virtual", tmp_path, {"A": "b"})
    log_path = tmp_path / "log"
    panel = run_module.panel_child("usb-class", tmp_path, virtual=False, log_path=log_path)
    virtual = run_module.panel_child("virtual", tmp_path, virtual=True, quiet=True)
    assert audio.name == "audio"  # the supervisor watches the heartbeat of the child of this name
    assert audio.environment == {"A": "b"}
    assert audio.command[1:] == ("-m", "pedal.audio.process", "virtual", str(tmp_path / "link"))
    assert panel.command[1:] == ("-m", "pedal.panel.app", "usb-class", str(tmp_path / "link"))
    assert panel.log_path == log_path
    assert virtual.command[1:] == ("-m", "pedal.virtual.panel", "virtual", str(tmp_path / "link"), "--quiet")


def test_the_board_of_an_installed_pedal_comes_from_its_environment() -> None:
    done = CliRunner().invoke(main, ["run"], env={"PEDAL_BOARD": "no-such-board"})
    assert "there is no board 'no-such-board'" in done.stderr


RELAY = '[audio]\ncard = "M2"\n[relay]\npin = 12\n'


def test_a_board_with_a_relay_has_a_wire_and_others_have_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Device, "pin_factory", MockFactory())
    wire = run_module.wire_of(parse_board(RELAY, "x.toml"), tmp_path)
    assert wire is not None
    assert wire.words.startswith("dry")
    wire.close()
    assert run_module.wire_of(load_board("usb-generic"), tmp_path) is None
    assert run_module.wire_of(parse_board("virtual = true\n" + RELAY, "x.toml"), tmp_path) is None, "no pins to drive"


def test_what_a_board_with_a_relay_muted_is_heard_again_without_one(tmp_path: Path) -> None:
    words = np.zeros(layout.WORDS, np.int64)
    words[[layout.MAGIC, layout.VERSION, layout.MUTED]] = layout.LINK_MAGIC, layout.LINK_VERSION, 1
    link = tmp_path / run_module.LINK_NAME
    link.write_bytes(words.tobytes())
    assert run_module.wire_of(load_board("usb-generic"), tmp_path) is None
    assert np.frombuffer(link.read_bytes(), np.int64)[layout.MUTED] == 0


def test_a_relay_that_cannot_be_reached_is_told_and_the_sound_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Device, "pin_factory", MockFactory())
    taken = run_module.wire_of(parse_board(RELAY, "x.toml"), tmp_path)
    assert taken is not None
    assert run_module.wire_of(parse_board(RELAY, "x.toml"), tmp_path) is None
    assert "relay.pin = 12: this pin is already in use" in caplog.text
    taken.close()
