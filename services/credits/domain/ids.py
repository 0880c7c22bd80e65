"""Identifiers, so that the type checker sees where one stands for another."""

from typing import NewType

LearnerId = NewType("LearnerId", str)
"""The user pool's opaque id."""
CourseId = NewType("CourseId", str)
WatchId = NewType("WatchId", str)
"""Empty where hours were not earned by watching."""
MembershipPeriodId = NewType("MembershipPeriodId", str)
EntryId = NewType("EntryId", str)
LineId = NewType("LineId", str)
