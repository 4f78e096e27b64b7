"""What `pedal library check` finds in presets, banks, settings and notes: each thing once, with the way to mend it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from pedal.library.assets import Assets
from pedal.library.banks import Bank, BankStore
from pedal.library.cards import Card
from pedal.library.catalog import Catalog
from pedal.library.check import Finding, check_library
from pedal.library.check_presets import PresetCheck
from pedal.library.presets import PresetStore
from pedal.library.resolve import resolve
from pedal.library.used import note_used
from tests.library.brought import put

PLEXI, TWIN = b"plexi", b"twin"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def preset(model: str, data: bytes | None = None, more: str = "") -> bytes:
    known = f'model_hash = "sha256:{digest(data)}"\n' if data is not None else ""
    return f'schema = 2\nname = "P"\n[[block]]\nkind = "amp"\nid = "amp"\nmodel = "{model}"\n{known}{more}'.encode()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PEDAL_HOME", str(tmp_path))
    for name in ("PEDAL_PRESETS_DIR", "PEDAL_MODELS_DIR", "PEDAL_SETTINGS"):
        monkeypatch.delenv(name, raising=False)
    catalog = library(tmp_path)
    for data, name in ((PLEXI, "Plexi"), (TWIN, "Twin")):
        catalog.add(Card("model", digest(data), name, "Amps", size_bytes=len(data)), data)
    return put(tmp_path, {"models/mine.nam": b"mine"})


def library(home: Path, *, once: bool = False) -> Catalog:
    return Catalog(home / "library", ((home / "models", "folder"),), once=once)


def check(home: Path) -> PresetCheck:
    catalog = library(home, once=True)
    assets = Assets(home / "models", catalog=catalog)
    return PresetCheck(PresetStore(home / "presets", home / "factory"), catalog, assets)


def said(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.state, Path(finding.path).name) for finding in findings]


def test_what_is_as_it_was_is_not_mentioned(home: Path) -> None:
    presets = {"01-a": preset("Amps/Plexi.nam", PLEXI), "02-b": preset("mine.nam"), "03-c": preset("Amps/Twin.nam")}
    put(home / "presets", {f"{key}.toml": text for key, text in presets.items()})
    assert check(home).presets() == (3, [])
    assert check(home).banks(BankStore(home / "banks.toml")) == [] == check(home).settings() == check(home).used()


def test_a_renamed_model_plays_on_and_its_old_name_is_told(home: Path) -> None:
    put(home / "presets", {"01-a.toml": preset("Amps/Plexi.nam", PLEXI)})
    catalog = library(home)
    plexi = catalog.find("Plexi", "model")
    catalog.write_card(msgspec.structs.replace(plexi.card, name="Plexi, cap on", category="Marshall"))
    (finding,) = check(home).presets()[1]
    assert finding.is_note and finding.state == "renamed"
    assert "'Amps/Plexi.nam'" in finding.what and "called 'Marshall/Plexi, cap on.nam'" in finding.what
    assets = Assets(home / "models", catalog=catalog)
    found = resolve(PresetStore(home / "presets", home / "factory").load("01-a").preset, assets)
    assert (found.warnings, found.missing) == ((), ())
    assert assets.model_path(found.preset.block("amp").asset).read_bytes() == PLEXI
    # Another one that is called so now: what was meant plays still, and that the name is another's is told.
    twin = catalog.find("Twin", "model")
    catalog.write_card(msgspec.structs.replace(twin.card, name="Plexi"))
    (finding,) = check(home).presets()[1]
    assert finding.state == "renamed" and "another file now" in finding.what
    found = resolve(PresetStore(home / "presets", home / "factory").load("01-a").preset, assets)
    assert assets.model_path(found.preset.block("amp").asset).read_bytes() == PLEXI and len(found.warnings) == 1


def test_what_is_missing_changed_or_broken(home: Path) -> None:
    snapshot = "[[snapshot]]\nnumber = 1\n[snapshot.values]\nnobody.bass_db = 1.0\n"
    presets = {
        "01-gone": preset("Amps/None.nam", b"none"),
        "02-gone-name": preset("none.nam"),
        "03-changed": preset("mine.nam", b"as it was"),
        "04-broken": b"[[",
        "05-snapshot": preset("mine.nam", more=snapshot),
        "06-good": preset("mine.nam"),
    }
    put(home / "presets", {f"{key}.toml": text for key, text in presets.items()})
    put(home / "presets", {"07-as-before.toml": b"[[", "07-as-before.toml.previous": preset("mine.nam")})
    whole, findings = check(home).presets()
    states = ["missing", "missing", "changed", "damaged", "damaged", "damaged"]
    assert whole == 1 and [finding.state for finding in findings] == states
    assert not any(finding.is_note for finding in findings)
    assert "`pedal set amp.model NAME`" in findings[0].what and "import it" in findings[1].what
    assert "Save" in findings[2].what and "nobody" in findings[4].what and "what it was before" in findings[5].what


def test_banks_say_whose_place_is_empty_and_what_it_was(home: Path) -> None:
    put(home / "presets", {"01-a.toml": preset("mine.nam"), "02-b.toml.previous": preset("mine.nam")})
    banks = BankStore(home / "banks.toml")
    banks.save((Bank("Friday", ("01-a", "02-b", "03-c")),))
    findings = check(home).banks(banks)
    assert said(findings) == [("missing", "banks.toml")] * 2
    assert "place 2" in findings[0].what and "02-b.toml.previous" in findings[0].what
    assert "place 3" in findings[1].what and "`pedal bank remove 'Friday' 3`" in findings[1].what
    (home / "banks.toml").write_bytes(b"[[")
    assert said(check(home).banks(banks)) == [("damaged", "banks.toml")]


def test_favourites_settings_and_dates(home: Path) -> None:
    catalog = library(home)
    twin = catalog.find("Twin", "model")
    catalog.write_card(msgspec.structs.replace(twin.card, favourite=True))
    mine = catalog.find("mine", "model")
    catalog.write_card(msgspec.structs.replace(mine.card, favourite=True))
    assert check_library(catalog) == (2, [])
    twin.path.unlink()
    (home / "models" / "mine.nam").unlink()
    assert [finding.state for finding in check_library(catalog)[1]] == ["missing"] * 2
    note_used(catalog.home, {digest(PLEXI): (), digest(TWIN): (1.0,)})
    (finding,) = check(home).used()
    assert finding.is_note and finding.what.startswith("1 dates")
    put(home, {"settings.toml": b"[levels]\noutput = 7\n", "output.toml": b"[[", "expression.toml": b"x = 1\n"})
    names = ("settings.toml", "output.toml", "expression.toml")
    assert said(check(home).settings()) == [("damaged", name) for name in names]
