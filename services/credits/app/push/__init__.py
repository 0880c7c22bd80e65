"""Notices on the learner's devices."""
