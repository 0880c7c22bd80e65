"""Periods of membership."""
