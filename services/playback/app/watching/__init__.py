"""Watching: sessions, their calls, and what is recorded of them."""
