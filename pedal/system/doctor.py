"""What is wrong with the machine that a pedal runs on, and what to do about it: one judge for each thing. Pure.

Called by ``pedal doctor`` with what ``readings`` found. Every judge answers for a board as well as for a laptop: what a
machine does not have is no fault unless the board needs it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pedal.config import Board
from pedal.system.readings import Readings

#: ``fine``; ``note``: it plays, and could be better; ``wrong``: it is to be mended.
Verdict = Literal["fine", "note", "wrong"]

#: A Pi slows itself down from 80 degrees on, and is on its way there from 70.
WARM_C, HOT_C = 70.0, 80.0
#: Presets and models of an evening take less than the one, a backup not more than the other.
SCARCE_BYTES, LOW_BYTES = 50 * 2**20, 500 * 2**20
#: A model's kernels and the builder want this much; without it something is ended.
LOW_MEMORY_BYTES = 150 * 2**20
#: What the period thread asks for.
PRIORITY = 70


@dataclass(frozen=True, slots=True)
class Finding:
    """What one judge says: what it looked at, what is so, and what to do (empty: nothing)."""

    check: str
    verdict: Verdict
    what: str
    do: str = ""


def judge(seen: Readings, board: Board) -> list[Finding]:
    """Everything, in the order of a chain: pedal, card, pins, display, rights, heat, supply, disk, memory, kernel."""
    return [check(seen, board) for check in CHECKS]


def pedal(seen: Readings, board: Board) -> Finding:
    """Whether it plays."""
    if seen.safe_mode:
        return Finding("pedal", "wrong", f"in safe mode: {seen.safe_mode}", "`pedal resume` tries again; `pedal log`")
    if seen.is_playing:
        return Finding("pedal", "fine", f"plays, {seen.xruns} gaps since it started")
    do = "`systemctl status pedal-audio pedal-panel`" if seen.is_installed else "Start it with `pedal run`"
    return Finding("pedal", "wrong" if seen.is_installed else "note", "does not play", do)


def card(seen: Readings, board: Board) -> Finding:
    """Whether the board's sound card is there."""
    name = board.audio.card
    if board.virtual:
        return Finding("card", "fine", f"board '{board.name}' is virtual and needs none")
    if name in seen.cards:
        return Finding("card", "fine", f"'{name}' is there")
    there = ", ".join(seen.cards) or "none"
    boot = f" Its lines in config.txt: {'; '.join(board.boot)}." if board.boot else ""
    return Finding("card", "wrong", f"'{name}' is not there (cards: {there})", f"Plug it in, or `pedal setup`.{boot}")


def pins(seen: Readings, board: Board) -> Finding:
    """Whether switches and lights can be reached."""
    if board.virtual or not (board.switches or board.encoders or board.leds):
        return Finding("pins", "fine", "none are needed")
    if not seen.gpio_chips:
        return Finding("pins", "wrong", "there is no /dev/gpiochip*", "This board needs a Raspberry Pi's header")
    if not any(chip.is_ours for chip in seen.gpio_chips):
        return _no_rights("pins", [chip.path for chip in seen.gpio_chips], "gpio")
    return Finding("pins", "fine", f"{len(seen.gpio_chips)} chips, and we may use them")


def display(seen: Readings, board: Board) -> Finding:
    """Whether the display answers."""
    wanted = board.display
    if wanted is None or wanted.driver in ("virtual", "none"):
        return Finding("display", "fine", "none is needed")
    buses, group = (seen.i2c_buses, "i2c") if wanted.interface == "i2c" else (seen.spi_buses, "spi")
    if not buses:
        do = f"Write dtparam={'i2c_arm' if group == 'i2c' else 'spi'}=on into /boot/firmware/config.txt, and restart"
        return Finding("display", "wrong", f"there is no {group.upper()} bus", do)
    if not any(bus.is_ours for bus in buses):
        return _no_rights("display", [bus.path for bus in buses], group)
    if group == "i2c" and wanted.address not in seen.displays:
        there = ", ".join(f"0x{address:02X}" for address in seen.displays) or "nothing"
        do = "Look at its four wires, and at its address in the board file"
        return Finding("display", "wrong", f"0x{wanted.address:02X} does not answer ({there} does)", do)
    return Finding(
        "display", "fine", f"the {group.upper()} bus is there" + (" and it answers" if group == "i2c" else "")
    )


