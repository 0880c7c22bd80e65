"""Pure rules of proof of watching: no I/O, no framework, no clock."""
