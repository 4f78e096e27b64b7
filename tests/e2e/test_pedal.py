"""The whole pedal, all its processes, on a virtual card: its parts are killed, its files are broken, it plays on."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator

import numpy as np
import pytest
import soundfile

from pedal import layout
from pedal.cli.client import RefusedError
from pedal.link import Word
from pedal.panel import protocol
from pedal.paths import factory_dir
from tests.e2e.running import PATIENCE_S, Pedal, running_pedal
from tests.e2e.supervised import TONE_FRAMES

#: Ramps are over, and the meter has fallen by 100 dB.
SETTLED_FRAMES = 96_000

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("jackd") is None, reason="jackd2 is not installed")]


@pytest.fixture(scope="module")
def pedal() -> Iterator[Pedal]:
    with running_pedal("--no-safe-mode") as running:
        yield running


def write_preset(pedal: Pedal, key: str, body: str) -> None:
    (pedal.folder / "presets" / f"{key}.toml").write_text(body)


def test_it_begins_with_the_first_preset(pedal: Pedal) -> None:
    status = pedal.until(lambda status: status["audio"] == "playing")
    assert (status["preset_key"], status["preset_number"]) == ("01-crunch", 1)
    assert [amp["width"] for amp in status["amps"]] == ["Full"], "this machine is fast enough, as it is"


def test_changes_made_while_a_preset_is_built_are_that_presets(pedal: Pedal) -> None:
    pedal.call(protocol.SelectPreset(name="04-stack"))
    pedal.call(protocol.SetParam(target="tone.bass_db", value=3.0))
    pedal.call(protocol.SwitchBlock(block="room", on=True))
    pedal.call(protocol.SetWidth(width="lite", amp=2))
    # Published at once, adopted when the understudy has walked through it.
    status = pedal.until(lambda status: any(block["id"] == "room" for block in status["blocks"]))
    assert status["preset_key"] == "04-stack"
    assert {block["id"]: block["on"] for block in status["blocks"]}["room"]
    pedal.until(lambda status: status["amps"][1]["width"] == "Lite")
    assert pedal.parameter("tone", 1) == 3.0
    assert pedal.go_to("01-crunch")["amps"][0]["quality"] == "auto"
    assert pedal.parameter("tone", 1) == 0.0


def test_of_several_presets_the_newest_wins(pedal: Pedal) -> None:
    for name in ("02-clean-edge", "03-two-amps", "04-stack", "02-clean-edge"):
        assert pedal.call(protocol.SelectPreset(name=name))["preset_key"] == name
    pedal.until(lambda status: status["preset_key"] == "02-clean-edge")
    time.sleep(0.5)  # nothing comes after
    assert pedal.rig().origin == "02-clean-edge"


BROKEN = {
    "50-broken": ("name = 3", "has no name"),
    "51-missing": ('name = "M"\n[[block]]\nkind = "amp"\nid = "amp"\nmodel = "no-such.nam"', "no-such.nam"),
    "52-cut": ('name = "C"\n[[block]]\nkind = "amp"\nid = "amp"\nmodel = "cut.nam"', "cut.nam"),
    "53-wide": ('name = "W"\n[[block]]\nkind = "amp"\nid = "amp"\nmodel = "wide.nam"', "makes 33 widths; at most 32"),
    "54-slow": ('name = "S"\n[[block]]\nkind = "cab"\nid = "cab"\nimpulse = "slow.wav"', "4000 Hz"),
}


@pytest.mark.parametrize("key", BROKEN)
def test_what_cannot_be_played_is_said_and_what_played_plays_on(pedal: Pedal, key: str) -> None:
    models = pedal.folder / "models"
    starter = json.loads((factory_dir("models") / "starter-crunch.nam").read_text())
    (models / "cut.nam").write_text(json.dumps(starter)[:10000])
    narrow = starter["config"]["submodels"][0]
    starter["config"]["submodels"] = [narrow | {"max_value": (i + 1) / 33} for i in range(33)]
    (models / "wide.nam").write_text(json.dumps(starter))
    soundfile.write(models / "cabs" / "slow.wav", np.array([0.5, 0.2, 0.1]), 4000)
    body, word = BROKEN[key]
    write_preset(pedal, key, body)
    before, playing = pedal.rig(), pedal.link.get(Word.PERIOD_COUNT)
    try:
        pedal.call(protocol.SelectPreset(name=key))
    except RefusedError as refusal:
        assert word in str(refusal)
    else:
        message = pedal.until(lambda status: bool(status["message"]))["message"]
        assert word in message and "Traceback" not in message
    (pedal.folder / "presets" / f"{key}.toml").unlink()
    assert pedal.rig() == before
    pedal.until(lambda status: status["periods_played"] > playing and status["audio"] == "playing")


def test_the_tuner_is_silent_also_while_the_pedal_is_bypassed(pedal: Pedal) -> None:
    for bypassed in (True, False):
        pedal.call(protocol.Bypass(on=bypassed))
        pedal.call(protocol.Tune(on=True))
        end = pedal.link.get(Word.FRAME) + SETTLED_FRAMES
        while pedal.link.get(Word.FRAME) < end:
            time.sleep(0.02)
        assert pedal.status()["tuner"]["on"] and pedal.status()["out_peak_db"] < -100.0
        pedal.call(protocol.Tune(on=False))
        pedal.until(lambda status: status["out_peak_db"] > -60.0)


def test_an_amp_plays_twice_when_it_is_told_so_and_both_sides_keep_step(pedal: Pedal) -> None:
    body = (
        '[[block]]\nkind = "chorus"\nid = "wide"\n[[block]]\nkind = "amp"\nid = "amp"\nmodel = "starter-crunch.nam"\n'
    )
    write_preset(pedal, "60-wide", f'name = "Wide"\n{body}')
    pedal.go_to("60-wide")
    assert pedal.call(protocol.SetParam(target="wide.rate_hz", value="1.2 Hz"))["value"] == "1.2 Hz"
    pedal.call(protocol.SetParam(target="amp.stereo", value="twice"))
    status = pedal.until(lambda status: any(block["id"] == "amp:right" for block in status["blocks"]))
    assert [amp["id"] for amp in status["amps"]] == ["amp"] and status["preset_key"] == "60-wide"
    assert pedal.parameter("wide", 1) == np.float32(1.2)
    records = [block.amp.record_idx for block in pedal.rig().blocks if block.amp]
    for width, index in (("lite", 0), ("full", 1)):
        pedal.call(protocol.SetWidth(width=width))
        pedal.until(lambda status, word=width: status["amps"][0]["width"].lower() == word)
        assert [pedal.link.get(record + layout.AMP_PLAYING) for record in records] == [index, index]
    (pedal.folder / "presets" / "60-wide.toml").unlink()


def test_a_footswitch_skips_a_broken_preset(pedal: Pedal) -> None:
    write_preset(pedal, "00-broken", "name = 3")
    write_preset(pedal, "99-last", 'name = "Last"')  # behind it the list begins again; and it leaves no tail
    pedal.go_to("99-last")
    pedal.call(protocol.Press(switch="next"))
    status = pedal.until(lambda status: status["preset_key"] == "01-crunch")
    assert "00-broken" in status["message"]
    for key in ("00-broken", "99-last"):
        (pedal.folder / "presets" / f"{key}.toml").unlink()


def test_killed_panel_leaves_no_gap_and_finds_the_playing_state(pedal: Pedal) -> None:
    pedal.go_to("01-crunch")
    pedal.call(protocol.SetParam(target="tone.bass_db", value=-4.0))
    pedal.call(protocol.SwitchBlock(block="gate", on=False))
    pedal.call(protocol.SetWidth(width="lite"))
    pedal.until(lambda status: status["amps"][0]["width"] == "Lite")
    link = pedal.link
    for _ in range(3):  # an xrun of a busy machine is a gap that no panel made: then once more
        time.sleep(0.7)  # everything settles, and the card's file catches up
        rig, slot, xruns, start = pedal.rig(), link.get(Word.PLAYING_SLOT), link.get(Word.XRUNS), pedal.played_frames()
        os.kill(pedal.pid("panel"), signal.SIGKILL)
        time.sleep(0.2)
        status = pedal.status()
        time.sleep(0.5)
        stop = pedal.played_frames()
        assert (status["preset_key"], status["amps"][0]["quality"]) == ("01-crunch", "lite")
        assert not {block["id"]: block["on"] for block in status["blocks"]}["gate"]
        assert (pedal.rig(), link.get(Word.WANTED_SLOT), link.get(Word.PLAYING_SLOT)) == (rig, slot, slot)
        assert pedal.parameter("tone", 1) == -4.0
        if link.get(Word.XRUNS) == xruns:
            break
    else:
        pytest.skip("the machine is too busy to play without xruns")
    sound = pedal.played(start, stop)
    assert sound.size > 48000 // 2
    assert np.abs(sound).max() > 0.01
    assert np.abs(sound[TONE_FRAMES:] - sound[:-TONE_FRAMES]).max() < 1e-3 * np.abs(sound).max()


def test_levels_change_while_it_plays_and_are_kept(pedal: Pedal) -> None:
    """12 dB up over 20 ms, not at once; a panel that is killed comes back with it, and so does the file."""
    pedal.go_to("02-clean-edge")
    (note,) = (block.amp for block in pedal.rig().blocks if block.amp is not None)
    before = float(pedal.link.arena.f32[note.gains_idx + 1])
    said = pedal.call(protocol.SetLevels(target_db=-30.0))
    assert (said["output"], said["target_db"]) == ("normalised", -30.0)
    assert said["amps"][0]["output"].startswith("target -30.0 dB - loudness -10.8 dB (stated) = -19.2 dB")
    assert pedal.link.arena.f32[note.gains_idx + 1] == pytest.approx(before * 10 ** (-12 / 20))
    with pytest.raises(RefusedError, match="is out of range"):
        pedal.call(protocol.SetLevels(target_db=1e9))
    os.kill(pedal.pid("panel"), signal.SIGKILL)
    pedal.until(lambda status: status["audio"] == "playing")
    assert pedal.call(protocol.SetLevels())["target_db"] == -30.0
    assert "target_db = -30.0" in (pedal.folder / "settings.toml").read_text()
    pedal.go_to("01-crunch")  # the same amp, in another rig
    assert pedal.link.arena.f32[note.gains_idx + 1] == pytest.approx(before * 10 ** (-12 / 20))
    pedal.call(protocol.SetLevels(target_db=-18.0))
    assert pedal.link.arena.f32[note.gains_idx + 1] == pytest.approx(before)


def test_panel_killed_while_it_changes_presets(pedal: Pedal) -> None:
    """Wherever it was, its successor ends with a preset that plays and is the one in hand."""
    for delay_s in (0.0, 0.02, 0.1):
        pedal.until(lambda status: bool(status["blocks"]))
        pedal.call(protocol.SelectPreset(step=1))
        time.sleep(delay_s)
        os.kill(pedal.pid("panel"), signal.SIGKILL)
        status = pedal.until(lambda status: bool(status["blocks"]) and status["audio"] == "playing")
        assert pedal.rig().origin == status["preset_key"]


def test_killed_builder(pedal: Pedal) -> None:
    pedal.go_to("01-crunch")
    before, builder = pedal.rig(), pedal.builder_pid
    os.kill(builder, signal.SIGSTOP)  # in the middle of whatever it does
    pedal.call(protocol.SelectPreset(name="03-two-amps"))
    os.kill(builder, signal.SIGKILL)
    status = pedal.until(lambda status: "ended while it built" in status["message"])
    assert (status["preset_key"], pedal.rig()) == ("01-crunch", before)
    assert pedal.go_to("03-two-amps")["preset"] == "Two amps"
    assert pedal.builder_pid != builder


def test_killed_audio_comes_back(pedal: Pedal) -> None:
    status = pedal.go_to("02-clean-edge")
    link, periods = pedal.link, pedal.link.get(Word.PERIOD_COUNT)
    killed_s = time.monotonic()
    os.kill(pedal.pid("audio"), signal.SIGKILL)
    while link.get(Word.PERIOD_COUNT) <= periods + 8:  # some may have been played after the look
        assert time.monotonic() - killed_s < PATIENCE_S
        time.sleep(0.005)
    print(f"sound back {time.monotonic() - killed_s:.2f} s after kill -9")
    again = pedal.until(lambda status: status["audio"] == "playing")
    assert again["preset_key"] == status["preset_key"]
    assert pedal.link.get(Word.GENERATION) == link.get(Word.GENERATION)


def test_dead_audio_is_seen(pedal: Pedal) -> None:
    pid = pedal.pid("audio")
    os.kill(pid, signal.SIGSTOP)
    seen = pedal.until(lambda status: status["audio"] == "no audio")
    assert seen["preset_key"]
    pedal.until(lambda status: status["audio"] == "playing")  # its parent kills it and starts another
    assert pedal.pid("audio") != pid


def test_another_link_is_followed(pedal: Pedal) -> None:
    before = pedal.go_to("04-stack")
    pedal.call(protocol.Bypass(on=True))
    panel, generation = pedal.pid("panel"), pedal.link.get(Word.GENERATION)
    (pedal.runtime / "link").unlink()
    assert pedal.status()["audio"] == "playing", "what is mapped plays on"
    os.kill(pedal.pid("audio"), signal.SIGKILL)
    while not (pedal.runtime / "link").exists():
        time.sleep(0.02)
    assert pedal.link.get(Word.GENERATION) != generation
    link = pedal.link
    pedal.until(lambda status: link.get(Word.PLAYING_SLOT) >= 0 and status["preset_key"] == before["preset_key"])
    assert pedal.status()["bypassed"]
    assert pedal.pid("panel") == panel
