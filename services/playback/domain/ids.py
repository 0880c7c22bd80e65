"""Identifiers, each a type of its own, so that a swap is seen before it runs."""

from typing import NewType

LearnerId = NewType("LearnerId", str)
"""The user pool's opaque id."""
CourseId = NewType("CourseId", str)
WatchId = NewType("WatchId", str)
SessionId = NewType("SessionId", str)
EntitlementId = NewType("EntitlementId", str)
"""Of what a watch rests on: an entitlement or a period of membership."""
