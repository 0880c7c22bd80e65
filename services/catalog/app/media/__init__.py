"""The files of lectures."""
