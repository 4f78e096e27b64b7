"""What a set-up found, in as few words as a small screen has room for. Pure; ``report`` has all of it.

Used by the panel: a sentence for each step, and the report as a few pages.
"""

from __future__ import annotations

from pedal.setup.cable import Loop
from pedal.setup.findings import Findings, next_steps
from pedal.setup.period import Choice
from pedal.setup.wakes import Wakes

#: What a strum was, and what is to be done.
STRUM_WORDS = {
    "nothing": "Nothing heard. Cable? Volume? The other input?",
    "quiet": "Too quiet: turn the card's input gain up.",
    "right": "Right: loud, and room for a harder strum.",
    "clipping": "Too loud: turn the card's input gain down.",
    "other": "The guitar is at the other input.",
}


def period_words(choice: Choice, tried: tuple[Wakes, ...], rate_hz: int) -> str:
    """The period, and how the machine keeps it."""
    buffer_s = choice.period_frames * choice.periods / rate_hz
    words = f"{choice.period_frames} frames x {choice.periods}, {1e3 * buffer_s:.1f} ms"
    if not choice.sure:
        return f"{words}, and gaps are to be expected: stop other programs."
    wakes = next((wakes for wakes in tried if wakes.period_frames == choice.period_frames), None)
    late = f": at most {1e3 * wakes.late_s[2]:.1f} ms late" if wakes else ""
    return f"{words} is kept{late}, no gap."


def loop_words(loop: Loop, rate_hz: int, *, virtual: bool) -> str:
    """Latency and noise."""
    if loop.frames is None:
        return "Nothing came back. The cable? The levels?"
    words = f"{loop.frames} frames there and back, {1e3 * loop.frames / rate_hz:.2f} ms"
    upside_down = ", upside down" if loop.inverted else ""
    return f"{words}{upside_down}." + ("" if virtual else f" Noise {loop.noise_db:.0f} dBFS.")


def report_pages(findings: Findings) -> tuple[tuple[str, str], ...]:
    """Title and text of each page; what was not measured says so."""
    strum, choice, loop = findings.strum, findings.choice, findings.loop
    pages = [
        ("Card", f"{findings.title}: {findings.card}, {findings.rate_hz / 1e3:g} kHz, guitar at {findings.input}.")
    ]
    if strum is not None:
        pages.append(("Guitar", f"{strum.peak_db:.0f} dBFS. {STRUM_WORDS[strum.word]} {findings.gain}".strip()))
    else:
        pages.append(("Guitar", "Not measured yet."))
    told = period_words(choice, findings.wakes, findings.rate_hz) if choice else "Not measured yet."
    pages.append(("Period", told))
    told = loop_words(loop, findings.rate_hz, virtual=findings.virtual) if loop else "Not measured yet."
    pages.append(("Cable", told))
    pages += [("Next", step.replace("`", "")) for step in next_steps(findings)[:2]]
    return tuple(pages)
