"""Price lists: the shipped ones are read and say what their source says; whatever is wrong in one is refused."""

from __future__ import annotations

import pytest

from pedal.errors import BoardError
from pedal.params import KINDS
from pedal.paths import factory_dir
from pedal.prices import load_prices, parse_prices, price_names

FULL_MACS, LITE_MACS = 11776, 1731
PERIOD_NS = 64 / 48_000 * 1e9


@pytest.mark.parametrize("name", price_names())
def test_every_shipped_list_is_read_and_calls_itself_an_estimate(name: str) -> None:
    prices = load_prices(name)
    assert "estimated" in prices.title
    assert "ESTIMATES: nothing in this file was measured on a Pi." in (
        factory_dir("board") / "prices" / f"{name}.toml"
    ).read_text(encoding="utf-8")
    assert prices.blocks.keys() == KINDS.keys()
    assert (prices.start.slowdown, prices.start.stopwatch) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("name", "full", "lite"), [("pi-5", 0.042, 0.009), ("pi-4", 0.092, 0.017), ("zero-2-w", 0.30, 0.07)]
)
def test_a_shipped_list_gives_back_the_shares_it_was_derived_from(name: str, full: float, lite: float) -> None:
    model = load_prices(name).model
    for macs, share in ((FULL_MACS, full), (LITE_MACS, lite)):
        price = model.of(macs, is_a2=True)
        assert (price.call_ns + 64 * price.frame_ns) / PERIOD_NS == pytest.approx(share, rel=0.02)


def test_prices_grow_with_what_there_is_to_do() -> None:
    prices = load_prices("pi-4")
    assert prices.model.of(1000, is_a2=False).frame_ns > prices.model.of(1000, is_a2=True).frame_ns
    assert prices.model.of(2000, is_a2=True).frame_ns > prices.model.of(1000, is_a2=True).frame_ns
    short, long = prices.blocks["cab"].of(100), prices.blocks["cab"].of(4000)
    assert long.frame_ns > 10 * short.frame_ns
    assert long.call_ns > short.call_ns
    playing = prices.model.of(FULL_MACS, is_a2=True)
    assert prices.model.rest(playing).words() == (round(30 * playing.frame_ns), 0)


@pytest.mark.parametrize("name", price_names())
def test_a_spring_has_a_price_of_its_own(name: str) -> None:
    """Measured on x86-64 at periods of 16 to 256: 1.7 to 2.0 times a room, best of several."""
    price = load_prices(name).blocks["reverb"]
    room, spring = price.of(0, 2, ("room",)), price.of(0, 2, ("spring",))
    assert (room.call_ns, room.frame_ns) == (2 * price.call_ns, 2 * price.frame_ns)
    assert spring.frame_ns == pytest.approx(1.8 * room.frame_ns) and spring.call_ns == pytest.approx(1.8 * room.call_ns)


def test_a_price_as_words_keeps_fractions_of_a_nanosecond() -> None:
    assert load_prices("pi-5").blocks["input"].of(0).words() == (461, 5030)


GOOD = (factory_dir("board") / "prices" / "pi-4.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("\nperiod_ns", "\nperiods_ns"), "period"),
        (("mac_ns = 0.149\n", "mac_ns = -0.149\n"), "model.mac_ns"),
        (("mac_ns = 0.149\n", "mac_ns = nan\n"), "model.mac_ns"),
        (("mac_ns = 0.149\n", "mac_ns = inf\n"), "model.mac_ns"),
        (("\ntone = ", "\nfuzz = "), "blocks.fuzz is no kind of block"),
        (("\ndc = ", "\n# dc = "), "blocks.dc is missing"),
        (("[model]", "[start]\nstopwatch = 11.0\n[model]"), "start.stopwatch"),
        (("[model]", "[model"), "not TOML"),
        (("spring = 1.8", "sping = 1.8"), "blocks.reverb.words.sping is no choice. Did you mean 'spring'?"),
        (("spring = 1.8", "spring = 0.0"), "blocks"),
    ],
)
def test_what_is_wrong_is_said(change: tuple[str, str], complaint: str) -> None:
    assert GOOD.count(change[0]) >= 1
    with pytest.raises(BoardError, match=r"^mine\.toml: ") as refusal:
        parse_prices(GOOD.replace(*change, 1), "mine.toml")
    assert complaint in str(refusal.value)


def test_a_list_that_is_not_there() -> None:
    with pytest.raises(BoardError, match="pi-4"):
        load_prices("pi-44")
    with pytest.raises(BoardError, match="no such file"):
        load_prices("./nowhere.toml")
