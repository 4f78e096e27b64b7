"""`pedal run`: what it refuses before anything is started, and what it would start."""

from pathlib import Path

from click.testing import CliRunner

from pedal.cli import run as run_module
from pedal.cli.main import main
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
