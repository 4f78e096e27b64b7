"""The live side of the panel on a test stand: real link, presets on disk and parts; the other two sides by hand.

In place of the builder's process stands ``Bench``, which keeps the jobs until the test lets it answer, with notes but
without kernels. In place of the period thread the test says ``adopt`` and ``play_width``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pedal import layout
from pedal.config import Board, parse_board
from pedal.levels import ModelLevels
from pedal.library.banks import BankStore
from pedal.library.connections import ConnectionStore
from pedal.library.cost_book import CostBookStore
from pedal.library.presets import PresetStore
from pedal.link import Link, Word
from pedal.notes import AmpNote, BlockNote, ImpulseNote, RigNotes
from pedal.panel.banks import BankSwitches
from pedal.panel.bookkeeping import Bookkeeping
from pedal.panel.costs import Costs
from pedal.panel.hand import Hand
from pedal.panel.jobs import Done, Job
from pedal.panel.keeping import Keeping
from pedal.panel.outlet import Outlet
from pedal.panel.player import Player
from pedal.panel.rigs import Rigs
from pedal.panel.snapshots import Snapshots
from pedal.panel.widths import Widths
from pedal.preset import Block, Preset, parse_preset

BOARD = parse_board('[audio]\ncard = "M2"\n[switches.bypass]\npin = 17\naction = "bypass"\n', "stand.toml")
RATE_HZ, PERIOD_FRAMES = 48000, 64
#: Of every block's memory: room for its parameters and an amp's record.
BLOCK_BYTES = 4096
#: Measured costs that the notes give: ns a frame for Lite, Full, and for any block that is no amp.
LITE_NS, FULL_NS, OTHER_NS = 1000.0, 8000.0, 2000.0
#: Of a cabinet with a quarter of its taps, half of them, all.
CAB_NS = 500.0, 1000.0, 2000.0
_COSTLY = ("tone", "drive", "reverb")


def amp(block_id: str = "amp", *, on: bool = True, **values: float) -> Block:
    return Block(block_id, "amp", "starter-crunch.nam", values, on)


def tone(block_id: str = "tone", *, on: bool = True, **values: float) -> Block:
    return Block(block_id, "tone", values=values, on=on)


class Bench:
    """What the player hands its jobs to."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.is_ready = True

    def next_number(self) -> int:
        return len(self.jobs) + 1

    def submit(self, job: Job) -> None:
        self.jobs.append(job)


def notes_of(job: Job, held: frozenset[str] = frozenset()) -> RigNotes:
    """What a builder would say of the rig: blocks of the same id and kind go on, others get memory of their own.

    There is no room for those that are ``held``.
    """
    preset = parse_preset(job.preset_text, job.origin)
    live = {(block.id, block.kind): block for block in job.live.blocks} if job.live else {}
    taken, blocks = set(job.in_use), []
    for block in rows_of(preset):
        going_on = live.get((block.id, block.kind))
        region = going_on.region if going_on else _free(taken)
        taken.add(region)
        blocks.append(
            BlockNote(
                id=block.id,
                kind=block.kind,
                key=f"{block.id} {block.kind}",
                serial=going_on.serial if going_on else region[0] // BLOCK_BYTES,
                region=region,
                params_idx=region[0] // 4,
                targets=(
                    layout.FADES_OUT if block.id in held else block.kernel_values()[0],
                    *block.kernel_values()[1:],
                ),
                cost_key=f"{block.price}/1",
                cost_ns=OTHER_NS if block.kind in _COSTLY else CAB_NS[-1] if block.kind == "cab" else 0.0,
                amp=_amp_note(region) if block.kind == "amp" else None,
                impulse=_impulse_note(region) if block.kind == "cab" else None,
            )
        )
    return RigNotes(preset.name, job.serial, tuple(blocks), job.origin)


def rows_of(preset: Preset) -> list[Block]:
    """An amp that plays twice is two."""
    rows = []
    for block in preset.chain:
        rows.append(block)
        if block.kind == "amp" and block.option("stereo") == "twice":
            rows.append(replace(block, id=f"{block.id}:right"))
    return rows


