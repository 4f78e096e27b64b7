"""The laboratory: the whole pedal in a virtual machine and in virtual time. See docs/laboratory.md."""
