"""The governor: always the widest that fits. Pure; time is an argument."""
