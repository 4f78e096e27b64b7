"""The looper: exact in length, seamless, undone to the bit, as quiet as 16 bits are, and without a click."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pedal import layout as at
from pedal.dsp.looper import FADE_S
from tests.dsp.loops import LOW_HZ, STEP, Looper, Twin
from tests.dsp.rows import PERIODS, RATE_HZ, Floats, noise

#: What is asked, or nothing; frames of a period; periods.
ASKS = st.tuples(st.sampled_from(["", *at.LOOP_VERBS]), st.integers(1, 256), st.integers(1, 12))


def hum(frames: int, start: int = 0, hz: float = 50.0, level: float = 0.1, rate_hz: int = LOW_HZ) -> Floats:
    """A sine in both channels that goes on from call to call; the right one later."""
    t = (start + np.arange(frames)) / rate_hz
    return (level * np.sin(2 * np.pi * hz * np.stack([t, t - 0.003], axis=1))).astype(np.float32)


def silence(frames: int) -> Floats:
    return np.zeros((frames, 2), np.float32)


def looped(x: Floats, rate_hz: int = LOW_HZ, tail: Floats | None = None) -> Looper:
    """A loop of ``x``, closed and through with its seam."""
    looper = Looper(frames=len(x) + 4 * LOW_HZ, rate_hz=rate_hz)
    looper.play(x, (64,), "record")
    fade = round(FADE_S * rate_hz)
    looper.play(silence(fade) if tail is None else tail[:fade], (64,), "play")
    return looper


@pytest.mark.parametrize("periods", PERIODS, ids=str)
def test_twin(periods: tuple[int, ...]) -> None:
    """All verbs once round, at any period: requests fall on edges, so each plays its own."""
    looper, twin, x = Looper(), Twin(4 * LOW_HZ), noise(16_000, level=0.1)
    asks = {2000: "record", 4000: "play", 6000: "overdub", 8500: "play", 9500: "undo", 11000: "undo", 13000: "stop"}
    done, out, exact, turn = 0, [], [], 0
    while done < len(x):
        n = min(periods[turn % len(periods)], len(x) - done)
        for frame in [frame for frame in asks if done <= frame < done + n]:
            looper.ask(asks[frame])
            twin.asked = asks[frame]
        out.append(looper.play(x[done : done + n], (n,)))
        exact.append(twin.period(x[done : done + n].astype(np.float64)))
        done, turn = done + n, turn + 1
    np.testing.assert_allclose(np.concatenate(out), np.concatenate(exact), atol=4 * STEP)
    assert np.abs(np.concatenate(exact)).max() > 0.1


@pytest.mark.parametrize("frames", [801, 4096, 7777])
def test_the_length_is_exact(frames: int) -> None:
    looper = looped(noise(frames, level=0.1))
    assert looper.length == frames
    once, again = (looper.play(silence(frames), (37,)) for _ in range(2))
    np.testing.assert_array_equal(once, again)
    assert once.any()


def curvature(y: Floats) -> float:
    """The sharpest corner or step in a signal."""
    return float(np.abs(np.diff(y, 2, axis=0)).max())


def test_no_click_at_the_seam() -> None:
    """What is played when the loop closes does not fit its beginning; three times round it is no sharper than a hum.

    The same by a looper without fades is fifty times sharper, and more.
    """
    x, tail = hum(4070, 0, 61.0), hum(400, 4070, 61.0)
    looper, naive = looped(x, tail=tail), Twin(4 * LOW_HZ, naive=True)
    for piece, verb in ((x, "record"), (tail, "play")):
        naive.asked = verb
        naive.period(piece.astype(np.float64))
    y = looper.play(silence(12_000))
    assert curvature(y) < 3 * curvature(x)
    assert curvature(naive.period(silence(12_000).astype(np.float64))) > 50 * curvature(x)


def test_the_end_goes_on_into_the_beginning() -> None:
    """The frame after the last is what was played after the last, so a note that rings over the seam rings on."""
    x = noise(4000, level=0.1)
    after = noise(400, seed=2, level=0.1)
    looper = looped(x, tail=after)
    fade, stored = round(FADE_S * LOW_HZ), looper.heard * STEP
    np.testing.assert_allclose(stored[0], after[0], atol=2 * STEP)
    np.testing.assert_allclose(stored[fade:], x[fade:], atol=2 * STEP)
    share = (np.arange(fade) / fade)[:, None]
    share = share**2 * (3 - 2 * share)
    np.testing.assert_allclose(stored[:fade], share * x[:fade] + (1 - share) * after[:fade], atol=2 * STEP)


@pytest.mark.parametrize("passes", [0.3, 1.0, 2.6])
def test_an_overdub_adds_and_undo_takes_it_back_to_the_bit(passes: float) -> None:
    looper = looped(noise(4000, level=0.1))
    before = looper.heard
    frames = int(passes * 4000)
    looper.play(silence(1234))
    looper.play(hum(frames), (64,), "overdub")
    looper.play(silence(8000), (64,), "play")
    after = looper.heard
    times = int(np.abs(after.astype(int) - before).max()) * STEP / 0.1
    assert math.floor(passes) * 0.9 <= times <= math.ceil(passes) * 1.1
    assert passes >= 1 or (after == before).all(axis=1).sum() > 2000  # where nothing was played, nothing changed
    looper.play(silence(400), (64,), "undo")
    np.testing.assert_array_equal(looper.heard, before)
    looper.play(silence(400), (64,), "undo")
    np.testing.assert_array_equal(looper.heard, after)


def test_undo_in_the_middle_of_an_overdub() -> None:
    looper = looped(noise(4000, level=0.1))
    before = looper.heard
    looper.play(hum(1000), (64,), "overdub")
    looper.play(hum(1000, 1000), (64,), "undo")
    assert looper.state == "playing"
    np.testing.assert_array_equal(looper.heard, before)
    looper.play(silence((4000 - looper.place) % 4000), (64,))
    np.testing.assert_allclose(looper.play(silence(4000)), before * STEP, atol=1e-6)


def test_an_overdub_of_nothing_changes_no_bit() -> None:
    looper = looped(noise(4000, level=0.1))
    before = looper.heard
    for _ in range(3):
        looper.play(silence(5000), (64,), "overdub")
        looper.play(silence(500), (64,), "play")
    np.testing.assert_array_equal(looper.heard, before)


def test_a_second_overdub_is_undone_alone() -> None:
    looper = looped(noise(4000, level=0.1))
    looper.play(hum(4500), (64,), "overdub")
    looper.play(silence(500), (64,), "play")
    first = looper.heard
    looper.play(hum(300, hz=90.0), (64,), "overdub")
    looper.play(silence(500), (64,), "play")
    assert (looper.heard != first).any()
    looper.play(silence(500), (64,), "undo")
    np.testing.assert_array_equal(looper.heard, first)


def test_an_overdub_begins_at_once_while_the_last_is_still_copied() -> None:
    """Of a long loop with small periods: nothing waits, and both parts are one layer."""
    looper = looped(noise(6 * LOW_HZ, level=0.1))
    before = looper.heard
    looper.play(hum(500), (16,), "overdub")
    looper.play(silence(100), (16,), "play")
    looper.play(hum(100), (16,), "overdub")
    assert looper.has_heard
    assert looper.words[at.LOOP_COPY_LEFT] > 0
    looper.play(silence(3000), (16,), "play")
    assert looper.words[at.LOOP_COPY_LEFT] == 0
    looper.play(silence(500), (16,), "undo")
    np.testing.assert_array_equal(looper.heard, before)


def test_silence_in_silence_out() -> None:
    looper = Looper()
    for verb in ("record", "play", "overdub", "undo", "undo", "stop", "play", "clear"):
        assert not looper.play(silence(1500), (64,), verb).any()
    assert not looper.row.arena.f32[looper.memory_f32 :].any()


def test_full_it_closes_the_loop_by_itself() -> None:
    """In the middle of a period, and nothing behind its memory is written."""
    looper = Looper(frames=5000)
    behind = looper.row.arena.f32[looper.memory_f32 + 5000 :]
    behind[:] = 7.0
    x = noise(5400, level=0.1)
    looper.play(x[:5000], (128,), "record")
    assert looper.state == "playing" and looper.length == 5000
    looper.play(x[5000:], (128,))
    assert (behind == 7.0).all()
    assert looper.place == 400
    np.testing.assert_allclose(looper.heard[80:] * STEP, x[80:5000], atol=2 * STEP)


def test_a_loop_of_two_minutes() -> None:
    """120 s at 48 kHz to the frame: the last of them is in it, and the overdub of all of it."""
    looper, x = Looper(frames=at.LOOP_MOST_FRAMES, rate_hz=RATE_HZ), hum(RATE_HZ, rate_hz=RATE_HZ)
    looper.ask("record")
    for _ in range(120):
        looper.play(x, (256,))
    assert (looper.state, looper.length) == ("playing", 120 * RATE_HZ)
    assert 2 * 4 * looper.length == at.LINK_BYTES - at.LOOPS_AT_BYTE
    np.testing.assert_allclose(looper.heard[-RATE_HZ:] * STEP, x, atol=2 * STEP)


def test_a_loop_too_short_to_be_one_waits() -> None:
    looper = Looper()
    looper.play(noise(128, level=0.1), (64,), "record")
    looper.play(noise(640, level=0.1), (64,), "play")
    assert looper.state == "recording" and not looper.has_heard
    looper.play(noise(640, level=0.1), (64,))
    assert looper.state == "playing" and looper.length == 832


def test_stop_fades_and_play_begins_at_the_beginning() -> None:
    looper = looped(hum(4000))
    before = looper.play(silence(1700))
    y = looper.play(silence(400), (64,), "stop")
    fade = round(FADE_S * LOW_HZ)
    assert y[: fade // 2].any() and not y[fade:].any()
    assert curvature(np.concatenate([before[-100:], y])) < 3 * curvature(hum(4000))
    y = looper.play(silence(fade), (64,), "play")
    gain = (np.arange(1, fade + 1) / fade)[:, None]
    np.testing.assert_allclose(y, gain**2 * (3 - 2 * gain) * looper.heard[:fade] * STEP, atol=1e-6)


def test_a_footswitch_goes_round_and_a_loop_that_was_cleared_comes_back() -> None:
    looper, seen = Looper(), []
    for verb in ("press", "press", "press", "press", "halt", "press", "halt", "halt", "undo"):
        looper.play(noise(1200, level=0.05), (64,), verb)
        seen.append(looper.state)
    assert seen[:5] == ["recording", "playing", "overdubbing", "playing", "stopped"]
    assert seen[5:] == ["playing", "stopped", "empty", "stopped"]
    assert looper.length == 1200


@pytest.mark.parametrize("verb", ["play", "overdub", "stop", "undo", "clear", "halt"])
def test_without_a_loop_there_is_nothing_to_do(verb: str) -> None:
    looper = Looper()
    assert not looper.play(noise(300), (64,), verb).any()
    assert (looper.state, looper.has_heard) == ("empty", True)


def test_loud_on_loud_stays_in_range() -> None:
    """What is taken in gives way; nothing wraps round, and no slope is steeper than of both without a limit."""
    looper = looped(hum(4000, level=0.9), tail=hum(400, 4000, level=0.9))
    looper.play(hum(4000, looper.place, level=0.9), (64,), "overdub")
    looper.play(hum(400, looper.place, level=0.9), (64,), "play")
    y = looper.play(silence(8000))
    assert 0.97 < np.abs(y).max() <= 1.0
    assert np.abs(np.diff(y, axis=0)).max() < 2 * 0.9 * 2 * np.pi * 50 / LOW_HZ
    looper.play(hum(20_000, level=0.9), (64,), "overdub")
    assert np.abs(looper.play(silence(8000), (64,), "play")).max() <= 1.0


def spectrum_db(y: Floats) -> np.ndarray:
    n = len(y)
    k = 2 * np.pi * np.arange(n) / n
    window = 0.35875 - 0.48829 * np.cos(k) + 0.14128 * np.cos(2 * k) - 0.01168 * np.cos(3 * k)
    power = 4 * np.abs(np.fft.rfft(y * window)) ** 2 / (n * np.sum(window**2))
    return 10 * np.log10(power + 1e-30)


def test_the_noise_of_sixteen_bits() -> None:
    """96.3 dB below full scale for each time something was taken in (half a step, triangular), whatever was played."""
    x = hum(RATE_HZ, hz=997.0, level=0.5, rate_hz=RATE_HZ)
    looper = looped(x, RATE_HZ)
    wrong = (looper.heard * STEP - x)[1000:]
    assert 20 * math.log10(float(np.std(wrong))) == pytest.approx(-96.3, abs=0.2)
    looper.play(silence(RATE_HZ - looper.place))
    layer = hum(RATE_HZ, hz=313.0, level=0.2, rate_hz=RATE_HZ)
    looper.play(layer, (64,), "overdub")
    looper.play(silence(1000), (64,), "play")
    wrong = (looper.heard * STEP - x - layer)[1000:]
    assert 20 * math.log10(float(np.std(wrong))) == pytest.approx(-96.3 + 3.0, abs=0.2)


def test_a_note_dies_away_into_noise_and_not_into_overtones() -> None:
    """A sine of a step and a half: the dither leaves no overtone above -125 dBFS, plain rounding would."""
    x = hum(2 * RATE_HZ, hz=1000.0, level=1.5 * STEP, rate_hz=RATE_HZ)
    stored = looped(x, RATE_HZ).heard[: 2 * RATE_HZ, 0] * STEP
    rounded = np.round(x[:, 0] / STEP) * STEP
    odd = [2 * 1000 * k for k in (3, 5, 7, 9)]  # half-hertz bins
    loud, plain = (max(float(spectrum_db(y)[b - 2 : b + 3].max()) for b in odd) for y in (stored, rounded))
    assert loud < -125.0
    assert plain > -115.0


@settings(max_examples=40)
@given(st.lists(ASKS, min_size=1, max_size=20))
def test_whatever_is_asked(script: list[tuple[str, int, int]]) -> None:
    """As the twin does it, never a jump that a hum and its fades cannot make, never out of range."""
    looper, twin, now, out, most = Looper(), Twin(4 * LOW_HZ), 0, [], 0.1
    for verb, n, periods in script:
        if verb:
            looper.ask(verb)
            twin.asked = verb
        for _ in range(periods):
            x = hum(n, now)
            y = looper.play(x, (n,))
            np.testing.assert_allclose(y, twin.period(x.astype(np.float64)), atol=40 * STEP)
            out.append(y)
            now += n
            most = max(most, float(np.abs(twin.layers[:, : twin.length]).max(initial=0.0)))
        assert (looper.state, looper.place, looper.length) == (twin.state, twin.place, twin.length)
    y = np.concatenate(out)
    assert np.abs(y).max() <= most + 40 * STEP
    assert np.abs(np.diff(y, axis=0)).max(initial=0.0) <= most * STEEPEST + 40 * STEP


#: Of a signal of peak 1: a hum of 50 Hz, and three fades of 80 frames at once.
STEEPEST = 2 * np.pi * 50 / LOW_HZ + 3 * 1.5 / 80


def test_the_bound_on_jumps_would_find_a_looper_without_fades() -> None:
    twin, out = Twin(4 * LOW_HZ, naive=True), []
    for start, verb in ((0, "record"), (1230, "play"), (3170, "stop")):
        twin.asked = verb
        out.append(twin.period(hum(2000 if verb == "play" else 1230, start).astype(np.float64)))
    assert np.abs(np.diff(np.concatenate(out), axis=0)).max() > 0.1 * STEEPEST + 40 * STEP


def test_off_it_touches_nothing() -> None:
    """Without room, and with room and no loop: not a word of its own is written, nor a sample of the bus."""
    for frames in (0, 4 * LOW_HZ):
        looper = Looper(frames)
        own = looper.row.arena.i64[at.SLOTS_END : at.LOOPER_END], looper.row.arena.f32[looper.memory_f32 :]
        before = [part.copy() for part in own]
        for _ in range(3):
            assert not looper.play(noise(64)).any()
        for part, was in zip(own, before, strict=True):
            np.testing.assert_array_equal(part, was)


def test_after_the_audio_process_died() -> None:
    """The loop stands at its beginning; what was being taken in is gone, and so is a press that nobody heard."""
    looper = looped(noise(4000, level=0.1))
    before = looper.heard
    looper.play(hum(1000), (64,), "overdub")
    looper.ask("clear")
    looper.rest()
    assert not looper.play(silence(300)).any()
    assert looper.state == "stopped"
    np.testing.assert_array_equal(looper.heard, before)
    half = Looper()
    half.play(noise(3000), (64,), "record")
    half.rest()
    assert half.state == "empty"
