"""What of a lecture no model is told: who gives it, and numbers and addresses of people."""

import re
from collections.abc import Iterable
from dataclasses import replace

from services.catalog.domain.draft import Lecture
from services.catalog.domain.transcript import Sentence, Transcript, tidy

_NUMBERS = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # an e-mail address
    r"|(?<![0-9A-Za-z])[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9A-Za-z])"  # an identity card
    r"|(?<![0-9])(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])"  # a mobile phone
    r"|(?<![0-9])[0-9]{16,19}(?![0-9])"  # a bank card
)


def without_personal_data(lecture: Lecture) -> Lecture:
    """The lecture with "the lecturer" for its instructors, and dots for what reaches or identifies a person."""
    transcript = lecture.transcript
    instead = "讲师" if transcript.language.startswith("zh") else "the lecturer"
    sentences = (
        Sentence(s.start_ms, s.end_ms, tidy(_masked(s.text, lecture.names, instead))) for s in transcript.sentences
    )
    return replace(
        lecture,
        title=_masked(lecture.title, lecture.names, instead),
        terms=tuple(term for term in lecture.terms if _masked(term, lecture.names, instead) == term),
        transcript=Transcript(transcript.language, tuple(sentences)),
        names=(),
    )


def _masked(text: str, names: Iterable[str], instead: str) -> str:
    for name in sorted(filter(None, names), key=len, reverse=True):
        text = re.sub(re.escape(name), instead, text, flags=re.IGNORECASE)
    return _NUMBERS.sub("…", text)
