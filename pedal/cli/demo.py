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
from pedal.panel import protocol
from pedal.panel.control import SOCKET_NAME
from pedal.paths import factory_dir
from pedal.virtual.awake import kept_awake
from pedal.virtual.pace import Call, usual_load, wait_until_playing
from pedal.virtual.tour import HEAVY_PRESET, START_TIMEOUT_S, STEP_TIMEOUT_S, STEPS, Tour

if TYPE_CHECKING:
    from pedal.virtual.card import VirtualCard

#: The tour's heavy preset should take this much of a period before blocks are switched on: far enough
#: below the budget that a busy machine does not narrow it, and above it with all of them.
_SHARE = 0.5
#: While measuring this machine counts as so much slower, for so long after a moment to settle.
_TRIAL_SCALE, _SETTLE_S, _MEASURE_S = 8.0, 1.0, 4.0
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
@click.option("--width", "width_only", is_flag=True, help="Instead: one take in Full, in Lite, and changing between.")
def demo(seconds: float, out: Path, board_name: str, cpu_scale: float | None, width_only: bool) -> None:
    """Play a scripted tour on a virtual pedal: bypass, presets, blocks on until the width drops, and back."""
    if width_only:
        _show_widths(out)
        return
    board = load_board(board_name)
    if not board.virtual:
        raise PedalError("the demo needs a virtual board", where=board.name, hint="Use `pedal run` on a real one")
    out.mkdir(parents=True, exist_ok=True)
    for left in (*out.glob("page-*.png"), out / _LOG_NAME, out / "report.json", out / "out.wav"):
        left.unlink(missing_ok=True)
    with ExitStack() as stack:
        runtime = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pedal-demo-")))
        os.environ["PEDAL_PRESETS_DIR"] = str(runtime / "presets")  # the tour is about the factory's
        stack.enter_context(kept_awake())
        if cpu_scale is None:
            click.echo("measuring this machine (the first start compiles: a minute or two)")
            cpu_scale = _measured_scale(board_name, runtime / "measured", out / _LOG_NAME)
        click.echo(f"board '{board.name}': this machine counts as one {cpu_scale:g} times slower")
        report = _play_tour(board_name, cpu_scale, seconds, out, runtime / "tour")
    (out / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    _summarise(report, out)
    if report["failures"]:
        raise PedalError("; ".join(report["failures"]), where="demo", hint=f"See {out / 'report.json'}")


def _show_widths(out: Path) -> None:
    from pedal.offline.width_demo import describe, width_demo

    models = factory_dir("models")
    report = width_demo(models / "starter-crunch.nam", models / "takes" / "guitar-dry.flac", out)
    for line in describe(report):
        click.echo(line)
    click.echo(f"Listen to {out / 'switch.wav'} beside full.wav and lite.wav; look at change.png.")


def _measured_scale(board_name: str, runtime: Path, log_path: Path) -> float:
    """The ``cpu_scale`` at which the tour's heavy preset usually takes ``_SHARE`` of a period."""
    found: list[float] = []

    def measure(call: Call) -> None:
        wait_until_playing(call, "", START_TIMEOUT_S)
        call(protocol.SelectPreset(name=HEAVY_PRESET))
        call(protocol.SetWidth(width="full"))
        wait_until_playing(call, HEAVY_PRESET, STEP_TIMEOUT_S)
        usual_load(call, _SETTLE_S)
        found.append(usual_load(call, _MEASURE_S))

    with _virtual_pedal(board_name, _TRIAL_SCALE, runtime, log_path) as (play, _):
        play(measure)
    return max(1.0, round(_TRIAL_SCALE * _SHARE / found[0], 1))


def _play_tour(board_name: str, cpu_scale: float, seconds: float, out: Path, runtime: Path) -> dict[str, Any]:
    failures: list[str] = []
    with _virtual_pedal(board_name, cpu_scale, runtime, out / _LOG_NAME) as (play, card), _progress() as tell:
        tour = Tour(Client(runtime / SOCKET_NAME).call, out, seconds, tell)
        try:
            play(lambda _: tour.play())
        except PedalError as error:
            failures.append(str(error).rstrip("."))
        frames = card.write_played(out / "out.wav")
    return _report(load_board(board_name), cpu_scale, tour, frames, failures)


@contextmanager
def _virtual_pedal(
    board_name: str, cpu_scale: float, runtime: Path, log_path: Path
) -> Iterator[tuple[Callable[[Callable[[Call], None]], None], VirtualCard]]:
    """A pedal of its own on a virtual card. Gives a function that runs it as long as a script plays, and the card.

    The script gets ``call``, in a thread of its own; what it raises is raised again.
    """
    from pedal.system.heartbeat import load_beat
    from pedal.system.supervise import Supervisor

    runtime.mkdir()
    board_path = _scaled_board(board_name, cpu_scale, runtime)

    def play(script: Callable[[Call], None]) -> None:
        over, trouble = threading.Event(), list[Exception]()

        def run_script() -> None:
            try:
                script(Client(runtime / SOCKET_NAME).call)
            except (PedalError, OSError) as error:
                trouble.append(error)
            finally:
                over.set()

        children = [
            audio_child(str(board_path), runtime, card.environment(), log_path),
            panel_child(str(board_path), runtime, virtual=True, quiet=True, log_path=log_path),
        ]
        threading.Thread(target=run_script, name="script", daemon=True).start()
        supervisor = Supervisor(children, runtime, lambda: load_beat(runtime / LINK_NAME), over.is_set)
        supervisor.run()
        if supervisor.stop_asked:
            raise PedalError("stopped before the end")
        if trouble:
            raise PedalError(str(trouble[0]).rstrip(".")) from trouble[0]

    with virtual_card(load_board(board_path), runtime, keep_played=True) as card:
        yield play, card


def _scaled_board(board_name: str, cpu_scale: float, folder: Path) -> Path:
    """A copy of the board with another ``cpu_scale``: all processes read the same file."""
    path = board_path(board_name)
    copy = folder / path.name
    copy.write_text(tomli_w.dumps(tomllib.loads(path.read_text()) | {"cpu_scale": cpu_scale}))
    return copy


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


def _report(board: Board, cpu_scale: float, tour: Tour, frames: int, failures: list[str]) -> dict[str, Any]:
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
        "cpu_scale": cpu_scale,
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
