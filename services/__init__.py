"""Xueshi's independent services and the small technical library they share."""
