"""What fits on which board: the pages are what the price lists say today, and the shares are what rows are priced."""

from __future__ import annotations

import numpy as np
import pytest

from pedal import layout as at
from pedal.arena import Arena
from pedal.library.assets import Assets
from pedal.library.loader import Loader
from pedal.nam.file import load_model
from pedal.offline.fits_page import CHAINS, PAGE, README, Chain, fits_page, readme_with_table
from pedal.paths import factory_dir
from pedal.prices import load_prices
from pedal.rig.compile import compile_preset
from pedal.rig.place import place_rig, region_bytes
from pedal.rig.priced import chain_shares

RATE_HZ, PERIOD_FRAMES = 48_000, 64


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == fits_page(), "run python -m pedal.offline.fits_page"


def test_the_readme_is_current() -> None:
    text = README.read_text(encoding="utf-8")
    assert text == readme_with_table(text), "run python -m pedal.offline.fits_page"


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: chain.title)
def test_shares_are_what_the_rows_sleep(chain: Chain) -> None:
    """The words that the period thread reads, added up, against the shares."""
    prices = load_prices("pi-4")
    parts = compile_preset(chain.preset(), Loader(Assets(factory_dir("models")), load_model), RATE_HZ)
    arena = Arena.allocate(at.HEAP_AT_BYTE + sum(region_bytes(part) for part in parts))
    arena.i64[at.RATE_HZ] = RATE_HZ
    place_rig(arena, 0, parts, preset_name="", serial=1, rate_hz=RATE_HZ, live={}, in_use=(), prices=prices)

    def slept_ns(word: int) -> float:
        return float(arena.i64[word] + arena.i64[word + 1] * PERIOD_FRAMES / 1000.0)

    rows = [at.SLOTS + at.SLOT_HEADER + index * at.ROW_FIELDS for index in range(len(parts))]
    others_ns = prices.period_ns + sum(slept_ns(row + at.PRICE) for row in rows)
    records = [int(arena.i64[row + at.I64]) for row, part in zip(rows, parts, strict=True) if part.amp]
    shares = chain_shares(parts, prices, RATE_HZ, PERIOD_FRAMES)
    period_ns = 1e9 * PERIOD_FRAMES / RATE_HZ
    assert shares.others == pytest.approx(others_ns / period_ns, rel=1e-3)
    for record, costs in zip(records, shares.amps.values(), strict=True):
        words = [record + at.AMP_PRICES + width * at.PRICE_WORDS for width in range(len(costs))]
        np.testing.assert_allclose(costs, [slept_ns(word) / period_ns for word in words], rtol=1e-3)
