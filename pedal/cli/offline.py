"""Commands that need no running pedal: ``render``, ``bench`` and ``inspect``.

Called through ``main``, in a process of its own. Engines are imported when there is something
to play, so that ``--help`` answers at once.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pedal.cli.talking import answers, tell
from pedal.levels import OUTPUT_MODES, OutputMode

if TYPE_CHECKING:
    from pedal.levels import Levels
    from pedal.nam import Model
    from pedal.offline.render import Recipe
    from pedal.preset import Preset

_FILE = click.Path(path_type=Path)
_BOARD = click.option(
    "--board", envvar="PEDAL_BOARD", show_envvar=True, help="The board whose input level counts; none if not given."
)


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
@_BOARD
@click.option("--output", type=click.Choice(OUTPUT_MODES), help="How loud amps come out, instead of what is set.")
@click.option("--target-db", type=float, metavar="DB", help="Loudness of normalised amps, instead of what is set.")
@answers
def render(
    source: Path,
    target: Path,
    model_name: str | None,
    preset_name: str | None,
    slim: float,
    block_frames: int,
    raw: bool,
    board: str | None,
    output: OutputMode | None,
    target_db: float | None,
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
    if raw and (output is not None or target_db is not None):
        raise click.UsageError("--raw has no levels: leave out --output and --target-db.")
    from pedal.offline.render import raw_recipe, render_file

    if raw:
        recipe = raw_recipe(_load_model(str(model_name)), slim, block_frames)
    else:
        recipe = _recipe(model_name, preset_name, slim, block_frames, _levels(board, output, target_db))
    with _progress(f"rendering {target.name}") as on_progress:
        done = render_file(source, target, recipe, on_progress)
    if done.source_channels > 1:
        click.echo(f"{source}: {done.source_channels} channels, their mean was played", err=True)
    channels = "mono" if done.channels == 1 else "stereo"
    about = {"target": str(target), "frames": done.frames, "rate_hz": done.rate_hz, "channels": done.channels}
    said = f"{target}: {done.frames} frames, {done.rate_hz} Hz, {channels}, peak {done.peak_db:.1f} dBFS"
    tell(about | {"peak_db": round(done.peak_db, 2)}, said)


@click.command()
@click.argument("model_name", metavar="MODEL")
@_BOARD
@answers
@click.option("--time", "timed", is_flag=True, help="Also how long loading takes here, part by part.")
def inspect(model_name: str, board: str | None, timed: bool) -> None:
    """What is in a model: widths, costs, levels, and what to know before playing it.

    MODEL is a .nam file, or the name of one in the library. The levels are those of the pedal's settings.
    """
    from pedal.offline.inspect import describe_model, format_report

    about = describe_model(_measured_model(model_name), _levels(board))
    report = format_report(about)
    if timed:
        from pedal.offline.load_time import format_times, time_loading

        times = time_loading(_model_path(model_name))
        about["load_s"] = times
        report += f"\n\n{format_times(times)}"
    tell(about, report)


@click.command()
@click.option("--chain", "preset_name", metavar="PRESET", required=True, help="A preset's name, or a preset file.")
@click.option("--block", "block_frames", metavar="FRAMES", type=click.IntRange(1, 256), help="One size only.")
@click.option("--rate", "rate_hz", type=click.IntRange(8000, 192_000), default=48000, show_default=True)
@answers
def bench(preset_name: str, block_frames: int | None, rate_hz: int) -> None:
    """What each block of a preset costs on this machine, in nanoseconds per frame, by size of the period."""
    from pedal.library.assets import Assets
    from pedal.library.loader import Loader
    from pedal.nam import load_model
    from pedal.offline.bench import SIZES, bench_chain, format_bench

    sizes = SIZES if block_frames is None else (block_frames,)
    result = bench_chain(_load_preset(preset_name), Loader(Assets.default(), load_model), rate_hz, sizes)
    tell(result.as_dict(), format_bench(result))


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """What takes ``(done, total)``: a bar in a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    with click.progressbar(length=1000, label=label, file=sys.stderr) as bar:
        yield lambda done, total: bar.update(1000 * done // max(total, 1) - bar.pos)


def _recipe(model_name: str | None, preset_name: str | None, slim: float, block_frames: int, levels: Levels) -> Recipe:
    from pedal.library.assets import Assets
    from pedal.library.loader import Loader
    from pedal.offline.render import model_recipe, preset_recipe

    if model_name is not None:
        return model_recipe(_measured_model(model_name), slim, block_frames, levels)
    assert preset_name is not None
    assets = Loader(Assets.default(), _measured_reader())
    return preset_recipe(_load_preset(preset_name), assets, slim, block_frames, levels)


def _levels(board_name: str | None, output: str | None = None, target_db: float | None = None) -> Levels:
    """The player's settings with what the command says instead, and the board's level."""
    from msgspec.structs import replace

    from pedal.config import load_board
    from pedal.library.settings import changed_levels, load_levels

    board_dbu = load_board(board_name).input_dbu_at_0dbfs if board_name else None
    return replace(changed_levels(load_levels(), output, target_db), board_dbu=board_dbu)


def _measured_reader() -> Callable[[Path], Model]:
    from pedal.library.measured import measuring
    from pedal.nam import load_model
    from pedal.nam.loudness import measure_model

    return measuring(load_model, measure_model)


def _measured_model(name: str) -> Model:
    return _measured_reader()(_model_path(name))


def _load_model(name: str) -> Model:
    from pedal.nam import load_model

    return load_model(_model_path(name))


def _model_path(name: str) -> Path:
    from pedal.library.assets import Assets

    path = Path(name)
    return path if "/" in name or path.exists() else Assets.default().model_path(name)


def _load_preset(name: str) -> Preset:
    """A preset with its files found; what is to be said of them goes to stderr."""
    from pedal.library.assets import Assets
    from pedal.library.resolve import resolve

    found = resolve(_read_preset(name), Assets.default())
    for warning in found.warnings:
        click.echo(warning, err=True)
    return found.preset


def _read_preset(name: str) -> Preset:
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
