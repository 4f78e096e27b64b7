"""The command ``pedal``: finds the sub-command, prints errors as one line, sets the exit code.

Called by the console script and ``python -m pedal.cli.main``. Sub-commands are imported when
they are asked for and not before: ``pedal status`` must not wait for a compiler it does not use.

Exit codes are in ``exits``.
"""

from __future__ import annotations

import importlib
import logging
from typing import Any

import click
from click.shell_completion import CompletionItem

from pedal import __version__
from pedal.cli.groups import Group
from pedal.errors import PedalError

#: By name: where the command is, and its line in the help (kept here, so that help imports nothing).
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("pedal.cli.run:run", "Start the pedal."),
    "setup": ("pedal.cli.setup:setup", "Set it up: card, guitar, period, cable, a report."),
    "doctor": ("pedal.cli.doctor:doctor", "What is wrong with this machine, and what to do."),
    "demo": ("pedal.cli.demo:demo", "Play a scripted tour on a virtual pedal."),
    "status": ("pedal.cli.live:status", "What the running pedal is doing."),
    "watch": ("pedal.cli.watch:watch", "What it does, as it happens."),
    "log": ("pedal.cli.watch:log", "What it has written into its log."),
    "preset": ("pedal.cli.presets:preset", "Go to a preset: next, previous, a name; save, list, ..."),
    "bank": ("pedal.cli.banks:bank", "Presets under the feet: use, add, list, ..."),
    "snapshot": ("pedal.cli.snapshots:snapshot", "Settings of a preset: recall, save, clear, list."),
    "bypass": ("pedal.cli.live:bypass", "Bypass on, off, or toggle."),
    "get": ("pedal.cli.values:get_param", "What a parameter is, or all of a block."),
    "set": ("pedal.cli.values:set_param", "Set a parameter: BLOCK.PARAM VALUE, or +STEP."),
    "block": ("pedal.cli.live:block", "Switch a block on or off."),
    "chain": ("pedal.cli.chain:chain", "Blocks: show, add, move, remove, bypass, kinds; a new preset."),
    "width": ("pedal.cli.live:width", "Ask for full or lite, or leave it to the pedal."),
    "governor": ("pedal.cli.governor:governor", "What blocks cost, the budget, what would fit, and why."),
    "output": ("pedal.cli.live:output", "How the pedal is connected: amp, FX return, speakers, phones."),
    "input": ("pedal.cli.live:input_channel", "Which input of the sound card the guitar is at."),
    "levels": ("pedal.cli.live:levels", "How loud amps hear and are heard."),
    "tuner": ("pedal.cli.live:tuner", "The tuner on or off, or what it reads."),
    "looper": ("pedal.cli.live:looper", "Record a loop, play it, overdub, undo, stop, clear."),
    "switch": ("pedal.cli.hands:switch", "What a footswitch does in this preset."),
    "expression": ("pedal.cli.hands:expression", "The expression pedal: where it is; its ends."),
    "midi": ("pedal.cli.hands:midi", "MIDI: list, monitor, learn, forget."),
    "calibrate": ("pedal.cli.calibrate:calibrate", "Show it how loud the guitar is, and the expression pedal's ends."),
    "audio": ("pedal.cli.audio:audio", "The sound card: list, test, latency through a cable."),
    "edit": ("pedal.cli.edit:edit", "The full-screen editor; or a preset's file in $EDITOR."),
    "press": ("pedal.cli.live:press", "Press a footswitch of a virtual pedal."),
    "resume": ("pedal.cli.live:resume", "Leave safe mode: try the whole pedal again."),
    "render": ("pedal.cli.offline:render", "Play a sound file through a model or a preset."),
    "bench": ("pedal.cli.offline:bench", "What each block of a preset costs on this machine."),
    "inspect": ("pedal.cli.offline:inspect", "What is in a model file."),
    "models": ("pedal.cli.library:models", "Models: import, list, search, favourite, delete."),
    "ir": ("pedal.cli.library:ir", "Impulse responses: the same."),
    "board": ("pedal.cli.board:board", "Board files: check, show, list; detect what is connected."),
    "backup": ("pedal.cli.backup:backup", "Save all that is yours in one file."),
    "restore": ("pedal.cli.backup:restore", "Take a backup back; asks first."),
    "completion": ("pedal.cli.completion:completion", "What a shell needs to complete words."),
    "version": ("pedal.cli.version:version", "Which release this is, and which one plays."),
    "library": ("pedal.cli.library:library", "Check every file of the library against its hash."),
}


class LazyGroup(Group):
    """A group that imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of ``COMMANDS``."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands for ``--help``, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names of commands, without importing any; options as click does."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        return [CompletionItem(name, help=line) for name, (_, line) in COMMANDS.items() if name.startswith(incomplete)]

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error of the pedal becomes one line and exit code 1."""
        try:
            return super().invoke(ctx)
        except PedalError as error:
            if ctx.params.get("verbose"):
                logging.getLogger("pedal").exception("the command failed")
            click.echo(f"pedal: {one_line(str(error))}", err=True)
            from pedal.cli.exits import exit_code  # knows the socket, which not every command needs

            ctx.exit(exit_code(error))


def one_line(text: str) -> str:
    """``text`` as a terminal may show it: one line, no control characters (names come from files)."""
    return "".join(c if c.isprintable() else "?" for c in " ".join(text.split()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pedal")
@click.option("-v", "--verbose", count=True, help="Say more on stderr; twice for everything.")
def main(verbose: int) -> None:
    """A guitar pedal that plays Neural Amp Modeler models as wide as the processor allows."""
    level = (logging.WARNING, logging.INFO, logging.DEBUG)[min(verbose, 2)]
    logging.basicConfig(level=level, format="%(name)s: %(message)s")


if __name__ == "__main__":
    main()
