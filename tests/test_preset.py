"""Presets: what is read, what is refused and how, and that writing and reading agree."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pedal.errors import PresetError
from pedal.params import BYPASS, KINDS, Param
from pedal.params.param import Option
from pedal.paths import factory_dir
from pedal.preset import IMPLICIT, MAX_SNAPSHOTS, RESERVED, Block, Preset, Snapshot, format_preset, parse_preset
from pedal.preset.model import MAX_OF_KIND, MAX_SNAPSHOT_NAME

CRUNCH = """
name = "Crunch"
[input]
trim_db = 1
[output]
level_db = -3.5
[[block]]
kind = "gate"
id = "gate"
threshold_db = -65.0
[[block]]
kind = "amp"
model = "starter-crunch.nam"
drive_db = 3.0
[[block]]
kind = "cab"
impulse = "mine/closed-back-4x12.wav"
on = false
"""


def test_reads_every_part() -> None:
    preset = parse_preset(CRUNCH, "crunch.toml")
    assert preset.name == "Crunch"
    assert [(b.id, b.kind, b.asset, b.on) for b in preset.blocks] == [
        ("gate", "gate", "", True),
        ("amp1", "amp", "starter-crunch.nam", True),
        ("cab1", "cab", "mine/closed-back-4x12.wav", False),
    ]
    assert preset.input.values == {"trim_db": 1.0}
    assert preset.output.value("level_db") == -3.5
    assert [b.id for b in preset.chain] == ["input", "gate", "amp1", "cab1", "dc", "output", "master"]


def test_a_value_that_was_not_given_is_the_default() -> None:
    gate = parse_preset(CRUNCH, "").block("gate")
    assert gate.value("threshold_db") == -65.0
    assert gate.value("release_s") == 0.12
    with pytest.raises(PresetError, match=r"no parameter 'thresold_db'.*threshold_db"):
        gate.value("thresold_db")


def test_default_ids_step_around_given_ones() -> None:
    text = 'name = "x"\n' + '[[block]]\nkind = "tone"\n' * 2 + '[[block]]\nkind = "tone"\nid = "tone1"\n'
    assert [b.id for b in parse_preset(text, "").blocks] == ["tone2", "tone3", "tone1"]


def test_changes_make_new_presets() -> None:
    preset = parse_preset(CRUNCH, "")
    louder = preset.with_value("output", "level_db", 2.0).with_value("amp1", "drive_db", -1).with_on("cab1", True)
    assert louder.output.value("level_db") == 2.0
    assert louder.block("amp1").value("drive_db") == -1.0
    assert louder.block("cab1").on
    assert preset == parse_preset(CRUNCH, "")
    with pytest.raises(PresetError, match="Use -24 to 24 dB"):
        preset.with_value("amp1", "drive_db", 99.0)
    with pytest.raises(PresetError, match="no block 'ampl'"):
        preset.with_on("ampl", True)
    with pytest.raises(PresetError, match="cannot be switched off"):
        preset.with_on("output", False)


def _one(lines: str) -> str:
    return f'name = "x"\n[[block]]\n{lines}\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no name"),
        ("name = 3", "has no name"),
        ('name = "  "', "has no name"),
        (f'name = "{"x" * 65}"', "no screen shows"),
        ('name = "a\\u0007b"', "no screen shows"),
        ('name = "x"\ngain = 1', "unknown key 'gain'"),
        ('name = "x"\noutput = 1', "output must be a table"),
        ('name = "x"\n[output]\nlevl_db = 1', "has no parameter 'levl_db'.*level_db"),
        ('name = "x"\n[output]\nlevel_db = nan', "out of range"),
        ('name = "x"\n[output]\nlevel_db = true', "must be a number"),
        ('name = "x"\n[output]\nmute = 1', "true or false"),
        (f'name = "x"\n[output]\nlevel_db = 1{"0" * 400}', "out of range"),
        ('name = "x"\nblock = 3', "list of tables"),
        ('name = "x"\nblock = [1]', "list of tables"),
        ('name = "x"\n' + '[[block]]\nkind = "tone"\n' * 17, "17 blocks.*at most 16"),
        ('name = "x"\n' + '[[block]]\nkind = "gate"\n' * 2, "more than 1 block of kind 'gate'"),
        (_one(""), "has no kind.*gate"),
        (_one('kind = "output"'), "no block of kind 'output'"),
        (_one('kind = "amq"'), "no block of kind 'amq'.*amp"),
        (_one('kind = "amp"'), "has no model"),
        (_one('kind = "cab"'), "has no impulse"),
        ('name = "x"\n"a\\nb" = 1', r"unknown key 'a\\nb'"),
        (_one('kind = "tone"\n"a\\u001b[2J" = 1'), r"unknown key 'a\\x1b"),
        (_one('kind = "tone"\nmodel = "x.nam"'), "no parameter 'model'"),
        (_one('kind = "amp"\nmodel = "x.nam"\nmodel_hash = "sha256:12"'), "model_hash is no hash of a file"),
        (_one('kind = "amp"\nmodel = "x.nam"\nmodel_hash = 3'), "model_hash is no hash"),
        (_one('kind = "tone"\nmodel_hash = "x"'), "no parameter 'model_hash'"),
        (
            _one(f'kind = "cab"\nimpulse = "x.wav"\nimpulse_b_hash = "sha256:{"0" * 64}"'),
            "has impulse_b_hash, and no impulse_b. Remove",
        ),
        (_one('kind = "tone"\nbypass = true'), "on = false"),
        (_one('kind = "tone"\non = 1'), "on must be true or false"),
        (_one('kind = "tone"\nid = "A"'), "the id 'A'"),
        (_one('kind = "tone"\nid = ""'), "the id ''"),
        (_one('kind = "tone"\nid = 3'), "the id 3"),
        (_one('kind = "tone"\nid = "output"'), "the id 'output' is taken"),
        (_one('kind = "tone"\nid = "a"\n[[block]]\nkind = "tone"\nid = "a"'), "the id 'a' is taken"),
        (_one('kind = "tone"\nbass_db = 99'), "bass_db = 99 is out of range. Use -15 to 15 dB"),
        (_one('kind = "tone"\nbass_db = "loud"'), "must be a number"),
        ("x = [", "is not TOML"),
        ("x = " + "[" * 5000, "nested too deeply"),
        ("#" * 70_000, "larger than 64 KiB"),
    ],
)
def test_refuses_in_one_sentence(text: str, says: str) -> None:
    with pytest.raises(PresetError, match=says) as caught:
        parse_preset(text, "mine.toml")
    line = str(caught.value)
    assert line.startswith("mine.toml")
    assert "\n" not in line


@pytest.mark.parametrize(
    "name", ["", "/etc/passwd", "../x.nam", "a/../x.nam", "a//b.nam", ".hidden", "._x.nam", "a\\b", "x" * 201, "a/./b"]
)
def test_asset_names_stay_inside_the_library(name: str) -> None:
    with pytest.raises(PresetError, match="model"):
        parse_preset(_one(f"kind = 'amp'\nmodel = '{name}'"), "mine.toml")


def test_asset_names_hold_no_control_characters() -> None:
    with pytest.raises(PresetError, match="not a file name"):
        parse_preset(_one('kind = "amp"\nmodel = "a\\u0000b.nam"'), "mine.toml")


IDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789_-", min_size=1, max_size=24).filter(lambda i: i not in RESERVED)
PRINTABLE = st.characters(exclude_categories=("C", "Z")) | st.just(" ")
NAMES = st.text(PRINTABLE, min_size=1, max_size=64).filter(lambda name: bool(name.strip()))
PARTS = st.text(PRINTABLE.filter(lambda c: c not in "/\\"), min_size=1, max_size=20)
HASHES = st.text("0123456789abcdef", min_size=64, max_size=64)
ASSETS = st.lists(PARTS.filter(lambda p: not p.startswith(".")), min_size=1, max_size=3).map("/".join)


@st.composite
def values(draw: st.DrawFn, kind: str) -> dict[str, float]:
    """Some of a kind's parameters, each in its range."""
    params = [param for param in KINDS[kind].params if param is not BYPASS]
    chosen = draw(st.lists(st.sampled_from(params), unique_by=lambda p: p.name)) if params else []
    return {p.name: draw(_value(p)) for p in chosen}


