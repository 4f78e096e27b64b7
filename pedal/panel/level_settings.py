"""The pedal's level settings in hand: read at start, changed and saved by the player, stored for every amp.

Used by the panel's loop. The arithmetic is ``pedal.levels``; here it meets the disk and the link.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from pedal.errors import SettingsError
from pedal.levels import USUAL, Levels, input_gain, output_gain
from pedal.library.settings import changed_levels, load_levels, save_levels
from pedal.panel.rigs import Rigs


class LevelSettings:
    """What the player has chosen for the whole pedal.

    Args:
        rigs: whose amps follow.
        board_dbu: what the board says of its input; None: nothing.

    Attributes:
        now: the levels.
        trouble: one sentence if the settings file could not be read, or empty.
    """

    def __init__(self, rigs: Rigs, board_dbu: float | None) -> None:
        self.trouble = ""
        self._rigs = rigs
        try:
            chosen = load_levels()
        except SettingsError as error:
            chosen, self.trouble = USUAL, f"{error} Playing at the usual levels."
        self.now: Levels = replace(chosen, board_dbu=board_dbu)

    def apply(self) -> None:
        """Let every amp follow: a killed panel may have saved what it did not come to store."""
        self._rigs.set_levels(self.now)

    def change(self, output: str | None, target_db: float | None, calibrate_input: bool | None) -> None:
        """Change what is given, for good; the sound ramps there.

        Raises:
            SettingsError: a value that cannot be, or a disk that does not take it; then nothing has changed.
        """
        changed = changed_levels(self.now, output, target_db, calibrate_input)
        if changed != self.now:
            save_levels(changed)
            self.now = changed
            self.apply()

    def report(self) -> dict[str, Any]:
        """The levels as they are, and the arithmetic of every amp that plays."""
        notes = self._rigs.playing
        amps = []
        for block in notes.blocks if notes else ():
            if block.amp is not None:
                heard, said = input_gain(block.amp.levels, self.now), output_gain(block.amp.levels, self.now)
                about = {"id": block.id, "model": block.amp.model_name, "input": heard.why, "output": said.why}
                gains = {"input_gain_db": round(heard.gain_db, 2), "output_gain_db": round(said.gain_db, 2)}
                amps.append(about | gains)
        return {
            "output": self.now.output,
            "target_db": self.now.target_db,
            "calibrate_input": self.now.calibrate_input,
            "board_dbu": self.now.board_dbu,
            "amps": amps,
        }
