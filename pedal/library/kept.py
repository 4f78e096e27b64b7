"""Files of the player's that people edit too: read with the one before as a reserve, saved with nothing lost.

Called by ``presets`` and ``banks``. What was there before a save stays as ``.previous``; what was broken by hand, as
``.broken``; what had comments that could not stay in place, as ``.by-hand``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from pedal.errors import PresetError
from pedal.files import load_text
from pedal.library.atomic import keep_as, previous_of, write_atomic
from pedal.library.rewrite import Keys, rewritten
from pedal.preset import NewerSchemaError

T = TypeVar("T")

#: A file that was broken by hand is kept under this ending when it is saved.
BROKEN_SUFFIX = ".broken"
#: A file whose comments could not stay in it is kept under this one.
BY_HAND_SUFFIX = ".by-hand"
#: Longer files are written anew: keeping their comments in place would hold up the panel.
_REWRITE_CAP_CHARS = 16 * 1024


@dataclass(frozen=True, slots=True)
class Form(Generic[T]):
    """A kind of file.

    Attributes:
        parse: from text and a name for messages to its content; raises a PresetError.
        keys: what tells the tables of its lists apart.
        names: of a content, what these keys are, list by list.
    """

    parse: Callable[[str, str], T]
    keys: Keys
    names: Callable[[T], Mapping[str, Sequence[object]]]

    def load(self, path: Path) -> T:
        """A file's content.

        Raises:
            NewerSchemaError: a newer pedal wrote it.
            PresetError: it cannot be read.
        """
        return self.parse(load_text(path, PresetError), str(path))


def load_kept(path: Path, form: Form[T], instead: str) -> tuple[T, str]:
    """What a file says; if it is broken, what it said before its last save, and a sentence that ends with ``instead``.

    Raises:
        NewerSchemaError: a newer pedal wrote it.
        PresetError: neither can be read.
    """
    try:
        return form.load(path), ""
    except NewerSchemaError:
        raise
    except PresetError as broken:
        try:
            return form.load(previous_of(path)), f"{broken} {instead}"
        except PresetError:
            raise broken from None


def save_kept(path: Path, fresh: str, form: Form[T], source: Path | None = None) -> None:
    """Write a file, atomically; comments stay in place where they can.

    Args:
        path: the file.
        fresh: its new text, without comments.
        form: what it is.
        source: whose comments are taken over where there is no file yet; None: nobody's.

    Raises:
        NewerSchemaError: a newer pedal wrote the file that is there.
        PresetError: the text cannot be read back, or the disk refuses.
    """
    form.parse(fresh, str(path))  # never save what cannot be loaded
    is_there = path.is_file()
    is_broken = is_there and not _is_good(path, form)
    old = path if is_there else source
    commented = "" if is_broken else _with_comments(fresh, old, form) if old else fresh
    try:
        if is_broken:  # it must not push out the good one before it, and may be mended one day
            keep_as(path, path.with_name(path.name + BROKEN_SUFFIX))
        elif is_there and not commented:
            keep_as(path, path.with_name(path.name + BY_HAND_SUFFIX))
        write_atomic(path, (commented or fresh).encode(), keep_previous=not is_broken)
    except OSError as failure:
        hint = "Is the disk full?"
        raise PresetError(f"cannot be saved ({failure.strerror})", where=str(path), hint=hint) from failure


def _with_comments(fresh: str, old: Path, form: Form[T]) -> str:
    """``fresh`` as the old file's text changed in place, so that its comments stay; empty where that cannot be."""
    try:
        text = load_text(old, PresetError)
        if "#" not in text:
            return fresh
        if len(text) > _REWRITE_CAP_CHARS:
            return ""
        text = rewritten(text, fresh, form.keys, form.names(form.parse(text, str(old))))
        return text if form.parse(text, str(old)) == form.parse(fresh, str(old)) else ""
    except (PresetError, ValueError):  # broken, or written in a way that cannot be changed in place
        return ""


def _is_good(path: Path, form: Form[T]) -> bool:
    try:
        form.load(path)
    except NewerSchemaError:
        raise
    except PresetError:
        return False
    return True
