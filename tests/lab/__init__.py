"""The laboratory: the real pedal on a virtual machine in virtual time."""
