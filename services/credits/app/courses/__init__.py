"""Our own view of courses."""
