"""The pages beside the presets: looper, settings, output, messages, system. Pure."""

from __future__ import annotations

from pedal.connection import CONNECTIONS
from pedal.panel.menu.controls import ExpressionPage, MidiPage
from pedal.panel.menu.dials import LoopKnob, OutputKnob, ReferenceKnob
from pedal.panel.menu.facts import Facts
from pedal.panel.menu.governor import GovernorPage
from pedal.panel.menu.setup import SetupPage
from pedal.panel.menu.sheets import Do, ListPage, LooperSheet, Open, Row, Sheet, within
from pedal.panel.protocol import Input, Loop, Output, SetLevels
from pedal.params import BYPASS, KINDS
from pedal.params.words import shown

#: What can be done with a loop, by what it is doing: word and verb.
_DEEDS = {
    "empty": (("Record", "record"),),
    "recording": (("Close the loop", "press"), ("Stop", "stop")),
    "playing": (("Overdub", "overdub"), ("Stop", "stop"), ("Clear", "clear")),
    "overdubbing": (("Play on", "play"), ("Stop", "stop"), ("Clear", "clear")),
    "stopped": (("Play", "play"), ("Clear", "clear")),
}
_MODES = {"raw": "Raw", "normalised": "Equal", "calibrated": "Calibrated"}
_CHANNELS = ("left", "right", "sum")


class LooperPage(ListPage):
    """The loop, and what can be done with it now."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """As it says."""
        return "Looper"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """Verbs of the moment; the level is always there."""
        level_db = facts.loop_level_db
        if level_db is None:
            return ()
        state = facts.loop.state if facts.loop else "empty"
        rows = [Row(word, push=Do((Loop(verb=verb),))) for word, verb in _DEEDS[state]]  # type: ignore[arg-type]
        if facts.can_undo:
            rows.insert(1, Row("Undo", push=Do((Loop(verb="undo"),))))
        kind = KINDS["looper"]
        level = shown(kind.params[kind.index("level_db")], level_db)
        return (*rows, Row("Level", level, push=Open(LoopKnob())))

    def sheet(self, facts: Facts, at: int) -> Sheet:
        """A bar above the rows."""
        rows = self.rows(facts)
        return LooperSheet(facts.loop, rows, within(at, len(rows)))


class SettingsPage(ListPage):
    """What holds for all presets."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """As it says."""
        return "Settings"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """Output first: who carries the pedal from room to room needs it."""
        connection = CONNECTIONS.get(facts.connection, ("",))[0]
        mode = _following(facts.output_mode, tuple(_MODES))
        channel = _following(facts.channel, _CHANNELS)
        return (
            Row("Output", connection, push=Open(OutputPage())),
            Row("Loudness", _MODES.get(facts.output_mode, ""), push=Do((SetLevels(output=mode),))),  # type: ignore[arg-type]
            Row("Guitar is at", facts.channel, push=Do((Input(channel=channel),))),  # type: ignore[arg-type]
            *((Row("Expression pedal", push=Open(ExpressionPage())),) if facts.expression else ()),
            *((Row("MIDI", push=Open(MidiPage())),) if facts.midi else ()),
            Row("Tuner A4", f"{facts.reference_hz:g} Hz", push=Open(ReferenceKnob())),
            Row("CPU", facts.governor[0][1] if facts.governor else "", push=Open(GovernorPage())),
            Row("Set up", push=Open(SetupPage())),
        )


class OutputPage(ListPage):
    """What is behind the pedal, and the knobs for that."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """As it says."""
        return "Output"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """Four connections, then the knobs of the one in use."""
        rows = [
            Row(label, mark=">" if name == facts.connection else "", push=Do((Output(name=name),)))
            for name, (label, _) in CONNECTIONS.items()
        ]
        for param in KINDS["master"].params:
            if param is BYPASS:
                continue
            value = facts.connection_values.get(param.name, param.default)
            flip = Do((Output(values={param.name: float(value < 0.5)}),))
            deed = flip if param.unit == "on/off" else Open(OutputKnob(param.name))
            rows.append(Row(param.label, shown(param, value), push=deed))
        return tuple(rows)


class MessagesPage(ListPage):
    """What the pedal said lately, newest first."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """As it says."""
        return "Messages"

    def note(self, facts: Facts) -> str:
        """Nothing is good news."""
        return "All is well."

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """Long ones scroll while they are looked at."""
        return tuple(Row(message) for message in facts.messages)


class SystemPage(ListPage):
    """Facts about the machine."""

    __slots__ = ()

    def title(self, facts: Facts) -> str:
        """As it says."""
        return "System"

    def rows(self, facts: Facts) -> tuple[Row, ...]:
        """Names and values."""
        return tuple(Row(name, value) for name, value in facts.system)


def _following(word: str, words: tuple[str, ...]) -> str:
    """The next of some words, around the end."""
    return words[(words.index(word) + 1) % len(words)] if word in words else words[0]
