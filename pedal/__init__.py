"""A guitar pedal in Python: Neural Amp Modeler A2 models whose width follows the CPU budget."""

__version__ = "0.1.0"
