"""The whole pedal on a card of 96 kHz, with a model that was made for 48 kHz."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from pedal.nam import load_model
from pedal.panel import protocol
from pedal.paths import factory_dir
from tests.e2e.running import running_pedal
from tests.e2e.supervised import TONE_FRAMES

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("jackd") is None, reason="jackd2 is not installed")]

RATE_HZ = 96000
ALONE = 'name = "alone"\n[[block]]\nkind = "amp"\nid = "amp"\nmodel = "starter-crunch.nam"\n'


def test_a_model_for_half_the_cards_rate_plays_and_changes_width() -> None:
    model = load_model(factory_dir("models") / "starter-crunch.nam").at_rate(RATE_HZ)
    tone = 0.2 * np.sin(2 * np.pi * np.arange(300 * TONE_FRAMES) / TONE_FRAMES)
    with running_pedal("--no-safe-mode", rate_hz=RATE_HZ, presets={"00-alone": ALONE}) as pedal:
        status = pedal.until(lambda status: status["audio"] == "playing" and bool(status["amps"]))
        assert (status["preset_key"], status["rate_hz"]) == ("00-alone", RATE_HZ)
        (amp,) = [block.amp for block in pedal.rig().blocks if block.amp]
        assert len(amp.costs_ns) == 2 and min(amp.costs_ns) > 0.0
        for word, slim in (("full", 1.0), ("lite", 0.0)):
            pedal.call(protocol.SetWidth(width=word))
            label = word.capitalize()
            wanted = model.engine(slim).process(tone.astype(np.float32))[-TONE_FRAMES:].astype(np.float64)
            likenesses: list[float] = []
            while max(likenesses, default=0.0) < 0.9999:  # a stall of a busy host overruns, narrows or is a gap: again
                assert len(likenesses) < 6, f"{word}: {likenesses}"
                pedal.until(lambda status, label=label: [amp["width"] for amp in status["amps"]] == [label])
                # A second later the DC blocker is at rest too, and a tone of a whole number of frames repeats for ever.
                start = pedal.played_frames() + 2 * RATE_HZ
                pedal.until(lambda status, stop=start: pedal.played_frames() > stop + 2 * TONE_FRAMES)
                heard = pedal.played(start, start + TONE_FRAMES)
                turned = np.fft.ifft(np.fft.fft(_shape(heard)) * np.conj(np.fft.fft(_shape(wanted))))
                likenesses.append(float(np.abs(turned).max()))


def _shape(period: np.ndarray) -> np.ndarray:
    """One period of a tone without its level and offset."""
    flat = period - period.mean()
    return flat / np.linalg.norm(flat)
