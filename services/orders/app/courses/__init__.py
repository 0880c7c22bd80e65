"""Courses: our view of the catalogue's, and how they stand for a learner."""
