"""Setting up at the pedal: a strum and a count of gaps, looked at while the sound goes on.

Used by the panel's loop. Reads what the period thread writes and changes nothing, so nothing of it is heard; what needs
the card alone - other periods, a cable - is `pedal setup`'s, in a terminal.
"""

from __future__ import annotations

from pedal.link.status import Status
from pedal.panel.menu.facts import SetupStep, SetupView
from pedal.setup.period import judge_gaps
from pedal.setup.strum import Level, judge_strum
from pedal.units import db_from_gain

#: How long each step looks.
SECONDS: dict[SetupStep, float] = {"strum": 5.0, "period": 20.0}
#: What fits on a glass.
_SHORT = {
    "nothing": "Nothing heard. Cable? Volume? The other input?",
    "quiet": "Too quiet: turn the card's input gain up.",
    "right": "Right: loud, and room for a harder strum.",
    "clipping": "Too loud: turn the card's input gain down.",
}


class SettingUp:
    """One step at a time; the last result of each stays. ``periods`` are those of the card's buffer."""

    def __init__(self, periods: int) -> None:
        self._periods = periods
        self._step: SetupStep | None = None
        self._started_s = 0.0
        self._first: Status | None = None
        self._peak = 0.0
        self._clipped = False
        self._views: dict[SetupStep, SetupView] = {}

    def start(self, step: SetupStep, now_s: float) -> None:
        """Look from now on; a step that is under way is broken off."""
        self.stop()
        self._step, self._started_s, self._first = step, now_s, None
        self._peak, self._clipped = 0.0, False
        self._views[step] = SetupView(step, 0.0, "", "")

    def stop(self) -> None:
        """Break off what is under way; of it nothing stays."""
        if self._step is not None:
            self._views.pop(self._step, None)
        self._step = None

    def tick(self, status: Status, now_s: float) -> None:
        """One look, some twenty a second: between two of them a meter falls 3 dB."""
        step = self._step
        if step is None:
            return
        first = self._first = self._first or status
        share = min(1.0, (now_s - self._started_s) / SECONDS[step])
        if status.frame < first.frame:  # another audio process counts from the start
            self.start(step, now_s)
            return
        view = self._strum(status, first, share) if step == "strum" else self._gaps(status, first, share, now_s)
        self._views[step] = view
        if share >= 1.0:
            self._step = None

    def views(self) -> tuple[SetupView, ...]:
        """What is under way, and the last of what is not."""
        return tuple(self._views.values())

    def _strum(self, status: Status, first: Status, share: float) -> SetupView:
        self._peak = max(self._peak, status.in_peak)
        ago = status.clipped_ago_frames
        self._clipped = self._clipped or (ago is not None and status.frame - ago > first.frame)
        level = Level(db_from_gain(min(self._peak, 1.0)), int(self._clipped))
        said = _SHORT[judge_strum({"here": level}, "here").word] if share >= 1.0 else ""
        return SetupView("strum", share, f"{round(level.peak_db)} dBFS", said)

    def _gaps(self, status: Status, first: Status, share: float, now_s: float) -> SetupView:
        xruns, late = status.xruns - first.xruns, status.woken_late - first.woken_late
        if share < 1.0:
            said = ""
        elif status.frame == first.frame:
            said = "Nothing plays: is the card there?"
        else:
            said = judge_gaps(status.period_frames, self._periods, xruns, late)
        return SetupView("period", share, f"{xruns} gaps", said)
