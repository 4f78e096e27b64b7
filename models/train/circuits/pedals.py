"""The pedals and the bass preamplifier.

Called by ``models.train`` in the training process.
"""

from __future__ import annotations

from models.train.circuits import Circuit
from models.train.circuits.parts import Blend, Diodes, Network, Tube, coupled, shaded
from models.train.circuits.solid import Clipper
from models.train.circuits.tubes import Triode

#: Low-pass and high-pass side by side, which leave a gap in the middle.
GAP = (
    ("R", "in", 1, 1e3),
    ("R", 1, 2, 39e3),
    ("C", 2, 0, 10e-9),
    ("C", 1, 3, 4e-9),
    ("R", 3, 0, 22e3),
    ("R", 2, 4, 50e3),
    ("R", 3, 4, 50e3),
    ("R", 4, 0, 470e3),
)

PEDALS = {
    "overdrive": Circuit(
        title="Green Drive",
        gear="simulated op-amp overdrive, diodes in the feedback, low-pass tone",
        gear_type="pedal",
        tone_type="overdrive",
        parts=(
            coupled(15.0),
            Diodes(Clipper(feedback_ohm=200e3)),
            shaded(723.0, 1.0),
            Blend(((shaded(4500.0, 0.5),), (coupled(1100.0, 1.2),))),
            coupled(20.0),
        ),
    ),
    "bass-preamp": Circuit(
        title="Bass Preamp",
        gear="simulated tube preamp for bass: clean lows beside driven mids and highs",
        gear_type="preamp",
        tone_type="overdrive",
        bass=True,
        parts=(
            Tube(Triode(coupling_f=1e-6, cathode_f=25e-6), 0.05),
            coupled(12.0),
            Blend(
                (
                    (shaded(600.0, 0.5),),
                    (
                        coupled(350.0),
                        Diodes(
                            Clipper(
                                series_ohm=3300.0, series_f=100e-9, feedback_ohm=47e3, feedback_f=470e-12, up=2.0,
                                swing_v=9.0,
                            )
                        ),
                        shaded(4000.0, 0.35),
                    ),
                )
            ),
            coupled(20.0),
        ),
    ),
    "fuzz": Circuit(
        title="Wall Fuzz",
        gear="simulated two-stage diode fuzz with a gap in the middle",
        gear_type="pedal",
        tone_type="fuzz",
        parts=(
            coupled(40.0, 8.0),
            Diodes(Clipper(inverts=True, series_ohm=8.2e3, series_f=1e-6, feedback_ohm=390e3, feedback_f=470e-12)),
            Diodes(Clipper(inverts=True, series_ohm=10e3, series_f=1e-6, feedback_ohm=390e3, feedback_f=470e-12)),
            Network(GAP, 4),
            coupled(25.0),
        ),
    ),
}  # fmt: skip
