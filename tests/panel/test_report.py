"""What the pedal says of itself, to the page and to commands, in every state it can be in."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import msgspec
import pytest

from pedal import layout
from pedal.config import parse_board
from pedal.governor.scene import Hold
from pedal.link import Word
from pedal.panel import protocol
from pedal.panel.display.pages import AudioState, PanelView, draw_page
from pedal.panel.report import SILENT_S, Reporter, audio_state, is_alive, is_held_down, way_out, width_label
from pedal.preset import Preset
from tests.panel.stand import BOARD, FULL_NS, PERIOD_FRAMES, Stand, amp, tone

PRESET = Preset("Crunch", (amp(), tone(on=False)))
REASON = "The sound failed 3 times in a minute; the last time it hung."


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    stand = Stand(tmp_path, {"01-crunch": PRESET, "02-other": PRESET})
    stand.link.put(Word.AUDIO_PID, os.getpid())
    return stand


def reporter(stand: Stand) -> Reporter:
    return Reporter(BOARD, stand.hand, stand.rigs, stand.widths, stand.player, stand.keeping, [])


def view(stand: Stand, told: Reporter | None = None) -> PanelView:
    made = (told or reporter(stand)).view(stand.link.status(), 3)
    assert draw_page(made).size == (128, 64)
    return made


def beat(stand: Stand, state: int, age_s: float = 0.0) -> None:
    stand.link.put(Word.CARD_STATE, state)
    stand.link.put(layout.AUDIO_BEAT_NS, time.monotonic_ns() - int(age_s * 1e9))


@pytest.mark.parametrize(
    ("card", "age_s", "expected"),
    [
        (layout.CARD_STARTING, 99.0, "starting"),
        (layout.CARD_RUNNING, SILENT_S / 2, "playing"),
        (layout.CARD_RUNNING, SILENT_S * 1.01, "no audio"),
        (layout.CARD_LOST, 99.0, "lost card"),
        (77, 0.0, "no audio"),
    ],
)
def test_audio_states(stand: Stand, card: int, age_s: float, expected: AudioState) -> None:
    stand.link.put(Word.CARD_STATE, card)
    stand.link.put(layout.AUDIO_BEAT_NS, 10**12 - int(age_s * 1e9))
    assert audio_state(stand.link.status(), 10**12) == expected


def test_a_dead_process_is_neither_starting_nor_looking_for_its_card(stand: Stand) -> None:
    with subprocess.Popen(["true"]) as ended:
        pass
    for state in (layout.CARD_STARTING, layout.CARD_LOST):
        beat(stand, state)
        assert view(stand).audio_state != "no audio"
        stand.link.put(Word.AUDIO_PID, ended.pid)
        assert view(stand).audio_state == "no audio"
        stand.link.put(Word.AUDIO_PID, os.getpid())
    assert (is_alive(1), is_alive(0), is_alive(ended.pid)) == (True, False, False)


def test_safe_mode_stands_where_the_width_was_until_it_is_over(stand: Stand) -> None:
    told = reporter(stand)
    beat(stand, layout.CARD_RUNNING)
    told.tell_safe_mode(REASON)
    safe = view(stand, told)
    assert safe.audio_state == "safe mode"
    assert safe.message == f"Press bypass to try again. {REASON}", "what to do first: the rest has to scroll"
    stand.player.message = "Trying again."
    assert view(stand, told).message == "Trying again.", "what has just happened comes first"
    status = told.status(stand.link.status())
    assert (status["audio"], status["safe_mode"]) == ("safe mode", REASON)
    beat(stand, layout.CARD_LOST)
    assert view(stand, told).audio_state == "lost card", "which is worse"
    beat(stand, layout.CARD_RUNNING)
    told.tell_safe_mode("")
    assert view(stand, told).audio_state == "playing"


def test_a_pedal_that_is_not_in_the_wire_says_so(stand: Stand) -> None:
    told = reporter(stand)
    assert told.status(stand.link.status())["dry"] is False
    stand.link.put(Word.MUTED, 1)
    assert told.status(stand.link.status())["dry"] is True


def test_the_way_out_is_one_that_there_is() -> None:
    assert way_out(BOARD) == "Press bypass to try again."
    footless = parse_board('[audio]\ncard = "M2"\n', "footless.toml")
    assert way_out(footless) == "`pedal resume` tries again."


def test_a_page_before_anything_plays(stand: Stand) -> None:
    empty = view(stand)
    assert (empty.preset_name, empty.model_name, empty.width_label, empty.preset_count) == ("", "", "", 2)
    stand.player.select("01-crunch")
    loading = view(stand)
    assert (loading.preset_name, loading.message) == ("Crunch", "Loading Crunch")


def test_a_page_of_what_plays(stand: Stand) -> None:
    stand.play("01-crunch")
    beat(stand, layout.CARD_RUNNING)
    stand.set_load(0.5)
    playing = view(stand)
    assert (playing.preset_number, playing.preset_count, playing.model_name) == (1, 2, "Starter")
    assert (playing.width_label, playing.held_down, playing.load_norm) == ("Full", False, 0.5)
    assert (playing.bypassed, playing.muted, playing.in_clipped) == (False, False, False)
    stand.player.bypass(True)
    stand.player.set_param("output.mute", 1.0, 0.0)
    stand.play_width("amp", 0)
    stand.link.put(layout.FRAME, 48000 * 10)
    stand.link.put(layout.CLIPPED_AT, 48000 * 10 - 4800)
    changed = view(stand)
    assert (changed.bypassed, changed.muted, changed.in_clipped) == (True, True, True)
    assert (changed.width_label, changed.held_down) == ("Lite", True)
    stand.player.set_quality("lite", None)
    assert not view(stand).held_down, "as the player would have it"
    stand.link.put(layout.CLIPPED_AT, 48000 * 8)
    assert not view(stand).in_clipped


def test_messages_in_order_of_importance(stand: Stand) -> None:
    stand.player.begin_plain("The panel failed.")
    assert view(stand).message == "Plain sound. The panel failed."
    stand.player.message = "Tone Bass +3.0 dB"
    assert view(stand).message == "Tone Bass +3.0 dB"


def test_an_amp_that_is_off_has_no_width(stand: Stand) -> None:
    stand.play("01-crunch")
    stand.play_width("amp", layout.NO_WIDTH)
    (state,) = stand.rigs.amps()
    assert width_label(state) == "" and not is_held_down(state, "auto")
    assert view(stand).model_name == ""


def test_status_has_all_that_commands_show(stand: Stand) -> None:
    stand.play("01-crunch")
    beat(stand, layout.CARD_RUNNING)
    notes = stand.rigs.playing
    assert notes is not None
    rows = [block.id for block in notes.blocks]
    stand.link.put(layout.SLOTS + stand.link.get(Word.PLAYING_SLOT) * layout.SLOT_STRIDE, len(rows))
    stand.link.arena.f64[layout.ROW_COST_F64 + rows.index("amp")] = FULL_NS * PERIOD_FRAMES
    status = reporter(stand).status(stand.link.status())
    assert (status["preset"], status["preset_key"], status["preset_number"]) == ("Crunch", "01-crunch", 1)
    loads = {block["id"]: block["load"] for block in status["blocks"]}
    assert list(loads) == rows and loads["amp"] == pytest.approx(0.384)
    assert {block["id"]: block["on"] for block in status["blocks"]}["tone"] is False
    assert status["amps"] == [
        {
            "id": "amp",
            "model": "Starter",
            "width": "Full",
            "widths": ["Lite", "Full"],
            "quality": "auto",
            "held_down": False,
        }
    ]
    line = protocol.format_result(1, status)
    assert msgspec.json.decode(line)["ok"] and len(line) < protocol.REPLY_CAP_BYTES


def test_a_block_that_waits_is_shown_and_told(stand: Stand) -> None:
    stand.play("01-crunch")
    beat(stand, layout.CARD_RUNNING)
    stand.widths.budget = 5.0
    stand.player.switch_block("tone", True, 0.0)
    assert not reporter(stand).view(stand.link.status(), 0).held_down
    stand.widths.yielding.carry_out(Hold("tone", "Tone waits: not enough CPU"))
    stand.player.tick(0.0)
    view, status = reporter(stand).view(stand.link.status(), 0), reporter(stand).status(stand.link.status())
    assert view.held_down and view.message == "Tone waits: not enough CPU"
    told = {block["id"]: (block["on"], block["held"]) for block in status["blocks"]}
    assert told["tone"] == (False, True) and told["amp"] == (True, False)


def test_the_list_of_presets_is_not_read_for_every_page(stand: Stand) -> None:
    told = reporter(stand)
    stand.play("01-crunch")
    assert view(stand, told).preset_count == 2
    stand.store.save("03-new", PRESET)
    assert view(stand, told).preset_count == 2
    stand.hand.key = "02-other"
    assert (view(stand, told).preset_number, view(stand, told).preset_count) == (2, 3), "another preset: read at once"
