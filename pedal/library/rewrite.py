"""A TOML file that a person has written, changed as little as a new content takes: the comments stay.

Called by ``presets`` and ``banks`` when the player saves. The reader and writer that know comments are tomlkit's: pure
Python, without dependencies; they are loaded at the first save, and only see what the strict reader has passed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: By name of a list of tables: the key that tells its tables apart.
Keys = Mapping[str, str]


def rewritten(text: str, fresh: str, keys: Keys, names: Mapping[str, Sequence[object]]) -> str:
    """``text`` made to say what ``fresh`` says; what says so already stays as it is written, with all comments.

    Args:
        text: TOML that can be read.
        fresh: TOML with what the result has to say; a caller reads that back before he believes it.
        keys: see ``Keys``.
        names: of each list of tables in ``text``, what that key would say, in order: it may have been left out there.

    Raises:
        ValueError: the text is built in a way that cannot be changed in place.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        written, wanted = tomlkit.parse(text), tomlkit.parse(fresh)
        for key, value in wanted.items():
            if key not in keys:
                _put(written, key, value)
        for name, key in keys.items():
            _put_tables(written, name, wanted.get(name, []), key, names.get(name, ()))
        for key in [key for key in written if key not in wanted]:
            del written[key]
        return tomlkit.dumps(written)
    except (TOMLKitError, TypeError, AttributeError, KeyError, IndexError) as failure:
        raise ValueError(f"cannot be changed in place: {failure}") from failure


def _put(table: Any, key: str, value: object) -> None:
    """One key of a table, left as it is written if it says the same (``3`` is ``3.0``, but ``1`` is not ``true``)."""
    if isinstance(value, Mapping):
        if key in table:
            _merge(table[key], value)
        else:
            table[key] = value
    elif key not in table or _plain(table[key]) != _plain(value) or _is_flag(table[key]) != _is_flag(value):
        table[key] = value


def _merge(table: Any, wanted: Mapping[str, Any]) -> None:
    for key, value in wanted.items():
        _put(table, key, value)
    for key in [key for key in table if key not in wanted]:
        del table[key]


def _put_tables(
    written: Any, name: str, wanted: Sequence[Mapping[str, Any]], key: str, names: Sequence[object]
) -> None:
    """A list of tables: those that stay are changed in place; the list is only made anew if its order changes."""
    import tomlkit

    there = dict(zip(names, written.get(name, ()), strict=True))
    for table in wanted:
        if table[key] in there:
            _merge(there[table[key]], table)
    if [table[key] for table in wanted] == list(names):
        return
    tables = tomlkit.aot()
    for table in wanted:
        tables.append(there.get(table[key], table))
    if name in written:
        del written[name]
    if wanted:
        written.append(name, tables)


def _is_flag(value: object) -> bool:
    return isinstance(_plain(value), bool)


def _plain(value: Any) -> object:
    return value.unwrap() if hasattr(value, "unwrap") else value
