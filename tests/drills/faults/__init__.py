"""Faults on the running system, `python -m tests.drills.faults`: where each strikes, and what must hold afterwards."""
