"""Level settings in hand: checked, saved, and stored for every amp of the playing and the wanted rig."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from pedal import layout
from pedal.errors import SettingsError
from pedal.levels import Levels, ModelLevels
from pedal.library.settings import load_levels
from pedal.link import Link, Word
from pedal.notes import AmpNote, BlockNote, RigNotes, encode_notes
from pedal.panel.level_settings import LevelSettings
from pedal.panel.rigs import Rigs

STATED = ModelLevels(loudness_db=-10.0, input_level_dbu=15.0, output_level_dbu=9.0)
PARAMS, GAINS = layout.HEAP_AT_BYTE // 4, layout.HEAP_AT_BYTE // 4 + 100
BOARD_DBU = 12.0


@pytest.fixture
def settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEDAL_SETTINGS", str(tmp_path / "settings.toml"))
    return tmp_path / "settings.toml"


def rig(*models: ModelLevels, serial: int = 1) -> RigNotes:
    blocks = [
        BlockNote(
            id=f"amp{number}",
            kind="amp",
            key=f"amp:{number}",
            serial=number,
            region=(layout.HEAP_AT_BYTE, 4096),
            params_idx=PARAMS,
            targets=(0.0, 1.0, 1.0),
            amp=AmpNote(0, GAINS + 2 * number, f"Model {number}", model, ("Full",)),
        )
        for number, model in enumerate(models)
    ]
    return RigNotes("test", serial, (BlockNote("tone", "tone", "tone", 9, (0, 0), PARAMS, ()), *blocks))


@pytest.fixture
def link(tmp_path: Path) -> Link:
    return Link.create(tmp_path / "link")


def playing(link: Link, notes: RigNotes) -> Rigs:
    link.write_notes(0, encode_notes(notes))
    link.put(Word.PLAYING_SLOT, 0)
    link.put(Word.WANTED_SLOT, 0)
    return Rigs(link)


def gains_db(link: Link, amp: int = 0) -> list[float]:
    """Input and output."""
    start = GAINS + 2 * amp
    return [float(20 * np.log10(gain)) for gain in link.arena.f32[start : start + 2]]


def test_gains_follow_at_once_and_are_kept(link: Link, settings_file: Path) -> None:
    settings = LevelSettings(playing(link, rig(STATED, ModelLevels(loudness_db=-20.0))), BOARD_DBU)
    settings.apply()
    assert gains_db(link, 0) == pytest.approx([-3.0, -8.0], abs=1e-4)
    assert gains_db(link, 1) == pytest.approx([0.0, 2.0], abs=1e-4)
    settings.change(None, -12.0, None)
    assert gains_db(link, 0) == pytest.approx([-3.0, -2.0], abs=1e-4)
    settings.change("calibrated", None, False)
    assert gains_db(link, 0) == pytest.approx([0.0, -3.0], abs=1e-4)
    assert gains_db(link, 1) == pytest.approx([0.0, 8.0], abs=1e-4)
    assert load_levels(settings_file) == Levels("calibrated", -12.0, False)
    successor = LevelSettings(playing(link, rig(STATED)), BOARD_DBU)
    assert successor.now == settings.now == Levels("calibrated", -12.0, False, BOARD_DBU)


def test_a_published_rig_brings_the_gains_of_now(link: Link, settings_file: Path) -> None:
    """Also for an amp that goes on, and whatever was set while the rig was built."""
    rigs = playing(link, rig(STATED))
    settings = LevelSettings(rigs, None)
    settings.change("raw", None, None)
    rigs.publish(1, rig(STATED, STATED, serial=2), settings.now)
    assert gains_db(link, 1) == pytest.approx([0.0, 0.0], abs=1e-4)
    link.arena.f32[GAINS : GAINS + 4] = 0.0
    settings.change("normalised", None, None)  # the wanted rig is not adopted yet: both follow
    assert gains_db(link, 0) == gains_db(link, 1) == pytest.approx([0.0, -8.0], abs=1e-4)


def test_the_report_has_the_arithmetic(link: Link, settings_file: Path) -> None:
    settings = LevelSettings(playing(link, rig(STATED)), BOARD_DBU)
    assert settings.report() == {
        "output": "normalised",
        "target_db": -18.0,
        "calibrate_input": True,
        "channel": "left",
        "channel_chosen": False,
        "board_dbu": BOARD_DBU,
        "amps": [
            {
                "id": "amp0",
                "model": "Model 0",
                "input_gain_db": -3.0,
                "input": "board 12.0 dBu - model 15.0 dBu = -3.0 dB",
                "output_gain_db": -8.0,
                "output": "target -18.0 dB - loudness -10.0 dB (stated) = -8.0 dB",
            }
        ],
    }


def test_the_input_is_chosen_kept_and_left_to_the_board_again(link: Link, settings_file: Path) -> None:
    settings = LevelSettings(playing(link, rig(STATED)), None, "right")
    settings.apply()
    assert (settings.channel, link.get(Word.INPUT_CHANNEL)) == ("right", 0)
    settings.change(channel="sum")
    assert (settings.channel, link.get(Word.INPUT_CHANNEL)) == ("sum", 1 + layout.SELECT_SUM)
    link.put(Word.INPUT_CHANNEL, 0)
    successor = LevelSettings(playing(link, rig(STATED)), None, "right")
    successor.apply()
    assert (successor.channel, link.get(Word.INPUT_CHANNEL)) == ("sum", 1 + layout.SELECT_SUM)
    successor.change(channel="left")
    assert link.get(Word.INPUT_CHANNEL) == 1 + layout.SELECT_LEFT
    successor.change(channel="board")
    assert (successor.channel, link.get(Word.INPUT_CHANNEL)) == ("right", 0)
    with pytest.raises(SettingsError, match="Did you mean 'right'"):
        successor.change(channel="rihgt")


def test_a_card_of_one_input_has_no_other(link: Link, settings_file: Path) -> None:
    settings = LevelSettings(playing(link, rig(STATED)), None)
    settings.change(channel="right")
    link.put(Word.CAPTURE_CHANNELS, 1)
    assert settings.channel == "left", "what is chosen stays, for the next card"
    with pytest.raises(SettingsError, match="one input"):
        settings.change(channel="right")


def test_what_cannot_be_changes_nothing(link: Link, settings_file: Path) -> None:
    settings = LevelSettings(playing(link, rig(STATED)), BOARD_DBU)
    settings.apply()
    before = gains_db(link)
    for target_db in (1e9, float("nan"), 3.0):
        with pytest.raises(SettingsError, match="out of range"):
            settings.change("raw", target_db, None)
    assert settings.now.output == "normalised" and gains_db(link) == before
    assert not settings_file.exists()


def test_a_disk_that_refuses_changes_nothing(link: Link, settings_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEDAL_SETTINGS", str(settings_file.parent / "file" / "settings.toml"))
    (settings_file.parent / "file").write_text("in the way of a folder")
    settings = LevelSettings(playing(link, rig(STATED)), BOARD_DBU)
    settings.apply()
    before = gains_db(link)
    with pytest.raises(SettingsError, match="cannot be saved"):
        settings.change("raw", None, None)
    assert gains_db(link) == before and settings.now.output == "normalised"


@pytest.mark.parametrize("content", ["[levels]\noutput = 'loud'", "{", "[levels]\ntarget_db = 1e9"])
def test_a_broken_file_is_said_and_stays(link: Link, settings_file: Path, content: str) -> None:
    settings_file.write_text(content)
    settings = LevelSettings(playing(link, rig(STATED)), None)
    assert settings.now == Levels()
    assert "settings.toml" in settings.trouble and settings.trouble.endswith("Playing at the usual levels.")
    settings.change("raw", None, None)
    assert load_levels(settings_file).output == "raw"
    assert content in [path.read_text() for path in settings_file.parent.iterdir() if path.name.endswith(".previous")]
    assert len(os.listdir(settings_file.parent)) == 3  # the link, the settings, and what was there before
