"""The sound card: opened by its ALSA id, verified, filled and started again.

Called by ``loop`` in the period thread of pedal-audio. The only module that knows ALSA.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import alsaaudio

from pedal.errors import CardError, did_you_mean

#: What reading and writing raise when the card is gone (unplugged, or its driver gave up).
CardGone = alsaaudio.ALSAAudioError
#: ALSA name, sample bytes and the code in the shared words, widest first: what "auto" tries.
FORMATS: dict[str, tuple[int, int]] = {"S32_LE": (4, 2), "S24_3LE": (3, 1), "S16_LE": (2, 0)}
#: The chain is stereo; so is what it plays on.
PLAYBACK_CHANNELS = 2
_PERIOD_RANGE = (16, 256)
_PERIODS_RANGE = (2, 4)


class CardSettings(Protocol):
    """What a board says about its card (``pedal.config`` provides it)."""

    @property
    def card(self) -> str:
        """ALSA id of the card (``sndrpihifiberry``), or a PCM name."""

    @property
    def rate_hz(self) -> int:
        """Sample rate."""

    @property
    def period_frames(self) -> int:
        """Frames per period, 16 to 256."""

    @property
    def periods(self) -> int:
        """Periods in the card's buffer, 2 to 4."""

    @property
    def format(self) -> str:
        """One of ``FORMATS``, or "auto"."""

    @property
    def capture_channels(self) -> int:
        """1 or 2."""


@dataclass(frozen=True)
class Card:
    """Both directions of an open card: blocking, interleaved, one period at a time."""

    capture: Any
    playback: Any
    name: str
    format: str
    rate_hz: int
    period_frames: int
    periods: int
    capture_channels: int
    playback_channels: int = PLAYBACK_CHANNELS

    @property
    def period_bytes(self) -> int:
        """Bytes of one playback period."""
        return self.period_frames * self.playback_channels * FORMATS[self.format][0]

    @property
    def format_code(self) -> int:
        """The sample format as the compiled side knows it: 0 S16_LE, 1 S24_3LE, 2 S32_LE."""
        return FORMATS[self.format][1]

    def start(self) -> None:
        """Bring both directions to the one state that streaming begins in, also after an xrun.

        Capture is empty and starts with the next read; playback runs on a full buffer of silence.
        Starting capture alone, or filling playback alone, would leave the latency to chance; and
        on some cards an underrun of one direction leaves the other prepared but never started.

        Raises:
            CardGone: it is.
        """
        self.capture.drop()
        self.playback.drop()
        silence = bytes(self.period_bytes)
        for _ in range(self.periods):
            self.playback.write(silence)

    def close(self) -> None:
        """Let go of the card at once; nothing is drained."""
        for pcm in (self.playback, self.capture):
            with contextlib.suppress(CardGone):
                pcm.drop()
            with contextlib.suppress(CardGone):
                pcm.close()


def open_card(settings: CardSettings) -> Card:
    """Open, configure and verify both directions of a card.

    Raises:
        CardError: one sentence on what the card lacks and what to do about it.
    """
    _check_range("period_frames", settings.period_frames, _PERIOD_RANGE, settings.card)
    _check_range("periods", settings.periods, _PERIODS_RANGE, settings.card)
    device = resolve_device(settings.card)
    wanted = list(FORMATS) if settings.format == "auto" else [settings.format]
    refused: CardError | None = None
    for name in wanted:
        try:
            return _open_both(settings, device, name)
        except _FormatRefused as refusal:
            refused = refusal
    assert refused is not None
    if len(wanted) > 1:
        raise CardError(
            "offers none of " + ", ".join(wanted),
            where=f"card '{settings.card}'",
            hint="Use another card, or a plug PCM over this one",
        )
    raise refused


def card_ids() -> list[str]:
    """Ids of the cards there are, in their order."""
    return list(dict.fromkeys(alsaaudio.cards()))


def resolve_device(card: str) -> str:
    """The PCM name to open for a card id; a name with a colon or a user-space PCM stays as it is.

    Raises:
        CardError: no such card, with the ids there are.
    """
    if ":" in card:
        return card
    ids = alsaaudio.cards()
    if card in ids:
        return f"hw:CARD={card}"
    with _quiet():
        if card in alsaaudio.pcms(alsaaudio.PCM_PLAYBACK):
            return card
    raise _missing(card, ids)


class _FormatRefused(CardError):
    """The card opened, but with another sample format."""


