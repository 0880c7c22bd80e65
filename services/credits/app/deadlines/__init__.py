"""Reminding learners of the ends of periods."""
