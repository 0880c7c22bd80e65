"""The catalogue's use cases and the ports they need."""
