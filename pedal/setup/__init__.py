"""Setting up a pedal: what was heard and measured, judged in plain words. Pure; ``pedal setup`` does the rest."""
