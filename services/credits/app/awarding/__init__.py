"""What enters the ledger, and why."""
