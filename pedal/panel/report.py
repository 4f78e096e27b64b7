"""What the pedal says of itself: the status for commands and the view for the page.

Called by the panel's loop. Reads, changes nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection
from typing import Any

from pedal import __version__, layout
from pedal.actions import Action
from pedal.config import Board
from pedal.link import Word
from pedal.link.status import Status
from pedal.notes import TAIL_MARK
from pedal.panel.controls.feet import feet_of
from pedal.panel.display.pages import AudioState, PanelView
from pedal.panel.hand import Hand
from pedal.panel.keeping import Keeping
from pedal.panel.player import Player
from pedal.panel.quality import limits
from pedal.panel.rigs import AmpState, Rigs
from pedal.panel.snapshots import mark
from pedal.panel.widths import Widths
from pedal.params import KINDS
from pedal.units import db_from_gain

#: A period thread that has not finished a period for so long is not playing.
SILENT_S = 0.5
#: The clip light stays on this long.
CLIP_S = 1.0
#: The list of presets is read again after this time.
LIST_S = 1.0
_CARD: dict[int, AudioState] = {
    layout.CARD_STARTING: "starting",
    layout.CARD_RUNNING: "playing",
    layout.CARD_LOST: "lost card",
}


def audio_state(status: Status, now_ns: int) -> AudioState:
    """What the sound is doing."""
    silent_s = (now_ns - status.audio_beat_ns) / 1e9
    if status.card_state == layout.CARD_RUNNING and silent_s > SILENT_S:
        return "no audio"
    return _CARD.get(status.card_state, "no audio")


def has_clipped(status: Status) -> bool:
    """Whether the clip light is on."""
    return status.clipped_ago_frames is not None and status.clipped_ago_frames < CLIP_S * max(1, status.rate_hz)


def is_alive(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of another user
        return True
    return pid > 0


def way_out(board: Board) -> str:
    """How a player leaves safe mode, one sentence."""
    by_foot = any(action == Action("bypass") for action in feet_of(board).actions.values())
    return "Press bypass to try again." if by_foot else "`pedal resume` tries again."


def width_label(amp: AmpState) -> str:
    """What players call the width an amp plays; empty while it is off."""
    return amp.block.amp.labels[amp.playing] if amp.block.amp and amp.playing >= 0 else ""


def is_held_down(amp: AmpState, quality: str) -> bool:
    """Narrower than the player would have it."""
    widest = limits(quality, len(amp.block.amp.labels))[1] if amp.block.amp else 0
    return 0 <= amp.playing < widest


class Reporter:
    """What the page and ``pedal status`` say.

    Args:
        board: as loaded.
        hand: the preset that plays.
        rigs: the rig that plays.
        widths: its record of changes.
        player: its message.
        keeping: whether the preset was edited.
        overruns: the newest, as reports have them.
    """

    def __init__(
        self,
        board: Board,
        hand: Hand,
        rigs: Rigs,
        widths: Widths,
        player: Player,
        keeping: Keeping,
        overruns: Collection[dict[str, Any]],
    ) -> None:
        self._board = board
        self._hand = hand
        self._rigs = rigs
        self._widths = widths
        self._player = player
        self._keeping = keeping
        self._overruns = overruns
        self._safe_mode = ""
        self._position = (0, 0)
        self._position_key = ""
        self._position_until_s = 0.0

    def tell_safe_mode(self, reason: str) -> None:
        """From now on the sound is in safe mode, for this reason; empty: it is not."""
        self._safe_mode = reason

    def view(self, status: Status, tick: int) -> PanelView:
        """The page's content, now."""
        board, hand, rigs, player = self._board, self._hand, self._rigs, self._player
        amps = rigs.amps()
        shown = next((amp for amp in reversed(amps) if amp.playing >= 0), None)
        number, count = self._place_in_list()
        return PanelView(
            preset_name=hand.preset.name or player.preset.name,
            preset_number=number,
            preset_count=count,
            edited=self._keeping.is_edited,
            snapshot=mark(hand.preset),
            model_name=shown.block.amp.model_name if shown and shown.block.amp else "",
            width_label=width_label(shown) if shown else "",
            held_down=bool(hand.held)
            or any(is_held_down(amp, hand.quality.get(amp.block.owner, "auto")) for amp in amps),
            load_norm=status.load_mean,
            budget_norm=board.budget_share,
            in_peak_db=db_from_gain(status.in_peak),
            out_peak_db=db_from_gain(status.out_peak),
            in_clipped=has_clipped(status),
            bypassed=player.is_bypassed,
            muted=hand.preset.output.value("mute") > 0.5,
            message=player.message or self._safe_page() or player.notice or player.work.progress(),
            audio_state=self._audio_state(status),
            cpu_scale=status.cpu_scale if board.virtual else 1.0,
            loop=player.looper.view(),
            tick=tick,
        )

    def status(self, status: Status) -> dict[str, Any]:
        """The answer to ``pedal status``."""
        board, hand, rigs, player = self._board, self._hand, self._rigs, self._player
        number, count = self._place_in_list()
        amps = [
            {
                "id": amp.block.id,
                "model": amp.block.amp.model_name if amp.block.amp else "",
                "width": width_label(amp),
                "widths": list(amp.block.amp.labels) if amp.block.amp else [],
                "quality": hand.quality.get(amp.block.owner, "auto"),
                "held_down": is_held_down(amp, hand.quality.get(amp.block.owner, "auto")),
            }
            for amp in rigs.amps()
        ]
        return {
            "version": __version__,
            "board": board.name,
            "virtual": board.virtual,
            "cpu_scale": status.cpu_scale if board.virtual else 1.0,
            "audio": self._audio_state(status),
            "preset": hand.preset.name,
            "preset_key": hand.key,
            "preset_number": number,
            "preset_count": count,
            "edited": self._keeping.is_edited,
            "bank": hand.bank,
            "snapshot": hand.preset.snapshot,
            "snapshots": [{"number": kept.number, "name": kept.name} for kept in hand.preset.snapshots],
            "bypassed": player.is_bypassed,
            "connection": player.outlet.connection.name,
            "looper": player.looper.status(),
            "safe_mode": self._safe_mode,
            "dry": bool(self._rigs.link.get(Word.MUTED)),  # the relay has not put the pedal into the wire
            "message": player.message or player.notice or player.work.progress(),
            "load": round(status.load, 4),
            "load_mean": round(status.load_mean, 4),
            "load_peak": round(status.load_peak, 4),
            "load_worst": round(status.load_worst, 4),
            "budget": board.budget_share,
            "input": player.levels.channel,
            "in_peak_db": round(db_from_gain(status.in_peak), 1),
            "in_clipped": has_clipped(status),
            "out_peak_db": round(db_from_gain(status.out_peak), 1),
            "rate_hz": status.rate_hz,
            "period_frames": status.period_frames,
            "frame": status.frame,
            "periods_played": status.period_count,
            "overruns": status.overruns,
            "woken_late": status.woken_late,
            "xruns": status.xruns,
            "guard_trips": status.guard_trips,
            "cold_changes": status.cold_changes,
            "amps": amps,
            "blocks": self._blocks(status),
            "overrun_log": list(self._overruns),
            "width_changes": self._widths.changes.of("width"),
        }

    def meters(self, status: Status) -> dict[str, Any]:
        """The few numbers that move all the time, for who looks on."""
        return {
            "audio": self._audio_state(status),
            "in_peak_db": round(db_from_gain(status.in_peak), 1),
            "in_clipped": has_clipped(status),
            "out_peak_db": round(db_from_gain(status.out_peak), 1),
            "load": round(status.load, 4),
            "load_mean": round(status.load_mean, 4),
            "load_worst": round(status.load_worst, 4),
            "budget": self._board.budget_share,
            "overruns": status.overruns,
            "xruns": status.xruns,
            "widths": {amp.block.id: width_label(amp) for amp in self._rigs.amps()},
            "blocks": self._blocks(status),
        }

    def _blocks(self, status: Status) -> list[dict[str, Any]]:
        """What plays, row by row, and what each costs."""
        scale = status.cpu_scale if self._board.virtual else 1.0
        period_ns = 1e9 * status.period_frames / status.rate_hz if status.rate_hz else 0.0
        notes, blocks = self._rigs.playing, []
        for index, block in enumerate(notes.blocks if notes else ()):
            if block.id.startswith(TAIL_MARK):
                continue
            spent_ns = status.row_costs_ns[index] if index < len(status.row_costs_ns) else 0.0
            load = spent_ns * scale / period_ns if period_ns else 0.0
            on = bool(self._rigs.link.arena.f32[block.params_idx] < 0.5)
            about: dict[str, Any] = {"id": block.id, "kind": block.kind, "on": on, "load": round(load, 4)}
            about["held"] = block.id in self._hand.held
            if (note := block.impulse) is not None:
                about["taps"] = note.taps[
                    max(0, min(self._rigs.link.get(note.sizes_idx + layout.SIZE_PLAYING), len(note.taps) - 1))
                ]
            if on and (meter := KINDS[block.kind].meter) and index < len(status.row_meters):
                about[meter] = round(status.row_meters[index], 1)
            blocks.append(about)
        return blocks

    def _place_in_list(self) -> tuple[int, int]:
        """Number of the preset, and how many there are; the folders are read once a second."""
        now_s = time.monotonic()
        if now_s >= self._position_until_s or self._hand.key != self._position_key:
            self._position, self._position_key = self._hand.position(), self._hand.key
            self._position_until_s = now_s + LIST_S
        return self._position

    def _audio_state(self, status: Status) -> AudioState:
        if status.card_state != layout.CARD_RUNNING and not is_alive(self._rigs.link.get(Word.AUDIO_PID)):
            return "no audio"
        state = audio_state(status, time.monotonic_ns())
        return "safe mode" if self._safe_mode and state == "playing" else state

    def _safe_page(self) -> str:
        return f"{way_out(self._board)} {self._safe_mode}" if self._safe_mode else ""
