"""What a course would give, and what is missing."""
