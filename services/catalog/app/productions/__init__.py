"""From a recording to a published course page."""
