"""Adoption: no knob moves before its edge or after it, nothing clicks, nothing is louder than old and new."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pedal import layout as at
from pedal.params import KINDS
from pedal.preset import Block, Preset
from pedal.rig.edges import FADE_S
from tests.rig.bench import RATE_HZ, Bench, Floats, preset
from tests.rig.test_tails import Pedal

N = 64
AMP, CAB = Block("amp", "amp", "starter"), Block("cab", "cab", "40")
PUSHED = Block("pushed", "amp", "starter", values={"drive_db": -15.0, "level_db": -6.0})
CHORUS = Block("chorus", "chorus", values={"mix": 0.5})
ECHO = Block("echo", "delay", values={"time_s": 0.1, "feedback": 0.3, "mix": 0.5})


def tone(frames: int, start: int = 0, hertz: float = 500.0) -> Floats:
    return (0.2 * np.sin(2 * np.pi * hertz * (start + np.arange(frames)) / RATE_HZ)).astype(np.float32)


def level(level_db: float) -> Block:
    return Block("output", "output", values={"level_db": level_db})


def loud(source: Preset, level_db: float) -> Preset:
    return replace(source, output=level(level_db))


def roughness(y: Floats) -> float:
    """The sharpest corner: the largest second difference."""
    return float(np.abs(np.diff(y, n=2, axis=0)).max())


def peak(y: Floats) -> float:
    return float(np.abs(y).max())


class Change:
    """A tone through one preset, then another: what was heard up to the edge, after it, and of each alone."""

    def __init__(self, old: Preset, new: Preset, seconds: float = 0.5) -> None:
        frames = round(seconds * RATE_HZ / N) * N
        pedal = Pedal()
        pedal.go_to(old)
        pedal.play_all(tone(RATE_HZ), N, 2)
        self.before = pedal.play_all(tone(frames, RATE_HZ), N, 2)
        pedal.go_to(new)
        after = pedal.play_all(tone(2 * frames, RATE_HZ + frames), N, 2)
        self.edge = np.concatenate([self.before[-2:], after[:frames]])
        self.settled = after[frames:]


CHANGES = {
    "another level": (loud(preset(AMP, CAB), -8.0), loud(preset(AMP, CAB), 4.0)),
    "a boost in front of an amp that goes on": (
        preset(AMP, CAB),
        preset(Block("b", "boost", values={"gain_db": 12.0}), AMP, CAB),
    ),
    "another amp in front of a cabinet that goes on": (preset(AMP, CAB), preset(AMP, PUSHED, CAB)),
    "a chorus comes": (preset(AMP, CAB), preset(AMP, CAB, CHORUS)),
    "a chorus goes": (preset(AMP, CAB, CHORUS), preset(AMP, CAB)),
    "an echo comes": (preset(AMP), preset(AMP, ECHO)),
    "an echo behind another amp": (preset(AMP, ECHO), preset(AMP, PUSHED, ECHO)),
    "another cut in a cabinet": (
        preset(AMP, replace(CAB, values={"low_cut_hz": 90.0})),
        preset(AMP, replace(CAB, values={"low_cut_hz": 20.0})),
    ),
    "another drive": (preset(replace(AMP, values={"drive_db": -12.0})), preset(replace(AMP, values={"drive_db": 6.0}))),
    "another tone": (
        preset(AMP, Block("t", "tone", values={"bass_db": -12.0, "treble_db": 12.0})),
        preset(AMP, Block("t", "tone", values={"bass_db": 12.0, "treble_db": -12.0})),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_no_click_and_no_jump(name: str) -> None:
    change = Change(*CHANGES[name])
    loudest = max(peak(change.before), peak(change.settled))
    assert peak(change.edge) <= 1.12 * loudest, "louder than both"
    sharpest = max(roughness(change.before), roughness(change.settled))
    assert roughness(change.edge) <= 1.6 * sharpest, "a click"
    windows = np.abs(change.edge[: len(change.edge) // 240 * 240]).reshape(-1, 480).max(axis=1)
    softest = min(
        np.abs(y[: len(y) // 240 * 240]).reshape(-1, 480).max(axis=1).min() for y in (change.before, change.settled)
    )
    assert windows.min() > 0.25 * softest, "a gap"


def test_knobs_of_what_goes_on_move_at_the_edge_and_at_once() -> None:
    """The output 12 dB up: not a frame of the old sound is louder, and behind the bridge all of the new one is."""
    bench = Bench(loud(preset(AMP), -12.0), loud(preset(AMP), 0.0))
    bench.adopt(0)
    bench.play_all(tone(RATE_HZ // 2), N, 2)
    old = bench.play_all(tone(4800, RATE_HZ // 2), N, 2)
    bench.adopt(1)
    start = RATE_HZ // 2 + 4800
    new = bench.play_all(tone(9600, start), N, 2)
    bridge = round(2 * FADE_S * RATE_HZ)
    np.testing.assert_allclose(peak(new[bridge : bridge + 480]), peak(new[-480:]), rtol=1e-3)
    np.testing.assert_allclose(peak(new[-480:]) / peak(old), 10 ** (12 / 20), rtol=1e-3)


#: Echoes with other knobs are other instances, as are cabinets with other cuts; what swings is elsewhere in its swing.
GOES_ON = [
    name
    for name, kind in KINDS.items()
    if len(kind.params) > 1 and not kind.outside and kind.bypass != "tail" and name not in ("tremolo", "phaser")
]


@pytest.mark.parametrize("kind", GOES_ON)
def test_a_block_that_goes_on_becomes_what_a_new_one_would_be(kind: str) -> None:
    """Knobs that arrive at once leave nothing of the old ones behind: filters are worked out again, too."""
    about = KINDS[kind]
    asset = {"model": "trio", "impulse": "40"}.get(about.asset, "")
    knobs = [param for param in about.params[1:] if not param.words]

    def at_share(share: float) -> Preset:
        values = {knob.name: knob.low + share * (knob.high - knob.low) for knob in knobs}
        block = Block(kind, kind, asset, values)
        return replace(preset(), **{kind: block}) if about.implicit else preset(block)

    moved, fresh = Pedal(), Pedal()
    moved.go_to(at_share(0.3))
    moved.play_all(tone(4800), N, 2)
    moved.go_to(at_share(0.6))
    fresh.go_to(at_share(0.6))
    assert len({block.serial for notes in moved.notes for block in notes.blocks if block.kind == kind}) == 1
    x = tone(4800, hertz=313.0)
    for pedal in (moved, fresh):
        pedal.play_all(np.tile(x, 40), N, 2)
    np.testing.assert_allclose(moved.play_all(x, N, 2), fresh.play_all(x, N, 2), atol=2e-5)


def test_the_amp_that_plays_goes_on_as_the_one_that_plays() -> None:
    """Not as one of the same model that the next preset has asleep in front of it."""
    pedal = Pedal()
    playing = pedal.go_to(preset(AMP)).blocks[1]
    pedal.play_all(tone(4800), N, 2)
    asleep, awake = pedal.go_to(preset(replace(PUSHED, on=False), AMP)).blocks[1:3]
    assert (asleep.id, awake.id) == ("pushed", "amp")
    assert awake.serial == playing.serial != asleep.serial


def test_a_tail_rings_on_as_loud_as_it_was() -> None:
    """Whatever the level of the preset behind it."""
    rings = {}
    for level_db in (-12.0, 0.0, 6.0):
        pedal = Pedal()
        pedal.go_to(loud(preset(AMP, ECHO), 0.0))
        pedal.play_all(tone(RATE_HZ // 2), N, 2)
        pedal.go_to(loud(preset(AMP), level_db))
        rings[level_db] = pedal.play_all(np.zeros(RATE_HZ // 4, np.float32), N, 2)[2400:]
    assert peak(rings[0.0]) > 0.001
    for level_db in (-12.0, 6.0):
        np.testing.assert_allclose(
            rings[level_db], rings[0.0], atol=1e-2 * peak(rings[0.0])
        )  # the DC blocker's own memory


def test_a_bridge_allocates_no_room_of_its_own() -> None:
    """Edges are part of each block's region, which is zero when it begins."""
    bench = Bench(preset(AMP, CAB))
    row = bench.row("cab")
    region = int(bench.arena.i64[row + at.REGION_F32])
    edge = int(bench.arena.i64[row + at.EDGE])
    assert region <= edge and edge + 2 * at.EDGE_STRIDE <= region + int(bench.arena.i64[row + at.REGION_CELLS])
    assert not bench.arena.f32[edge : edge + 2 * at.EDGE_STRIDE].any()


def test_a_block_that_sleeps_through_a_change_wakes_to_no_memory_of_it() -> None:
    """What it heard before it was switched off may be minutes old when it is switched on again."""
    boost = Block("boost", "boost", on=False)
    pedal = Pedal()
    pedal.go_to(preset(AMP, boost))
    pedal.play_all(tone(RATE_HZ // 2), N, 2)
    pedal.go_to(preset(AMP, PUSHED, boost))
    pedal.play_all(tone(4 * N), N, 2)
    row = at.SLOTS + at.SLOT_STRIDE + at.SLOT_HEADER + 3 * at.ROW_FIELDS
    assert pedal.notes[1].blocks[3].kind == "boost"
    assert pedal.arena.i64[int(pedal.arena.i64[row + at.EDGE_WORDS]) + at.EDGE_LEFT] == 0
