"""Where a learner's devices lie: with the person, so that an erasure takes them."""

from datetime import datetime
from hashlib import sha256

from services.credits.app.ledger.items import learner_pk
from services.credits.app.profiles.items import person_pk
from services.credits.domain.ids import LearnerId
from services.kit.kinds import ID_ONLY, stored
from services.kit.store import Key

DEVICES = "DEVICE#"


def device_id_of(endpoint: str) -> str:
    """A browser's subscription has one address, and one id that follows from it."""
    return sha256(endpoint.encode()).hexdigest()[:32]


def device_key(learner_id: LearnerId, device_id: str) -> Key:
    """One device of a learner."""
    return Key(person_pk(learner_id), f"{DEVICES}{device_id}")


@stored(shape=1, personal=ID_ONLY)
class DeviceOwner:
    """Whose notices a device shows: of one person at a time, also where two share a browser."""

    learner_id: LearnerId


def owner_key(device_id: str) -> Key:
    """Whose a device is."""
    return Key(f"DEVICE#{device_id}", "OWNER")


def push_settings_key(learner_id: LearnerId) -> Key:
    """What the learner does not want on their devices."""
    return Key(learner_pk(learner_id), "PUSH_SETTINGS")


@stored(shape=1, personal=ID_ONLY)
class PushRecord:
    """That a notice was pushed, and to how many devices."""

    devices: int
    at: datetime


def push_record_key(learner_id: LearnerId, number: int) -> Key:
    """That a notice was pushed."""
    return Key(learner_pk(learner_id), f"PUSHED#{number:010d}")