def _value(param: Param) -> st.SearchStrategy[float]:
    if param.unit == "on/off" or param.words:
        return st.integers(int(param.low), int(param.high)).map(float)
    return st.floats(param.low, param.high)


def _option(option: Option) -> st.SearchStrategy[str | int]:
    if option.asset:
        return ASSETS
    return st.sampled_from(option.words) if option.words else st.integers(option.low, option.high)


@st.composite
def presets(draw: st.DrawFn) -> Preset:
    """Any preset that the pedal could have in hand."""
    kinds, blocks = [kind for kind in KINDS.values() if not kind.implicit], []
    for block_id in draw(st.lists(IDS, max_size=8, unique=True)):
        kind = draw(st.sampled_from(kinds))
        if any(block.kind == kind.name for block in blocks) and kind.name in MAX_OF_KIND:
            continue
        given_options = draw(st.lists(st.sampled_from(kind.options), unique_by=str)) if kind.options else []
        options = {option.name: draw(_option(option)) for option in given_options}
        asset = draw(ASSETS) if kind.asset else ""
        block = Block(block_id, kind.name, asset, draw(values(kind.name)), draw(st.booleans()), options)
        hashes = {key: draw(HASHES) for key in block.files if draw(st.booleans())}
        blocks.append(replace(block, hashes=hashes))
    implicit = {name: Block(name, name, values=draw(values(name))) for name in IMPLICIT}
    preset = Preset(draw(NAMES), tuple(blocks), **implicit)
    numbers = draw(st.lists(st.integers(1, MAX_SNAPSHOTS), max_size=3, unique=True))
    return replace(preset, snapshots=tuple(draw(snapshots(preset, number)) for number in numbers))


