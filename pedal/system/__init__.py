"""Keeping the pedal alive on its machine."""
