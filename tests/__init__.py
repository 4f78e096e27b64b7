"""The tests mirror ``pedal/``; a package, so that they find their own helpers whatever else is installed."""
