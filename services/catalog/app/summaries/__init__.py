"""Drafts of summaries, which a person reviews."""
