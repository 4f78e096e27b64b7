"""Footswitches, screen, control socket and presets in hand; the process `pedal-panel`."""
