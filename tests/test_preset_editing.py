"""Chains changed: whatever is added, moved and removed, the preset can be saved and read back; nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.errors import PresetError
from pedal.params import KINDS
from pedal.preset import MAX_BLOCKS, Block, Preset, Snapshot, format_preset, parse_preset
from pedal.preset.editing import with_added, with_moved, with_removed

LISTED = [kind.name for kind in KINDS.values() if not kind.implicit]
FILES = {"model": "a/b.nam", "impulse": "c.wav"}
THREE = Preset(
    "Three",
    (Block("gate1", "gate"), Block("amp1", "amp", "a/b.nam"), Block("delay1", "delay")),
    snapshots=(Snapshot(1, "A", {"delay1": {"mix": 0.5}, "amp1": {"drive_db": 3.0}}, {"delay1": False}),),
)


def added(preset: Preset, kind: str, place: int | None = None) -> Preset:
    return with_added(preset, kind, FILES.get(KINDS[kind].asset, ""), place)


def ids(preset: Preset) -> list[str]:
    return [block.id for block in preset.blocks]


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.sampled_from(LISTED), st.none() | st.integers(1, MAX_BLOCKS)),
            st.tuples(st.just("move"), st.integers(0, 20), st.integers(1, MAX_BLOCKS)),
            st.tuples(st.just("remove"), st.integers(0, 20), st.none()),
        ),
        max_size=40,
    )
)
def test_whatever_is_edited_can_be_saved(edits: list[tuple[str, str | int, int | None]]) -> None:
    preset = THREE
    for verb, what, place in edits:
        before = preset
        try:
            if verb == "add":
                preset = added(preset, str(what), place)
                assert len(preset.blocks) == len(before.blocks) + 1
            elif preset.blocks:
                name = ids(preset)[int(what) % len(preset.blocks)]
                preset = with_moved(preset, name, place) if place else with_removed(preset, name)
                others = [block for block in before.blocks if block.id != name]
                assert [block for block in preset.blocks if block.id != name] == others
        except PresetError:
            assert preset is before
        assert parse_preset(format_preset(preset), "here") == preset


def test_places_count_from_one_and_ids_are_free() -> None:
    assert ids(added(THREE, "amp", 1)) == ["amp2", "gate1", "amp1", "delay1"]
    assert ids(added(THREE, "amp")) == ["gate1", "amp1", "delay1", "amp2"]
    assert ids(with_moved(THREE, "gate1", 3)) == ["amp1", "delay1", "gate1"]
    assert ids(with_moved(THREE, "delay1", 1)) == ["delay1", "gate1", "amp1"]


def test_what_is_removed_is_forgotten_by_snapshots() -> None:
    (snapshot,) = with_removed(THREE, "delay1").snapshots
    assert snapshot.values == {"amp1": {"drive_db": 3.0}} and snapshot.on == {}


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (lambda: with_added(THREE, "gate"), "room for 1 'gate'"),
        (lambda: with_added(THREE, "amp"), "needs a model"),
        (lambda: with_added(THREE, "tone", "x.nam"), "plays no file"),
        (lambda: with_added(THREE, "cab", "../x.wav"), "outside the library"),
        (lambda: with_added(THREE, "output"), "in every chain already"),
        (lambda: with_added(THREE, "tonne"), "no block 'tonne'"),
        (lambda: with_removed(THREE, "input"), "stays where it is"),
        (lambda: with_moved(THREE, "nothing", 1), "no block 'nothing'"),
    ],
)
def test_what_cannot_be_is_said(edit: object, sentence: str) -> None:
    with pytest.raises(PresetError, match=sentence):
        edit()  # type: ignore[operator]


def test_a_full_chain_is_full() -> None:
    preset = Preset("Full")
    for _ in range(MAX_BLOCKS):
        preset = added(preset, "tone")
    with pytest.raises(PresetError, match="16 blocks already"):
        added(preset, "tone")
