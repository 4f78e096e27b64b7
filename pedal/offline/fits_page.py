"""``docs/fits.md``, and the table in the README: what each board plays, and how wide. By the price lists, so estimates.

Run by hand after a change of price lists, blocks or the governor's preference: ``python -m pedal.offline.fits_page``.
A test compares.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pedal.governor.fit import best
from pedal.governor.scene import Amp, Extra, Impulse, Scene, with_plan
from pedal.library.assets import Assets
from pedal.library.loader import Loader
from pedal.nam.file import load_model
from pedal.paths import factory_dir
from pedal.preset import Block, Preset
from pedal.prices import load_prices
from pedal.rig.compile import compile_preset
from pedal.rig.priced import Shares, chain_shares

ROOT = Path(__file__).resolve().parents[2]
PAGE, README = ROOT / "docs" / "fits.md", ROOT / "README.md"
BEGIN, END = "<!-- fits: made by pedal.offline.fits_page -->", "<!-- end of fits -->"
BOARDS = {"Pi 5": "pi-5", "Pi 4": "pi-4", "Zero 2 W": "zero-2-w"}
RATE_HZ, BUDGET = 48_000, 0.7
PERIODS_FRAMES = (32, 64, 128)
README_FRAMES = 64
MODEL, IMPULSE = "starter-crunch.nam", "open-back-1x12.wav"

_HEAD = f"""\
# What fits on which board

Made by `python -m pedal.offline.fits_page`; do not edit here. **Estimates**: nobody has measured any of it on a
Raspberry Pi. They come from the price lists (`board/prices/`, [prices.md](prices.md)), the factory's A2 model (Full 8
channels, Lite 3) and the governor's own choice at a budget of {BUDGET:.0%} of a period, at {RATE_HZ // 1000} kHz.

In a cell: the widths of the amps, what else gives way, and the share of a period that the chain takes then. *Lite: 65%
(of 87%)* would take 87 % with nothing given way. Input, gate, a cabinet for each amp, DC blocker and output are always
there. *Without reverb*: it would be refused when a player switches it on, and waits where a preset has it on.
"""


@dataclass(frozen=True)
class Chain:
    """A row of the table: so many amps, each with a cabinet, and these effects."""

    title: str
    amps: int
    effects: tuple[str, ...] = ()

    def preset(self) -> Preset:
        """With everything on."""
        amps = [Block(f"amp{k + 1}", "amp", MODEL) for k in range(self.amps)]
        cabs = [Block(f"cab{k + 1}", "cab", IMPULSE) for k in range(self.amps)]
        effects = [Block(f"{kind}{k + 1}", kind) for k, kind in enumerate(self.effects)]
        return Preset(self.title, blocks=(Block("gate", "gate"), *amps, *cabs, *effects))


USUAL = ("comp", "drive", "delay", "reverb")
MANY = ("wah", "comp", "boost", "drive", "eq", "chorus", "phaser", "tremolo", "delay", "delay", "reverb")
CHAINS = (
    Chain("one amp", 1),
    Chain("one amp, compressor, overdrive, delay, reverb", 1, USUAL),
    Chain("one amp and eleven effects", 1, MANY),
    Chain("two amps", 2),
    Chain("two amps, compressor, overdrive, delay, reverb", 2, USUAL),
    Chain("three amps, compressor, overdrive, delay, reverb", 3, USUAL),
)


def fits_page() -> str:
    """The whole page, Markdown."""
    return _HEAD + "".join(f"\n## Periods of {frames} frames\n\n{table(frames)}" for frames in PERIODS_FRAMES)


def readme_with_table(text: str) -> str:
    """The README with the table between its two marks made anew."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{table(README_FRAMES)}{END}{rest.partition(END)[2]}"


def table(period_frames: int) -> str:
    """All chains on all boards."""
    lists = {title: load_prices(name) for title, name in BOARDS.items()}
    loader = Loader(Assets(factory_dir("models")), load_model)
    lines = [f"| | {' | '.join(lists)} |", "|---" * (len(lists) + 1) + "|"]
    for chain in CHAINS:
        parts = compile_preset(chain.preset(), loader, RATE_HZ)
        cells = [_cell(chain_shares(parts, prices, RATE_HZ, period_frames)) for prices in lists.values()]
        lines.append(f"| {chain.title} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(shares: Shares) -> str:
    """What the governor makes of a chain in which all is on."""
    tops = {name: len(costs) - 1 for name, costs in {**shares.amps, **shares.cabs}.items()}
    scene = Scene(
        amps=tuple(Amp(name, costs, tops[name], tops[name]) for name, costs in shares.amps.items()),
        impulses=tuple(Impulse(name, costs, tops[name]) for name, costs in shares.cabs.items()),
        extras=tuple(Extra(name, cost) for name, cost in shares.effects.items()),
        others=shares.others,
    )
    plan = best(scene, BUDGET)
    chosen = with_plan(scene, plan)
    total, widest = chosen.others + chosen.known, scene.others + scene.known
    if total > BUDGET:
        return f"too much: {total:.0%}"
    full = sum(width == amp.ceiling for width, amp in zip(plan.widths, scene.amps, strict=True))
    counted = {"Full": full, "Lite": len(scene.amps) - full}
    said = [" + ".join(f"{n} × {word}" if n > 1 else word for word, n in counted.items() if n)]
    if any(size < impulse.playing for size, impulse in zip(plan.sizes, scene.impulses, strict=True)):
        said.append("cabinet shortened" if len(scene.impulses) == 1 else "cabinets shortened")
    if plan.held:
        waiting = [extra.id.rstrip("0123456789") for extra in scene.extras if extra.id in plan.held]
        said.append(f"without {' and '.join(waiting)}" if len(waiting) < 3 else f"without {len(waiting)} of them")
    words = f"{', '.join(said)}: {total:.0%}"
    return words if chosen == scene else f"{words} (of {widest:.0%})"


if __name__ == "__main__":
    PAGE.write_text(fits_page(), encoding="utf-8")
    README.write_text(readme_with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
