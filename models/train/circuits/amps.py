"""The amplifiers.

Called by ``models.train`` in the training process. Values are those usual for such stages; where a stage ends and the
next begins stands what of its swing goes on (volume, mixing resistors, dividers).
"""

from __future__ import annotations

from models.train.circuits import Circuit
from models.train.circuits.parts import Network, Power, Tube, coupled, shaded
from models.train.circuits.solid import Part
from models.train.circuits.tubes import PowerAmp, Triode


def tone_stack(
    source_ohm: float,
    slope_ohm: float,
    treble_f: float,
    bass_f: float,
    middle_f: float,
    pots_ohm: tuple[float, float, float],
    knobs: tuple[float, float, float],
) -> tuple[Part, ...]:
    """Treble, bass and middle between two stages; the output is node 4. ``knobs`` are 0 to 1, as the wipers stand."""
    treble, bass, middle = (max(1e-3, min(0.999, knob)) for knob in knobs)
    treble_ohm, bass_ohm, middle_ohm = pots_ohm
    return (
        ("R", "in", 1, source_ohm),
        ("C", 1, 2, treble_f),
        ("R", 2, 4, treble_ohm * (1.0 - treble)),
        ("R", 4, 5, treble_ohm * treble),
        ("R", 1, 3, slope_ohm),
        ("C", 3, 5, bass_f),
        ("C", 3, 6, middle_f),
        ("R", 5, 6, bass_ohm * bass),
        ("R", 6, 0, middle_ohm * middle),
        ("R", 4, 0, 1e6),
    )


#: A scooped stack behind a plate, and a stack with more middle behind a follower.
SCOOPED = tone_stack(38e3, 100e3, 250e-12, 100e-9, 47e-9, (250e3, 250e3, 10e3), (0.6, 0.25, 0.7))
FORWARD = tone_stack(1e3, 33e3, 500e-12, 22e-9, 22e-9, (250e3, 1e6, 25e3), (0.6, 0.2, 0.6))
TIGHT = tone_stack(1e3, 39e3, 500e-12, 22e-9, 22e-9, (250e3, 1e6, 25e3), (0.6, 0.15, 0.45))

_OUT = (coupled(25.0), shaded(14000.0))

AMPS = {
    "clean-american": Circuit(
        title="American Clean",
        gear="simulated two-stage preamp, scooped tone stack, 6L6-type pair, soft supply",
        gear_type="amp",
        tone_type="clean",
        parts=(
            Tube(Triode(coupling_f=1e-6)),
            Network(SCOOPED, 4, 0.5),
            Tube(Triode(coupling_f=100e-9, stopper_ohm=100e3), 0.022),
            coupled(16.0),
            Power(PowerAmp(bias_v=-41.0, sag_ohm=180.0)),
            *_OUT,
        ),
    ),
    "crunch-british": Circuit(
        title="British Crunch",
        gear="simulated three-stage preamp, tone stack behind a follower, EL34-type pair driven hard",
        gear_type="amp",
        tone_type="crunch",
        parts=(
            Tube(Triode(coupling_f=1e-6, cathode_ohm=2700.0, cathode_f=0.68e-6), 0.1),
            Tube(Triode(cathode_ohm=820.0, cathode_f=50e-6, stopper_ohm=220e3)),
            coupled(10.0),
            Network(FORWARD, 4, 0.1),
            coupled(30.0),
            Power(
                PowerAmp(
                    bias_v=-36.0, mu=11.0, kg1=650.0, kp=60.0, kvb=24.0, primary_ohm=850.0, supply_v=420.0,
                    coupling_f=22e-9, sag_ohm=120.0, inverter_gain=26.0,
                )
            ),
            *_OUT,
        ),
    ),
    "lead-modern": Circuit(
        title="Modern High Gain",
        gear="simulated four-stage preamp with a cold stage, tight tone stack, stiff EL34-type pair",
        gear_type="amp",
        tone_type="hi_gain",
        parts=(
            Tube(Triode(coupling_f=1e-6, cathode_ohm=1800.0, cathode_f=1e-6), 0.3),
            Tube(
                Triode(coupling_f=4.7e-9, cathode_ohm=1800.0, cathode_f=1e-6, stopper_ohm=220e3, load_ohm=400e3), 0.12
            ),
            Tube(Triode(coupling_f=10e-9, cathode_ohm=10e3, cathode_f=22e-9, stopper_ohm=220e3, supply_v=320.0), 0.25),
            Tube(Triode(coupling_f=22e-9, cathode_ohm=1500.0, cathode_f=1e-6, stopper_ohm=330e3)),
            coupled(10.0),
            Network(TIGHT, 4, 0.03),
            coupled(30.0),
            Power(
                PowerAmp(
                    bias_v=-38.0, mu=11.0, kg1=650.0, kp=60.0, kvb=24.0, primary_ohm=850.0, supply_v=450.0, sag_ohm=50.0
                )
            ),
            *_OUT,
        ),
    ),
}  # fmt: skip
