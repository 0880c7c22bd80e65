"""Who learners are, apart from the ledger."""
