"""Which addresses on an I2C bus answer. Touches hardware.

Called by ``pedal board detect``. Only addresses of displays are asked, by the gentlest message there is: one that
carries nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import smbus2

#: Of the displays that a board file knows.
DISPLAY_ADDRESSES = (0x3C, 0x3D)


def probe(bus: int = 1, addresses: Iterable[int] = DISPLAY_ADDRESSES) -> tuple[int, ...]:
    """Those of ``addresses`` at which something answers; none where there is no such bus, or it is not ours."""
    found = []
    try:
        with smbus2.SMBus(bus) as line:
            for address in addresses:
                try:
                    line.write_quick(address)
                except OSError:  # nobody there
                    continue
                found.append(address)
    except OSError:
        return ()
    return tuple(found)
