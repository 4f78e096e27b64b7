"""Neural Amp Modeler files: read, checked, packed, played.

``load_model`` gives a ``Model``; ``Model.engine`` plays it anywhere; the running pedal places
``pack``ed widths in shared memory and calls ``kernels``. Importing this package imports no numba.
"""

from pedal.nam.model import Model, Width

__all__ = ["ASSUMED_RATE_HZ", "Model", "Width", "load_model", "parse_model"]

from pedal.nam.file import load_model, parse_model
from pedal.nam.network_file import ASSUMED_RATE_HZ
