"""What the governor knows, for people: what each block takes and costs, the budget, what would fit, what changed.

Called by the panel's loop for ``pedal governor`` and for the page of the menu. Reads, changes nothing; all loads are
shares of a period.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pedal.governor.admit import least_load
from pedal.link.status import Status
from pedal.notes import TAIL_MARK, BlockNote, RigNotes
from pedal.panel.bookkeeping import Bookkeeping
from pedal.panel.governor_requests import GovernorRequest, MeasureCosts
from pedal.panel.hand import Hand
from pedal.panel.learning import subjects
from pedal.panel.rigs import BYPASS_CELL, Rigs
from pedal.panel.widths import Widths

#: Changes that are told, the newest last.
MOST_CHANGES = 20
#: How long the lines of the page stay.
LINES_S = 1.0
#: Changes on the page.
_PAGE_CHANGES = 5


class GovernorReport:
    """The words behind the governor.

    Args:
        rigs: what plays.
        hand: what the player chose.
        widths: what was decided, and the budget.
        books: what things cost.
    """

    def __init__(self, rigs: Rigs, hand: Hand, widths: Widths, books: Bookkeeping) -> None:
        self._rigs = rigs
        self._hand = hand
        self._widths = widths
        self._books = books
        self._lines: tuple[tuple[str, str], ...] = ()
        self._lines_until_s = float("-inf")

    def lines(self, now_s: float) -> tuple[tuple[str, str], ...]:
        """For the page of the menu: names and values, made anew once a second."""
        if now_s >= self._lines_until_s:
            self._lines_until_s = now_s + LINES_S
            self._lines = page_lines(self.explain(self._rigs.link.status()))
        return self._lines

    def answer(self, request: GovernorRequest) -> dict[str, Any]:
        """Explain, or measure again."""
        if isinstance(request, MeasureCosts):
            return {"measuring": self._books.measure_again(self._hand.preset)}
        return self.explain(self._rigs.link.status())

    def explain(self, status: Status) -> dict[str, Any]:
        """The answer to ``pedal governor``."""
        book, setting, notes = self._books.costs.book, self._books.costs.setting, self._rigs.playing
        known, share = book.costs(setting), setting.rate_hz * 1e-9 * status.cpu_scale * book.slowness
        frame_s = status.frame / status.rate_hz if status.rate_hz else 0.0
        changes = self._widths.changes.of()[-MOST_CHANGES:]
        for change in changes:
            change["ago_s"] = round(max(0.0, frame_s - change["frame"] / max(1, status.rate_hz)), 1)
        return {
            "budget": self._widths.budget,
            "load": round(status.load_mean, 4),
            "free": round(max(0.0, self._widths.budget - status.load_mean), 4),
            "free_at_most": round(self._free_at_most(status), 4),
            "slowness": round(book.slowness, 3),
            "rate_hz": setting.rate_hz,
            "period_frames": setting.period_frames,
            "cpu_scale": status.cpu_scale,
            "blocks": self._blocks(status, share),
            "amps": self._amps(share),
            "room": self._room(status, share, notes),
            "learning": self._books.learning.status(),
            "to_learn": sum(not subject.is_in(known) for subject in subjects()),
            "known": len(known),
            "changes": changes,
        }

    def _blocks(self, status: Status, share: float) -> list[dict[str, Any]]:
        """Row by row: what it takes, and what the book says that it costs."""
        notes, period_ns = self._rigs.playing, 1e9 * status.period_frames / max(1, status.rate_hz)
        playing = {row.serial: amp.playing for amp in self._rigs.amps() for row in amp.rows}
        told = []
        for block, spent_ns in zip(notes.blocks if notes else (), status.row_costs_ns, strict=False):
            entry = self._books.costs.book.entry(self._books.costs.setting, block.cost_key)
            size = playing.get(block.serial, len(entry.ns) - 1 if entry else 0)
            told.append(
                {
                    "id": block.id,
                    "kind": block.kind,
                    "on": self._is_on(block),
                    "tail": block.id.startswith(TAIL_MARK),
                    "waits": block.id in self._hand.held,
                    "load": round(spent_ns * status.cpu_scale / period_ns, 4) if period_ns else 0.0,
                    "cost": round(entry.ns[max(0, min(size, len(entry.ns) - 1))] * share, 4) if entry else None,
                    "source": entry.source if entry else "unknown",
                }
            )
        return told

    def _amps(self, share: float) -> list[dict[str, Any]]:
        """Every amp of the chain, width by width; both sides of one that plays twice."""
        return [
            {
                "id": amp.block.id,
                "model": note.model_name,
                "width": note.labels[amp.playing] if amp.playing >= 0 else "",
                "quality": self._hand.quality.get(amp.block.owner, "auto"),
                "widths": [
                    {"label": label, "cost": round(len(amp.rows) * ns * share, 4)}
                    for label, ns in zip(note.labels, note.costs_ns, strict=False)
                ],
            }
            for amp in self._rigs.amps()
            if (note := amp.block.amp) is not None
        ]

    def _room(self, status: Status, share: float, notes: RigNotes | None) -> list[dict[str, Any]]:
        """What could be added behind the chain, the cheapest first, and whether it would fit.

        ``fits`` is "now", "narrower" (once amps and cabinets have given way) or "no" (it would be refused).
        """
        free, most = self._widths.budget - status.load_mean, self._free_at_most(status)
        rows = notes.blocks if notes else ()
        is_stereo = any(block.id == "output" and block.cost_key.endswith("/2") for block in rows)
        told = []
        for label, ns in candidates(self._books.costs.known(), 2 if is_stereo else 1).items():
            cost = ns * share
            fits = "now" if cost <= free else "narrower" if cost <= most else "no"
            told.append({"what": label, "cost": round(cost, 4), "fits": fits})
        return sorted(told, key=lambda one: one["cost"])

    def _free_at_most(self, status: Status) -> float:
        """Share of the period that would be free if all that can gives way, but no block is faded out."""
        slowness = max(1.0, self._books.costs.book.slowness)
        scene = self._widths.scene(status, self._hand.quality, slowness)
        return max(0.0, self._widths.budget - least_load(scene))

    def _is_on(self, block: BlockNote) -> bool:
        return bool(self._rigs.link.arena.f32[block.params_idx + BYPASS_CELL] < 0.5)


def candidates(costs: Mapping[str, tuple[float, ...]], channels: int) -> dict[str, float]:
    """What could be added behind a chain of so many channels: by what players call it, ns per frame.

    What makes two channels always plays two; an amp hears one, and counts with its narrowest width.
    """
    found: dict[str, float] = {}
    for subject in subjects():
        if subject.channels == (2 if subject.kind.widens else 1 if subject.kind.asset == "model" else channels):
            size = 0 if subject.kind.asset == "model" else -1
            known_ns = [ns[size] for key, ns in costs.items() if subject.is_of(key)]
            if known_ns:
                found[subject.label] = min(known_ns)
    return found


def page_lines(told: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What ``explain`` says, as names and values for a glass."""
    lines = [("Load", f"{_percent(told['load'])} of {_percent(told['budget'])}")]
    if told["learning"]:
        lines.append(("Learning", f"{told['learning']['done']} of {told['learning']['count']}"))
    for amp in told["amps"]:
        widths = ", ".join(f"{width['label']} {_percent(width['cost'])}" for width in amp["widths"])
        lines.append((f"{amp['id']}: {amp['width'] or 'off'}", widths))
    blocks = [block for block in told["blocks"] if block["on"] and not block["tail"] and block["kind"] != "amp"]
    lines += [(block["id"], _percent(block["load"])) for block in sorted(blocks, key=lambda block: -block["load"])]
    words = {"now": "Room:", "narrower": "Narrower:", "no": "No room:"}
    lines += [(f"{words[one['fits']]} {one['what']}", _percent(one["cost"])) for one in told["room"]]
    lines += [(change["reason"], f"{change['ago_s']:.0f} s ago") for change in told["changes"][-_PAGE_CHANGES:][::-1]]
    return tuple(lines)


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %" if share >= 0.00995 or share == 0.0 else f"{100.0 * share:.1f} %"
