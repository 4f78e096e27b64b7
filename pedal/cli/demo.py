"""The command ``pedal demo``: the whole pedal on a virtual board, a scripted player, and a report.

Called through ``main``. This process is the pedal's small parent; the tour runs in a thread of it.
Ends with 0 only if everything in the script happened, a width dropped and came back, and no period
overran.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import tomli_w
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from pedal.cli.client import Client
from pedal.cli.run import LINK_NAME, audio_child, panel_child, virtual_card
from pedal.config import Board, board_path, load_board
from pedal.errors import PedalError
from pedal.panel.control import SOCKET_NAME
from pedal.virtual.awake import kept_awake
from pedal.virtual.tour import HEAVY_PRESET, STEPS, Tour

if TYPE_CHECKING:
    from pedal.virtual.card import VirtualCard

#: The tour's heavy preset should take this much of a period before blocks are switched on: far enough
#: below the budget that a busy machine does not narrow it, and above it with all of them.
_SHARE = 0.5
_LOG_NAME = "pedal.log"


@click.command()
@click.option("--seconds", type=click.FloatRange(5, 600), default=40.0, show_default=True, help="At least so long.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-out"),
    show_default=True,
    help="Where out.wav, pages, report.json and the pedal's log go.",
)
@click.option("--board", "board_name", default="virtual", show_default=True, help="A virtual board.")
@click.option(
    "--cpu-scale",
    type=click.FloatRange(1, 1000),
    help="Count this machine as so many times slower; without, as a small board by measuring it.",
)
def demo(seconds: float, out: Path, board_name: str, cpu_scale: float | None) -> None:
    """Play a scripted tour on a virtual pedal: bypass, presets, blocks on until the width drops, and back."""
    board = load_board(board_name)
    if not board.virtual:
        raise PedalError("the demo needs a virtual board", where=board.name, hint="Use `pedal run` on a real one")
    out.mkdir(parents=True, exist_ok=True)
    for left in (*out.glob("page-*.png"), out / _LOG_NAME, out / "report.json", out / "out.wav"):
        left.unlink(missing_ok=True)
    with ExitStack() as stack:
        runtime = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pedal-demo-")))
        os.environ["PEDAL_RUNTIME_DIR"] = str(runtime)
        os.environ["PEDAL_PRESETS_DIR"] = str(runtime / "presets")  # the tour is about the factory's
        stack.enter_context(kept_awake())
        if cpu_scale is None:
            click.echo("measuring this machine (the first time, this compiles the kernels: a minute)")
            cpu_scale = _measured_scale(board_name)
        scaled_path = _scaled_board(board_name, cpu_scale, runtime)
        scaled = load_board(scaled_path)
        click.echo(f"board '{scaled.name}': this machine counts as one {scaled.cpu_scale:g} times slower")
        report = _play(scaled, str(scaled_path), seconds, out, runtime)
    (out / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    _summarise(report, out)
    if report["failures"]:
        raise PedalError("; ".join(report["failures"]), where="demo", hint=f"See {out / 'report.json'}")


def _measured_scale(board_name: str) -> float:
    command = [sys.executable, "-m", "pedal.offline.scale", HEAVY_PRESET, board_name, str(_SHARE)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise PedalError(done.stderr.strip() or "this machine cannot be measured", where="demo")
    return float(done.stdout)


def _scaled_board(board_name: str, cpu_scale: float, folder: Path) -> Path:
    """A copy of the board with another ``cpu_scale``: all processes read the same file."""
    path = board_path(board_name)
    copy = folder / path.name
    copy.write_text(tomli_w.dumps(tomllib.loads(path.read_text()) | {"cpu_scale": cpu_scale}))
    return copy


def _play(board: Board, board_name: str, seconds: float, out: Path, runtime: Path) -> dict[str, Any]:
    from pedal.system.heartbeat import load_beat
    from pedal.system.supervise import Supervisor

    failures: list[str] = []
    with virtual_card(board, runtime, keep_played=True) as card, _progress() as tell:
        tour = Tour(Client(runtime / SOCKET_NAME).call, out, seconds, tell)
        over = threading.Event()

        def play_tour() -> None:
            try:
                tour.play()
            except (PedalError, OSError) as error:
                failures.append(str(error).rstrip("."))
            finally:
                over.set()

        log_path = out / _LOG_NAME
        children = [
            audio_child(board_name, runtime, card.environment(), log_path),
            panel_child(board_name, runtime, virtual=True, quiet=True, log_path=log_path),
        ]
        threading.Thread(target=play_tour, name="tour", daemon=True).start()
        Supervisor(children, runtime, lambda: load_beat(runtime / LINK_NAME), over.is_set).run()
        if not over.is_set():
            failures.append("stopped before the end")
        return _report(board, tour, _written(card, out), failures)


def _written(card: VirtualCard, out: Path) -> int:
    """Frames of the sound that was played, now in ``out.wav``."""
    return card.write_played(out / "out.wav")


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """What the tour tells its steps to: a bar in a terminal, plain lines elsewhere."""
    bar = Progress(TextColumn("{task.description:<44.44}"), BarColumn(20), TimeElapsedColumn())
    if not bar.console.is_terminal:
        yield lambda line: click.echo(f"  {line}")
        return
    with bar:
        task = bar.add_task("", total=STEPS)
        yield lambda line: bar.update(task, advance=1, description=line)


def _report(board: Board, tour: Tour, frames: int, failures: list[str]) -> dict[str, Any]:
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
    keys = ("overruns", "woken_late", "xruns", "load_mean", "load_peak", "load_worst", "budget")
    return {
        "board": board.name,
        "cpu_scale": board.cpu_scale,
        **{key: last.get(key) for key in keys},
        "load_is": "thread CPU time of the compiled call x cpu_scale, as a share of the period; no core sleeps",
        "period_frames": board.audio.period_frames,
        "rate_hz": board.audio.rate_hz,
        "frames_played": frames,
        "width_changes": [{**change, "direction": way} for change, way in zip(changes, directions, strict=True)],
        "overrun_log": last.get("overrun_log", []),
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
    if report["overruns"] is not None:
        click.echo(
            f"{report['overruns']} overruns, {report['woken_late']} late wake-ups, {report['xruns']} xruns; "
            f"load at most {report['load_worst']:.0%}"
        )
    for change in report["width_changes"]:
        seconds = change["frame"] / report["rate_hz"]
        click.echo(f"  {seconds:6.2f} s  {change['amp']}: {change['from']} -> {change['to']}  ({change['reason']})")
    click.echo(f"Listen to {out / 'out.wav'}; pages, report.json and {_LOG_NAME} are beside it.")
