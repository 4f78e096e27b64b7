"""What a board file says of what hands and feet reach: footswitches, chords, encoders, knobs, expression, lights, MIDI.

Made by ``reading``, checked by ``checks`` and ``wires``, used by the panel (pedal-panel). Pure.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Pin = Annotated[int, Meta(ge=2, le=27, description="a BCM pin number from 2 to 27")]
OptionalPin = Annotated[
    Annotated[int, Meta(ge=2, le=27)] | None, Meta(description="a BCM pin number from 2 to 27, or leave it out")
]
Channel = Annotated[int, Meta(ge=0, le=7, description="an input of the MCP3008, 0 to 7")]
Parameter = Annotated[str, Meta(max_length=80, description="BLOCK.PARAM, such as amp.drive_db")]
ActionText = Annotated[Annotated[str, Meta(max_length=80)], Meta(description='an action, such as "tuner"')]
OptionalAction = Annotated[
    Annotated[str, Meta(max_length=80)] | None, Meta(description='an action, such as "tuner", or leave it out')
]
Flag = Annotated[bool, Meta(description="true or false")]


class FootSwitch(msgspec.Struct, frozen=True, kw_only=True):
    """One footswitch at ``pin`` (BCM number), and what it does.

    ``action`` is done at the first edge of a press, unless ``hold``, ``long_hold``, ``double_tap`` or a chord has to
    be waited for. ``momentary``: letting go undoes the action. ``pull`` says where the resting contact lies: "up" and
    "none" are switches to ground (none: with a resistor of their own), "down" is one to 3.3 V. ``led`` is the
    name of the light beside it.

    A switch has an edge or it is no switch: hence no inputs of the converter, which would have to be asked again and
    again, and would answer late.
    """

    pin: Pin
    action: ActionText
    hold: OptionalAction = None
    long_hold: OptionalAction = None
    double_tap: OptionalAction = None
    momentary: Flag = False
    pull: Annotated[Literal["up", "down", "none"], Meta(description='"up", "down" or "none"')] = "up"
    led: Annotated[str, Meta(max_length=24, description="the name of a table [leds.NAME]")] = ""


class ChordSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Two footswitches that are pressed together, and what that does."""

    switches: Annotated[
        tuple[str, str], Meta(description='the names of two footswitches, such as ["bypass", "next"]')
    ]  # fmt: skip
    action: ActionText


class EncoderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One rotary encoder: its two contacts, and the button under it where it has one.

    Either ``role = "menu"``, which turns through pages and lists and whose button chooses, or a ``parameter``
    (``BLOCK.PARAM``) that it turns, and then ``push`` is what its button does, and ``hold`` what it does when it is
    held (None: the same). ``steps_per_detent``: how often its contacts change between two clicks.
    """

    pin_a: Pin
    pin_b: Pin
    pin_push: OptionalPin = None
    role: Annotated[Literal["menu"] | None, Meta(description='"menu", or a parameter instead')] = None
    parameter: Annotated[str | None, Meta(description="BLOCK.PARAM, such as delay.time_s")] = None
    push: OptionalAction = None
    hold: OptionalAction = None
    steps_per_detent: Annotated[Literal[1, 2, 4], Meta(description="1, 2 or 4")] = 4

    @property
    def has_free_button(self) -> bool:
        """Whether there is a button that board and preset may give something to do."""
        return self.role is None and self.pin_push is not None


class KnobSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One potentiometer at an input of an MCP3008 on SPI 0, and the parameter (``BLOCK.PARAM``) that it turns."""

    channel: Channel
    parameter: Parameter


class ExpressionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """An expression pedal at an input of the MCP3008; ``parameter`` is what it moves unless a preset says otherwise."""

    channel: Channel
    parameter: Parameter = "wah.position"


class LedSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One light, and what it shows; "switch": what the footswitch that names it has done."""

    pin: Pin
    shows: Annotated[
        Literal["switch", "bypass", "tempo", "clip", "governor", "looper", "tuner"],
        Meta(description='"switch", "bypass", "tempo", "clip", "governor", "looper" or "tuner"'),
    ] = "switch"
    active_low: Flag = False


class MidiSettings(msgspec.Struct, frozen=True, kw_only=True):
    """MIDI in: ``usb`` listens to every MIDI port that is plugged in (and a card's own), ``uart`` is a serial device.

    ``channel``: 1 to 16, or "all".
    """

    usb: Flag = True
    uart: Annotated[str, Meta(max_length=120, description='a serial device such as "/dev/ttyAMA0"')] = ""
    channel: Annotated[Annotated[int, Meta(ge=1, le=16)] | Literal["all"], Meta(description='1 to 16, or "all"')] = (
        "all"
    )
