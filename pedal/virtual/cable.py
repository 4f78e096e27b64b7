"""A cable from the virtual card's output to its input: two lines drawn in the graph of its clock.

Called by whoever set up the card (``pedal setup --virtual``), while somebody plays on it.
"""

from __future__ import annotations

import ctypes
import time

from pedal.errors import CardError

_LOOK_S = 0.02
_SEND, _TAKE = b":out_00", b":in_00"
_CHANNELS = 2
#: libjack: start no server; the server is named.
_OPTIONS = 1 | 4


def plug_in(server: str, wait_s: float = 10.0) -> None:
    """Connect what is played to what is heard, channel by channel, as soon as somebody plays.

    Args:
        server: name of the clock, as ``VirtualCard.environment`` has it under ``JACK_DEFAULT_SERVER``.
        wait_s: for the player.

    Raises:
        CardError: nobody played in that time, or the clock is gone.
    """
    jack = ctypes.CDLL("libjack.so.0")
    jack.jack_client_open.restype = ctypes.c_void_p
    jack.jack_get_ports.restype = ctypes.POINTER(ctypes.c_char_p)
    client = jack.jack_client_open(b"pedal-cable", _OPTIONS, ctypes.byref(ctypes.c_int()), server.encode())
    if not client:
        raise CardError("its clock does not answer", where="virtual card")
    held = ctypes.c_void_p(client)
    try:
        deadline_s = time.monotonic() + wait_s
        while time.monotonic() < deadline_s:
            sends, takes = (_ports(jack, held, part) for part in (_SEND, _TAKE))
            if sends and takes:
                for send, take in zip((sends * _CHANNELS)[:_CHANNELS], takes, strict=False):
                    jack.jack_connect(held, send, take)
                return
            time.sleep(_LOOK_S)
    finally:
        jack.jack_client_close(held)
    raise CardError("nobody plays on it", where="virtual card")


def _ports(jack: ctypes.CDLL, client: ctypes.c_void_p, part: bytes) -> list[bytes]:
    """Names of the ports with ``part`` in them, sorted."""
    found = jack.jack_get_ports(client, part, None, ctypes.c_ulong(0))
    if not found:
        return []
    names: list[bytes] = []
    while found[len(names)] is not None:
        names.append(found[len(names)])
    jack.jack_free(found)
    return sorted(names)
