"""The builder: the panel's worker process. Reads and checks files, measures, places and warms rigs.

``python -m pedal.panel.builder LINK FD``, started by ``workshop``; low priority, killable at any
moment: it writes only to memory that no rig in use owns. It ends when the panel does, because then
its pipe does.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from pedal import layout
from pedal.errors import PedalError
from pedal.governor.book import beside
from pedal.jit.machine import wake_exactly
from pedal.levels import USUAL, Levels
from pedal.library.assets import Assets
from pedal.library.loader import Loader
from pedal.library.measured import measuring
from pedal.library.resolve import Resolved, resolve
from pedal.library.used import note_used
from pedal.link import Link
from pedal.nam.file import load_model
from pedal.nam.loudness import measure_model
from pedal.nam.model import Model
from pedal.notes import BlockNote, RigNotes
from pedal.panel.builder_start import start_of, with_held
from pedal.panel.jobs import Done, Job, Survey, decode_job, encode
from pedal.paths import library_dir
from pedal.preset import Block, parse_preset
from pedal.prices import load_prices
from pedal.rig.compile import KEYED, Part, compile_preset
from pedal.rig.measure import Costs, measure_costs
from pedal.rig.place import place_rig
from pedal.rig.prewarm import EXTRA_FRAMES, prewarm
from pedal.rig.tails import with_tails

_log = logging.getLogger("pedal.builder")
_NICE = 10


class Builder:
    """Builds one rig after the other into the link at ``link_path``."""

    def __init__(self, link_path: Path, assets: Assets, read_model: Callable[[Path], Model]) -> None:
        self._link_path = link_path
        self._assets = assets
        self._loader = Loader(assets, read_model)
        self._link: Link | None = None
        self._measured: Costs = {}  # here: a job may have been written before the panel heard of it
        self._measured_at: tuple[int, int, str] | None = None

    def answer(self, job: Job | Survey) -> Done:
        """The rig of a job, ready to be published, or costs; an error is a sentence, never an exception."""
        try:
            found = resolve(parse_preset(job.preset_text, f"preset '{job.origin}'"), self._assets)
            if isinstance(job, Survey):
                return _priced(Done(job.number), job, self._measure(self._compile(found, job, USUAL), job))
            notes, costs = self._build(found, job)
            done = Done(job.number, job.slot, notes, warning=" ".join(found.warnings), hashes=found.hashes)
            return _priced(done, job, costs)
        except PedalError as error:
            return Done(job.number, error=str(error))
        except MemoryError:
            return Done(job.number, error=f"preset '{job.origin}': not enough memory. Use fewer or smaller blocks.")

    def _compile(self, found: Resolved, job: Job | Survey, levels: Levels) -> tuple[Part, ...]:
        """All parts of a preset as this pedal plays it."""
        preset = found.preset
        if isinstance(job, Job):
            preset = replace(preset, master=replace(preset.master, values=job.connection))
        if job.looper_db is not None:
            preset = replace(preset, looper=Block("looper", "looper", values={"level_db": job.looper_db}))
        return compile_preset(preset, self._loader, job.rate_hz, levels)

    def _attached(self) -> Link:
        if self._link is None or self._link.was_replaced():
            self._link = Link.attach(self._link_path)
        return self._link

    def _measure(self, parts: tuple[Part, ...], job: Job | Survey) -> Costs:
        """What the parts cost: as known, or measured now, beside those that are known."""
        at = (job.rate_hz, job.period_frames, job.prices)
        if at != self._measured_at:
            self._measured_at, self._measured = at, {}
        known = self._measured | job.costs if isinstance(job, Job) else job.costs
        words = self._attached().arena.i64
        seen_milli = int(words[layout.SLOWDOWN_MILLI] * words[layout.STOPWATCH_MILLI] // 1000)
        prices = load_prices(job.prices) if job.prices else None
        fresh = measure_costs(parts, job.rate_hz, job.period_frames, known, prices, seen_milli)
        news = beside(known, fresh)
        self._measured |= news
        return {part.cost_key: known.get(part.cost_key) or news[part.cost_key] for part in parts}

    def _build(self, found: Resolved, job: Job) -> tuple[RigNotes, Costs]:
        link = self._attached()
        bare = self._compile(found, job, job.levels)
        parts = with_tails(bare, job.live, link.arena, job.rate_hz)
        costs = self._measure(parts, job)
        start = start_of(parts, costs, job)
        parts = with_held(parts if start.tails else bare, start.held)
        live = {block.key: block for block in job.live.blocks if self._is_as_built(block)} if job.live else {}
        notes = place_rig(
            link.arena,
            job.slot,
            parts,
            preset_name=found.preset.name,
            serial=job.serial,
            rate_hz=job.rate_hz,
            live=live,
            in_use=job.in_use,
            start_widths=start.sizes,
            costs=costs,
            prices=load_prices(job.prices) if job.prices else None,
            origin=job.origin,
        )
        fields = [max(part.amp.receptive_frames) for part in parts if part.amp]
        past_frames = max(fields, default=0) + EXTRA_FRAMES
        prewarm(link.arena, job.slot, notes, frozenset(live), layout.BUILDER_BUS_F32, past_frames)
        _note_use(parts, found.hashes, costs)
        return notes, costs

    def _is_as_built(self, block: BlockNote) -> bool:
        """Not switched or turned since in what its key says."""
        assert self._link is not None
        f32, cells = self._link.arena.f32, KEYED.get(block.kind, ())
        return all(abs(f32[block.params_idx + cell] - block.targets[cell]) < 1e-3 for cell in cells)


def _priced(done: Done, job: Job | Survey, costs: Costs) -> Done:
    """The answer, with those of the costs that the panel does not know yet."""
    news = {key: ns for key, ns in costs.items() if key not in job.costs}
    return msgspec.structs.replace(done, costs=news, rate_hz=job.rate_hz, period_frames=job.period_frames)


def _note_use(parts: tuple[Part, ...], hashes: dict[str, dict[str, str]], costs: Costs) -> None:
    """What is played, and what its models cost here, for the library."""
    costs_ns: dict[str, tuple[float, ...]] = {content: () for own in hashes.values() for content in own.values()}
    for part in parts:
        content = hashes.get(part.owner, {}).get("model")
        if part.amp is not None and content:
            costs_ns[content] = costs[part.cost_key]
    note_used(library_dir(), costs_ns)


def main(link_path: Path, pipe: Connection) -> None:
    """Answer jobs until the pipe ends."""
    os.nice(_NICE)
    wake_exactly()  # the stopwatch times sleeps too, where work has a price
    builder = Builder(link_path, Assets.default(), measuring(load_model, measure_model))
    pipe.send_bytes(encode(Done(0)))  # ready: kernels are compiled
    while True:
        try:
            job = decode_job(pipe.recv_bytes())
        except (EOFError, OSError):
            return
        try:
            pipe.send_bytes(encode(builder.answer(job)))
        except OSError:
            return


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="pedal-builder: %(message)s")
    main(Path(sys.argv[1]), Connection(int(sys.argv[2])))
