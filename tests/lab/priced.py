"""A pedal in virtual time whose work has a price: started as another board, its chain grown, its amps overheard.

Called by the scenarios about load. ``Tap`` writes down what enters and leaves one amp, from the pedal's own memory;
``docs/width.md`` states exactness there, because blocks behind an amp forget at their own pace.
"""

from __future__ import annotations

import os
import threading
import time
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w
from numpy.typing import NDArray

from pedal import layout as at
from pedal.cli.client import Client
from pedal.nam.engine import Engine
from pedal.nam.file import load_model
from pedal.notes import decode_notes
from pedal.offline.width_stage import Change, Take
from pedal.offline.width_study import judge_edges, worst_error
from pedal.panel import protocol
from pedal.panel.control import SOCKET_NAME
from pedal.paths import factory_dir
from pedal.prices import load_prices
from pedal.virtual.weather import Weather
from tests.lab.cable import RATE_HZ
from tests.lab.lab import RUNTIME, STATE, Lab

BOARD = Path("/etc/pedal/lab.toml")
MODEL = "starter-crunch.nam"
#: The loopback card goes by milliseconds, which of 3 periods of 64 frames leaves too little to the pedal.
PERIOD_FRAMES = 128
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Overheard:
    """What was overheard of an amp: what it heard and said, and its take in the form of the width study."""

    heard: Floats
    take: Take
    pures: list[Floats]


def amp(name: str, drive_db: float = 0.0, on: bool = False, stereo: str = "sum") -> str:
    """A preset's amp."""
    knobs = f'stereo = "{stereo}"\ndrive_db = {drive_db}\n'
    return f'kind = "amp"\nid = "{name}"\nmodel = "{MODEL}"\n{knobs}on = {str(on).lower()}\n'


def cab(name: str, on: bool = False, taps: int = 2048) -> str:
    """A preset's cabinet."""
    knobs = f'impulse = "open-back-1x12.wav"\ntaps = {taps}\n'
    return f'kind = "cab"\nid = "{name}"\n{knobs}on = {str(on).lower()}\n'


def tone(name: str, on: bool = False) -> str:
    """A preset's tone stack."""
    return f'kind = "tone"\nid = "{name}"\non = {str(on).lower()}\n'


def block(kind: str, on: bool = False) -> str:
    """A preset's effect with its knobs as they come; its id is its kind."""
    return f'kind = "{kind}"\nid = "{kind}"\non = {str(on).lower()}\n'


def set_prices(lab: Lab, prices: str, *, seen: float = 1.0, heat: float = 1.0) -> None:
    """Before ``boot``: the board's work has a price.

    Args:
        lab: the laboratory.
        prices: a shipped list.
        seen: what the builder's stopwatch sees of what things cost; the governor's book is wrong unless it is 1.
        heat: all work takes so many times its price.
    """
    listed = factory_dir("board") / "prices" / f"{prices}.toml"
    mine = BOARD.with_name("prices.toml")
    mine.write_text(f"{listed.read_text()}\n[start]\nstopwatch = {seen}\nslowdown = {heat}\n")
    load_prices(str(mine))
    board = tomllib.loads(BOARD.read_text()) | {"prices": str(mine)}
    board["audio"]["period_frames"] = PERIOD_FRAMES
    BOARD.write_text(tomli_w.dumps(board))
    lab.event("prices", [prices, seen, heat])


def boot_as(lab: Lab, prices: str, blocks: Iterable[str], *, seen: float = 1.0, heat: float = 1.0) -> Weather:
    """Start the pedal as a board whose work has ``prices`` (``set_prices``), playing a preset of ``blocks``.

    Args:
        lab: the laboratory.
        prices: a shipped list.
        blocks: as ``amp`` and its like write them.
        seen, heat: of ``set_prices``.
    """
    set_prices(lab, prices, seen=seen, heat=heat)
    folder = STATE / "presets"
    folder.mkdir(exist_ok=True)
    preset = folder / "00-grow.toml"
    preset.write_text('name = "Grow"\n' + "".join(f"\n[[block]]\n{block}" for block in blocks))
    owner = os.stat(STATE)
    for path in (folder, preset):
        os.chown(path, owner.st_uid, owner.st_gid)
    lab.boot()
    lab.until(lambda: lab.status().get("preset") == "Grow" and lab.status()["blocks"], "the preset plays")
    return Weather(lab.link)


def switch(lab: Lab, block: str, on: bool) -> None:
    """What the player does: a block on or off."""
    lab.event("switch", [block, on])
    call(lab, protocol.SwitchBlock(block=block, on=on))


def call(lab: Lab, request: protocol.Request) -> None:
    """One request to the panel, as the command line makes them."""
    Client(RUNTIME / SOCKET_NAME).call(request)


def grow(lab: Lab, blocks: Iterable[str], on: bool, pause_s: float) -> None:
    """Switch blocks one after the other; what each step did to load and widths goes into the trace."""
    for block in blocks:
        switch(lab, block, on)
        lab.wait(pause_s)
        said = lab.status()
        loads = [said["load_mean"], said["load_worst"]]
        lab.event("grown", [block, on, widths(said), *loads, said["overruns"], said["xruns"]])


