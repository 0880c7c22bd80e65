"""Checking a certificate of completion by its code."""
