"""What becomes of a person's words when they are erased."""
