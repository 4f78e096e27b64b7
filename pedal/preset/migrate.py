"""Old presets for ever: a parsed file of an older schema becomes one of today's, a version at a time.

Called by ``parse`` for every file that is read; the file itself is left alone until its player saves. Pure.

What a file of an older schema means must not change: not by a new name for a parameter, and not by another default
of one that it does not give. A change that would is a new version here, with a step that says the old meaning in the
new form; ``tests/library/golden`` holds files of every version, with what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pedal.errors import PresetError

#: A preset file as the TOML reader gives it, not checked yet.
Document = dict[str, Any]
#: Makes a document of the next version; the document is its own to change, and of any shape.
Step = Callable[[Document], Document]


class NewerSchemaError(PresetError):
    """A file that a newer pedal wrote: neither read nor ever overwritten."""


def _to_2(document: Document) -> Document:
    """Version 2 adds snapshots, and hashes of models and impulse responses: what version 1 says, it says as well."""
    return document


def _to_3(document: Document) -> Document:
    """Version 3 adds what a preset makes of switches and of the expression pedal: older ones say nothing of that."""
    return document


#: The step at index ``i`` leads from version ``i + 1`` to the next.
STEPS: tuple[Step, ...] = (_to_2, _to_3)
#: The version that is written.
SCHEMA = 1 + len(STEPS)


def migrated(document: Document, where: str, steps: Sequence[Step] = STEPS) -> Document:
    """The document in the newest form, without its key ``schema``; one without that key is of version 1.

    Raises:
        NewerSchemaError: of a version that the steps do not reach.
        PresetError: its version is no version.
    """
    newest = 1 + len(steps)
    schema = document.pop("schema", 1)
    if isinstance(schema, bool) or not isinstance(schema, int) or schema < 1:
        raise PresetError(f"schema = {schema!r:.40} is no version", where=where, hint=f"Write schema = {newest}")
    if schema > newest:
        raise NewerSchemaError(
            f"was written by a newer pedal (schema {schema!r:.12}, and this one knows {newest}); it is left as it is",
            where=where,
            hint="Update the pedal",
        )
    for step in steps[schema - 1 :]:
        document = step(document)
    return document
