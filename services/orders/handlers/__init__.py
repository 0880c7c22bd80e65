"""Lambda entry points, one per trigger."""
