"""Completed watches in others' form."""
