"""``pedal doctor``: what is wrong with this machine, and what to do. Called through ``main``; needs no pedal."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from pedal.cli.choosing import chosen_board
from pedal.cli.exits import Exit
from pedal.cli.talking import plain, talks, tell
from pedal.config import load_board
from pedal.paths import runtime_dir as usual_runtime_dir
from pedal.paths import state_dir

_MARKS = {"fine": "ok", "note": "note", "wrong": "WRONG"}


@click.command()
@click.option(
    "--board",
    "board_name",
    envvar="PEDAL_BOARD",
    show_envvar=True,
    help="The board that this is, if not the chosen one.",
)
@talks
def doctor(board_name: str | None, runtime_dir: Path | None) -> None:
    """What is wrong with card, pins, display, rights, temperature, voltage, storage, kernel; and what to do.

    Changes nothing. Exit code 0: nothing has to be mended; 1: something has.
    """
    from pedal.system.doctor import judge
    from pedal.system.readings import load_readings

    board = load_board(board_name or chosen_board())
    findings = judge(load_readings(runtime_dir or usual_runtime_dir(), state_dir()), board)
    lines = []
    for found in findings:
        lines.append(plain(f"{_MARKS[found.verdict]:<5} {found.check:<11} {found.what}"))
        lines += [plain(f"{'':<18}{found.do}")] if found.do else []
    wrong = sum(found.verdict == "wrong" for found in findings)
    tell({"board": board.name, "wrong": wrong, "findings": [asdict(found) for found in findings]}, "\n".join(lines))
    if wrong:
        sys.exit(Exit.FAILED)
