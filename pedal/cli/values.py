"""``pedal get`` and ``pedal set``: knobs and options of the preset that plays.

Called through ``main``, in a process of its own. Imports neither numba nor numpy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from pedal.cli.completion import complete_block, complete_target, complete_value
from pedal.cli.talking import call, plain, say, talks, tell
from pedal.panel import protocol
from pedal.panel.chain_requests import GetParam


def _complete_either(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
    complete = complete_target if "." in incomplete else complete_block
    return complete(ctx, param, incomplete)


@click.command("get")
@click.argument("target", metavar="BLOCK[.PARAM]", shell_complete=_complete_either)
@talks
def get_param(target: str, runtime_dir: Path | None) -> None:
    """What a parameter is, or all of a block: `pedal get amp1.drive_db`, `pedal get delay1`."""
    about = call(runtime_dir, GetParam(target=target))
    tell(about, block_text(about) if "values" in about else _param_text(about))


@click.command("set", context_settings={"ignore_unknown_options": True})  # a negative number is no option
@click.argument("target", metavar="BLOCK.PARAM", shell_complete=complete_target)
@click.argument("value", metavar="VALUE|+STEP|-=STEP", nargs=-1, required=True, shell_complete=complete_value)
@talks
def set_param(target: str, value: tuple[str, ...], runtime_dir: Path | None) -> None:
    """Set a parameter or an option: `pedal set amp1.drive_db -3`, `delay1.time_s 350 ms`, `amp1.stereo twice`.

    A number without a unit is in the unit of the parameter's name. With a plus in front it is a step: `+1.5 dB` is so
    much more than now, and `-=1.5 dB` so much less, as far as the range goes.
    """
    if "." not in target:
        raise click.BadParameter("write BLOCK.PARAM, such as amp.drive_db", param_hint="BLOCK.PARAM")
    wanted, step = parse_value(" ".join(value))
    say(call(runtime_dir, protocol.SetParam(target=target, value=wanted, step=step)))


def parse_value(text: str) -> tuple[str, bool]:
    """What was typed as a value, and whether it is a step: ``+1 dB`` and ``-=1 dB`` are."""
    text = text.strip()
    if text.startswith("-="):
        return f"-{text[2:].strip()}", True
    if text.startswith("+"):
        return text[1:].removeprefix("=").strip() or text, True
    return text, False


def block_text(about: dict[str, Any]) -> str:
    """A block and its knobs, line by line."""
    lines = [f"{about['id']}  {about['label']}{'' if about['on'] else ', off'}"]
    rows = {**about["files"], **about["options"], **about["words"]}
    width_chars = max(map(len, rows), default=0)
    lines += [f"  {name:<{width_chars}}  {plain(value)}" for name, value in rows.items()]
    return "\n".join(lines)


def _param_text(about: dict[str, Any]) -> str:
    span = f"  ({about['low']:g} to {about['high']:g} {about['unit']}".rstrip() + ")" if about.get("unit") else ""
    span = "" if about.get("unit") in ("choice", "on/off") else span
    return f"{about['target']}  {plain(about['words'])}{span}"
