"""The one parameter table: every knob of every block, its range, unit, taper and default.

Knobs, screens, commands, presets and the chain all read it. A player's value (dB, Hz, ...) becomes the
float a kernel reads by ``Param.kernel_value``; kernels ramp to it over ``RAMP_S``. One file for each kind of
block: a kernel imports its own (``from pedal.params.gate import GATE``), not the table, so that a new knob
elsewhere does not compile it again. Pure.
"""

from __future__ import annotations

from pedal.errors import PresetError, did_you_mean
from pedal.params.amp import AMP
from pedal.params.boost import BOOST
from pedal.params.cab import CAB
from pedal.params.chorus import CHORUS
from pedal.params.comp import COMP
from pedal.params.dc import DC
from pedal.params.delay import DELAY
from pedal.params.drive import DRIVE
from pedal.params.eq import EQ
from pedal.params.flanger import FLANGER
from pedal.params.gate import GATE
from pedal.params.input import INPUT
from pedal.params.looper import LOOPER
from pedal.params.master import MASTER
from pedal.params.output import OUTPUT
from pedal.params.param import BYPASS, RAMP_S, BlockKind, Param
from pedal.params.phaser import PHASER
from pedal.params.reverb import REVERB
from pedal.params.tone import TONE
from pedal.params.tremolo import TREMOLO
from pedal.params.vibrato import VIBRATO
from pedal.params.wah import WAH

__all__ = ["BYPASS", "KINDS", "RAMP_S", "BlockKind", "Param", "kind_named"]

#: By name, in the order that lists and menus have.
KINDS: dict[str, BlockKind] = {
    kind.name: kind
    for kind in (
        INPUT,
        GATE,
        COMP,
        WAH,
        BOOST,
        DRIVE,
        AMP,
        TONE,
        EQ,
        CAB,
        CHORUS,
        FLANGER,
        PHASER,
        TREMOLO,
        VIBRATO,
        DELAY,
        REVERB,
        DC,
        OUTPUT,
        LOOPER,
        MASTER,
    )
}


def kind_named(name: str, where: str = "") -> BlockKind:
    """The block kind called ``name``.

    Raises:
        PresetError: unknown kind, with the nearest known one.
    """
    if name in KINDS:
        return KINDS[name]
    raise PresetError(f"there is no block '{name}'", where=where, hint=did_you_mean(name, KINDS).rstrip("."))
