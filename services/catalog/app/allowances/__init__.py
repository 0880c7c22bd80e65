"""How much one learner may write."""
