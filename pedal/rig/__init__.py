"""A rig: a preset compiled into a table of rows over shared memory, and the code that plays it."""
