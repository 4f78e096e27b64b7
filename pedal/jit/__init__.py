"""How this project compiles: two decorators, one cache, a few machine words.

``kernel`` is for code where NaN and order of operations matter, ``fast_kernel`` for sums
that may be reordered. Both release the interpreter lock, allocate nothing and are cached
on disk under a key of all sources they take in (see ``cache``). Kernels live at module level:
closures miss the cache on every run. ``linked.linked_kernel`` keeps big ones out of their callers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

from pedal.jit import cache

F = TypeVar("F", bound=Callable[..., Any])

_COMMON: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "boundscheck": False,
    "cache": cache.configure(),
}


def kernel(function: F) -> F:
    """Compile at first use; IEEE semantics except that ``a * b + c`` may contract."""
    return cast(F, njit(fastmath={"contract"}, **_COMMON)(function))


def fast_kernel(function: F) -> F:
    """Compile with reassociation allowed (dot products); NaN checks do not work in here."""
    return cast(F, njit(fastmath=True, **_COMMON)(function))


def entry(signature: Any) -> Callable[[F], F]:
    """A kernel that Python calls: compiled for exactly ``signature``, at import.

    ``signature`` is a string or a numba type. Being explicit that no other argument type can
    trigger a compilation later.
    """

    def decorate(function: F) -> F:
        return cast(F, njit(signature, fastmath={"contract"}, **_COMMON)(function))

    return decorate
