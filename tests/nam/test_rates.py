"""A model at a multiple of its rate is the model itself, once for each of the interleaved signals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pedal.errors import ModelError
from pedal.nam import load_model
from pedal.nam.pack import pack
from pedal.nam.plan import KIND, KIND_A2
from tests.nam import models, twin
from tests.nam.networks import networks, plain_wavenets, sliceable
from tests.nam.test_twin import near


def compare(document: dict[str, Any], factor: int, slim: float, block: int) -> float:
    """The engine at ``factor`` times the rate against the twin, which knows of no rates, on each of the phases."""
    model = models.parse(document)
    own_hz = model.sample_rate_hz or 48000
    fast = model.at_rate(round(factor * own_hz))
    width, index = fast.widths[fast.width_index(slim)], model.width_index(slim)
    assert width.macs_per_sample == model.widths[index].macs_per_sample
    x = models.noise(300 * factor)
    history = model.widths[index].receptive_field_frames

    def render(opener: Any) -> NDArray[np.float64]:
        wanted = np.zeros(x.size)
        for phase in range(factor):
            wanted[phase::factor] = twin.render(document, x[phase::factor], slim, history, opener)
        return wanted

    return near(fast.engine(slim, block).process(x), render)


@settings(max_examples=60)
@given(
    document=networks() | sliceable() | plain_wavenets(),
    factor=st.integers(2, 5),
    slim=st.floats(0, 1),
    block=st.integers(1, 70),
)
def test_any_network_at_a_multiple_of_its_rate(document: dict[str, Any], factor: int, slim: float, block: int) -> None:
    compare(document, factor, slim, block)


@pytest.mark.parametrize("factor", (2, 4))
@pytest.mark.parametrize("channels", (3, 8))
def test_a2_stays_on_its_kernels(channels: int, factor: int) -> None:
    document = models.a2(channels)
    compare(document, factor, 1.0, 64)
    fast = models.parse(document).at_rate(48000 * factor)
    assert pack(fast.widths[0].spec, 64).plan[KIND] == KIND_A2
    assert fast.widths[0].receptive_field_frames == 1 + 6346 * factor
    assert fast.sample_rate_hz == 48000 * factor


def test_its_own_rate_changes_nothing() -> None:
    model = models.parse(models.small())
    assert model.at_rate(48000) is model
    silent = models.parse(models.small() | {"sample_rate": None})
    assert silent.at_rate(48000) is silent
    assert silent.at_rate(96000).widths[0].receptive_field_frames == 1 + 2 * 6


@pytest.mark.parametrize("rate_hz", (24000, 44100, 88200, 47999, 72000))
def test_other_rates_are_refused(rate_hz: int) -> None:
    with pytest.raises(ModelError) as caught:
        models.parse(models.small()).at_rate(rate_hz, "Do something")
    words = f"is made for 48000 Hz; it plays at that and at whole multiples of it, not at {rate_hz} Hz. Do something."
    assert str(caught.value) == f"model 'made up': {words}"
    with pytest.raises(ModelError, match="does not say its rate, which then counts as 48000 Hz"):
        models.parse(models.small() | {"sample_rate": None}).at_rate(rate_hz)


def test_more_memory_than_a_pedal_keeps_is_refused() -> None:
    model = models.parse(models.wavenet(models.array(3, [1 << 20] * 2)))
    with pytest.raises(ModelError, match=r"at 96000 Hz it asks for a history of \d+ numbers"):
        model.at_rate(96000)


def test_below_the_models_nyquist_it_is_the_models_own_sound() -> None:
    """Every second frame of a band-limited signal at 96 kHz is what the model makes of that signal at 48 kHz."""
    model = load_model(models.VECTORS / "syn_a2.nam")
    x = models.noise(8000)
    spectrum = np.fft.rfft(x)
    spectrum[2000:] = 0.0
    wide = np.fft.irfft(np.pad(spectrum, (0, 4000)), 16000).astype(np.float32) * 2
    y = model.at_rate(96000).engine().process(wide)
    wanted = model.engine().process(np.ascontiguousarray(wide[::2]))
    np.testing.assert_allclose(y[::2], wanted, atol=1e-5 * np.abs(wanted).max())
