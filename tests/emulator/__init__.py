"""The contract of the emulator that the local system runs on."""
