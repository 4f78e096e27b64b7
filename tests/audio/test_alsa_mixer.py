"""A board's mixer settings, on a mixer that alsa-lib plays: an audio receiver on a pseudo-terminal.

Each in a process of its own: the plugin keeps threads, and alsa-lib its configuration.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pedal.config import AudioSettings, parse_board
from pedal.errors import CardError
from tests.audio.receiver import Receiver

ROOT = Path(__file__).resolve().parents[2]
_SET = """
import json, sys
from pedal.audio.alsa_mixer import mixer_device, set_mixer
from pedal.config import parse_board
board = parse_board(sys.argv[1], "x.toml")
print(json.dumps(set_mixer(mixer_device(board.audio.card), board.mixer)))
"""


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    if not list(Path("/usr/lib").glob("*/alsa-lib/libasound_module_ctl_arcam_av.so")):
        pytest.skip("libasound2-plugins is not installed")
    made = Receiver(tmp_path)
    yield made
    made.close()


def complaints(receiver: Receiver, mixer: str) -> list[str]:
    """What could not be set of ``mixer``, the lines of a board's ``[mixer]``."""
    environment = os.environ | {"ALSA_CONFIG_PATH": str(receiver.configuration), "PYTHONPATH": str(ROOT)}
    text = f'[audio]\ncard = "receiver"\n[mixer]\n{mixer}'
    done = subprocess.run(
        [sys.executable, "-c", _SET, text], env=environment, capture_output=True, text=True, timeout=10
    )
    assert done.returncode == 0, done.stderr
    said: list[str] = json.loads(done.stdout)
    return said


def test_levels_switches_and_lists_are_set(receiver: Receiver) -> None:
    mixer = '"Master" = { level = 37, on = false }\n"Power" = { on = false }\n"Source" = { choice = "CD" }'
    assert complaints(receiver, mixer) == []
    assert receiver.heard == {
        "Master volume": bytes([ord("0") + 37]),
        "Master switch": b"0",
        "Power": b"0",
        "Source": b"5",
    }


def test_what_cannot_be_set_is_told_and_the_rest_is_set(receiver: Receiver) -> None:
    said = complaints(
        receiver,
        '"Mastr" = { on = true }\n'
        '"Master" = { level = 101 }\n'
        '"Power" = { level = 3 }\n'
        '"Source Type" = { on = true }\n'
        '"Stereo Effect" = { choice = "Halls" }\n'
        '"Multi-Channel Decode" = { level_db = 0.0 }\n'
        '"Direct" = { choice = "Enable" }\n',
    )
    assert said == [
        "mixer.'Mastr': there is no such control. Did you mean 'Master'?",
        "mixer.'Master': cannot be set so high or low. Use 0 to 100.",
        "mixer.'Power': has no such level. Use on or choice.",
        "mixer.'Source Type': has no such switch. Use level_db, level or choice.",
        "mixer.'Stereo Effect': has no 'Halls'. Did you mean 'Hall'?",
        "mixer.'Multi-Channel Decode': has no such level. Use on or choice.",
    ]
    assert receiver.heard == {"Direct": b"1"}


def test_decibels_need_a_control_that_states_them(receiver: Receiver) -> None:
    assert complaints(receiver, '"Master" = { level_db = 0.0 }') == ["mixer.'Master': states no decibels. Use level."]
    assert complaints(receiver, '"Power" = { choice = "on" }') == [
        "mixer.'Power': is no list. Use on, level_db or level."
    ]


def test_a_direction_that_a_control_has_not(receiver: Receiver) -> None:
    said = complaints(receiver, '"Master" = { on = false, direction = "capture" }')
    assert said == ["mixer.'Master': has no such switch. Use level_db, level or choice."]
    assert receiver.heard == {}


_BYPASS = """
import json
from pedal.audio.alsa_bypass import CodecBypass
from pedal.config import CodecBypassSettings, MixerSetting
off, on = MixerSetting(on=False), MixerSetting(on=True)
bypass = CodecBypass("receiver", CodecBypassSettings(dry={"Power": off, "None": on}, wet={"Power": on, "None": off}))
input()
bypass.drive(True)
input()
bypass.close()
input()
"""


def test_a_codecs_own_bypass_is_dry_first_and_last(receiver: Receiver) -> None:
    """Also where one of its controls is not there: the others are thrown, and it is told."""
    environment = os.environ | {"ALSA_CONFIG_PATH": str(receiver.configuration), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", _BYPASS], env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdin is not None and program.stderr is not None
        for expected in (b"0", b"1", b"0"):
            limit_s = time.monotonic() + 30.0
            while receiver.heard.get("Power") != expected and time.monotonic() < limit_s:
                time.sleep(0.01)
            assert receiver.heard["Power"] == expected
            program.stdin.write("\n")
            program.stdin.flush()
        program.stdin.close()
        assert program.stderr.read().count("there is no such control") == 1


def test_a_card_without_a_mixer_is_told_of_once_and_opened_or_missed_as_ever() -> None:
    from pedal.audio.alsa_mixer import ReadyCard, mixer_device, set_mixer

    settings = parse_board('[audio]\ncard = "Nix"\n[mixer]\n"A" = { on = true }', "x.toml").mixer
    assert len(set_mixer("hw:CARD=Nix", settings)) == 1
    assert set_mixer("hw:CARD=Nix", {}) == []
    assert mixer_device("hw:CARD=M2,DEV=0") == "hw:CARD=M2"
    told: list[str] = []
    with pytest.raises(CardError, match="is not there"):
        ReadyCard(AudioSettings(card="Nix"), settings, told.append)()
    assert told == []
