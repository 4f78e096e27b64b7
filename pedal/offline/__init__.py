"""Tools that play or read files without a running pedal."""
