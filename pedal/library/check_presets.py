"""Every preset, bank and setting: whether it can be read, and whether what it names is there.

Called by ``pedal library check``. Reads all of it, changes nothing. What plays all the same is told of, too, because it
was meant otherwise once: a name that has come to stand for something else, a file that has got another name.
"""

from __future__ import annotations

from collections.abc import Iterator

from pedal.errors import PedalError, PresetError
from pedal.library.assets import Assets, load_content_hash
from pedal.library.atomic import previous_of
from pedal.library.banks import NAME as BANKS
from pedal.library.banks import BankStore
from pedal.library.calibration import NAME as EXPRESSION
from pedal.library.calibration import CalibrationStore
from pedal.library.cards import AssetKind
from pedal.library.catalog import Catalog, Entry
from pedal.library.check import Finding
from pedal.library.connections import NAME as OUTPUT
from pedal.library.connections import ConnectionStore
from pedal.library.midi_map import NAME as MIDI
from pedal.library.midi_map import MidiMapStore
from pedal.library.presets import PresetStore
from pedal.library.resolve import files_of
from pedal.library.settings import load_levels
from pedal.library.used import load_used
from pedal.paths import settings_path, state_dir


class PresetCheck:
    """What the player's files name, held against what there is.

    Args:
        store: the presets.
        catalog: models and impulse responses; looked at once.
        assets: where names lead, with a catalog that looks once.
    """

    def __init__(self, store: PresetStore, catalog: Catalog, assets: Assets) -> None:
        self._store = store
        self._assets = assets
        self._home = catalog.home
        entries = [entry for entry in catalog.entries() if not entry.missing]
        self._by_hash: dict[tuple[AssetKind, str], Entry] = {}
        for entry in entries:
            self._by_hash.setdefault((entry.card.kind, entry.hash), entry)
        self._hashes = {entry.at: entry.hash for entry in entries}

    def presets(self) -> tuple[int, list[Finding]]:
        """How many presets are sound, and what is to be said of the others: of their snapshots, models, responses."""
        whole, found = 0, []
        for entry in self._store.entries():
            where = str(entry.path)
            try:
                loaded = self._store.load(entry.key)
            except PresetError as error:
                found.append(Finding("damaged", where, f"{error} Mend it by hand, or delete it."))
                continue
            if loaded.warning:
                found.append(Finding("damaged", where, f"{loaded.warning} Mend it by hand, or play it and save it."))
                continue
            about = [
                Finding(state, where, f"{block.id}: {what}")
                for block in loaded.preset.blocks
                for key, kind, name in files_of(block)
                for state, what in self._file(block.id, key, kind, name, block.hashes.get(key, ""))
            ]
            found += about
            whole += not about
        return whole, found

    def banks(self, banks: BankStore) -> list[Finding]:
        """What is wrong with the banks: the file, and places whose preset is gone."""
        where = str(self._home.parent / BANKS)
        try:
            known, warning = banks.load()
        except PresetError as error:
            return [Finding("damaged", where, f"{error} Mend it by hand.")]
        found = [Finding("damaged", where, f"{warning} Mend it by hand, or change a bank.")] if warning else []
        there = {entry.key: entry for entry in self._store.entries()}
        for bank in known:
            for place, key in enumerate(bank.presets, 1):
                if key not in there:
                    what = f"bank '{bank.name}', place {place}: there is no preset '{key}'. {self._way_back(key)}"
                    found.append(Finding("missing", where, f"{what} `pedal bank remove '{bank.name}' {place}`."))
        return found

    def settings(self) -> list[Finding]:
        """Settings that cannot be read."""
        try:
            load_levels()
            levels = ""
        except PedalError as error:
            levels = str(error)
        troubles = {
            str(settings_path()): levels,
            str(state_dir() / OUTPUT): ConnectionStore.default().load()[1],
            str(state_dir() / EXPRESSION): CalibrationStore.default().load()[1],
            str(state_dir() / MIDI): MidiMapStore.default().load()[1],
        }
        return [Finding("damaged", path, f"{text} Mend it, or choose anew.") for path, text in troubles.items() if text]

    def used(self) -> list[Finding]:
        """Dates of what is not here any more; they do no harm."""
        gone = len(load_used(self._home).keys() - {content for _, content in self._by_hash})
        what = f"{gone} dates of what is not here any more; they come to life if it comes back"
        return [Finding("orphaned", str(self._home / "used.json"), what)] if gone else []

    def _file(self, block: str, key: str, kind: AssetKind, name: str, known: str) -> Iterator[tuple[str, str]]:
        """What is to be said of one file that a preset names: a state and a sentence, or nothing."""
        named = self._content(kind, name, known)
        meant = self._by_hash.get((kind, known))
        change = f"`pedal set {block}.{key} NAME` chooses, then save"
        if known and meant is None:
            if named:
                yield "changed", f"'{name}' is not what it was when this was saved; it plays. Save to take it as it is."
            else:
                yield "missing", f"'{name}' is not here, nor its content: import it again; or {change}."
        elif not known and not named:
            yield "missing", f"there is no {kind} '{name}': import it; or {change}."
        elif meant is not None and named != known:
            other = "another file now" if named else "nobody's name any more"
            yield "renamed", f"'{name}' is {other}; what was meant is called '{meant.asset_name}', and plays."

    def _content(self, kind: AssetKind, name: str, known: str) -> str:
        """Hash of what a name stands for today; empty if for nothing that can be read."""
        try:
            path = self._assets.model_path(name, known) if kind == "model" else self._assets.impulse_path(name, known)
            return self._hashes.get(str(path)) or load_content_hash(path)
        except PedalError:
            return ""

    def _way_back(self, key: str) -> str:
        kept = previous_of(self._store.path_of(key))
        return f"What it was lies in {kept.name}; or" if kept.exists() else "Save one under that name; or"