def _missing(card: str, ids: list[str]) -> CardError:
    hint = did_you_mean(card, ids) if ids else "No card at all is connected"
    return CardError(
        "is not there",
        where=f"card '{card}'",
        hint=hint.rstrip("?.") + "; set 'card' in the board file and check the cable or overlay",
    )


def _check_range(key: str, value: int, bounds: tuple[int, int], card: str) -> None:
    low, high = bounds
    if not low <= value <= high:
        raise CardError(
            f"{key} = {value} is outside {low} to {high}",
            where=f"card '{card}'",
            hint=f"Set '{key}' in the board file",
        )


def _open_both(settings: CardSettings, device: str, sample_format: str) -> Card:
    capture = _open_one(settings, device, sample_format, alsaaudio.PCM_CAPTURE, settings.capture_channels)
    try:
        _verify(capture, settings, sample_format, "capture", settings.capture_channels)
        playback = _open_one(settings, device, sample_format, alsaaudio.PCM_PLAYBACK, PLAYBACK_CHANNELS)
    except CardError:
        capture.close()
        raise
    try:
        _verify(playback, settings, sample_format, "playback", PLAYBACK_CHANNELS)
    except CardError:
        playback.drop()
        playback.close()
        capture.close()
        raise
    return Card(
        capture=capture,
        playback=playback,
        name=settings.card,
        format=sample_format,
        rate_hz=settings.rate_hz,
        period_frames=settings.period_frames,
        periods=settings.periods,
        capture_channels=settings.capture_channels,
    )


def _open_one(settings: CardSettings, device: str, sample_format: str, direction: int, channels: int) -> Any:
    try:
        with _quiet():
            return alsaaudio.PCM(
                direction,
                alsaaudio.PCM_NORMAL,
                device=device,
                rate=settings.rate_hz,
                channels=channels,
                format=getattr(alsaaudio, f"PCM_FORMAT_{sample_format}"),
                periodsize=settings.period_frames,
                periods=settings.periods,
            )
    except CardGone as refusal:
        raise _opening_error(str(refusal), settings.card) from refusal


def _opening_error(message: str, card: str) -> CardError:
    """The message is "reason [device]", with the C library's words for the reason."""
    reason = message.rsplit(" [", 1)[0]
    where = f"card '{card}'"
    if reason == os.strerror(errno.EBUSY):
        return CardError(
            "is in use by another program",
            where=where,
            hint="Stop it ('fuser -v /dev/snd/*' names it; often pipewire, pulseaudio or jackd)",
        )
    if reason in (os.strerror(errno.ENOENT), os.strerror(errno.ENODEV), os.strerror(errno.ENXIO)):
        return _missing(card, alsaaudio.cards())
    if reason in (os.strerror(errno.EACCES), os.strerror(errno.EPERM)):
        return CardError("may not be opened by this user", where=where, hint="Add the user to the group 'audio'")
    return CardError(
        f"cannot be opened ({reason})",
        where=where,
        hint="It may only play or only record: the pedal needs a card that does both",
    )


def _verify(pcm: Any, settings: CardSettings, sample_format: str, direction: str, channels: int) -> None:
    """Compare what the card took with what was asked; pyalsaaudio itself never refuses."""
    got = pcm.info()
    where = f"card '{settings.card}', {direction}"
    if got["format_name"] != sample_format:
        raise _FormatRefused(
            f"does not offer {sample_format}, only for example {got['format_name']}",
            where=where,
            hint="Set 'format' to \"auto\" in the board file",
        )
    if got["rate"] != settings.rate_hz:
        raise CardError(
            f"runs at {got['rate']} Hz, not at {settings.rate_hz} Hz",
            where=where,
            hint=f"Set 'rate_hz = {got['rate']}' in the board file, or use another card",
        )
    if got["period_size"] != settings.period_frames or got["periods"] != settings.periods:
        raise CardError(
            f"gives {got['period_size']} frames x {got['periods']}, not {settings.period_frames} x {settings.periods}",
            where=where,
            hint="Set 'period_frames' and 'periods' in the board file to what it gives",
        )
    if got["channels"] != channels:
        key = "Set 'capture_channels' in the board file" if direction == "capture" else "Use another card"
        raise CardError(
            f"has {got['channels']} channels, not {channels}",
            where=where,
            hint=f"{key}, or a plug PCM over this one",
        )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep alsa-lib and its plugins from writing to stderr: what they mean is raised as CardError."""
    kept = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    os.close(null)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
