"""What happens to a machine that stands for another: heat, neighbours, stalls, a wrong stopwatch.

Used by the laboratory, from outside the pedal's processes, while the pedal plays: everything is a word of
its link, which the period thread looks at once a period (``rig/spend.py``).
"""

from __future__ import annotations

from pedal import layout
from pedal.errors import LinkError
from pedal.link import Link

_MOST_S = 10.0


class Weather:
    """Of the machine whose pedal has ``link``.

    Raises:
        LinkError: that machine stands for itself.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        if link.get(layout.SLOWDOWN_MILLI) == 0:
            raise LinkError(
                "this machine stands for itself", where=str(link.path), hint="Name a price list in the board file"
            )

    def heat(self, slowdown: float) -> None:
        """From the next period on all work takes ``slowdown`` times its price (0.1 to 10), on every core."""
        self._link.put(layout.SLOWDOWN_MILLI, round(1000.0 * _within(slowdown, 0.1, 10.0)))

    def stopwatch(self, seen: float) -> None:
        """What the builder times from now on it sees as ``seen`` times what it takes (0.1 to 10)."""
        self._link.put(layout.STOPWATCH_MILLI, round(1000.0 * _within(seen, 0.1, 10.0)))

    def neighbour(self, rate: float, mean_s: float = 0.0, most_s: float = 0.0, seed: int = 1) -> None:
        """In a share ``rate`` of the periods somebody else has the core first.

        Args:
            rate: 0 (nobody) to 1.
            mean_s: how long, exponentially distributed, 0 to 10.
            most_s: and never longer than this.
            seed: the same seed, the same periods and lengths.
        """
        link = self._link
        link.put(layout.NEIGHBOUR_PPM, 0)
        link.put(layout.NEIGHBOUR_MEAN_NS, round(1e9 * _within(mean_s, 0.0, _MOST_S)))
        link.put(layout.NEIGHBOUR_MOST_NS, round(1e9 * _within(most_s, 0.0, _MOST_S)))
        link.put(layout.NEIGHBOUR_SEED, seed & (1 << 48) - 1)
        link.put(layout.NEIGHBOUR_PPM, round(1e6 * _within(rate, 0.0, 1.0)))

    def stall(self, duration_s: float) -> None:
        """The next period takes so much longer, once (0 to 10 s)."""
        self._link.put(layout.STALL_NS, round(1e9 * _within(duration_s, 0.0, _MOST_S)))


def _within(value: float, least: float, most: float) -> float:
    if not least <= value <= most:
        raise ValueError(f"{value} is not within {least} to {most}")
    return value
