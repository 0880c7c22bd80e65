"""The lecture's files."""
