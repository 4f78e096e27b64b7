"""The command ``pedal demo``: the whole pedal on a virtual board, a scripted player, and a report.

Called through ``main``. This process is the pedal's small parent; the tour runs in a thread of it.
Ends with 0 only if everything in the script happened, a width dropped and came back, and no period
overran.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from pedal.cli.client import Client
from pedal.cli.run import LINK_NAME, audio_child, panel_child
from pedal.config import Board, load_board
from pedal.errors import PedalError
from pedal.panel.control import SOCKET_NAME
from pedal.paths import factory_dir

#: Steps of the tour's script, for the progress bar.
_STEPS = 17
_TAKE = Path("takes") / "guitar-dry.flac"


@click.command()
@click.option("--seconds", type=click.FloatRange(5, 600), default=40.0, show_default=True, help="At least so long.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-out"),
    show_default=True,
    help="Where out.wav, pages and report.json go.",
)
@click.option("--board", "board_name", default="virtual", show_default=True, help="A virtual board.")
def demo(seconds: float, out: Path, board_name: str) -> None:
    """Play a scripted tour on a virtual pedal: bypass, presets, blocks on until the width drops, and back."""
    board = load_board(board_name)
    if not board.virtual:
        raise PedalError("the demo needs a virtual board", where=board.name, hint="Use `pedal run` on a real one")
    out.mkdir(parents=True, exist_ok=True)
    click.echo(f"board '{board.name}': this machine counts as one {board.cpu_scale:g} times slower")
    report = _play(board, board_name, seconds, out)
    (out / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    _summarise(report, out)
    if report["failures"]:
        raise PedalError("; ".join(report["failures"]), where="demo", hint=f"See {out / 'report.json'}")


def _play(board: Board, board_name: str, seconds: float, out: Path) -> dict[str, Any]:
    from pedal.system.heartbeat import load_beat
    from pedal.system.supervise import Supervisor
    from pedal.virtual.card import VirtualCard
    from pedal.virtual.take import load_take
    from pedal.virtual.tour import Tour

    failures: list[str] = []
    with ExitStack() as stack:
        runtime = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pedal-demo-")))
        os.environ["PEDAL_RUNTIME_DIR"] = str(runtime)
        os.environ["PEDAL_PRESETS_DIR"] = str(runtime / "presets")  # the tour is about the factory's
        card = VirtualCard(
            runtime / "card",
            load_take(factory_dir("models") / _TAKE, board.audio.rate_hz),
            rate_hz=board.audio.rate_hz,
            period_frames=board.audio.period_frames,
            capture_channels=board.audio.capture_channels,
        )
        stack.enter_context(card)
        progress = stack.enter_context(
            Progress(TextColumn("{task.description:<52}"), BarColumn(), TimeElapsedColumn(), transient=False)
        )
        task = progress.add_task("starting", total=_STEPS)

        def tell(line: str) -> None:
            progress.update(task, advance=1, description=line)
            if not progress.console.is_terminal:
                click.echo(f"  {line}")

        tour = Tour(Client(runtime / SOCKET_NAME).call, out, seconds, tell)
        over = threading.Event()

        def play_tour() -> None:
            try:
                tour.play()
            except (PedalError, OSError) as error:
                failures.append(str(error).rstrip("."))
            finally:
                over.set()

        children = [
            audio_child(board_name, runtime, dict(card.environment())),
            panel_child(board_name, runtime, virtual=True, quiet=True),
        ]
        threading.Thread(target=play_tour, name="tour", daemon=True).start()
        Supervisor(children, runtime, lambda: load_beat(runtime / LINK_NAME), over.is_set).run()
        if not over.is_set():
            failures.append("stopped before the end")
        progress.update(task, completed=_STEPS)
        frames = card.write_played(out / "out.wav")
    return _report(board, tour, frames, failures)


def _report(board: Board, tour: Any, frames: int, failures: list[str]) -> dict[str, Any]:
    """Everything measured, and what was missed."""
    last = tour.last
    changes = last.get("width_changes", [])
    rank = {amp["id"]: amp["widths"] for amp in last.get("amps", [])}
    directions = [_direction(change, rank) for change in changes]
    if not failures:
        if "narrower" not in directions:
            failures.append("no width dropped")
        if "wider" not in directions:
            failures.append("no width came back")
        if last["overruns"]:
            failures.append(f"{last['overruns']} periods overran")
        if frames < tour.seconds * board.audio.rate_hz:
            failures.append("less sound was played than asked for")
    keys = ("overruns", "woken_late", "xruns", "load_mean", "load_peak", "load_worst", "budget", "cpu_scale")
    return {
        "board": board.name,
        **{key: last.get(key) for key in keys},
        "load_is": "thread CPU time of the compiled call x cpu_scale, as a share of the period",
        "period_frames": board.audio.period_frames,
        "rate_hz": board.audio.rate_hz,
        "frames_played": frames,
        "width_changes": [{**change, "direction": way} for change, way in zip(changes, directions, strict=True)],
        "cold_changes": last.get("cold_changes"),
        "guard_trips": last.get("guard_trips"),
        "pages": tour.pages,
        "steps": tour.steps,
        "failures": failures,
    }


def _direction(change: dict[str, Any], widths: dict[str, list[str]]) -> str:
    order = widths.get(change["amp"], ["Lite", "Full"])
    return "wider" if order.index(change["to"]) > order.index(change["from"]) else "narrower"


def _summarise(report: dict[str, Any], out: Path) -> None:
    click.echo(
        f"{report['overruns']} overruns, {report['woken_late']} late wake-ups, {report['xruns']} xruns; "
        f"load at most {report['load_worst'] or 0:.0%} (this machine counted {report['cpu_scale']:g}x slower)"
    )
    for change in report["width_changes"]:
        seconds = change["frame"] / report["rate_hz"]
        click.echo(f"  {seconds:6.2f} s  {change['amp']}: {change['from']} -> {change['to']}  ({change['reason']})")
    click.echo(f"Listen to {out / 'out.wav'}; pages and report.json are beside it.")