def widths(status: dict[str, Any]) -> str:
    """Of all amps, a letter each: F, L, or - where it is off."""
    return "".join((amp["width"] or "-")[0] for amp in status["amps"])


def is_exact(lab: Lab, overheard: Overheard, changes: int) -> None:
    """At the amp's output every change was what the study demands of one, and there were at least ``changes``.

    Raises:
        AssertionError: it was not.
    """
    take, pures = overheard.take, overheard.pures
    edges = judge_edges(take, pures)
    error = worst_error(take, pures)
    worst = max((edge.step_ratio for edge in edges), default=0.0), max((edge.treble_db for edge in edges), default=0.0)
    lab.event("exact", [len(take.changes), float(error), *(round(float(value), 3) for value in worst)])
    assert len(take.changes) >= changes, f"{len(take.changes)} changes, not {changes}"
    assert all(change.warm for change in take.changes), "a change was cold"
    assert error <= 1e-5, f"off by {error:g} of peak"
    assert worst[0] <= 1.05, f"a step of {worst[0]:g}"
    assert worst[1] <= 2.0, f"{worst[1]:g} dB of treble"


class Tap:
    """Writes down what one amp hears and says, from now on.

    Args:
        lab: the laboratory, with a pedal that plays.
        name: the amp's block.
    """

    def __init__(self, lab: Lab, name: str) -> None:
        link = lab.link
        slot = link.get(at.PLAYING_SLOT)
        notes = decode_notes(link.read_notes(slot))
        index = next(i for i, block in enumerate(notes.blocks) if block.id == name)
        row = at.SLOTS + slot * at.SLOT_STRIDE + at.SLOT_HEADER + index * at.ROW_FIELDS
        self._link, self._lab, self._name = link, lab, name
        self._record, self._state = int(link.arena.i64[row + at.I64]), int(link.arena.i64[row + at.F32])
        self._serial = int(link.arena.i64[row + at.SERIAL])
        self._trims = link.arena.f32[self._state + at.AMP_TRIMS : self._state + at.AMP_TRIMS + at.MAX_WIDTHS].copy()
        self._widths: list[tuple[int, int, int, int, bool]] = []
        # The period thread says that it has played before it counts the frames.
        self._ahead = min(self._offset() for _ in range(8))
        self._first = self._position = link.get(self._record + at.AMP_PLAYED)
        self._playing = link.get(self._record + at.AMP_PLAYING)
        link.new_events()
        self._heard: list[Floats] = []
        self._said: list[Floats] = []
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="tap", daemon=True)
        self._thread.start()

    def stop(self) -> Overheard:
        """End, and hold what was said against what each width alone would have said."""
        self._stopped = True
        self._thread.join()
        heard, said = np.concatenate(self._heard), np.concatenate(self._said)
        model = load_model(factory_dir("models") / MODEL)
        engines = [Engine(model, width, at.MAX_FRAMES) for width in range(len(model.widths))]
        pures = [trim * engine.process(heard) for trim, engine in zip(self._trims, engines, strict=False)]
        skip = max(width.receptive_field_frames for width in model.widths)
        skip += -(self._first + skip - self._ahead) % PERIOD_FRAMES  # at the edge of a period
        start = self._first + skip  # from here on they have forgotten how they began
        changes = [
            Change(frame - start, before, after, frame - start, lag, warm)
            for frame, before, after, lag, warm in self._widths
            if frame >= start
        ]
        early = [after for frame, _, after, _, _ in self._widths if frame < start]
        widths = np.full(-(-(said.size - skip) // PERIOD_FRAMES), early[-1] if early else self._playing, np.int8)
        for change in changes:
            widths[change.frame // PERIOD_FRAMES :] = change.after
        take = Take(said[skip:], RATE_HZ, PERIOD_FRAMES, tuple(changes), widths, np.zeros(widths.size, np.int64))
        self._lab.event(f"overheard {self._name}", said)
        return Overheard(heard[skip:], take, [pure[skip:] for pure in pures])

    def _offset(self) -> int:
        time.sleep(0.0021)
        link = self._link
        return link.get(self._record + at.AMP_PLAYED) - link.get(at.FRAME)

    def _run(self) -> None:
        f32, words, past = self._link.arena.f32, self._link.arena.i64, self._state + at.AMP_PAST
        ring, mask = int(words[self._record + at.AMP_RING]), int(words[self._record + at.AMP_RING_FRAMES]) - 1
        while not self._stopped:
            end = self._link.get(self._record + at.AMP_PLAYED)
            assert end - self._position <= at.PAST_FRAMES - PERIOD_FRAMES, "the tap was late"
            frames = np.arange(self._position, end)
            self._said.append(f32[past + (frames & (at.PAST_FRAMES - 1))])
            self._heard.append(f32[ring + (frames & mask)])
            self._position = end
            for event in self._link.new_events():
                if event.kind == at.EVENT_WIDTH and event.numbers[0] == self._serial:
                    _, before, after, lag, warm = event.numbers
                    self._widths.append((event.frame + self._ahead, before, after, lag, bool(warm)))
            time.sleep(0.002)
