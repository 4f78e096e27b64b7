"""From a circuit, or from a recording of a real one, to a ``.nam``: ``python -m models.train`` says how.

A tool of the project, run by hand on any computer; no part of the pedal's processes. It needs nothing but the
pedal's own dependencies: the gradient is computed by kernels of our own (``gradient_kernels``).
"""
