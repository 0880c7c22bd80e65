"""Which courses bring the hours that are missing."""
