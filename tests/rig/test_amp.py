"""The amp row: its knobs ramp, its bypass cross-fades, two channels are summed."""

from __future__ import annotations

import numpy as np
import pytest

from pedal import layout as at
from pedal.params import KINDS, RAMP_S
from pedal.preset import Block
from tests.rig.bench import RATE_HZ, Bench, Floats, guitar, model_named, preset

TAKE = guitar(RATE_HZ // 2)
RAMP = round(RAMP_S * RATE_HZ)
AMP = KINDS["amp"]


def bench_with_amp() -> Bench:
    bench = Bench(preset(Block("amp", "amp", "starter")))
    bench.adopt(0)
    return bench


def linear(start: float, stop: float, frames: int) -> Floats:
    ramp = start + (stop - start) * np.minimum(np.arange(1, frames + 1), RAMP) / RAMP
    return ramp.astype(np.float32)


@pytest.mark.parametrize("n", [1, 16, 37, 64, 256])
def test_drive_ramps_before_the_model_and_level_behind_it(n: int) -> None:
    bench = bench_with_amp()
    (view,) = bench.amps(0)
    level = view.level
    bench.turn("amp", AMP.index("drive_db"), 2.0)
    bench.turn("amp", AMP.index("level_db"), 0.25)
    heard, said = [], []
    for start in range(0, 6000, n):
        m = min(n, 6000 - start)
        bench.play(TAKE[start : start + m])
        heard.append(view.heard(m))
        said.append(view.said(m))
    x = np.concatenate(heard)
    np.testing.assert_allclose(x, TAKE[:6000] * linear(1.0, 2.0, 6000), atol=2e-5)
    wanted = model_named("starter").engine().process(x) * level * linear(1.0, 0.25, 6000)
    np.testing.assert_allclose(np.concatenate(said), wanted, atol=2e-5 * np.abs(wanted).max())


@pytest.mark.parametrize("n", [1, 16, 64, 256])
def test_bypass_fades_to_the_dry_guitar_and_stops_playing(n: int) -> None:
    bench, twin = bench_with_amp(), bench_with_amp()
    for each in (bench, twin):
        each.play_all(TAKE[:4096], n)
    (view,) = bench.amps(0)
    view.bypass(True)
    y, wet = bench.play_all(TAKE[4096:8192], n), twin.play_all(TAKE[4096:8192], n)
    assert view.playing == at.NO_WIDTH
    dry = Bench(preset(Block("amp", "amp", "starter", on=False)))
    dry.adopt(0)
    dry_y = dry.play_all(TAKE[:8192], n)[4096:]
    mix = linear(1.0, 0.0, 4096)[:, None]
    # The DC blocker behind them remembers what each of them was.
    np.testing.assert_allclose(y, dry_y + (wet - dry_y) * mix, atol=0.05 * np.abs(wet).max())


def test_two_channels_are_summed_and_both_get_the_amp() -> None:
    bench, mono = bench_with_amp(), bench_with_amp()
    for index in range(4):
        bench.arena.i64[at.SLOTS + at.SLOT_HEADER + index * at.ROW_FIELDS + at.CHANNELS] = 2
    y, wanted = bench.play_all(TAKE[:4800], 64), mono.play_all(TAKE[:4800], 64)
    np.testing.assert_allclose(y, wanted, atol=1e-6)
