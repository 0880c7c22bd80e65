"""A copy of what is held of a person."""
