"""A press on a real pin is heard as bypass: how many frames after its first edge, however the contact bounces."""

from __future__ import annotations

from tests.lab.lab import Lab
from tests.lab.listening import PRESS_FRAMES, frames_to_hear, play_a_loop
from tests.lab.scenario import Breakage

BREAKAGE = Breakage(
    "a press waits until its contact has settled",
    "pedal/panel/controls/inputs.py",
    "bounce_time=None",
    "bounce_time=0.01",
)
PRESSES = 16


def scenario(lab: Lab) -> None:
    lab.boot()
    play_a_loop(lab)
    assert not lab.screen().says("BYPASS")
    waited = [_press(lab, bypassed=i % 2 == 0) for i in range(PRESSES)]
    lab.note(f"edge to sound {min(waited)} to {max(waited)} frames (bound {PRESS_FRAMES}), {PRESSES} presses")
    _hold(lab)
    status = lab.status()
    assert status["xruns"] == 0 and status["overruns"] == 0, status


def _press(lab: Lab, *, bypassed: bool) -> int:
    """Press at any moment of a period, with some bounces down and up; frames from the first edge to the sound."""
    lab.wait(0.6 + lab.random.uniform(0.0, 0.01))
    bounces = lab.random.randrange(8)
    edge_ns = lab.tap("bypass", hold_s=lab.random.uniform(0.05, 0.3), bounces=bounces)
    frames = frames_to_hear(lab, edge_ns)
    assert frames <= PRESS_FRAMES, f"a press was heard after {frames} frames, more than {PRESS_FRAMES}"
    assert lab.status()["bypassed"] is bypassed, f"a press with {bounces} bounces did not count once"
    assert lab.screen().says("BYPASS") is bypassed
    return frames


def _hold(lab: Lab) -> None:
    """A foot that stays on the switch presses once; the display shows what the panel means."""
    lab.press("bypass", bounces=5)
    for _ in range(10):
        lab.wait(0.2)
        assert lab.status()["bypassed"]
    lab.until_page_is_shown()
    lab.screen().save(lab.out / "bypassed.png")
    lab.release("bypass", bounces=5)
    lab.wait(0.3)
    assert lab.status()["bypassed"]
