"""The calls of the player."""
