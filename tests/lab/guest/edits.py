"""What the laboratory changes in the kernel's source: each edit names the place and says why.

Called by ``kernel``, on the host. A place that is not found exactly once stops the build.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_PACKET = Path(__file__).resolve().parent / "iso_packet.c"


@dataclass(frozen=True)
class Edit:
    """In ``file``, the text from ``old`` to ``until`` (excluded; "": just ``old``) becomes ``new``."""

    file: str
    old: str
    new: str
    until: str = ""


_HZ = "arch/um/Kconfig"
_UTIL = "arch/um/os-Linux/util.c"
_TIME = "arch/um/kernel/time.c"
_DEADLINE = "kernel/sched/deadline.c"
_HCD = "drivers/usb/gadget/udc/dummy_hcd.c"

EDITS = (
    # The ALSA loopback moves in ticks of the kernel: 10 ms are many periods, 1 ms is less than one.
    Edit(_HZ, "config HZ\n\tint\n\tdefault 100\n", "config HZ\n\tint\n\tdefault 1000\n"),
    # Chance comes from the host; a guest must believe in the same chance in every run.
    Edit(
        _UTIL,
        "\treturn getrandom(buf, len, flags);\n",
        """\tstatic unsigned long long state = 0x9e3779b97f4a7c15ULL;
	unsigned char *bytes = buf;
	size_t i;

	for (i = 0; i < len; i++) {
		state = state * 6364136223846793005ULL + 1442695040888963407ULL;
		bytes[i] = state >> 56;
	}
	return len;
""",
    ),
    # Looking at the clock costs 256 ns there, so that a loop which waits for it to move comes to an end; but how often
    # all processes of a system look is not the same in every run. Now it costs nothing, but to a loop without an end
    # (the start of a process looks a million times at one moment: a jump then is a gap in somebody else's sound).
    Edit(
        _TIME,
        "\t\t\ttime_travel_update_time_rel(TIMER_MULTIPLIER);\n",
        """\t\t{
			static u64 moment;
			static unsigned long looks;

			if (moment != time_travel_time) {
				moment = time_travel_time;
				looks = 0;
			} else if (++looks > 30000000) {
				looks = 0;
				time_travel_update_time_rel(NSEC_PER_MSEC);
			}
		}
""",
    ),
    # Ordinary processes that got less than 50 ms of the last second on a core run before real-time threads, to save
    # them from starving ("fair server"). Where computing takes no time all of them seem to starve, and the period
    # thread waited 2 ms for a starting Python (a system call that fails takes a microsecond here). On a board they get
    # their share: the period thread leaves at least 30 % of its core.
    Edit(_DEADLINE, "\t\tu64 runtime =  50 * NSEC_PER_MSEC;\n", "\t\tu64 runtime = 0;\n"),
    # The USB cable between both halves of a guest carries everything but isochronous packets, which is what sound is.
    Edit(_HCD, "(USB_EP_CAPS_TYPE_BULK | USB_EP_CAPS_TYPE_INT)\n", "USB_EP_CAPS_TYPE_ALL\n"),
    Edit(_HCD, "struct dummy_ep {\n", "struct dummy_ep {\n\tunsigned long\t\t\tiso_tick;\n"),
    Edit(_HCD, "struct urbp {\n", "struct urbp {\n\tint\t\t\tiso_packets;\n"),
    Edit(_HCD, "struct dummy_hcd {\n", "struct dummy_hcd {\n\tunsigned long\t\t\ttick;\n"),
    Edit(_HCD, "\turbp->miter_started = 0;\n\n", "\turbp->miter_started = 0;\n\turbp->iso_packets = 0;\n\n"),
    Edit(
        _HCD,
        "\tdum_hcd->timer_pending = 0;\n\n\tif (!dum_hcd->udev) {",
        "\tdum_hcd->timer_pending = 0;\n\tdum_hcd->tick++;\n\n\tif (!dum_hcd->udev) {",
    ),
    Edit(_HCD, "static int periodic_bytes(", _PACKET.read_text() + "static int periodic_bytes("),
    Edit(
        _HCD,
        "\t\tcase PIPE_ISOCHRONOUS:\n",
        """\t\tcase PIPE_ISOCHRONOUS:
\t\t\tif (transfer_packet(dum_hcd, urbp, ep))
\t\t\t\tstatus = 0;
\t\t\tbreak;

""",
        until="\t\tcase PIPE_INTERRUPT:",
    ),
)


def apply(source: Path) -> None:
    """Make all edits in a kernel source.

    Raises:
        SystemExit: the source is not as an edit expects it.
    """
    for edit in EDITS:
        path = source / edit.file
        text = path.read_text()
        if text.count(edit.old) != 1:
            raise SystemExit(f"lab: {edit.file} of this kernel source does not hold, exactly once: {edit.old!r}")
        start = text.index(edit.old)
        end = text.index(edit.until, start) if edit.until else start + len(edit.old)
        path.write_text(text[:start] + edit.new + text[end:])
