"""Lights: what they show of a scene, when they change, and real pins lit and dark."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory
from hypothesis import given
from hypothesis import strategies as st

from pedal.actions import Action
from pedal.config import LedSettings, parse_board
from pedal.errors import BoardError
from pedal.panel.controls.lights import DARK, LIT, Light, Scene, lights_of
from pedal.panel.controls.outputs_lights import open_lights

SHOWS = ("bypass", "tempo", "clip", "governor", "looper", "tuner")
BOARD = parse_board(
    '[audio]\ncard = "M2"\n[looper]\n'
    + '[switches.next]\npin = 4\naction = "next_preset"\nled = "next"\n[leds.next]\npin = 5\n'
    + "".join(f'[leds.{shows}]\npin = {pin}\nshows = "{shows}"\n' for pin, shows in enumerate(SHOWS, start=6)),
    "lights.toml",
)
NOTHING = Scene()
BLINKS = st.builds(Light, st.just(False), st.floats(0.05, 10.0), st.floats(0.01, 0.04), st.floats(0.0, 1e5))


@given(BLINKS, st.floats(0.0, 1e5))
def test_a_blinking_light_changes_when_it_says(light: Light, at_s: float) -> None:
    next_s = light.changes_at_s(at_s)
    assert next_s is not None and at_s <= next_s <= at_s + light.period_s + 1e-6
    between_s = at_s + 0.5 * (next_s - at_s)
    if next_s - at_s > 1e-6:
        assert light.is_lit(between_s) == light.is_lit(at_s)
        assert light.is_lit(next_s + 1e-3) != light.is_lit(between_s)


def test_a_beat_is_where_the_foot_was() -> None:
    light = lights_of(BOARD, {}, replace(NOTHING, beat_s=0.5, beat_at_s=100.2))["tempo"]
    assert [light.is_lit(at_s) for at_s in (100.21, 100.3, 100.71, 99.71, 99.9)] == [True, False, True, True, False]


@pytest.mark.parametrize(
    ("name", "scene"),
    [
        ("bypass", NOTHING),
        ("clip", Scene(clipped=True)),
        ("governor", Scene(held_down=True)),
        ("looper", Scene(loop="playing")),
        ("tuner", Scene(tuning=True)),
    ],
)
def test_what_is_lit(name: str, scene: Scene) -> None:
    dark = replace(NOTHING, bypassed=name == "bypass")
    assert lights_of(BOARD, {}, scene)[name] == LIT
    assert lights_of(BOARD, {}, dark)[name] == DARK


@pytest.mark.parametrize(
    ("action", "scene"),
    [
        (Action("bypass", "delay"), Scene(blocks_on={"delay": True})),
        (Action("snapshot", "3"), Scene(snapshot=3)),
        (Action("preset", "2"), Scene(place=2)),
        (Action("width_lite"), Scene(width="lite")),
        (Action("width"), Scene(width="full")),
        (Action("tuner"), Scene(tuning=True)),
    ],
)
def test_a_switchs_light_shows_what_it_has_done(action: Action, scene: Scene) -> None:
    assert lights_of(BOARD, {"next": action}, scene)["next"] == LIT
    assert lights_of(BOARD, {"next": action}, NOTHING)["next"] == DARK
    assert lights_of(BOARD, {"next": Action("next_preset")}, scene)["next"] == DARK


def test_what_asks_for_somebody_blinks() -> None:
    for name, scene in (("bypass", Scene(safe_mode=True)), ("looper", Scene(loop="recording"))):
        assert lights_of(BOARD, {}, scene)[name].period_s > 0.0
    stopped, over = (lights_of(BOARD, {}, Scene(loop=state))["looper"] for state in ("stopped", "overdubbing"))
    assert stopped.period_s > over.period_s > 0.0


def test_a_switch_of_a_block_that_waits_blinks_as_a_loop_that_is_stopped_does() -> None:
    scene = Scene(blocks_on={"delay": True}, blocks_waiting=frozenset({"delay"}), loop="stopped")
    shown = lights_of(BOARD, {"next": Action("bypass", "delay")}, scene)
    assert shown["next"] == shown["looper"] and shown["next"].period_s > 0.0


# --- on pins


@pytest.fixture
def factory() -> Iterator[MockFactory]:
    before, made = Device.pin_factory, MockFactory()
    Device.pin_factory = made
    yield made
    made.reset()
    Device.pin_factory = before


def eventually(true: Callable[[], bool]) -> bool:
    deadline_s = time.monotonic() + 60.0
    while not true() and time.monotonic() < deadline_s:
        time.sleep(0.001)
    return true()


def test_lights_on_pins(factory: MockFactory) -> None:
    with open_lights({"a": LedSettings(pin=5), "b": LedSettings(pin=6, active_low=True)}) as lights:
        a, b = factory.pin(5), factory.pin(6)
        assert (bool(a.state), bool(b.state)) == (False, True)
        lights.show({"a": LIT, "b": LIT})
        assert eventually(lambda: bool(a.state) and not b.state)
        lights.show({"a": Light(period_s=0.02, lit_s=0.01), "b": DARK})
        assert eventually(lambda: bool(b.state))
        for lit in (True, False, True, False):  # by itself
            assert eventually(lambda lit=lit: bool(a.state) == lit)  # type: ignore[misc]
        lights.show({"a": LIT, "b": LIT})
        assert eventually(lambda: bool(a.state) and not b.state)
    assert (bool(a.state), bool(b.state)) == (False, True)


def test_a_light_that_fails_takes_no_other_with_it(
    factory: MockFactory, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with open_lights({"a": LedSettings(pin=5), "b": LedSettings(pin=6)}) as lights:

        def broken(value: bool) -> None:
            raise OSError(5, "Input/output error")

        monkeypatch.setattr(factory.pin(5), "_set_state", broken)
        lights.show({"a": LIT, "b": LIT})
        assert eventually(lambda: bool(factory.pin(6).state))
        lights.show({"a": DARK, "b": DARK})
        assert eventually(lambda: not factory.pin(6).state)
        monkeypatch.undo()
    assert [record.message for record in caplog.records] == [
        "the light a cannot be switched: [Errno 5] Input/output error"
    ]


def test_a_pin_used_twice_is_a_sentence(factory: MockFactory) -> None:
    with pytest.raises(BoardError, match=r"leds\.b\.pin = 5: this pin is already in use"):
        open_lights({"a": LedSettings(pin=5), "b": LedSettings(pin=5)})
    open_lights({"a": LedSettings(pin=5)}).close()


def test_no_lights_need_no_gpio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Device, "pin_factory", None)
    open_lights({}).close()
    assert Device.pin_factory is None
