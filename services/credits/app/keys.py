"""Where everything is kept; the README lists the access patterns these serve."""

from datetime import UTC, date, datetime

from services.credits.domain.credentials import Credential
from services.kit.store import Key

ENTRIES = "ENTRY#"
CERTIFICATES = "CERT#"
AWARDS = "AWARD#"
MEMBERSHIPS = "MEMBERSHIP#"
DECLARATIONS = "DECLARATION#"
BATCHES = "BATCH#"
LINES = "LINE#"
RESULTS = "RESULT#"


def course_key(course_id: str, content_version: str) -> Key:
    """Our view of one content version of a course."""
    return Key(f"COURSE#{course_id}", f"VERSION#{content_version}")


def learner_pk(learner_id: str) -> str:
    """The partition of a learner's account."""
    return f"LEARNER#{learner_id}"


def head_key(learner_id: str) -> Key:
    """The head of the learner's chain. Whoever changes the account writes it, so its version serialises them."""
    return Key(learner_pk(learner_id), "HEAD")


def entry_key(learner_id: str, number: int) -> Key:
    """One entry; ten digits keep sort-key order and number order the same."""
    return Key(learner_pk(learner_id), f"{ENTRIES}{number:010d}")


def postings_pk_prefix() -> str:
    """Of the partitions of all days."""
    return "POSTED#"


def postings_pk(day: date) -> str:
    """What was posted on one day in Shanghai, of all learners."""
    return f"{postings_pk_prefix()}{day}"


def posting_key(day: date, at: datetime, learner_id: str, first: int) -> Key:
    """One posting; the instant in UTC, to the millisecond, so that a day is in order of posting."""
    instant = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Key(postings_pk(day), f"{instant}#{learner_id}#{first:010d}")


def certificate_key(learner_id: str, credential: Credential, revision: int) -> Key:
    """One revision of a certificate."""
    return Key(learner_pk(learner_id), f"{CERTIFICATES}{credential}#{revision:06d}")


def membership_key(learner_id: str, period_id: str) -> Key:
    """Our view of one period of the learner's membership."""
    return Key(learner_pk(learner_id), f"{MEMBERSHIPS}{period_id}")


def profile_key(learner_id: str) -> Key:
    """The learner's profile. Personal data has a partition of its own, so that it can go and the ledger stay."""
    return Key(f"PROFILE#{learner_id}", "PROFILE")


def profile_change_key(learner_id: str, revision: int) -> Key:
    """Which fields a change of the profile touched, without what they held."""
    return Key(profile_key(learner_id).pk, f"CHANGE#{revision:06d}")


def award_key(learner_id: str, mark: str) -> Key:
    """The mark that a lecture was awarded in a period, by its name. It never expires."""
    return Key(learner_pk(learner_id), f"{AWARDS}{mark}")


def watch_key(watch_id: str) -> Key:
    """The mark that this watch is in the ledger. It never expires, unlike the inbox marker of its event."""
    return Key(f"WATCH#{watch_id}", "WATCH")


def declaration_key(learner_id: str, number: int) -> Key:
    """The declaration of one entry to the certifying body."""
    return Key(learner_pk(learner_id), f"{DECLARATIONS}{number:010d}")


def declaring_pk(credential: Credential) -> str:
    """Which batch of a credential is open, and the batches that were closed."""
    return f"DECLARING#{credential}"


def gate_key(credential: Credential) -> Key:
    """Which batch is open. Whoever puts a line into it requires this item's version; closing the batch changes it."""
    return Key(declaring_pk(credential), "GATE")


def batch_key(credential: Credential, number: int) -> Key:
    """A batch that was closed."""
    return Key(declaring_pk(credential), f"{BATCHES}{number:06d}")


def lines_pk(credential: Credential, batch: int) -> str:
    """The lines of a batch, and the results that the certifying body gave."""
    return f"DECLARED#{credential}#{batch:06d}"


def line_key(credential: Credential, batch: int, line_id: str) -> Key:
    """One line of a batch; their order is that of their ids."""
    return Key(lines_pk(credential, batch), f"{LINES}{line_id}")


def result_key(credential: Credential, batch: int, line_id: str) -> Key:
    """The certifying body's answer to one line; written once."""
    return Key(lines_pk(credential, batch), f"{RESULTS}{line_id}")
