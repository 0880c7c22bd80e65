"""The routes that the entry points serve."""
