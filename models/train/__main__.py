"""``python -m models.train``: the commands.

Run by hand, in a process of its own; training may be stopped at any moment (Ctrl-C) and goes on from the files.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from models.train.capture import checkpoint_path, export, in_words, judge, train_width
from models.train.material import CIRCUITS, Material, circuit_labels, circuit_material
from models.train.model_file import CHANNELS, Checkpoint, load_checkpoint
from pedal.errors import PedalError
from pedal.jit.cache import cache_root

#: Steps of a full training: about a quarter of an hour (Lite) and an hour (Full) of one core.
USUAL_STEPS = {"lite": 12000, "full": 8000}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("name", type=click.Choice(sorted(CIRCUITS)), required=False)
@click.option("--pair", nargs=2, type=click.Path(path_type=Path), metavar="DRY WET", help="A reamp pair of your own.")
@click.option("--name", "own_name", metavar="TITLE", help="What the capture of a pair is called.")
@click.option("--width", type=click.Choice(["both", *CHANNELS]), default="both", show_default=True)
@click.option("--steps", type=click.IntRange(1, 1_000_000), help="Of each width, in all; the rate falls over as many.")
@click.option("--minutes", type=click.FloatRange(0.0), help="Stop after that long; call again to go on.")
@click.option("--folder", type=click.Path(path_type=Path), help="Where recordings and unfinished widths are kept.")
@click.option("--to", "target", type=click.Path(path_type=Path), help="The .nam to write.")
@click.option("--only-export", is_flag=True, help="Write and judge what has been reached; no training.")
def main(
    name: str | None,
    pair: tuple[Path, Path] | None,
    own_name: str | None,
    width: str,
    steps: int | None,
    minutes: float | None,
    folder: Path | None,
    target: Path | None,
    only_export: bool,
) -> None:
    """Make a capture: of the circuit NAME, or of a recording (--pair)."""
    if (name is None) == (pair is None):
        raise click.UsageError("name a circuit, or give --pair; one of the two")
    folder = folder or cache_root() / "captures"
    try:
        if pair is not None:
            from models.train.pair import load_pair

            material = load_pair(*pair, own_name or pair[1].stem, click.echo)
            key = material.labels.name.lower().replace(" ", "-")
        else:
            assert name is not None
            key = name
            click.echo(f"{circuit_labels(CIRCUITS[name]).name}: {CIRCUITS[name].gear}")
            material = circuit_material(name, folder, _played)
        target = target or folder / f"{key}.nam"
        if not only_export:
            _train(key, material, folder, list(CHANNELS) if width == "both" else [width], steps, minutes)
        missing = [one for one in CHANNELS if not checkpoint_path(folder, key, one).exists()]
        if missing:
            click.echo(f"Not exported yet: {' and '.join(missing)} must be trained first.")
            return
        export(key, material, folder, target)
        verdicts = judge(target, material.held_out)
    except (PedalError, OSError) as error:
        raise click.ClickException(str(error)) from error
    for verdict in verdicts:
        click.echo(
            f"{verdict.width:>5}: ESR {verdict.esr:.5f} on playing never heard in training; "
            f"{verdict.loudness_db:.2f} dB loud (should be {verdict.right_db:.2f})"
        )
    click.echo(f"{target}\n{in_words(verdicts)}")


def _train(
    key: str, material: Material, folder: Path, widths: list[str], steps: int | None, minutes: float | None
) -> None:
    end_s = time.monotonic() + 60.0 * minutes if minutes is not None else float("inf")
    for one in widths:
        planned = steps or USUAL_STEPS[one]
        kept = checkpoint_path(folder, key, one)
        begun = load_checkpoint(kept).progress.steps if kept.exists() else 0
        if begun >= planned:
            continue
        with click.progressbar(length=planned - begun, label=f"{one:>5}", file=sys.stderr) as bar:

            def look(width: str, now: Checkpoint, spent_s: float, bar: object = bar, begun: int = begun) -> None:
                done = now.progress.steps - begun
                bar.update(done - bar.pos)  # type: ignore[attr-defined]
                click.echo(f"  {width} step {now.progress.steps}: ESR {now.progress.check_esr:.5f}, {spent_s:.0f} s")

            train_width(key, one, material, folder, planned, lambda: time.monotonic() > end_s, look)


def _played(role: str, done: int, whole: int) -> None:
    if sys.stderr.isatty() or done == whole:
        click.echo(
            f"\r  playing the {role.replace('_', '-')} sound: {100 * done // whole} %", nl=done == whole, err=True
        )


if __name__ == "__main__":
    main()
