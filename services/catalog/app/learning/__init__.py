"""Who has taken which course."""
