"""Attacks on the running local system."""
