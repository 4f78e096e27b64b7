"""Learning what every kind and size of block costs, at the first start on a machine: what is asked of the builder.

Used by the panel's loop. One block at a time, while the pedal plays and nobody wants anything of the builder: a preset
that is asked for goes first, and waits for one block at most. What is known already is not measured, so whoever was
switched off in the middle goes on where he was.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pedal.governor.book import Setting
from pedal.panel.jobs import Done, Survey
from pedal.panel.workshop import Workshop
from pedal.params import KINDS, BlockKind
from pedal.preset import Block, Preset, format_preset

#: The builder must have had nothing to do for so long.
QUIET_S = 10.0
#: Plays before a block that is to be measured with two channels: it makes two of one, and costs little.
_WIDENER = Block("wide", "tremolo")
#: What there is of the kinds that play files, in every pedal.
_FILES = {"amp": "starter-crunch.nam", "cab": "closed-back-4x12.wav"}


@dataclass(frozen=True, slots=True)
class Subject:
    """Something to be measured.

    Attributes:
        label: what players call it.
        preset: in which it plays.
        key: how its cost key begins; of what plays a file, the size follows, which the file decides.
        channels: how many it plays.
    """

    label: str
    preset: Preset
    key: str
    channels: int

    @property
    def title(self) -> str:
        """Label and channels, for who looks on."""
        return f"{self.label}, stereo" if len(self.preset.blocks) > 1 else self.label

    @property
    def kind(self) -> BlockKind:
        """Of the block that is measured."""
        return KINDS[self.preset.blocks[-1].kind]

    def is_of(self, key: str) -> bool:
        """Whether a cost key is its own, in one size or another."""
        return key.startswith(self.key) and key.endswith(f"/{self.channels}")

    def is_in(self, known: Mapping[str, tuple[float, ...]]) -> bool:
        """Whether it, or a size of it, is known."""
        return any(map(self.is_of, known))


def subjects() -> tuple[Subject, ...]:
    """Every kind of block of presets, by the words with which it costs otherwise, with one channel and with two."""
    return tuple(subject for kind in KINDS if not KINDS[kind].implicit for subject in _subjects_of(kind))


def _subjects_of(name: str) -> list[Subject]:
    kind = KINDS[name]
    choices = [param for param in kind.params if param.builds]
    found = []
    for words in itertools.product(*(range(len(param.words)) for param in choices)):
        values = {param.name: float(word) for param, word in zip(choices, words, strict=True)}
        block = Block("it", name, _FILES.get(name, ""), values)
        label = " ".join([kind.label, *(param.words[word] for param, word in zip(choices, words, strict=True))])
        for channels in (2,) if kind.widens else (1,) if kind.asset == "model" else (1, 2):
            before = (_WIDENER,) if channels == 2 and not kind.widens else ()
            key = f"{block.price}:" if kind.asset else f"{block.price}/"
            found.append(Subject(label, Preset("Learning", (*before, block)), key, channels))
    return found


@dataclass(frozen=True, slots=True)
class LearningView:
    """How far it is, and what is measured now."""

    done: int
    count: int
    label: str


class Learning:
    """Goes through all subjects once for each setting of the card.

    Args:
        workshop: measures.
        prices: name of the board's price list, or empty.
        has_looper: whether the board has one.
    """

    def __init__(self, workshop: Workshop, prices: str, *, has_looper: bool) -> None:
        self._workshop = workshop
        self._prices = prices
        self._looper_db = 0.0 if has_looper else None
        self._setting: Setting | None = None
        self._todo: list[Subject] = []
        self._count = 0
        self._asked = 0  # number of the survey that is out
        self._shows = False
        self._quiet_since_s: float | None = None

    @property
    def left(self) -> int:
        """How many subjects are still to be learnt."""
        return len(self._todo)

    def again(self, playing: Preset) -> None:
        """All of it once more, at once, and first of all what plays; the book has forgotten it."""
        self._asked, self._quiet_since_s = 0, -QUIET_S
        self._todo = [Subject(playing.name, playing, "?", 0), *subjects()]
        self._count = len(self._todo)

    def touched(self) -> None:
        """Somebody is at the pedal: not now."""
        self._quiet_since_s, self._shows = None, False

    def tick(
        self, setting: Setting, known: Callable[[], Mapping[str, tuple[float, ...]]], now_s: float, *, may: bool
    ) -> None:
        """Ask for the next one, if it is time.

        Args:
            setting: of the card.
            known: says by cost key what the book has.
            now_s: monotonic.
            may: whether all is well: something plays, and nothing else is in work.
        """
        if setting != self._setting:
            self._setting, self._asked = setting, 0
            self._todo = list(subjects())
            self._count = len(self._todo)
        if self._asked or not self._todo:
            return
        if not (may and self._workshop.is_idle):
            self.touched()
            return
        since_s = self._quiet_since_s = now_s if self._quiet_since_s is None else self._quiet_since_s
        if now_s - since_s < QUIET_S:
            return
        costs = known()
        self._todo = [subject for subject in self._todo if not subject.is_in(costs)]
        self._shows = bool(self._todo)
        if self._shows:
            self._ask(self._todo[0], setting, costs)

    def heard(self, done: Done) -> bool:
        """The builder's answer; whether it was one to a survey. What could not be measured is passed over."""
        if not self._asked or done.number != self._asked:
            return False
        self._asked = 0
        del self._todo[:1]
        return True

    def view(self) -> LearningView | None:
        """What there is to show, while something is measured."""
        if not self._shows or not self._todo:
            return None
        return LearningView(self._count - len(self._todo), self._count, self._todo[0].title)

    def status(self) -> dict[str, Any] | None:
        """``view`` for commands."""
        view = self.view()
        return None if view is None else {"done": view.done, "count": view.count, "label": view.label}

    def _ask(self, subject: Subject, setting: Setting, known: Mapping[str, tuple[float, ...]]) -> None:
        self._asked = self._workshop.next_number()
        self._workshop.submit(
            Survey(
                number=self._asked,
                preset_text=format_preset(subject.preset),
                origin=subject.title,
                rate_hz=setting.rate_hz,
                period_frames=setting.period_frames,
                prices=self._prices,
                looper_db=self._looper_db,
                costs=dict(known),
            )
        )
