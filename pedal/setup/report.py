"""The report of a set-up, as Markdown: what was measured, what is an estimate, what to do next. Pure.

Written by ``pedal setup`` into the player's folder, beside the picture of the same.
"""

from __future__ import annotations

from pedal.setup.cable import Loop
from pedal.setup.findings import Findings, next_steps
from pedal.setup.period import Book
from pedal.setup.wakes import Wakes

PICTURE = "report.png"


def format_report(findings: Findings) -> str:
    """The whole report; ends with a newline."""
    parts = [
        f"# {findings.title}\n\n{findings.when}, {findings.machine}. Board `{findings.board}`, card "
        f"`{findings.card}` at {findings.rate_hz} Hz, guitar at {findings.input}.",
        f"![What was measured]({PICTURE})",
        _strum(findings),
        _period(findings),
        _way(findings),
        _said(findings),
        "## Next\n\n" + "\n".join(f"{k}. {step}" for k, step in enumerate(next_steps(findings), 1)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _strum(findings: Findings) -> str:
    lines = ["## The guitar"]
    strum = findings.strum
    if strum is None:
        lines.append(_skipped(findings, "strum"))
    else:
        taken = "a recording that plays in place of a guitar" if findings.virtual else "the hardest strum"
        lines.append(f"Measured: {taken} reached {strum.peak_db:.1f} dBFS. {strum.sentence}")
        if findings.gain:
            lines.append(findings.gain)
    if findings.input_dbu is None:
        lines.append("Not known: the level (dBu) that reaches 0 dBFS. Amps are driven as files come, not calibrated.")
    else:
        lines.append(
            f"From the board file, not measured: {findings.input_dbu:g} dBu reaches 0 dBFS. Amps are calibrated."
        )
    return "\n\n".join(lines)


def _period(findings: Findings) -> str:
    lines = ["## The period"]
    if findings.choice is not None:
        choice = findings.choice
        lines.append(f"**{choice.period_frames} frames x {choice.periods}**: {choice.reason}.")
    if not findings.wakes:
        lines.append(_skipped(findings, "period"))
        return "\n\n".join(lines)
    head = (
        "| period | buffer | usual wake-up | 99 % | latest | room | gaps | chain |\n|---|---|---|---|---|---|---|---|"
    )
    rows = [_row(wakes, findings.book) for wakes in findings.wakes]
    lines.append("\n".join([head, *rows]))
    seconds = min(wakes.seconds for wakes in findings.wakes)
    lines.append(
        f"Measured: wake-ups (how late, in ms) and gaps, {seconds:.0f} s for each period; an evening has worse ones."
    )
    if findings.book is not None:
        scaled = f"times {findings.cpu_scale:g}, as the board file says" if findings.cpu_scale != 1.0 else "as it is"
        lines.append(
            f"Estimate: the chain is {findings.book.preset} with its amp at the widest, timed on this machine "
            f"with warm caches, {scaled}."
        )
    return "\n\n".join(lines)


def _row(wakes: Wakes, book: Book | None) -> str:
    share = book.share(wakes.period_frames, wakes.rate_hz) if book else None
    late = " | ".join(f"{1e3 * value:.2f}" for value in wakes.late_s)
    chain = "-" if share is None else f"{share:.0%}"
    return (
        f"| {wakes.period_frames} x {wakes.periods} | {1e3 * wakes.buffer_s:.1f} | {late} | {1e3 * wakes.room_s:.1f} "
        f"| {wakes.xruns} | {chain} |"
    )


def _way(findings: Findings) -> str:
    loop = findings.loop
    if findings.virtual and loop is not None:
        sentence = loop_sentence(loop, findings.rate_hz, findings.loop_frames)
        return f"## The way through\n\n{sentence} The cable is as virtual as the card, so there is no noise to measure."
    if loop is None:
        return "## The way through\n\n" + _skipped(findings, "cable") + _buffer(findings)
    lines = ["## The way through", loop_sentence(loop, findings.rate_hz, findings.loop_frames)]
    lines.append(
        f"Measured: the noise is {loop.noise_db:.1f} dBFS RMS, its highest sample {loop.noise_peak_db:.1f} dBFS."
    )
    return "\n\n".join(lines)


def _buffer(findings: Findings) -> str:
    choice = findings.choice
    if choice is None:
        return ""
    frames = choice.period_frames * choice.periods
    return f" Estimate: {1e3 * frames / findings.rate_hz:.1f} ms for the buffer, and what the converters need on top."


def loop_sentence(loop: Loop, rate_hz: int, buffer_frames: int) -> str:
    """The latency in words."""
    if loop.frames is None:
        return "Nothing came back through the cable, so there is no latency to tell."
    beyond = loop.frames - buffer_frames
    parts = [f"Measured: {loop.frames} frames, {1e3 * loop.frames / rate_hz:.2f} ms from the output to the input"]
    if beyond >= 0:
        parts.append(f", {buffer_frames} of them the buffer and {beyond} the converters and the driver")
    parts.append(
        f"; the way has {loop.gain_db:+.1f} dB" + (" and turns the sound upside down." if loop.inverted else ".")
    )
    return "".join(parts)


def _skipped(findings: Findings, step: str) -> str:
    why = findings.skipped.get(step, "not done yet")
    return f"Not measured: {why}."


def _said(findings: Findings) -> str:
    if not findings.notes:
        return ""
    return "## What could not be had\n\n" + "\n".join(f"* {note}" for note in findings.notes)
