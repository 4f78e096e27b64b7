"""Groups of commands, which know what was probably meant. Used by ``main`` and by every command that has others."""

from __future__ import annotations

import click

from pedal.errors import did_you_mean


class Group(click.Group):
    """A group that says what was probably meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with the nearest name for one that is not known."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-") and not ctx.resilient_parsing:
            words = " ".join([*ctx.command_path.split()[1:], args[0]])
            ctx.fail(f"There is no command '{words}'. {did_you_mean(args[0], known)}")
        return super().resolve_command(ctx, args)
