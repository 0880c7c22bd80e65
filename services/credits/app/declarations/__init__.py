"""Declaring hours to the certifying body."""
