"""What a command's exit code says; the one place. Called by ``main``; docs/commands.md has the table for players."""

from __future__ import annotations

from enum import IntEnum

from pedal.cli.client import NoAnswerError, NotRunningError
from pedal.errors import PedalError


class Exit(IntEnum):
    """Exit codes of every command."""

    OK = 0
    #: Refused, failed, or something was found that is not as it should be: stderr has a line.
    FAILED = 1
    #: The command itself was not understood.
    USAGE = 2
    #: There is no pedal to talk to.
    NOT_RUNNING = 3
    #: There is one, and it does not answer in time.
    NO_ANSWER = 4


def exit_code(error: PedalError) -> Exit:
    """Of a command that ended so."""
    match error:
        case NotRunningError():
            return Exit.NOT_RUNNING
        case NoAnswerError():
            return Exit.NO_ANSWER
    return Exit.FAILED
