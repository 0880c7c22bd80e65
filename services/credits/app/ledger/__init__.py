"""The ledger as it is kept, read, verified and anchored."""
