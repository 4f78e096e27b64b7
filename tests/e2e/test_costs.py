"""What blocks cost, learnt by a whole pedal: while it plays, once for a machine, and kept by a panel that is killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pedal.panel import protocol
from tests.e2e.running import PATIENCE_S, Pedal, running_pedal

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("jackd") is None, reason="jackd2 is not installed")]


def explained(pedal: Pedal, truth: Callable[[dict[str, Any]], bool], limit_s: float = 4 * PATIENCE_S) -> dict[str, Any]:
    """What the governor says, as soon as that is so."""
    deadline_s = time.monotonic() + limit_s
    while True:
        pedal.status()  # waits for a panel that is on its way back
        told = pedal.call(protocol.Explain())
        if truth(told):
            return told
        assert time.monotonic() < deadline_s, f"it never came true: {told['learning']}, {told['to_learn']} left"
        time.sleep(0.05)


def test_costs_are_learnt_while_it_plays_and_outlive_the_panel() -> None:
    with running_pedal("--no-safe-mode") as pedal:
        pedal.until(lambda status: status["audio"] == "playing")
        before = pedal.status()
        assert pedal.call(protocol.MeasureCosts())["measuring"] > 20
        under_way = explained(pedal, lambda told: told["learning"] is not None)
        assert 0 <= under_way["learning"]["done"] < under_way["learning"]["count"] and under_way["learning"]["label"]
        told = explained(pedal, lambda told: told["to_learn"] == 0)
        assert told["learning"] is None and told["known"] > 25
        after = pedal.status()
        assert after["frame"] > before["frame"], "it played all along"
        assert after["preset_key"] == before["preset_key"] and after["amps"] == before["amps"]
        costs = {one["what"]: one["cost"] for one in told["room"]}
        assert {"Delay", "Reverb spring", "Amp", "Cab"} <= costs.keys() and min(costs.values()) > 0.0
        assert costs["Reverb hall"] > costs["Boost"]
        book = Path(pedal.environment["PEDAL_HOME"]) / "costs.json"
        deadline_s = time.monotonic() + PATIENCE_S
        while not book.exists() or len(json.loads(book.read_bytes())["entries"]) < told["known"]:
            assert time.monotonic() < deadline_s, "it is not kept"
            time.sleep(0.1)
        os.kill(pedal.pid("panel"), signal.SIGKILL)
        again = explained(pedal, lambda told: told["known"] > 0)
        assert again["known"] == told["known"] and again["to_learn"] == 0, "nothing is measured twice"
