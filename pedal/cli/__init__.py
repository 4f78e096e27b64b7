"""The commands: ``pedal …``, one process per call."""
