"""``docs/fits.md``, and the table in the README: what each board plays, and how wide. By the price lists, so estimates.

Run by hand after a change of price lists, blocks or the governor's preference: ``python -m pedal.offline.fits_page``.
A test compares.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pedal.governor.fit import fit
from pedal.governor.scene import Amp
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

In a cell: the widths of the amps, and the share of a period that the chain takes with them. *Lite, 65% (Full: 87%)*
would take 87 % with all amps at Full. Input, gate, a cabinet for each amp, DC blocker and output are always there.
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
    amps = [Amp(name, costs, len(costs) - 1, len(costs) - 1) for name, costs in shares.amps.items()]
    widths = fit(amps, shares.others, BUDGET)
    total, widest = shares.total(widths), shares.total([amp.ceiling for amp in amps])
    full = sum(width == amp.ceiling for width, amp in zip(widths, amps, strict=True))
    counted = {"Full": full, "Lite": len(amps) - full}
    said = " + ".join(f"{n} × {word}" if n > 1 else word for word, n in counted.items() if n)
    if total > BUDGET:
        return f"too much: {total:.0%}"
    return f"{said}, {total:.0%}" + (f" (Full: {widest:.0%})" if full < len(amps) else "")


if __name__ == "__main__":
    PAGE.write_text(fits_page(), encoding="utf-8")
    README.write_text(readme_with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
