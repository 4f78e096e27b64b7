"""Commands that read or render files and need no running pedal: ``render`` and ``inspect``.

Called through ``main``, in a process of its own. Engines are imported when there is something
to play, so that ``--help`` answers at once.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pedal.offline.render import Recipe
    from pedal.preset import Preset

_FILE = click.Path(path_type=Path)


def _slim(ctx: click.Context, param: click.Parameter, value: str) -> float:
    """``full``, ``lite``, or a slim value from 0 (narrowest) to 1 (widest), as that value."""
    named = {"full": 1.0, "lite": 0.0}
    try:
        slim = named[value] if value in named else float(value)
    except ValueError:
        slim = math.nan
    if not 0.0 <= slim <= 1.0:
        raise click.BadParameter(f"'{value}' is not full, lite, or a number from 0 to 1")
    return slim


@click.command()
@click.argument("source", metavar="IN.wav", type=_FILE)
@click.argument("target", metavar="OUT.wav", type=_FILE)
@click.option("--model", "model_name", metavar="MODEL", help="A .nam file, or the name of one in the library.")
@click.option("--preset", "preset_name", metavar="PRESET", help="A preset's name, or a preset file.")
@click.option(
    "--width",
    "slim",
    metavar="full|lite|0..1",
    callback=_slim,
    default="full",
    show_default=True,
    help="Of every amp.",
)
@click.option(
    "--block",
    "block_frames",
    metavar="FRAMES",
    type=click.IntRange(1, 4096),
    default=64,
    show_default=True,
    help="Frames computed at once; at most 256 unless --raw. The sound is the same.",
)
@click.option("--raw", is_flag=True, help="The bare model and nothing else, in mono. Needs --model.")
def render(
    source: Path,
    target: Path,
    model_name: str | None,
    preset_name: str | None,
    slim: float,
    block_frames: int,
    raw: bool,
) -> None:
    """Play a sound file through a model or a preset into a float32 WAV file.

    As many frames come out as go in, at the same sample rate. The pedal's input is mono: of a
    file with more channels their mean is played. --model alone plays input, amp, DC blocker and
    output, without a cabinet.
    """
    if (model_name is None) == (preset_name is None):
        raise click.UsageError("Give --model or --preset, one of them.")
    if raw and model_name is None:
        raise click.UsageError("--raw plays a bare model: give --model, not --preset.")
    from pedal.offline.render import render_file

    recipe = _recipe(model_name, preset_name, slim, block_frames, raw)
    with _progress(f"rendering {target.name}") as on_progress:
        done = render_file(source, target, recipe, on_progress)
    if done.source_channels > 1:
        click.echo(f"{source}: {done.source_channels} channels, their mean was played", err=True)
    channels = "mono" if done.channels == 1 else "stereo"
    click.echo(f"{target}: {done.frames} frames, {done.rate_hz} Hz, {channels}, peak {done.peak_db:.1f} dBFS")


@click.command()
@click.argument("model_name", metavar="MODEL")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--time", "timed", is_flag=True, help="Also how long loading takes here, part by part.")
def inspect(model_name: str, as_json: bool, timed: bool) -> None:
    """What is in a model: widths, costs, levels, and what to know before playing it.

    MODEL is a .nam file, or the name of one in the library.
    """
    from pedal.nam import load_model
    from pedal.offline.inspect import describe_model, format_report

    path = _model_path(model_name)
    about = describe_model(load_model(path))
    report = format_report(about)
    if timed:
        from pedal.offline.load_time import format_times, time_loading

        times = time_loading(path)
        about["load_s"] = times
        report += f"\n\n{format_times(times)}"
    click.echo(json.dumps(about, indent=2) if as_json else report)


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """What takes ``(done, total)``: a bar in a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    with click.progressbar(length=1000, label=label, file=sys.stderr) as bar:
        yield lambda done, total: bar.update(1000 * done // max(total, 1) - bar.pos)


def _recipe(model_name: str | None, preset_name: str | None, slim: float, block_frames: int, raw: bool) -> Recipe:
    from pedal.library.assets import Assets
    from pedal.library.loader import Loader
    from pedal.nam import load_model
    from pedal.offline.render import model_recipe, preset_recipe, raw_recipe

    if model_name is not None:
        model = load_model(_model_path(model_name))
        return (raw_recipe if raw else model_recipe)(model, slim, block_frames)
    assert preset_name is not None
    return preset_recipe(_load_preset(preset_name), Loader(Assets.default(), load_model), slim, block_frames)


def _model_path(name: str) -> Path:
    from pedal.library.assets import Assets

    path = Path(name)
    return path if "/" in name or path.exists() else Assets.default().model_path(name)


def _load_preset(name: str) -> Preset:
    from pedal.errors import PresetError
    from pedal.files import load_text
    from pedal.library.presets import PresetStore
    from pedal.preset import parse_preset

    if "/" in name or name.endswith(".toml"):
        return parse_preset(load_text(Path(name), PresetError), name)
    store = PresetStore.default()
    loaded = store.load(store.find(name))
    if loaded.warning:
        click.echo(loaded.warning, err=True)
    return loaded.preset
