"""The pedal's level settings in hand: read at start, changed and saved by the player, stored for every amp.

Used by the panel's loop. The arithmetic is ``pedal.levels``; here it meets the disk and the link.
"""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from pedal.errors import SettingsError
from pedal.levels import CHANNELS, USUAL, Levels, input_gain, output_gain
from pedal.library.settings import changed_levels, load_levels, save_levels
from pedal.link import Word
from pedal.panel.rigs import Rigs


class LevelSettings:
    """What the player has chosen for the whole pedal.

    Args:
        rigs: whose amps follow.
        board_dbu: what the board says of its input; None: nothing.
        board_channel: which input the board says the guitar is at.

    Attributes:
        now: the levels.
        trouble: one sentence if the settings file could not be read, or empty.
    """

    def __init__(self, rigs: Rigs, board_dbu: float | None, board_channel: str = "left") -> None:
        self.trouble = ""
        self._rigs = rigs
        self._board_channel = board_channel
        try:
            chosen = load_levels()
        except SettingsError as error:
            chosen, self.trouble = USUAL, f"{error} Playing at the usual levels."
        self.now: Levels = replace(chosen, board_dbu=board_dbu)

    def apply(self) -> None:
        """Let the input and every amp follow: a killed panel may have saved what it did not come to store."""
        self._rigs.link.put(Word.INPUT_CHANNEL, CHANNELS.index(self.now.channel))
        self._rigs.set_levels(self.now)

    @property
    def channel(self) -> str:
        """The input that is heard: left, right or sum."""
        if self._rigs.link.get(Word.CAPTURE_CHANNELS) == 1:  # chosen for another card
            return "left"
        return self._board_channel if self.now.channel == "board" else self.now.channel

    def change(
        self,
        output: str | None = None,
        target_db: float | None = None,
        calibrate_input: bool | None = None,
        channel: str | None = None,
    ) -> None:
        """Change what is given, for good; the sound ramps there.

        Raises:
            SettingsError: a value that cannot be, or a disk that does not take it; then nothing has changed.
        """
        if channel == "right" and self._rigs.link.get(Word.CAPTURE_CHANNELS) == 1:
            raise SettingsError("the sound card is used with one input", hint="Plug into that one")
        changed = changed_levels(self.now, output, target_db, calibrate_input, channel)
        if changed != self.now:
            save_levels(changed)
            self.now = changed
            self.apply()

    def report(self) -> dict[str, Any]:
        """The levels as they are, and the arithmetic of every amp that plays."""
        notes = self._rigs.playing
        amps = []
        for block in notes.blocks if notes else ():
            if block.amp is not None and block.id == block.owner:  # both sides of one are alike
                heard, said = input_gain(block.amp.levels, self.now), output_gain(block.amp.levels, self.now)
                about = {"id": block.id, "model": block.amp.model_name, "input": heard.why, "output": said.why}
                gains = {"input_gain_db": round(heard.gain_db, 2), "output_gain_db": round(said.gain_db, 2)}
                amps.append(about | gains)
        return {
            "output": self.now.output,
            "target_db": self.now.target_db,
            "calibrate_input": self.now.calibrate_input,
            "channel": self.channel,
            "channel_chosen": self.now.channel != "board",
            "board_dbu": self.now.board_dbu,
            "amps": amps,
        }
