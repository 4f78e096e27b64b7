"""The sound card and the process that plays it (pedal-audio)."""
