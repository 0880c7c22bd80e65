"""The catalogue's published events."""
