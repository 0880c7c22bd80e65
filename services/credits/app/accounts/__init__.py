"""What a learner has: balances, what is held, what is missing."""
