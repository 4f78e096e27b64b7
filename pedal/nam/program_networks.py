"""What every architecture computes, written as a program.

Called by ``pack`` for all that the fast kernels do not play; not in real time.
"""

from __future__ import annotations

import numpy as np

from pedal.nam.networks import ConvNetSpec, LinearSpec, LstmSpec, Network, SequentialSpec
from pedal.nam.packed import Packed
from pedal.nam.program import Column, LstmLayer, Program, Register
from pedal.nam.program_wavenet import write_wavenet
from pedal.nam.spec import WaveNetSpec
from pedal.nam.stream import Stream, dense

#: Outputs that a convolution computes at once.
_LANES = 4


def pack_program(spec: Network, max_frames: int) -> Packed:
    """Lay out any network."""
    program = Program(spec, max_frames)
    return program.finish(write_network(program, spec, program.input))


def write_network(program: Program, spec: Network, x: Register) -> Register:
    """The steps of ``spec`` for the input ``x``."""
    match spec:
        case WaveNetSpec():
            condition = write_network(program, spec.condition, x) if spec.condition else x
            return write_wavenet(program, spec, x, condition)
        case ConvNetSpec():
            return _write_convnet(program, spec, x)
        case LstmSpec():
            return _write_lstm(program, spec, x)
        case LinearSpec():
            return _write_linear(program, spec, x)
        case SequentialSpec():
            for part in spec.parts:
                x = write_network(program, part, x)
            return x
    raise AssertionError(f"no program is known for {spec.label}")


def _write_linear(program: Program, spec: LinearSpec, x: Register) -> Register:
    """An impulse response in quarters: four outputs side by side cost what one does, then each is delayed."""
    stream = Stream(spec.weights)
    response = stream.take(spec.taps)
    bias = stream.take(1) if spec.bias else np.zeros(1)
    quarter = -(-spec.taps // _LANES)
    newest_last = np.pad(response, (0, _LANES * quarter - spec.taps)).reshape(_LANES, 1, quarter)[:, :, ::-1]
    sums = program.conv(x, newest_last, np.zeros(_LANES), spec.dilation)
    delays = np.eye(_LANES)[None, :, ::-1]
    return program.conv(sums, delays, bias, quarter * spec.dilation)


def _write_convnet(program: Program, spec: ConvNetSpec, x: Register) -> Register:
    stream = Stream(spec.weights)
    for dilation in spec.dilations:
        taps = dense(stream.take(spec.width, x.rows // spec.groups, 2), spec.groups)
        if spec.batchnorm:
            mean, variance, gain, offset = (stream.take(spec.width) for _ in range(4))
            scale = gain / np.sqrt(variance + stream.take(1))
            taps, bias = taps * scale[:, None, None], offset - scale * mean
        else:
            bias = stream.take(spec.width)
        x = program.activate(program.conv(x, taps, bias, dilation), spec.activation)
    head = stream.take(spec.outputs, spec.width)
    return program.conv(x, head, stream.take(spec.outputs))


def _write_lstm(program: Program, spec: LstmSpec, x: Register) -> Register:
    stream = Stream(spec.weights)
    h = spec.hidden
    layers = []
    for k in range(spec.layers):
        matrix: Column = stream.take(4 * h, (h if k else spec.inputs) + h)
        layers.append(LstmLayer(matrix, stream.take(4 * h), stream.take(h), stream.take(h)))
    top = program.lstm(x, layers, spec.settle_frames, spec.phases)
    head = stream.take(spec.outputs, h)
    return program.conv(top, head, stream.take(spec.outputs))
