"""A loaded model: its widths and what it says about itself.

Made by ``file``; read by whoever plays, lists or inspects models, in any process. No numba is
imported until ``Model.engine`` is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pedal.levels import Measured, ModelLevels
from pedal.nam.networks import Network

if TYPE_CHECKING:
    from pedal.nam.engine import Engine


@dataclass(frozen=True, slots=True)
class Width:
    """One size of a model.

    Attributes:
        label: what players read: "Full" is the widest, "Lite" the narrowest.
        channels: rows of each stage: C of each layer array, H of recurrent layers.
        slim_low, slim_high: this width plays for ``slim_low <= slim < slim_high``, the widest also above.
        macs_per_sample: multiply-adds per frame.
        weights_count: numbers in its weight stream.
        receptive_field_frames: frames of input that one frame of output depends on; for recurrent networks,
            which never quite forget, the half second in which they settle.
        spec: shapes and weights.
    """

    label: str
    channels: tuple[int, ...]
    slim_low: float
    slim_high: float
    macs_per_sample: int
    weights_count: int
    receptive_field_frames: int
    spec: Network = field(repr=False)


@dataclass(frozen=True, slots=True)
class Model:
    """A ``.nam`` file that plays.

    Attributes:
        name: from the metadata, else the file's name.
        widths: narrowest first.
        content_hash: sha256 of the file, hexadecimal.
        sample_rate_hz: None if the file does not say.
        loudness_db, gain, input_level_dbu, output_level_dbu: of the container, or else of its widest width;
            None where the file does not state it or states what cannot be.
        gear_type, gear, tone_type, modeled_by: free text, may be empty; ``gear`` is make and model.
        breakpoints: slim values at which the width changes.
        warnings: sentences about what the file states and nobody believes.
        measured: what playing it has shown; None until somebody has.
    """

    name: str
    widths: tuple[Width, ...]
    content_hash: str
    sample_rate_hz: float | None
    loudness_db: float | None
    gain: float | None
    input_level_dbu: float | None
    output_level_dbu: float | None
    gear_type: str
    breakpoints: tuple[float, ...]
    warnings: tuple[str, ...] = ()
    measured: Measured | None = None
    gear: str = ""
    tone_type: str = ""
    modeled_by: str = ""

    @property
    def levels(self) -> ModelLevels:
        """Its levels: what the file states, and the measured loudness where it states none."""
        measured = self.measured or Measured(None, ())
        missing = self.loudness_db is None
        loudness_db = measured.loudness_db if missing else self.loudness_db
        return ModelLevels(
            loudness_db=loudness_db,
            is_measured=missing and loudness_db is not None,
            changes_db=measured.changes_db,
            input_level_dbu=self.input_level_dbu,
            output_level_dbu=self.output_level_dbu,
        )

    @property
    def trims_db(self) -> tuple[float, ...]:
        """What is added to each width, narrowest first, so that a change of width is no change of loudness."""
        return self.measured.trims_db if self.measured else (0.0,) * len(self.widths)

    def with_measured(self, measured: Measured) -> Model:
        """The same model, measured."""
        return replace(self, measured=measured)

    def width_index(self, slim: float) -> int:
        """Index in ``widths`` for ``slim`` (0 smallest to 1 largest; beyond clamps, NaN is the widest)."""
        for i, edge in enumerate(self.breakpoints):
            if slim < edge:
                return i
        return len(self.widths) - 1

    def at_rate(self, rate_hz: int, hint: str = "Choose another rate, or another model") -> Model:
        """This model for a device of ``rate_hz``: itself, or stretched to a whole multiple of its rate.

        Args:
            rate_hz: of the device; a file that does not say its own counts as 48000 Hz.
            hint: what to do where it cannot be played.

        Raises:
            ModelError: not a multiple, or more memory than a pedal keeps.
        """
        from pedal.nam.rates import model_at_rate

        return model_at_rate(self, rate_hz, hint)

    def engine(self, slim: float = 1.0, max_frames: int = 64) -> Engine:
        """An engine of its own that plays the width for ``slim``, already at rest.

        Args:
            slim: 0 (smallest) to 1 (largest).
            max_frames: frames per compiled call, 1 to 4096; longer inputs are cut.
        """
        from pedal.nam.engine import Engine

        return Engine(self, self.width_index(slim), max_frames)
