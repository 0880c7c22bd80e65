"""Signing in: second factors, what replaces a lost one, and the sign-ins that are under way."""
