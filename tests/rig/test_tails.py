"""Echoes go on in the next preset, where they stood, and end there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pedal import layout as at
from pedal.notes import RigNotes
from pedal.preset import Block, Preset
from pedal.rig.compile import compile_preset, with_channels
from pedal.rig.place import place_rig
from pedal.rig.prewarm import prewarm
from pedal.rig.tails import MOST_TAILS, with_tails
from tests.rig.bench import RATE_HZ, Assets, Bench, Floats, guitar, preset

ECHO = Block("delay1", "delay", values={"time_s": 0.25, "feedback": 0.5, "mix": 0.5})
ROOM = Block("reverb1", "reverb", values={"decay_s": 1.0})
AMP, CAB, TONE = Block("amp", "amp", "trio"), Block("cab", "cab", "64"), Block("tone", "tone")
#: What a new rig hears of what was played before.
PAST_FRAMES = 12_000
SILENCE: Floats = np.zeros(RATE_HZ, np.float32)


class Pedal(Bench):
    """A bench that changes presets as the builder and the panel do."""

    def go_to(self, source: Preset) -> RigNotes:
        live = self.notes[-1] if self.notes else None
        parts = with_tails(compile_preset(source, Assets(), RATE_HZ), live, self.arena, RATE_HZ)
        slot = len(self.notes) % at.SLOT_COUNT
        notes = place_rig(
            self.arena,
            slot,
            parts,
            preset_name=source.name,
            serial=len(self.notes) + 1,
            rate_hz=RATE_HZ,
            live={block.key: block for block in live.blocks} if live else {},
            in_use=[region for each in self.notes for region in each.regions],
        )
        if live:
            kept = frozenset(block.key for block in live.blocks)
            prewarm(self.arena, slot, notes, kept, at.BUILDER_BUS_F32, PAST_FRAMES)
        self.notes.append(notes)
        self.adopt(slot)
        return notes


def kinds(notes: RigNotes) -> list[str]:
    return [("~" if block.id.startswith("~") else "") + block.kind for block in notes.blocks]


def level(y: Floats) -> float:
    return float(np.sqrt(np.mean(y.astype(np.float64) ** 2)))


def test_an_echo_outlives_its_preset() -> None:
    pedal = Pedal()
    pedal.go_to(preset(TONE, ECHO))
    pedal.play_all(guitar(RATE_HZ // 2), 64)
    notes = pedal.go_to(preset(TONE))
    assert kinds(notes) == ["input", "tone", "~delay", "dc", "output", "master"]
    echoes = pedal.play_all(SILENCE, 64)
    assert level(echoes[RATE_HZ // 4 : RATE_HZ // 2]) > 0.01
    for _ in range(12):
        last = pedal.play_all(SILENCE, 64)
    assert np.abs(last).max() < 1e-6


def test_what_is_played_on_does_not_go_into_the_tail() -> None:
    """The new preset's sound, and the old one's tail: their sum, but for the splice."""
    one, other, both = Pedal(), Pedal(), Pedal()
    x, later = (0.2 * guitar(frames, seed) for frames, seed in ((RATE_HZ // 2, 1), (RATE_HZ, 2)))  # no limiter
    later[:1200] = 0.0  # while the old one still listens, fading
    for pedal in (one, both):
        pedal.go_to(preset(ECHO))
        pedal.play_all(x, 64)
        pedal.go_to(preset(TONE))
    other.go_to(preset(TONE))
    other.play_all(x, 64)
    tail, new, heard = (p.play_all(y, 64)[4800:] for p, y in ((one, SILENCE), (other, later), (both, later)))
    np.testing.assert_allclose(heard, tail + new, atol=1e-4)


def test_the_same_block_goes_on_as_itself() -> None:
    pedal = Pedal()
    first = pedal.go_to(preset(ECHO))
    second = pedal.go_to(preset(TONE, ECHO))
    assert kinds(second) == ["input", "tone", "delay", "dc", "output", "master"]
    assert second.blocks[2].serial == first.blocks[1].serial


def test_another_time_is_another_delay_and_the_old_one_rings_out_unbent() -> None:
    pedal = Pedal()
    first = pedal.go_to(preset(ECHO))
    second = pedal.go_to(preset(replace(ECHO, values={**ECHO.values, "time_s": 0.5})))
    assert kinds(second) == ["input", "delay", "~delay", "dc", "output", "master"]
    assert second.blocks[2].serial == first.blocks[1].serial
    assert second.blocks[2].targets[1] == pytest.approx(0.25)
    back = pedal.go_to(preset(ECHO))
    assert kinds(back)[1] == "delay"
    assert back.blocks[1].serial == first.blocks[1].serial, "it still rang, and is itself again"


def test_a_turned_knob_stays_turned_in_the_tail() -> None:
    pedal = Pedal()
    first = pedal.go_to(preset(ECHO))
    pedal.arena.f32[first.blocks[1].params_idx + 4] = 0.8
    assert pedal.go_to(preset(TONE)).blocks[2].targets[4] == pytest.approx(0.8)


def test_a_tail_that_has_rung_out_is_not_taken_along() -> None:
    pedal = Pedal()
    pedal.go_to(preset(ECHO))
    pedal.play_all(guitar(4800), 64)
    pedal.go_to(preset(TONE))
    pedal.play_all(SILENCE, 64)
    assert "~delay" in kinds(pedal.go_to(preset(CAB)))
    for _ in range(14):
        pedal.play_all(SILENCE, 64)
    assert "~delay" not in kinds(pedal.go_to(preset(TONE, CAB)))


def test_a_tail_stands_where_it_stood() -> None:
    pedal = Pedal()
    pedal.go_to(preset(replace(ECHO, id="first"), AMP, replace(ECHO, id="loop"), CAB, ROOM))
    notes = pedal.go_to(preset(TONE, AMP, CAB, replace(TONE, id="post")))
    wanted = ["input", "tone", "~delay", "amp", "~delay", "cab", "tone", "~reverb", "dc", "output", "master"]
    assert kinds(notes) == wanted


def test_there_are_never_more_than_a_few() -> None:
    pedal = Pedal()
    for step in range(6):
        notes = pedal.go_to(preset(replace(ECHO, values={"time_s": 0.1 + 0.1 * step})))
    assert sum(block.id.startswith("~") for block in notes.blocks) == MOST_TAILS


def test_two_channels_begin_where_they_are_heard() -> None:
    parts = compile_preset(preset(replace(ECHO, id="a"), AMP, TONE, replace(ECHO, id="b"), CAB), Assets(), RATE_HZ)
    assert [part.channels for part in parts][:8] == [1, 1, 1, 1, 2, 2, 2, 2]
    assert [part.block.id for part in parts if part.spread] == ["b"]
    assert with_channels(parts) == parts


def test_values_do_not_change_what_a_block_costs() -> None:
    keys = {
        compile_preset(preset(replace(ECHO, values={"time_s": time_s})), Assets(), RATE_HZ)[1].cost_key
        for time_s in (0.1, 0.2)
    }
    assert len(keys) == 1
    spring = replace(ROOM, values={"flavour": 3.0})
    assert len({compile_preset(preset(b), Assets(), RATE_HZ)[1].cost_key for b in (ROOM, spring)}) == 2
