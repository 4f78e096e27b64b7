"""Footswitches: edges of real pins become presses."""
