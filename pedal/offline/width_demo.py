"""``pedal demo --width``: the same take in Full, in Lite, and changing between them, with a report.

Called by the command ``demo``. Everything is written at the amp's output, as float32 WAV files, and comes
out the same on every run: the understudy takes its turns by a seeded dice.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from pedal.errors import PedalError
from pedal.library.measured import measuring
from pedal.nam import Model, load_model
from pedal.nam.loudness import measure_model
from pedal.offline.wav import open_reader, open_writer
from pedal.offline.width_plot import Line, Panel, draw_panels
from pedal.offline.width_stage import Ask, Change, Floats, Stage, Take, pure_takes
from pedal.offline.width_study import SETTLE_S, TREBLE_HZ, TREBLE_REACH_S, judge_edges, summary
from pedal.rig.splice import WARM_S

#: A change about so often, at random moments.
_EVERY_S = 1.0
_PERIOD_FRAMES = 64
#: The picture's upper panel is ``_CLOSE_S`` long from ``_BEFORE_S`` before the change, its lower ``_FAR_S``.
_BEFORE_S, _CLOSE_S, _FAR_S = 0.004, 0.024, 0.18
_FLOOR_DB = -140.0
_OURS, _COLD, _WANTED = "#0a7d4f", "#d1242f", "#b6bec7"


def width_demo(model_path: Path, take_path: Path, out: Path) -> dict[str, Any]:
    """Write ``full.wav``, ``lite.wav``, ``switch.wav``, ``change.png`` and ``report.json`` to ``out``.

    Args:
        model_path: of a model with two widths or more.
        take_path: a dry guitar at the model's rate.
        out: a folder; made if missing.

    Returns:
        The report.

    Raises:
        PedalError: a file that cannot be read, played or written, or a model of one width.
    """
    model = measuring(load_model, measure_model)(model_path)
    if len(model.widths) < 2:
        raise PedalError("has only one width", where=str(model_path), hint="Choose a model that has several")
    with open_reader(take_path) as reader:
        rate_hz = reader.rate_hz
        x = np.concatenate(list(reader.blocks(rate_hz)))
    pures = pure_takes(model, x, rate_hz)
    stage = Stage(model, rate_hz, _PERIOD_FRAMES)
    take = stage.play(x, _asks(model, x, rate_hz), stage.by_turns(seed=1))
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, samples in (("full", pures[-1]), ("lite", pures[0]), ("switch", take.samples)):
            with open_writer(out / f"{name}.wav", rate_hz, 1, samples.size) as writer:
                writer.write(samples)
        _draw(out / "change.png", model, x, take, pures)
        report = _report(model, take, pures)
        (out / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    except OSError as failure:
        raise PedalError(
            f"cannot be written ({failure.strerror})", where=str(out), hint="Name another folder"
        ) from failure
    return report


def _asks(model: Model, x: Floats, rate_hz: int) -> list[Ask]:
    """There and back, now and then, while the guitar sounds."""
    chances = np.random.default_rng(1)
    loud = np.flatnonzero(np.abs(x) > 0.01 * np.abs(x).max())
    frames = np.arange(loud[0], loud[-1], _EVERY_S * rate_hz) + chances.uniform(0.0, 0.5 * _EVERY_S * rate_hz, 1)
    frames += chances.uniform(0.0, 0.4 * _EVERY_S * rate_hz, frames.size)
    return [Ask(int(frame), (len(model.widths) - 1) * (k % 2)) for k, frame in enumerate(frames)]


def _report(model: Model, take: Take, pures: list[Floats]) -> dict[str, Any]:
    labels = [width.label for width in model.widths]
    return {
        "model": model.name,
        "rate_hz": take.rate_hz,
        "period_frames": take.period_frames,
        "frames": take.samples.size,
        "measured_at": "the amp's output, its level included",
        "width_changes": [
            {
                "frame": edge.change.frame,
                "from": labels[edge.change.before],
                "to": labels[edge.change.after],
                "step_ratio": round(edge.step_ratio, 4),
                "treble_db": round(edge.treble_db, 2),
            }
            for edge in judge_edges(take, pures)
        ],
        "summary": summary(take, pures),
        "definitions": {
            "worst_error_of_peak": f"against the width's own take, outside {SETTLE_S} s after each change",
            "step_ratio": "largest step between samples over the largest of both widths alone, 0.025 s around",
            "treble_db": f"energy above {TREBLE_HZ:g} Hz, {TREBLE_REACH_S} s around, over the largest of both "
            "widths alone and an ideal cross-fade",
            "narrowing_cost_ratio": "CPU time of the heaviest of the first periods of a narrowing over a steady wide "
            "one before it; median of all narrowings",
        },
    }


def _draw(path: Path, model: Model, x: Floats, take: Take, pures: list[Floats]) -> None:
    """The loudest narrowing, beside a switch to a width that has not heard what was played before."""
    rate_hz, far = take.rate_hz, int(_FAR_S * take.rate_hz)
    inside = [c for c in take.changes if c.after < c.before and far < c.frame < x.size - far]
    change = max(inside, key=lambda c: float(np.std(take.samples[c.frame - far // 8 : c.frame + far // 8])))
    cold = pures[change.before].copy()
    slim = model.widths[change.after].slim_low
    tail = x[change.frame : change.frame + far]
    cold[change.frame : change.frame + far] = Stage(model, rate_hz, _PERIOD_FRAMES, slim=slim).play(tail).samples
    wanted, before = pures[change.after], model.widths[change.before].label
    after = model.widths[change.after].label
    draw_panels(
        path,
        f"{before} to {after} while a chord rings",
        f"{change.frame / rate_hz:.2f} s into the take; the vertical line is the change, "
        f"the shade the splice ({WARM_S * 1000:g} ms)",
        [
            _sound_panel(change, rate_hz, take.samples, cold, wanted, after),
            _error_panel(change, take, cold, wanted, after),
        ],
    )


def _sound_panel(change: Change, rate_hz: int, ours: Floats, cold: Floats, wanted: Floats, after: str) -> Panel:
    start = change.frame - int(_BEFORE_S * rate_hz)
    part = slice(start, start + int(_CLOSE_S * rate_hz))
    top = float(max(np.abs(y[part]).max() for y in (ours, cold, wanted)) * 1.1)
    lines = (
        Line("cold switch", cold[part].astype(np.float64), _COLD),
        Line(f"{after} all along", wanted[part].astype(np.float64), _WANTED, 5),
        Line("this pedal", ours[part].astype(np.float64), _OURS),
    )
    ticks = [(0.0, "0"), (top * 0.8, f"{top * 0.8:.2f}"), (-top * 0.8, f"{-top * 0.8:.2f}")]
    span_s = (-_BEFORE_S, _CLOSE_S - _BEFORE_S)
    return Panel("What is heard", 130, 290, span_s, 0.002, (-top, top), ticks, (0.0, WARM_S), lines)


def _error_panel(change: Change, take: Take, cold: Floats, wanted: Floats, after: str) -> Panel:
    rate_hz = take.rate_hz
    hold = rate_hz // 1000
    start = change.frame - 20 * hold
    count = (int(_FAR_S * rate_hz) - 20 * hold) // hold
    peak = float(np.abs(wanted).max())

    def error_db(samples: Floats) -> np.ndarray[Any, np.dtype[np.float64]]:
        part = slice(start, start + count * hold)
        error = np.abs(samples[part].astype(np.float64) - wanted[part]).reshape(count, hold).max(axis=1)
        held = np.repeat(20.0 * np.log10(np.maximum(error / peak, 10.0 ** (_FLOOR_DB / 20.0))), 2)
        return np.asarray(held, np.float64)

    lines = (Line("cold switch", error_db(cold), _COLD), Line("this pedal", error_db(take.samples), _OURS, 3))
    ticks = [(float(db), f"{db} dB") for db in range(-120, 1, 20)]
    span_s = (-0.02, -0.02 + count * hold / rate_hz)
    title = f"How far from {after} all along (peak in each millisecond, 0 dB = the take's peak)"
    return Panel(title, 500, 300, span_s, 0.02, (_FLOOR_DB, 0.0), ticks, (0.0, WARM_S), lines)


def describe(report: dict[str, Any]) -> list[str]:
    """A few lines for the terminal."""
    found = report["summary"]
    exact = "exactly" if found["worst_error_of_peak"] == 0.0 else f"to {found['worst_error_of_peak']:.1e} of peak"
    return [
        f"{found['changes']} changes; {SETTLE_S * 1000:g} ms after each, the amp plays {exact} what that width would",
        f"treble at the edges: 99 % within {found['treble_99_percent_db']} dB, worst {found['treble_worst_db']} dB",
        f"heaviest period of a narrowing: {found['narrowing_cost_ratio']} of a steady wide one",
    ]
