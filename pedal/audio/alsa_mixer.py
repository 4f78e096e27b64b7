"""The card's mixer, set as the board file says: before the card is opened, never while it plays. Touches hardware.

Used by ``process`` and ``safe`` in pedal-audio, and for a codec's own bypass by the parent of both. A control that is
not there, or cannot do what is asked, is told in one sentence and is no reason to be silent.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import alsaaudio

from pedal.audio.alsa import Card, open_card, resolve_device
from pedal.config import AudioSettings, MixerSetting
from pedal.errors import CardError, did_you_mean
from pedal.pins import card_id_of

_DIRECTIONS = {"playback": alsaaudio.PCM_PLAYBACK, "capture": alsaaudio.PCM_CAPTURE}
#: No mixer goes farther, in hundredths of a decibel.
_LEAST_CENTI_DB, _MOST_CENTI_DB = -20_000, 10_000
#: A list has its new word by then, also at the end of a slow line.
_LOOKS, _LOOK_S = 20, 0.01


class ReadyCard:
    """Opens a card whose mixer is set: ``play``'s ``open_card``, called again whenever the card comes back.

    Args:
        audio: the board's.
        mixer: see above.
        report: gets one line for each thing that could not be set; the same line once.
    """

    def __init__(self, audio: AudioSettings, mixer: Mapping[str, MixerSetting], report: Callable[[str], None]) -> None:
        self._audio = audio
        self._mixer = mixer
        self._report = report
        self._told: set[str] = set()

    def __call__(self) -> Card:
        """Set the mixer, then open.

        Raises:
            CardError: as ``open_card``.
        """
        resolve_device(self._audio.card)  # one that is not there has no mixer either
        for complaint in set_mixer(mixer_device(self._audio.card), self._mixer):
            if complaint not in self._told:
                self._told.add(complaint)
                self._report(complaint)
        return open_card(self._audio)


def mixer_device(card: str) -> str:
    """The name of the mixer of a card that a board names by its id or a PCM name; a user-space one has its own."""
    if ":" in card:
        return f"hw:CARD={card_id_of(card)}" if card.startswith(("hw:", "plughw:")) else card
    return f"hw:CARD={card}" if card in alsaaudio.cards() else card


def set_mixer(device: str, settings: Mapping[str, MixerSetting]) -> list[str]:
    """Set each control; returns one sentence for each thing that could not be.

    Args:
        device: an ALSA control device, such as ``hw:CARD=Zero``.
        settings: by the name of the control, as ``amixer scontrols`` shows it.
    """
    if not settings:
        return []
    try:
        known = alsaaudio.mixers(device=device)
    except alsaaudio.ALSAAudioError as error:
        return [str(CardError(f"the mixer cannot be opened ({error})", where=f"card '{device}'"))]
    complaints = []
    for name, setting in settings.items():
        try:
            if name not in known:
                raise CardError("there is no such control", hint=did_you_mean(name, known))
            _set_one(alsaaudio.Mixer(name, device=device), setting)
        except (CardError, alsaaudio.ALSAAudioError) as error:
            reason = str(error) if isinstance(error, CardError) else f"cannot be set ({error})."
            complaints.append(f"mixer.{name!r}: {reason}")
    return complaints


def _set_one(mixer: Any, setting: MixerSetting) -> None:
    """One control.

    Raises:
        CardError: it lacks what is asked for.
    """
    if setting.choice is not None:
        _choose(mixer, setting.choice)
    if setting.level is not None or setting.level_db is not None:
        _set_level(mixer, setting)
    if setting.on is not None:
        switches = _having(mixer.switchcap(), "Mute", setting)
        if not switches:
            raise CardError("has no such switch", hint="Use level_db, level or choice")
        for direction in switches:
            if direction == "playback":
                mixer.setmute(int(not setting.on))
            else:
                mixer.setrec(int(setting.on))


def _set_level(mixer: Any, setting: MixerSetting) -> None:
    levels = _having(mixer.volumecap(), "Volume", setting)
    if not levels:
        raise CardError("has no such level", hint="Use on or choice")
    in_db = setting.level_db is not None
    units = alsaaudio.VOLUME_UNITS_DB if in_db else alsaaudio.VOLUME_UNITS_RAW
    value = round(100 * (setting.level_db or 0.0)) if in_db else int(setting.level or 0)
    for direction in levels:
        low, high = mixer.getrange(_DIRECTIONS[direction], units)
        if in_db and not _LEAST_CENTI_DB <= low < high <= _MOST_CENTI_DB:
            # pyalsaaudio passes over alsa-lib's error, and gives what lay in memory
            raise CardError("states no decibels", hint="Use level")
        if not low <= value <= high:
            shown = (f"{low / 100:g}", f"{high / 100:g} dB") if in_db else (str(low), str(high))
            raise CardError("cannot be set so high or low", hint=f"Use {shown[0]} to {shown[1]}")
        mixer.setvolume(value, alsaaudio.MIXER_CHANNEL_ALL, _DIRECTIONS[direction], units)


def _choose(mixer: Any, choice: str) -> None:
    listed = mixer.getenum()
    if not listed:
        raise CardError("is no list", hint="Use on, level_db or level")
    words = listed[1]
    if choice not in words:
        raise CardError(f"has no {choice!r}", hint=did_you_mean(choice, words))
    try:
        mixer.setenum(words.index(choice))
    except alsaaudio.ALSAAudioError:
        # pyalsaaudio takes alsa-lib's 1, which says that something has changed, for an error: so look
        for _ in range(_LOOKS):
            if mixer.getenum()[0] == choice:
                return
            time.sleep(_LOOK_S)
        raise


def _having(abilities: list[str], what: str, setting: MixerSetting) -> list[str]:
    """Directions in which a control can do ``what``, of those that are asked for.

    pyalsaaudio's words are "Playback Volume", "Capture Volume", "Volume" (of both), and the same with "Mute".
    """
    wanted: list[str] = [setting.direction] if setting.direction else ["playback", "capture"]
    own = [direction for direction in wanted if f"{direction.title()} {what}" in abilities]
    return own or (wanted[:1] if what in abilities else [])
