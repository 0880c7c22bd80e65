"""What tells things apart: a type for each, so that none can stand in another's place."""

from typing import NewType

LearnerId = NewType("LearnerId", str)
"""The user pool's opaque id."""

CourseId = NewType("CourseId", str)
ContentId = NewType("ContentId", str)
"""Of the lecture behind a course: hours are earned once for it."""

ReviewId = NewType("ReviewId", str)
EnquiryId = NewType("EnquiryId", str)

NoteId = NewType("NoteId", str)
"""Made by the learner's client, so that a note sent twice is one note."""

ProductionId = NewType("ProductionId", str)
FileId = NewType("FileId", str)
"""Of a file that an editor brings to a production."""
