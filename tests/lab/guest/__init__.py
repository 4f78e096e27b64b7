"""The laboratory's machine: a kernel, a root and a way to run commands in them. Host side; standard library only."""
