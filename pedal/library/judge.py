"""The judge: a short-lived process that reads files from outside with the loaders that will one day play them.

``python -m pedal.library.judge FD``, started by ``checker``; killable at any moment: it writes nothing. It has little
memory, no more open files than it needs, and ends when its importer does, because then its pipe does.
"""

from __future__ import annotations

import os
import resource
import sys
from multiprocessing.connection import Connection

import msgspec

from pedal.errors import PedalError
from pedal.library.cards import About, WidthFacts
from pedal.library.checker import Question, Verdict
from pedal.library.impulses import parse_impulse
from pedal.nam.file import parse_model
from pedal.nam.model import Model
from pedal.preset import parse_preset

_NICE = 10
#: Reading takes less than 200 MB for the worst file there can be (``tests/fuzz``); numbers and libraries come before.
MEMORY_BYTES = 640 << 20
#: Impulse responses are tried at the rate that most cards have.
_RATE_HZ = 48000
_TEXT = 200

_questions = msgspec.json.Decoder(Question)


def judge(question: Question, data: bytes) -> Verdict:
    """What ``data`` is; an error is a sentence, never an exception."""
    try:
        return Verdict(about=_about(question, data))
    except PedalError as error:
        return Verdict(error=str(error))
    except MemoryError:
        return Verdict(error=f"{question.name}: takes more memory than a pedal has.")


def _about(question: Question, data: bytes) -> About:
    if question.kind == "model":
        return about_model(parse_model(data, question.name))
    if question.kind == "impulse":
        taps = parse_impulse(data, _RATE_HZ, question.name)
        return About(seconds=round(taps.size / _RATE_HZ, 4))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        raise PedalError(f"byte {failure.start} is not UTF-8 text", where=question.name) from failure
    return About(title=parse_preset(text, question.name).name)


def about_model(model: Model) -> About:
    """What a model's card says of it."""
    return About(
        title=model.name[:_TEXT],
        gear_type=model.gear_type[:_TEXT],
        gear=model.gear[:_TEXT],
        tone_type=model.tone_type[:_TEXT],
        by=model.modeled_by[:_TEXT],
        rate_hz=model.sample_rate_hz,
        loudness_db=model.loudness_db,
        input_level_dbu=model.input_level_dbu,
        output_level_dbu=model.output_level_dbu,
        widths=tuple(
            WidthFacts(width.label, "+".join(str(count) for count in width.channels)[:_TEXT], width.macs_per_sample)
            for width in model.widths
        ),
        remarks=tuple(warning[:_TEXT] for warning in model.warnings[:16]),
    )


def main(pipe: Connection) -> None:
    """Answer questions until the pipe ends."""
    os.nice(_NICE)
    for what, most in ((resource.RLIMIT_DATA, MEMORY_BYTES), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        resource.setrlimit(what, (most, most))
    judge(Question("impulse", "warm.wav"), b"")  # imports what it needs before the first answer is waited for
    pipe.send_bytes(msgspec.json.encode(Verdict()))  # ready
    while True:
        try:
            question = _questions.decode(pipe.recv_bytes())
            verdict = judge(question, pipe.recv_bytes())
            pipe.send_bytes(msgspec.json.encode(verdict))
        except (EOFError, OSError):
            return


if __name__ == "__main__":
    main(Connection(int(sys.argv[1])))
