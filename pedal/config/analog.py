"""What a board file says of the wire around the sound: its relay, a codec's own bypass, and the card's mixer.

Made by ``reading``, checked by ``wires``; used by the parent of pedal-audio (``pedal/system``), and ``mixer`` by
pedal-audio at its start. Pure.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from pedal.config.controls import Flag, Pin


class MixerSetting(msgspec.Struct, frozen=True, kw_only=True):
    """What one control of the card's mixer is set to; keys that are left out are left as they are.

    The control's name is that of ALSA's simple mixer, as ``amixer scontrols`` lists it. ``level_db`` where it
    states decibels, ``level`` in its own steps elsewhere; ``on`` for switches; ``choice`` for lists. All of its
    channels, and both directions unless ``direction`` names one.
    """

    level: Annotated[
        Annotated[int, Meta(ge=-32768, le=65535)] | None, Meta(description="a whole number, in the control's steps")
    ] = None
    level_db: Annotated[
        Annotated[float, Meta(ge=-150.0, le=60.0)] | None, Meta(description="decibels from -150 to 60")
    ] = None
    on: Annotated[bool | None, Meta(description="true or false")] = None
    choice: Annotated[
        Annotated[str, Meta(max_length=64)] | None, Meta(description="one of the control's own words, in quotes")
    ] = None
    direction: Annotated[Literal["playback", "capture"] | None, Meta(description='"playback" or "capture"')] = None


class RelaySettings(msgspec.Struct, frozen=True, kw_only=True):
    """The relay that puts the pedal between guitar and amp; without current the guitar goes straight through.

    ``kind`` "heartbeat": the pin must keep changing for the relay to hold (``docs/wiring`` has the circuit), so that
    nothing that hangs can hold it; "level": the pin's level holds it, ``active_high`` or not. ``heartbeat_hz``: full
    cycles a second.
    """

    pin: Pin
    kind: Annotated[Literal["heartbeat", "level"], Meta(description='"heartbeat" or "level"')] = "heartbeat"
    active_high: Flag = True
    heartbeat_hz: Annotated[float, Meta(ge=10.0, le=50.0, description="10 to 50")] = 20.0


class CodecBypassSettings(msgspec.Struct, frozen=True, kw_only=True):
    """A codec's own analog path from input to output: what its mixer is set to for the guitar alone, and for the pedal.

    Both by the name of the control. ``dry`` is set first of all, and whenever something fails.
    """

    dry: dict[str, MixerSetting]
    wet: dict[str, MixerSetting]
