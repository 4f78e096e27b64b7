"""The keys of the main screen: one table, from which the app takes its bindings and the help its lines.

Pure; used by the app.
"""

from __future__ import annotations

from textual.binding import Binding, BindingType

from pedal.preset import MAX_SNAPSHOTS

#: Keys (as Textual names them), the app's action, and a line of the help (empty: another line says it).
TABLE: tuple[tuple[str, str, str], ...] = (
    ("left", "block(-1)", "← →  another block"),
    ("right", "block(1)", ""),
    ("up", "knob(-1)", "↑ ↓  another knob"),
    ("down", "knob(1)", ""),
    ("minus", "turn(-1)", "- +  turn the knob; PageDown, PageUp: ten times as far"),
    ("plus,equals_sign", "turn(1)", ""),
    ("pagedown", "turn(-1, 10)", ""),
    ("pageup", "turn(1, 10)", ""),
    ("enter", "enter", "Enter  type a value, or choose from a list; Backspace: the default"),
    ("backspace", "default", ""),
    ("space", "switch", "Space  the block on or off; b: the whole pedal bypassed"),
    ("b", "bypass", ""),
    ("a", "add", "a  add a block behind this one; x: take this one out"),
    ("x,delete", "remove", ""),
    ("less_than_sign,shift+left", "move(-1)", "< >  move the block; so does Shift with ← →"),
    ("greater_than_sign,shift+right", "move(1)", ""),
    ("m", "browse", "m  models or cabinets for this block; Space there plays one for now"),
    ("w", "width", "w  width of this amp: auto, full, lite"),
    ("p", "presets", "p  presets; n: snapshots, 1 to 8 play one; k: banks"),
    ("n", "snapshots", ""),
    ("k", "banks", ""),
    ("s", "save", "s  save the preset; S: as a new one"),
    ("S", "save_as", ""),
    ("f", "switches", "f  what footswitches do in this preset; i: MIDI, and learning this knob"),
    ("i", "midi", ""),
    ("t", "tuner", "t  the tuner on or off"),
    ("l", "log", "l  what the pedal said, and why amps changed width"),
    ("u,ctrl+z", "undo", "u  undo; r: do it again. Only what was done here, unless it was changed since"),
    ("r,ctrl+y", "redo", ""),
    ("question_mark,f1", "help", "?  this list"),
    ("q", "quit", "q  leave the editor: a shell. Everything stays in the pedal as it is"),
)

BINDINGS: list[BindingType] = [
    *(Binding(keys, action, action, show=False) for keys, action, _ in TABLE),
    *(Binding(str(n), f"snapshot({n})", f"snapshot {n}", show=False) for n in range(1, MAX_SNAPSHOTS + 1)),
]
HELP = tuple(words for *_, words in TABLE if words)
#: At the foot of the screen: the most important first, and, always there, the last three.
FOOT = (
    ("-+", "turn"),
    ("⏎", "type"),
    ("␣", "on/off"),
    ("a", "add"),
    ("m", "models"),
    ("p", "presets"),
    ("s", "save"),
    ("x", "take out"),
    ("<>", "move"),
    ("n", "snapshots"),
    ("f", "switches"),
    ("i", "MIDI"),
    ("u", "undo"),
    ("?", "keys"),
    ("q", "shell"),
)
