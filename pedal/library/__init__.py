"""What lies on disk for the player: presets, models, impulse responses."""