def _amp_note(region: tuple[int, int]) -> AmpNote:
    return AmpNote(
        record_idx=(region[0] + BLOCK_BYTES // 4) // 8,
        gains_idx=(region[0] + BLOCK_BYTES // 8) // 4,
        model_name="Starter",
        labels=("Lite", "Full"),
        levels=ModelLevels(),
        costs_ns=(LITE_NS, FULL_NS),
    )


def _impulse_note(region: tuple[int, int]) -> ImpulseNote:
    return ImpulseNote((region[0] + BLOCK_BYTES // 4) // 8, (512, 1024, 2048), CAB_NS)


def _free(taken: set[tuple[int, int]]) -> tuple[int, int]:
    at = layout.HEAP_AT_BYTE
    while (at, BLOCK_BYTES) in taken:
        at += BLOCK_BYTES
    return at, BLOCK_BYTES


class Stand:
    """A player and all that it holds, over presets saved as ``NN-name``."""

    def __init__(self, folder: Path, presets: Mapping[str, Preset], board: Board = BOARD) -> None:
        self.folder = folder
        self.board = board
        self.store = PresetStore(folder / "mine", folder / "factory")
        for key, preset in presets.items():
            self.store.save(key, preset)
        self.link = Link.create(folder / "link")
        self.link.put(Word.RATE_HZ, RATE_HZ)
        self.link.put(Word.PERIOD_FRAMES, PERIOD_FRAMES)
        self.link.put(Word.CPU_SCALE_MILLI, 1000)
        self.restart()

    def restart(self) -> None:
        """Another panel on the same link, as after a kill."""
        self.bench = Bench()
        self.hand = Hand(self.store, self.link)
        self.rigs = Rigs(self.link)
        self.costs = Costs(BOARD, self.link, self.rigs, CostBookStore(self.folder / "costs.json", "stand"))
        self.widths = Widths(self.rigs, self.hand, BOARD.budget_share)
        self.books = Bookkeeping(BOARD, self.link, self.rigs, self.widths, self.bench, self.costs)  # type: ignore[arg-type]
        outlet = Outlet(ConnectionStore(self.folder / "output.toml"), self.rigs)
        self.player = Player(
            BOARD,
            self.link,
            self.hand,
            self.rigs,
            self.widths,
            self.bench,
            outlet,  # type: ignore[arg-type]
            self.costs,
        )
        self.bank_store = BankStore(self.folder / "banks.toml")
        self.banks = BankSwitches(self.player, self.hand, self.bank_store, self.board)
        self.keeping = Keeping(self.player, self.store, self.banks.naming)
        self.snapshots = Snapshots(self.player, self.store)

    def answer(self, number: int = 0, held: frozenset[str] = frozenset()) -> RigNotes:
        """The builder is done with a job (the newest); its notes. There is no room for blocks that are ``held``."""
        job = self.bench.jobs[number - 1]
        notes = notes_of(job, held)
        self._place(job, notes)
        self.player.built(Done(job.number, job.slot, notes))
        return notes

    def _place(self, job: Job, notes: RigNotes) -> None:
        """Targets where the builder puts them: of a new block into its memory, of one that goes on into the slot."""
        words, f32 = self.link.arena.i64, self.link.arena.f32
        going_on = {block.serial for block in job.live.blocks} if job.live else set()
        for index, block in enumerate(notes.blocks):
            count, pending = len(block.targets), layout.NEW_TARGETS_F32 + index * layout.MOST_TARGETS
            row = self._row(job.slot, index)
            words[row + layout.NEW_TARGETS] = pending + job.slot * layout.MAX_ROWS * layout.MOST_TARGETS
            words[row + layout.NEW_COUNT] = count if block.serial in going_on else 0
            place = int(words[row + layout.NEW_TARGETS]) if block.serial in going_on else block.params_idx
            f32[place : place + count] = block.targets

    @staticmethod
    def _row(slot: int, index: int) -> int:
        return layout.SLOTS + slot * layout.SLOT_STRIDE + layout.SLOT_HEADER + index * layout.ROW_FIELDS

    def adopt(self) -> None:
        """The period thread plays what is wanted, every amp at its widest, and the understudy has had its rounds."""
        words, f32, slot = self.link.arena.i64, self.link.arena.f32, self.link.get(Word.WANTED_SLOT)
        for index, block in enumerate(self.rigs.wanted.blocks if self.rigs.wanted and slot >= 0 else ()):
            row = self._row(slot, index)
            for cell in range(int(words[row + layout.NEW_COUNT])):
                f32[block.params_idx + cell] = f32[words[row + layout.NEW_TARGETS] + cell]
        self.link.put(Word.PLAYING_SLOT, slot)
        for block in self.rigs.playing.blocks if self.rigs.playing else ():
            if block.amp is not None:
                self.play_width(block.id, 1 if self.rigs.is_on(block.id) else layout.NO_WIDTH)
        self.rigs.look_after()
        self.link.put(Word.UNDERSTUDY_ROUND, self.link.get(Word.UNDERSTUDY_ROUND) + 2)
        self.rigs.look_after()

    def play(self, key: str) -> RigNotes:
        """A preset, from the choice to its sound."""
        self.player.select(key)
        notes = self.answer()
        self.adopt()
        return notes

    def play_width(self, amp_id: str, width: int) -> None:
        """The period thread plays this width of an amp, as it was wanted to."""
        record = self.record(amp_id)
        self.link.put(record + layout.AMP_PLAYING, width)
        self.link.put(record + layout.AMP_WANTED, width)
        self.link.put(record + layout.AMP_HELD, layout.NO_WIDTH)

    def wanted_width(self, amp_id: str) -> int:
        return self.link.get(self.record(amp_id) + layout.AMP_WANTED)

    def record(self, amp_id: str) -> int:
        notes = self.rigs.wanted
        assert notes is not None
        return next(block.amp.record_idx for block in notes.blocks if block.id == amp_id and block.amp)

    def set_load(self, share: float) -> None:
        """What the period thread says it spends."""
        for index in (layout.LOAD, layout.LOAD_MEAN, layout.LOAD_PEAK):
            self.link.arena.f64[index] = share

    def targets(self, block_id: str) -> tuple[float, ...]:
        """The parameters of a block of the wanted rig, as kernels read them once it plays."""
        slot = self.link.get(Word.WANTED_SLOT)
        assert self.rigs.wanted is not None
        blocks = enumerate(self.rigs.wanted.blocks)
        index, block = next((index, block) for index, block in blocks if block.id == block_id)
        row, words, at = self._row(slot, index), self.link.arena.i64, block.params_idx
        if slot != self.link.get(Word.PLAYING_SLOT) and words[row + layout.NEW_COUNT]:
            at = int(words[row + layout.NEW_TARGETS])
        return tuple(float(cell) for cell in self.link.arena.f32[at : at + len(block.targets)])
