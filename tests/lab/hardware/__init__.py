"""The laboratory's hands and eyes: switches, knobs and lamps on simulated pins and buses, the display read back."""
