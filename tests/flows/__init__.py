"""Flows over HTTP against the running local system."""
