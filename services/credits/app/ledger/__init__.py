"""The ledger as it is kept, read, verified, and sealed for the log."""
