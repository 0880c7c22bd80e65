"""Finding a learner, for staff."""
