"""``python -m models.train.report``: what every factory capture plays, held against its circuit; with pictures.

Run by hand. Everything is computed by the renderer behind ``pedal render`` from the shipped files, nothing by the
trainer: the circuit plays the held-out sound, the pedal plays it, both are compared.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np

from models.train.capture import (
    TAKE_TO_FORMAT_DB,
    judge,
    play_width,
    stated_loudness_db,
    take_loudness_db,
    trained_gain,
)
from models.train.circuits import play
from models.train.excitation import held_out_sound
from models.train.material import CIRCUITS
from models.train.model_file import CHANNELS
from models.train.picture import draw
from models.train.training import Pair

MODELS = Path(__file__).parents[1]


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", nargs=-1, type=click.Choice(sorted(CIRCUITS)))
@click.option("--pictures", type=click.Path(path_type=Path), help="Draw spectrograms into this folder.")
def main(names: tuple[str, ...], pictures: Path | None) -> None:
    """Judge the factory captures NAMES, or all there are; prints a table in Markdown."""
    click.echo("| capture | ESR Full | ESR Lite | loudness on the take, normalised: Full, Lite | size |")
    click.echo("|---|---|---|---|---|")
    for name in names or sorted(CIRCUITS):
        path = MODELS / f"{name}.nam"
        if not path.exists():
            continue
        x = held_out_sound(CIRCUITS[name].bass)
        y = play(CIRCUITS[name], x).astype(np.float32)
        held_out = Pair(x.astype(np.float32), y).scaled(trained_gain(path))
        lite, full = judge(path, held_out)
        to_usual_db = -18.0 - stated_loudness_db(path)
        loud = {width: take_loudness_db(path, width) + to_usual_db + TAKE_TO_FORMAT_DB for width in CHANNELS}
        click.echo(
            f"| `{name}.nam` | {full.esr:.5f} | {lite.esr:.5f} | {loud['full']:.2f} dB, {loud['lite']:.2f} dB "
            f"| {path.stat().st_size / 1024:.0f} KiB |"
        )
        if pictures is not None:
            pictures.mkdir(parents=True, exist_ok=True)
            part = slice(round(6.0 * 48000), round(18.0 * 48000))
            played = {width: play_width(path, width, held_out.x)[part] for width in CHANNELS}
            draw(held_out.y[part], played, pictures / f"{name}.png")


if __name__ == "__main__":
    main()
