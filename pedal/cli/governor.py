"""``pedal governor``: what each block takes and costs, the budget, what would fit next, what changed and why.

Called through ``main``, in a process of its own.
"""

from __future__ import annotations

from pathlib import Path

import click

from pedal.cli.governor_text import governor_text
from pedal.cli.talking import Group, call, talks, tell
from pedal.panel.protocol import Explain, MeasureCosts


@click.group(cls=Group, invoke_without_command=True)
@talks
@click.pass_context
def governor(context: click.Context, runtime_dir: Path | None) -> None:
    """What each block takes and is known to cost, the budget, what would fit next, and what changed of late.

    `pedal governor measure` measures all of it anew.
    """
    if context.invoked_subcommand is None:
        result = call(runtime_dir, Explain())
        tell(result, governor_text(result))


@governor.command()
@talks
def measure(runtime_dir: Path | None) -> None:
    """Forget what blocks cost at this period and measure it once more, while the pedal plays."""
    result = call(runtime_dir, MeasureCosts())
    text = f"Measuring what {result['measuring']} blocks cost; `pedal governor` says how far it is."
    tell(result, text)
