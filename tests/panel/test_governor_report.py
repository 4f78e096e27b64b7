"""What the governor says of itself: what blocks take and cost, what would fit, on the socket and on the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from pedal import layout
from pedal.link import Word
from pedal.panel.governor_report import GovernorReport, candidates, page_lines
from pedal.panel.jobs import Done
from pedal.panel.learning import subjects
from pedal.panel.protocol import Explain, MeasureCosts, parse_request
from pedal.preset import Preset
from tests.panel.stand import FULL_NS, LITE_NS, OTHER_NS, PERIOD_FRAMES, RATE_HZ, Stand, amp, tone

SHARE = RATE_HZ * 1e-9
PRESET = Preset("Two amps", (amp("push"), amp("amp"), tone("tone", on=False)))
COSTS = {
    "amp:shape/1": (LITE_NS, FULL_NS),
    "amp/1": (LITE_NS, FULL_NS),
    "tone/1": (OTHER_NS,),
    "eq/1": (200.0,),
    "eq/2": (400.0,),
    "delay/2": (8_000.0,),
    "reverb:hall/2": (18_000.0,),
    "cab:2048/1": (500.0, 900.0, 1700.0),
}


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    made = Stand(tmp_path, {"01-two": PRESET})
    made.play("01-two")
    made.costs.heard(Done(1, costs=COSTS, rate_hz=RATE_HZ, period_frames=PERIOD_FRAMES))
    assert made.rigs.playing is not None
    slot = layout.SLOTS + made.link.get(Word.PLAYING_SLOT) * layout.SLOT_STRIDE
    made.link.put(slot + layout.SLOT_ROWS, len(made.rigs.playing.blocks))
    for row, block in enumerate(made.rigs.playing.blocks):
        made.link.arena.f64[layout.ROW_COST_F64 + row] = (FULL_NS if block.amp else 10.0) * PERIOD_FRAMES
    made.widths.budget = 0.9
    made.set_load(2 * FULL_NS * SHARE)
    return made


def report(stand: Stand) -> GovernorReport:
    return GovernorReport(stand.rigs, stand.hand, stand.widths, stand.books)


def test_every_block_says_what_it_takes_and_what_it_is_known_to_cost(stand: Stand) -> None:
    told = report(stand).answer(Explain())
    blocks = {block["id"]: block for block in told["blocks"]}
    assert blocks["amp"]["load"] == pytest.approx(FULL_NS * SHARE, abs=1e-4)
    assert blocks["amp"]["cost"] == pytest.approx(FULL_NS * SHARE, abs=1e-4) and blocks["amp"]["source"] == "measured"
    assert blocks["tone"]["on"] is False and blocks["tone"]["cost"] == pytest.approx(OTHER_NS * SHARE, abs=1e-4)
    assert blocks["output"]["cost"] is None and blocks["output"]["source"] == "unknown"
    assert told["load"] == pytest.approx(2 * FULL_NS * SHARE) and told["budget"] == 0.9
    assert told["free"] == pytest.approx(0.9 - 2 * FULL_NS * SHARE, abs=1e-4)


def test_amps_say_what_every_width_costs(stand: Stand) -> None:
    stand.play_width("push", 0)
    push, second = report(stand).answer(Explain())["amps"]
    assert (push["id"], push["width"], second["width"]) == ("push", "Lite", "Full")
    costs = [(width["label"], width["cost"]) for width in second["widths"]]
    assert costs == [("Lite", pytest.approx(LITE_NS * SHARE)), ("Full", pytest.approx(FULL_NS * SHARE))]


def test_heat_makes_everything_dearer(stand: Stand) -> None:
    before = report(stand).answer(Explain())
    stand.costs.book.slowness = 1.5
    after = report(stand).answer(Explain())
    assert after["slowness"] == 1.5
    assert after["amps"][0]["widths"][0]["cost"] == pytest.approx(1.5 * before["amps"][0]["widths"][0]["cost"])
    assert [one["cost"] for one in after["room"]] == pytest.approx([1.5 * one["cost"] for one in before["room"]])


def test_what_would_fit_now_with_narrower_amps_or_not_at_all(stand: Stand) -> None:
    told = report(stand).answer(Explain())
    fits = {one["what"]: one["fits"] for one in told["room"]}
    free, spare = 0.9 - 2 * FULL_NS * SHARE, 2 * (FULL_NS - LITE_NS) * SHARE
    assert free < 8_000 * SHARE and free + spare < 18_000 * SHARE, "else this shows nothing"
    assert fits == {
        "EQ": "now",
        "Amp": "now",
        "Cab": "now",
        "Tone": "now",
        "Delay": "narrower",
        "Reverb hall": "no",
    }
    assert told["free_at_most"] == pytest.approx(free + spare, abs=1e-3)
    assert [one["cost"] for one in told["room"]] == sorted(one["cost"] for one in told["room"])


def test_behind_two_channels_blocks_cost_more() -> None:
    assert candidates(COSTS, 1)["EQ"] == 200.0 and candidates(COSTS, 2)["EQ"] == 400.0
    assert candidates(COSTS, 1)["Delay"] == candidates(COSTS, 2)["Delay"] == 8_000.0, "it makes two of one anyway"
    assert candidates(COSTS, 2)["Amp"] == LITE_NS, "an amp sums"
    assert candidates(COSTS, 1)["Cab"] == 1700.0 and "Cab" not in candidates(COSTS, 2)


def test_changes_are_told_with_their_reason_and_age(stand: Stand) -> None:
    from tests.panel.test_widths import event

    stand.link.arena.i64[layout.FRAME] = 4800 + 10 * RATE_HZ
    stand.widths.note_event(event(stand, "amp", 1, 0), stand.link.status(), 0.0)
    (change,) = report(stand).answer(Explain())["changes"]
    assert (change["block"], change["from"], change["to"], change["ago_s"]) == ("amp", "Full", "Lite", 10.0)
    assert change["reason"] and change["load_before"] > 0.0


def test_measuring_again_forgets_and_asks(stand: Stand) -> None:
    told = report(stand).answer(MeasureCosts())
    assert told == {"measuring": len(subjects()) + 1}
    assert stand.costs.known() == {}
    assert report(stand).answer(Explain())["to_learn"] == len(subjects())


def test_the_page_has_the_same_in_short(stand: Stand) -> None:
    told = report(stand).answer(Explain())
    lines = dict(page_lines(told))
    assert lines["Load"] == "77 % of 90 %"
    assert lines["push: Full"] == "Lite 5 %, Full 38 %"
    assert lines["Room: EQ"] == "1.0 %" and lines["No room: Reverb hall"] == "86 %"
    made = report(stand)
    first = made.lines(10.0)
    stand.set_load(0.1)
    assert made.lines(10.5) is first, "drawn ten times a second, and made once"
    assert made.lines(11.5) != first


def test_the_requests_are_understood() -> None:
    assert parse_request(b'{"v":1,"id":1,"cmd":"governor"}') == Explain(id=1)
    assert parse_request(b'{"v":1,"id":1,"cmd":"governor-measure"}') == MeasureCosts(id=1)
