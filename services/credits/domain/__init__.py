"""The ledger's rules, pure: no I/O, no framework."""
