"""Snapshots in preset files: what is read, what is refused and how; taken and recalled."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.errors import PresetError
from pedal.preset import Block, Preset, Snapshot, format_preset, parse_preset
from pedal.preset.snapshots import fitting, recalled, refreshed, taken
from tests.test_preset import presets

PRESET = Preset(
    "Mine",
    (Block("amp1", "amp", "a.nam", {"drive_db": 2.0}), Block("delay1", "delay", on=False)),
)
HEAD = format_preset(PRESET)


def snapshots_of(lines: str) -> tuple[Snapshot, ...]:
    return parse_preset(f"{HEAD}\n{lines}", "mine.toml").snapshots


def test_reads_every_form() -> None:
    values = 'amp1.drive_db = 3\n"delay1.on" = true\ndelay1.time_s = 0.5\n"delay1.mix" = 0.2\noutput.mute = true\n'
    (first, second) = snapshots_of(
        f'[[snapshot]]\nname = "Verse"\n[[snapshot]]\nnumber = 8\n[snapshot.values]\n{values}'
    )
    assert first == Snapshot(1, "Verse")
    expected = {"amp1": {"drive_db": 3.0}, "delay1": {"time_s": 0.5, "mix": 0.2}, "output": {"mute": 1.0}}
    assert second == Snapshot(8, "", expected, {"delay1": True})


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("snapshot = 3", "list of tables"),
        ("[snapshot]", "list of tables"),
        ("[[snapshot]]\n" * 9, "9 snapshots.*at most 8"),
        ("[[snapshot]]\nnumber = 0", "snapshot 1: the number 0 is not right.*1 to 8"),
        ("[[snapshot]]\nnumber = true", "the number True"),
        ("[[snapshot]]\nnumber = 8\n[[snapshot]]", "snapshot 2: the number 9 is not right"),
        ("[[snapshot]]\n[[snapshot]]\nnumber = 1", "snapshot 2: the number 1 is taken"),
        ("[[snapshot]]\nname = 3", "no screen shows"),
        ('[[snapshot]]\nname = "' + "x" * 25 + '"', "24 plain characters"),
        ('[[snapshot]]\nvalue = ""', "unknown key 'value'.*values"),
        ("[[snapshot]]\nvalues = 3", "must be a table"),
        ("[[snapshot]]\nvalues.amp2.drive_db = 3", "no block 'amp2'.*amp1"),
        ("[[snapshot]]\nvalues.amp1.drve_db = 3", "no parameter 'drve_db'.*drive_db"),
        ("[[snapshot]]\nvalues.amp1.drive_db = 99", "out of range"),
        ('[[snapshot]]\nvalues.amp1.drive_db = "x"', "must be a number"),
        ("[[snapshot]]\nvalues.amp1.on = 1", "on must be true or false"),
        ("[[snapshot]]\nvalues.output.on = true", "cannot be switched"),
        ("[[snapshot]]\nvalues.amp1.bypass = true", "Write on = false"),
        ('[[snapshot]]\nvalues.amp1.model = "b.nam"', "no parameter 'model'"),
        ("[[snapshot]]\nvalues.master.level_db = 1", "no block 'master'"),
        ("[[snapshot]]\nvalues.amp1 = 1", "'amp1' names no parameter"),
        ('[[snapshot]]\nvalues."amp1.a.b" = 1', "'a.b' is no parameter"),
        ("[[snapshot]]\nvalues.amp1.drive_db.x = 1", "must be a number"),
    ],
)
def test_refuses_in_one_sentence(lines: str, says: str) -> None:
    text = f"{lines}\n{HEAD}" if lines.startswith("snapshot") else f"{HEAD}\n{lines}"
    with pytest.raises(PresetError, match=says) as caught:
        parse_preset(text, "mine.toml")
    assert str(caught.value).startswith("mine.toml") and "\n" not in str(caught.value)


def test_recalling_says_only_what_the_snapshot_says() -> None:
    held = replace(PRESET, snapshots=(Snapshot(3, "", {"amp1": {"drive_db": -6.0}}, {"delay1": True}),))
    loud = held.with_value("output", "level_db", 6.0)
    there = recalled(loud, 3)
    assert (there.block("amp1").value("drive_db"), there.block("delay1").on, there.snapshot) == (-6.0, True, 3)
    assert there.output.value("level_db") == 6.0 and there.block("amp1").on
    with pytest.raises(PresetError, match=r"no snapshot 4. It has 3\."):
        recalled(held, 4)
    with pytest.raises(PresetError, match="snapshot save"):
        recalled(PRESET, 1)


@given(presets(), presets())
def test_what_is_taken_comes_back_whatever_was_turned_since(preset: Preset, other: Preset) -> None:
    snapshot = taken(preset, 5, "As it was")
    turned = replace(preset, snapshots=(snapshot,))
    for block in preset.blocks:
        turned = turned.with_on(block.id, not block.on)
    back = recalled(turned, 5)
    assert back.is_like(preset) and refreshed(snapshot, back) == snapshot
    text = format_preset(turned)
    assert recalled(parse_preset(text, ""), 5).is_like(preset)
    left = replace(other, snapshots=fitting((snapshot,), other))
    assert parse_preset(format_preset(left), "") == left, "what another chain has not is left out"


@given(presets(), st.data())
def test_a_snapshot_refreshed_is_what_plays(preset: Preset, data: st.DataObject) -> None:
    if preset.snapshots:
        number = data.draw(st.sampled_from([snapshot.number for snapshot in preset.snapshots]))
        now = recalled(preset, number).with_value("input", "trim_db", 1.5)
        fresh = tuple(refreshed(s, now) if s.number == number else s for s in now.snapshots)
        assert recalled(replace(now, snapshots=fresh), number).is_like(now)
