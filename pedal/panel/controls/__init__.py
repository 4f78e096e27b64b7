"""Footswitches and knobs: edges of real pins become presses, readings of a converter become turns."""
