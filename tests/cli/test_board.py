"""``pedal board``, as one types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pedal.cli.main import main
from pedal.config import board_names


def pedal(*args: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["board", *args])
    return done.exit_code, done.output


def test_every_shipped_board_is_right_and_listed() -> None:
    assert pedal("check", *board_names())[0] == 0
    code, text = pedal("list")
    assert code == 0
    assert [line.split()[0] for line in text.splitlines()] == list(board_names())


def test_wrong_files_are_told_one_line_each_and_right_ones_too(tmp_path: Path) -> None:
    right, wrong = tmp_path / "right.toml", tmp_path / "wrong.toml"
    right.write_text('[audio]\ncard = "M2"\n')
    wrong.write_text('[audio]\ncardd = "M2"\n')
    code, text = pedal("check", str(wrong), str(right), "no-such-board")
    assert code == 1
    assert "unknown key 'audio.cardd'. Did you mean 'card'?" in text
    assert f"{right}: right (no controls)" in text
    assert "there is no board 'no-such-board'" in text


def test_a_board_is_shown_pin_by_pin() -> None:
    code, text = pedal("show", "reference")
    assert code == 0
    assert "4 switches, 1 encoder, 4 knobs, 6 lights, an expression pedal, a display, MIDI, a relay, a looper" in text
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "pin 29 BCM 5 switch bypass bypass; to ground" in lines
    assert "pin 32 BCM 12 relay heartbeat" in lines
    assert "MCP3008 CH4 expression wah.position; wiper of the jack" in lines
    assert "dtoverlay=hifiberry-dacplusadcpro" in lines
    assert any(line.startswith("Nobody has built it") for line in lines)


@pytest.mark.parametrize("name", board_names())
def test_every_board_can_be_shown(name: str) -> None:
    assert pedal("show", name)[0] == 0


def test_what_is_connected_is_told_on_any_machine() -> None:
    code, text = pedal("detect")
    assert code == 0
    assert "sound card" in text
    code, text = pedal("detect", "--json")
    assert code == 0
    assert set(json.loads(text)) == {"model", "hat", "cards", "displays"}