def rights(seen: Readings, board: Board) -> Finding:
    """Whether the sound may go before everything else."""
    check = "real-time"
    if seen.is_realtime:
        return Finding(check, "fine", "the sound goes before everything else")
    grant = "Grant 'rtprio 95' and 'memlock unlimited' to the group audio in /etc/security/limits.d, and log in again"
    if seen.is_realtime is False:  # it plays, and without
        return Finding(check, "wrong", "the sound plays without real-time priority: expect gaps", grant)
    if seen.is_installed:
        return Finding(check, "fine", "given by the services, once they play")
    if seen.priority_limit < PRIORITY:
        return Finding(check, "note", f"this user gets a priority of {seen.priority_limit} at most", grant)
    return Finding(check, "fine", f"this user may take a priority of {seen.priority_limit}")


def heat(seen: Readings, board: Board) -> Finding:
    """Whether the processor is about to slow itself down."""
    if seen.hottest_c is None:
        return Finding("temperature", "fine", "nothing here measures it")
    what = f"{seen.hottest_c:.0f} degrees"
    if seen.hottest_c >= HOT_C:
        return Finding("temperature", "wrong", f"{what}: the processor slows down", "Give it air, or a heat sink")
    if seen.hottest_c >= WARM_C:
        return Finding(
            "temperature", "note", f"{what}: it slows down from {HOT_C:.0f} on", "Give it air, or a heat sink"
        )
    return Finding("temperature", "fine", what)


def supply(seen: Readings, board: Board) -> Finding:
    """Whether the supply holds its voltage."""
    if seen.is_voltage_low:
        do = "Use the supply that is made for this Pi, and a short cable"
        return Finding("voltage", "wrong", "too low: the processor slows down, and the card may hum", do)
    known = seen.is_voltage_low is False
    return Finding("voltage", "fine", "holds" if known else "nothing here measures it")


def storage(seen: Readings, board: Board) -> Finding:
    """Whether what players make can be kept."""
    where, free = seen.state_dir, seen.free_bytes
    if not seen.is_state_writable:
        do = "Join the group with `sudo usermod -aG pedal $USER`; a card that has become read-only is dying: back it up"
        return Finding("storage", "wrong", f"{where} cannot be written", do)
    what = f"{free / 2**30:.1f} GB free at {where}"
    if free < SCARCE_BYTES:
        do = "Delete what is not needed: `pedal models list`, `sudo journalctl --vacuum-size=50M`"
        return Finding("storage", "wrong", what, do)
    if free < LOW_BYTES:
        return Finding("storage", "note", what, "Make room before the next import")
    return Finding("storage", "fine", what)


def memory(seen: Readings, board: Board) -> Finding:
    """Whether there is room for the next preset's models."""
    if seen.available_bytes is None:
        return Finding("memory", "fine", "nothing here tells it")
    what = f"{seen.available_bytes / 2**20:.0f} MB available"
    if seen.available_bytes < LOW_MEMORY_BYTES:
        return Finding("memory", "note", what, "End what else runs here: `top` says what it is")
    return Finding("memory", "fine", what)


def kernel(seen: Readings, board: Board) -> Finding:
    """Whether the system is one that sound can be made on."""
    what = f"Linux {seen.kernel} on {seen.machine}, {seen.preemption}"
    if seen.machine not in ("x86_64", "aarch64"):
        return Finding("kernel", "wrong", what, "Install the 64-bit edition of the system")
    if seen.scaling and set(seen.scaling) & {"powersave", "conservative"}:
        do = "Write 'performance' or 'schedutil' into /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"
        return Finding("kernel", "note", f"{what}; the processor's speed follows '{seen.scaling[0]}'", do)
    return Finding("kernel", "fine", what)


CHECKS: tuple[Callable[[Readings, Board], Finding], ...] = (
    pedal, card, pins, display, rights, heat, supply, storage, memory, kernel,
)  # fmt: skip


def _no_rights(check: str, paths: list[str], group: str) -> Finding:
    do = f"Join the group with `sudo usermod -aG {group} $USER` and log in again"
    return Finding(check, "wrong", f"we may not use {', '.join(paths[:3])}", do)
