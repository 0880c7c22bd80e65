"""Drills of operators: what the documents say, done on systems of their own. They take minutes each."""
