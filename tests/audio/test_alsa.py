"""What the card is asked, and what a player reads when it cannot."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pedal.audio.alsa import FORMATS, _opening_error, open_card, resolve_device
from pedal.errors import CardError
from pedal.layout import CARD_RUNNING, S16_LE, S24_3LE, S32_LE
from pedal.virtual.card import VirtualCard
from tests.audio.players import needs_jackd, playing, settings, take


def refusal(virtual: VirtualCard, **changes: Any) -> str:
    """The first thing a player reads that cannot open this card."""
    with playing(virtual.environment(), 1, **changes) as player:
        return str(player.wait_for("report")["report"])


def test_format_codes_are_those_of_the_layout() -> None:
    assert {name: code for name, (_, code) in FORMATS.items()} == {
        "S16_LE": S16_LE, "S24_3LE": S24_3LE, "S32_LE": S32_LE,
    }  # fmt: skip


@pytest.mark.parametrize("sample_format", FORMATS)
@pytest.mark.parametrize("period", [16, 37, 256])
def test_plays_every_format(tmp_path: Path, sample_format: str, period: int) -> None:
    guitar = take(period * 20)
    with (
        VirtualCard(tmp_path, guitar, sample_format=sample_format, capture_channels=2, paced=False) as card,
        playing(card.environment(), 20, format=sample_format, capture_channels=2, period_frames=period) as player,
    ):
        player.finish()
        (played,) = card.played()
    np.testing.assert_array_equal(played[period * 3 :, 1], guitar)


def test_auto_takes_the_widest_format(tmp_path: Path) -> None:
    with VirtualCard(tmp_path, take(64), paced=False) as card, playing(card.environment(), 1) as player:
        player.wait_for("state", CARD_RUNNING)
        assert any("64 frames x 3, S32_LE" in line.get("report", "") for line in player.heard)


def test_a_missing_card_names_itself_and_says_what_to_do() -> None:
    with pytest.raises(CardError, match=r"^card 'sndrpihifibery': is not there\. .*set 'card' in the board file"):
        resolve_device("sndrpihifibery")


def test_a_pcm_name_stays_as_it_is() -> None:
    assert resolve_device("hw:CARD=M2,DEV=1") == "hw:CARD=M2,DEV=1"


@pytest.mark.parametrize(
    ("key", "value"), [("period_frames", 8), ("period_frames", 512), ("periods", 1), ("periods", 9)]
)
def test_refuses_buffers_that_no_pedal_should_have(key: str, value: int) -> None:
    with pytest.raises(CardError, match=f"{key} = {value} is outside"):
        open_card(SimpleNamespace(**settings(**{key: value})))


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EBUSY, "card 'M2': is in use by another program. Stop it"),
        (errno.ENODEV, "card 'M2': is not there. "),
        (errno.EACCES, "card 'M2': may not be opened by this user. Add the user to the group 'audio'."),
        (errno.EIO, "card 'M2': cannot be opened (Input/output error). "),
    ],
)
def test_every_reason_has_its_sentence(number: int, sentence: str) -> None:
    assert str(_opening_error(f"{os.strerror(number)} [hw:CARD=M2]", "M2")).startswith(sentence)


@needs_jackd
def test_refusals_of_a_card_with_its_own_mind(tmp_path: Path) -> None:
    with VirtualCard(tmp_path, take(48000), period_frames=64) as card:
        assert "runs at 48000 Hz, not at 44100 Hz. Set 'rate_hz = 48000'" in refusal(card, rate_hz=44100)
        assert "capture: has 1 channels, not 2. Set 'capture_channels'" in refusal(card, capture_channels=2)
        # The bare clock knows floating point only.
        assert "offers none of S32_LE, S24_3LE, S16_LE" in refusal(card, card="virtual_clock")
        assert "does not offer S16_LE" in refusal(card, card="virtual_clock", format="S16_LE")
