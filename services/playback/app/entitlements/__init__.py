"""Who may watch what."""
