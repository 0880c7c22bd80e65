"""The product in a real browser against the running local system."""
