"""The workbench: the folder in which a panel's simulated buses lie, seen from the driver's side.

Made by the laboratory's driver and by tests, before they start a panel with ``environment()``. The shim
(``shim/shim.h`` has the same records) is the panel's side.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import shutil
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pedal.errors import PedalError

#: The shim looks here for its folder.
VARIABLE = "PEDAL_LAB_HARDWARE"
#: Names of what stands for the device nodes in the folder.
I2C, SPI = "i2c-1", "spidev0.0"
ADC_CHANNELS, ADC_STEPS = 8, 1024

_MAGIC = 0x31626C70
_HEAD = struct.Struct("=QII")
_WRITTEN, _REFUSED, _POWER_UP = 1, 2, 3
_KINDS: dict[int, Literal["written", "refused", "power up"]] = {
    _WRITTEN: "written", _REFUSED: "refused", _POWER_UP: "power up",
}  # fmt: skip
#: The longest write there is (the kernel's limit) and a little.
_MAX_BYTES = 8192 + 16


class BenchError(PedalError):
    """The workbench is not as it should be."""


class _State(ctypes.Structure):
    _fields_ = [
        ("magic", ctypes.c_uint32),
        ("i2c_hz", ctypes.c_uint32),
        ("address", ctypes.c_uint32),
        ("is_deaf", ctypes.c_uint32),
        ("deaf_at_byte", ctypes.c_uint32),
        ("adc", ctypes.c_uint16 * ADC_CHANNELS),
        ("adc_reads", ctypes.c_uint32 * ADC_CHANNELS),
    ]


@dataclass(frozen=True, slots=True)
class Transfer:
    """What happened on the display's bus; ``at_ns`` is CLOCK_MONOTONIC when it was through.

    ``octets`` follow the address; those of a power-up are the random numbers that the memory then holds.
    """

    at_ns: int
    kind: Literal["written", "refused", "power up"]
    octets: bytes = b""


class Bench:
    """A folder with two buses, an open log, and what a player turns.

    Args:
        folder: made if it is missing; what an earlier bench left there is replaced.
        address: of the display.
        i2c_hz: clock of the display's bus.
    """

    def __init__(self, folder: Path, *, address: int = 0x3C, i2c_hz: int = 400_000) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "state").write_bytes(_State(_MAGIC, i2c_hz, address))
        for name in ("log", I2C, SPI):
            (folder / name).write_bytes(b"")
        for name in ("state", "log", I2C, SPI):  # the panel is another user, whatever our umask
            (folder / name).chmod(0o666)
        self._log = (folder / "log").open("r+b", buffering=0)
        with (folder / "state").open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), ctypes.sizeof(_State))
        self._state = _State.from_buffer(self._map)
        self._read_to = 0

    def environment(self, shim: Path) -> dict[str, str]:
        """What to add to the environment of a process that shall see these buses."""
        return {"LD_PRELOAD": str(shim), VARIABLE: str(self.folder)}

    def turn(self, channel: int, value_norm: float) -> None:
        """Put a knob's wiper at ``value_norm`` of the supply (0 to 1)."""
        if not 0.0 <= value_norm <= 1.0:
            raise BenchError(f"a knob does not turn to {value_norm:g}", where="bench", hint="Use 0 to 1")
        self._state.adc[channel] = round(value_norm * (ADC_STEPS - 1))

    def turned_to(self, channel: int) -> float:
        """Where a knob stands, 0 to 1."""
        return float(self._state.adc[channel]) / (ADC_STEPS - 1)

    def conversions(self, channel: int) -> int:
        """How often a channel was asked."""
        return int(self._state.adc_reads[channel])

    def unplug_display(self, at_byte: int = 0) -> None:
        """Nobody acknowledges any more: from now on, or from a byte (counted from 1) inside a transfer so long."""
        if at_byte:
            self._state.deaf_at_byte = at_byte
        else:
            self._state.is_deaf = 1

    def plug_display(self, memory: bytes = b"") -> None:
        """The display is back, as it wakes up: set to nothing, dark, with ``memory`` (random on real glass)."""
        self._append(_POWER_UP, memory)
        self.restore_display()

    def restore_display(self) -> None:
        """It answers again and never lost its power (a loose wire of the bus): it still has all it had."""
        self._state.deaf_at_byte = 0
        self._state.is_deaf = 0

    @property
    def is_deaf(self) -> bool:
        """Whether the display answers nobody."""
        return bool(self._state.is_deaf)

    def new_transfers(self) -> Iterator[Transfer]:
        """What was added to the log since the last call.

        Raises:
            BenchError: the log is damaged.
        """
        whole = os.fstat(self._log.fileno()).st_size
        data = os.pread(self._log.fileno(), whole - self._read_to, self._read_to)
        for transfer, used in parse_log(data):
            self._read_to += used
            yield transfer

    def rewind(self) -> None:
        """Begin with the log's first transfer again."""
        self._read_to = 0

    def close(self, *, remove: bool = False) -> None:
        """Let go of the folder; with ``remove``, delete it."""
        del self._state  # it holds the map open
        self._map.close()
        self._log.close()
        if remove:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _append(self, kind: int, octets: bytes) -> None:
        record = _HEAD.pack(time.clock_gettime_ns(time.CLOCK_MONOTONIC), kind, len(octets)) + octets
        with (self.folder / "log").open("ab", buffering=0) as log:
            log.write(record)


def parse_log(data: bytes) -> Iterator[tuple[Transfer, int]]:
    """Transfers in a piece of log, each with the bytes it took; the last record may still lack its end.

    Raises:
        BenchError: this is no log.
    """
    at = 0
    while len(data) - at >= _HEAD.size:
        at_ns, kind, length = _HEAD.unpack_from(data, at)
        if kind not in _KINDS or length > _MAX_BYTES:
            raise BenchError(f"the log is damaged at byte {at}", where="bench", hint="Make the bench anew")
        end = at + _HEAD.size + length
        if end > len(data):
            return
        yield Transfer(at_ns, _KINDS[kind], data[at + _HEAD.size : end]), end - at
        at = end
