"""What every request of the control socket has. Pure; see ``protocol``."""

from __future__ import annotations

from typing import Annotated

import msgspec

#: Changes when an old client would misunderstand a new panel or the other way round.
VERSION = 1

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
RequestId = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class Request(msgspec.Struct, tag_field="cmd", forbid_unknown_fields=True, frozen=True, kw_only=True):
    """One question or order. ``id`` comes back in the reply."""

    v: int = VERSION
    id: RequestId = 0
