"""What is in a model file: for people (a report) and for programs (JSON).

Used by ``pedal inspect``. What has to be played to be known was measured when the model was read.
"""

from __future__ import annotations

import textwrap
from typing import Any

from msgspec.structs import asdict, replace

from pedal.levels import OUTPUT_MODES, USUAL, Gain, Levels, input_gain, output_gain
from pedal.nam import ASSUMED_RATE_HZ, Model, Width


def describe_model(model: Model, levels: Levels = USUAL) -> dict[str, Any]:
    """Everything the file says and what was measured, in plain values that JSON can hold; durations in seconds.

    Args:
        model: measured or not.
        levels: what the pedal would make of it.
    """
    rate_hz = model.sample_rate_hz or ASSUMED_RATE_HZ
    return {
        "name": model.name,
        "architecture": _architecture(model),
        "sample_rate_hz": model.sample_rate_hz,
        "gear_type": model.gear_type,
        "loudness_db": model.loudness_db,
        "measured_loudness_db": model.measured.loudness_db if model.measured else None,
        "gain": model.gain,
        "input_level_dbu": model.input_level_dbu,
        "output_level_dbu": model.output_level_dbu,
        "sha256": model.content_hash,
        "breakpoints": list(model.breakpoints),
        "levels": _describe_levels(model, levels),
        "widths": [
            _describe_width(width, trim_db, rate_hz)
            for width, trim_db in zip(model.widths, model.trims_db, strict=True)
        ],
        "warnings": _warnings(model),
    }


def format_report(about: dict[str, Any]) -> str:
    """The result of ``describe_model`` as text, without a newline at its end."""
    lines = [
        about["name"],
        f"  architecture   {about['architecture']}",
        f"  sample rate    {_or_unknown(about['sample_rate_hz'], '{:g} Hz')}",
        f"  gear           {about['gear_type'] or 'not said'}",
        f"  loudness       {_loudness(about)}",
        f"  gain           {_or_unknown(about['gain'], '{:.2f} (0 clean to 1 saturated)')}",
        f"  input level    {_or_unknown(about['input_level_dbu'], '{:.1f} dBu at 0 dBFS')}",
        f"  output level   {_or_unknown(about['output_level_dbu'], '{:.1f} dBu at 0 dBFS')}",
        f"  sha256         {about['sha256']}",
        "",
        *_levels_lines(about["levels"]),
        "",
        "  width       channels  slim           weights  MACs/frame   receptive field        trim",
    ]
    for width in about["widths"]:
        channels = "+".join(str(count) for count in width["channels"])
        low, high = width["slim"]
        slim = f"{low:.3g} to {high:.3g}"
        field = f"{width['receptive_field_frames']} frames, {1000 * width['receptive_field_s']:.1f} ms"
        counts = f"{width['weights']:>7}  {width['macs_per_frame']:>10}"
        trim = f"{width['trim_db']:+.1f} dB" if width["trim_db"] else "none"
        lines.append(f"  {width['label']:<11} {channels:<9} {slim:<14} {counts}   {field:<22} {trim}")
    lines += [f"  note: {warning}" for warning in about["warnings"]]
    return "\n".join(lines)


def _describe_levels(model: Model, levels: Levels) -> dict[str, Any]:
    def plain(gain: Gain) -> dict[str, Any]:
        return {"gain_db": round(gain.gain_db, 2), "why": gain.why}

    modes = {mode: plain(output_gain(model.levels, replace(levels, output=mode))) for mode in OUTPUT_MODES}
    return {"settings": asdict(levels), "input": plain(input_gain(model.levels, levels)), "output": modes}


def _levels_lines(levels: dict[str, Any]) -> list[str]:
    """The input's line, then one for each output mode; an arrow where the pedal is."""
    chosen = levels["settings"]["output"]
    lines = [f"  input:  {levels['input']['why']}"]
    for mode, gain in levels["output"].items():
        arrow = "->" if mode == chosen else "  "
        words = gain["why"] if mode == "raw" else f"{mode}: {gain['why']}"
        lines += textwrap.wrap(words, 100, initial_indent=f"  output: {arrow} ", subsequent_indent=" " * 15)
    return lines


def _loudness(about: dict[str, Any]) -> str:
    stated_db, measured_db = about["loudness_db"], about["measured_loudness_db"]
    measured = "" if measured_db is None else f"{measured_db:.1f} dB measured here"
    if stated_db is None:
        return f"not said; {measured or 'not measured'}"
    return f"{stated_db:.1f} dB" + (f" ({measured})" if measured else "")


def _describe_width(width: Width, trim_db: float, rate_hz: float) -> dict[str, Any]:
    return {
        "label": width.label,
        "channels": list(width.channels),
        "slim": [width.slim_low, width.slim_high],
        "layers": list(width.spec.layer_counts),
        "weights": width.weights_count,
        "macs_per_frame": width.macs_per_sample,
        "receptive_field_frames": width.receptive_field_frames,
        "receptive_field_s": width.receptive_field_frames / rate_hz,
        "trim_db": trim_db,
    }


def _architecture(model: Model) -> str:
    from pedal.nam.a2_pack import suits_a2

    kinds = ["A2 WaveNet" if suits_a2(width.spec) else width.spec.label for width in model.widths]
    if len(set(kinds)) > 1:
        return f"{len(kinds)} widths: {', '.join(kinds)}"
    return kinds[0] if len(kinds) == 1 else f"container of {len(kinds)} {kinds[0]}s"


def _warnings(model: Model) -> list[str]:
    found = list(model.warnings)
    if model.sample_rate_hz is None:
        found.append(f"the file does not say its sample rate; {ASSUMED_RATE_HZ:g} Hz is assumed")
    elif model.sample_rate_hz != ASSUMED_RATE_HZ:
        found.append(f"it plays on a card that runs at {model.sample_rate_hz:g} Hz or a whole multiple of it")
    if model.levels.loudness_db is None:
        found.append("its loudness is neither said nor measured; it plays as loud as it comes")
    if len(model.widths) == 1:
        found.append("it has one width only, so it cannot give way to other blocks")
    return found


def _or_unknown(value: float | None, form: str) -> str:
    return "not said" if value is None else form.format(value)