@st.composite
def snapshots(draw: st.DrawFn, preset: Preset, number: int) -> Snapshot:
    """One that says something of some of the blocks."""
    kinds = {block.id: block.kind for block in (preset.input, *preset.blocks, preset.output)}
    own = {block_id: draw(values(kinds[block_id])) for block_id in draw(st.sets(st.sampled_from(sorted(kinds))))}
    name = draw(st.just("") | st.text(PRINTABLE, max_size=MAX_SNAPSHOT_NAME))
    listed = [block.id for block in preset.blocks]
    on = draw(st.dictionaries(st.sampled_from(listed), st.booleans())) if listed else {}
    return Snapshot(number, name, {block_id: given for block_id, given in own.items() if given}, on)


@given(presets())
def test_what_is_written_is_read_back(preset: Preset) -> None:
    assert parse_preset(format_preset(preset), "round trip") == preset


FRAGMENTS = st.sampled_from(
    ["[[block]]", "[block]", "[output]", "\n", '"', "= ", "kind", "id = 1e999", "on = 0", "nan", "-inf", "99999", "{}",
     "[", "]", "1979-05-27", "'", "\x00", "\ud800", "😀", "a.b.c = 1", "bypass = true", "mute = 2"]
)  # fmt: skip


@given(st.data())
def test_a_mutated_file_raises_nothing_but_preset_errors(data: st.DataObject) -> None:
    text = CRUNCH
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text)))
        stop = data.draw(st.integers(at, min(len(text), at + 12)))
        text = text[:at] + data.draw(FRAGMENTS | st.text(max_size=3)) + text[stop:]
    try:
        preset = parse_preset(text, "mutated.toml")
    except PresetError as error:
        assert "\n" not in str(error)
    else:
        assert parse_preset(format_preset(preset), "again") == preset


FACTORY = sorted((factory_dir("models") / "presets").glob("*.toml"))


@pytest.mark.parametrize("path", FACTORY, ids=lambda path: path.stem)
def test_every_factory_preset_is_read(path: Path) -> None:
    preset = parse_preset(path.read_text("utf-8"), path.name)
    assert tomllib.loads(path.read_text("utf-8"))["name"] == preset.name


def test_there_are_factory_presets() -> None:
    first = ["01-crunch", "02-clean-edge", "03-two-amps", "04-stack"]
    assert [path.stem for path in FACTORY][:4] == first
    assert len(FACTORY) >= 12


def test_the_example_of_the_documentation_is_read() -> None:
    text = (Path(__file__).parents[1] / "docs" / "presets.md").read_text("utf-8")
    example = text.split("```toml\n")[1].split("```")[0]
    assert [block.id for block in parse_preset(example, "docs").blocks] == ["gate", "amp1", "cab1"]
