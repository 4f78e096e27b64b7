"""What a board file says: frozen records, one a table, with the range and the meaning of every key.

What hands reach is in ``controls``, the wire around the sound in ``analog``. Made by ``reading``, known by every
process. Pure.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from pedal.config.analog import CodecBypassSettings, MixerSetting, RelaySettings
from pedal.config.controls import (
    ChordSettings,
    EncoderSettings,
    ExpressionSettings,
    FootSwitch,
    KnobSettings,
    LedSettings,
    MidiSettings,
)

Lines = tuple[Annotated[str, Meta(min_length=1, max_length=200)], ...]


class AudioSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The sound card and how it is driven.

    ``card`` is an ALSA card id (``/proc/asound/cards``), or a PCM name with a colon; never an
    index, which changes from boot to boot. ``period_core`` pins the period thread to one core;
    None lets the pedal choose.
    """

    card: Annotated[str, Meta(description="an ALSA card id, as in /proc/asound/cards")]
    rate_hz: Annotated[
        Literal[44100, 48000, 88200, 96000, 176400, 192000],
        Meta(description="44100, 48000, 88200, 96000, 176400 or 192000"),
    ] = 48000
    period_frames: Annotated[int, Meta(ge=16, le=256, description="a whole number from 16 to 256")] = 64
    periods: Annotated[int, Meta(ge=2, le=4, description="2, 3 or 4")] = 3
    format: Annotated[
        Literal["auto", "S16_LE", "S24_3LE", "S32_LE"],
        Meta(description='"auto", "S16_LE", "S24_3LE" or "S32_LE"'),
    ] = "auto"
    input: Annotated[Literal["left", "right", "sum"], Meta(description='"left", "right" or "sum"')] = "left"
    capture_channels: Annotated[int, Meta(ge=1, le=2, description="1 or 2")] = 2
    realtime_priority: Annotated[int, Meta(ge=1, le=98, description="a whole number from 1 to 98")] = 70
    period_core: Annotated[int | None, Meta(description="a core number from 0")] = None


class TunerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The tuner: frequency of A4, and whether the pedal is silent while one tunes."""

    reference_hz: Annotated[float, Meta(ge=430.0, le=450.0, description="430 to 450")] = 440.0
    mute: Annotated[bool, Meta(description="true or false")] = True


class LooperSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The looper: the longest loop; its memory is taken when the pedal starts."""

    seconds: Annotated[int, Meta(ge=5, le=120, description="a whole number from 5 to 120")] = 60


class DisplaySettings(msgspec.Struct, frozen=True, kw_only=True):
    """The 128x64 display. ``port`` is the bus number: 1 for I2C, 0 for SPI unless given."""

    driver: Annotated[
        Literal["ssd1306", "sh1106", "ssd1309", "virtual", "none"],
        Meta(description='"ssd1306", "sh1106", "ssd1309", "virtual" or "none"'),
    ]
    interface: Annotated[Literal["i2c", "spi"], Meta(description='"i2c" or "spi"')] = "i2c"
    address: Annotated[int, Meta(ge=0x08, le=0x77, description="an I2C address from 0x08 to 0x77")] = 0x3C
    port: Annotated[int, Meta(ge=0, le=9, description="a bus number from 0 to 9")] = 1
    rotate: Annotated[Literal[0, 2], Meta(description="0, or 2 for upside down: no page fits an upright display")] = 0


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """A whole pedal's wiring, checked.

    ``cpu_scale`` makes this machine count as one that many times slower (1.0: as it is);
    ``budget_share`` is the part of a period the chain may use; ``input_dbu_at_0dbfs`` the
    level in dBu RMS of a sine that reaches 0 dBFS at the input (None: not measured); ``prices`` the price
    list of a board that this machine stands for, where computing takes no time (empty: it stands for itself).
    ``boot`` are the lines that its ``/boot/firmware/config.txt`` needs; ``untried`` says, for people, what nobody
    has tried on hardware yet.
    """

    name: Annotated[str, Meta(description="a-z, 0-9, - and _")]
    title: Annotated[str, Meta(max_length=64, description="at most 64 characters")]
    virtual: Annotated[bool, Meta(description="true or false")] = False
    cpu_scale: Annotated[float, Meta(ge=1.0, le=1000.0, description="1.0 to 1000.0")] = 1.0
    budget_share: Annotated[float, Meta(ge=0.1, le=0.95, description="0.1 to 0.95")] = 0.7
    input_dbu_at_0dbfs: Annotated[float | None, Meta(description="-60 to 60 dBu")] = None
    prices: Annotated[str, Meta(max_length=255, description="a price list's name, or its file")] = ""
    boot: Annotated[Lines, Meta(max_length=16, description="a list of lines for config.txt")] = ()
    untried: Annotated[Lines, Meta(max_length=16, description="a list of sentences")] = ()
    audio: AudioSettings
    mixer: dict[str, MixerSetting] = {}
    relay: RelaySettings | None = None
    codec_bypass: CodecBypassSettings | None = None
    switches: dict[str, FootSwitch] = {}
    chords: dict[str, ChordSettings] = {}
    encoders: dict[str, EncoderSettings] = {}
    knobs: dict[str, KnobSettings] = {}
    expression: ExpressionSettings | None = None
    leds: dict[str, LedSettings] = {}
    midi: MidiSettings | None = None
    display: DisplaySettings | None = None
    tuner: TunerSettings = TunerSettings()
    looper: LooperSettings | None = None
