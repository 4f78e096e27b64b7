"""What the menu shows of each step of setting up, from what was found. Pure; used by ``setting_up``."""

from __future__ import annotations

from pedal.config import Board
from pedal.panel.menu.facts import SetupView
from pedal.panel.setup_requests import SetupStep
from pedal.setup.cable import Loop
from pedal.setup.findings import Findings
from pedal.setup.notebook import gain_turn
from pedal.setup.pages import STRUM_WORDS, loop_words, period_words
from pedal.setup.strum import Strum


def under_way(step: SetupStep, share: float, words: str) -> SetupView:
    """A step that goes on."""
    return SetupView(step, min(share, 1.0), words, "")


def done(step: SetupStep, value: str, sentence: str, offer: str = "") -> SetupView:
    """A step that has ended."""
    return SetupView(step, 1.0, value, sentence, offer)


def strum_view(strum: Strum, board: Board | None) -> SetupView:
    """How loud it was; ``board``: whose gain can be turned now, None if none can."""
    turn = gain_turn(board, strum) if board is not None else None
    offer = f"Use: gain {turn[1]:+g} to {turn[2]:+g} dB" if turn else ""
    return done("strum", f"{strum.peak_db:.0f} dBFS", STRUM_WORDS[strum.word], offer)


def period_view(findings: Findings, now_frames: int | None) -> SetupView | None:
    """The choice; ``now_frames``: the period in use, if another can be put there."""
    choice = findings.choice
    if choice is None:
        return None
    frames = choice.period_frames
    offer = f"Use: {now_frames} to {frames} frames" if now_frames not in (None, frames) else ""
    return done("period", f"{frames}", period_words(choice, findings.wakes, findings.rate_hz), offer)


def cable_view(loop: Loop, findings: Findings) -> SetupView:
    """Latency and noise."""
    words = loop_words(loop, findings.rate_hz, virtual=findings.virtual)
    return done("cable", "nothing" if loop.frames is None else f"{loop.frames}", words)


def remembered(findings: Findings) -> dict[SetupStep, SetupView]:
    """What an earlier set-up found; nothing of it can be put in use without doing it again."""
    views: dict[SetupStep, SetupView] = {}
    if findings.strum is not None:
        views["strum"] = strum_view(findings.strum, None)
    if (period := period_view(findings, None)) is not None:
        views["period"] = period
    if findings.loop is not None:
        views["cable"] = cable_view(findings.loop, findings)
    return views
