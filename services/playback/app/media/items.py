"""How long the files of a watch were open."""

from services.kit.kinds import NOTHING, stored
from services.kit.store import Key
from services.playback.app.items import partition_of_watch
from services.playback.domain.ids import WatchId


@stored(shape=1, personal=NOTHING)
class MediaAccess:
    """For how long a watch's files were open in all, in milliseconds, and until when they are (since 1970)."""

    opened_ms: int
    until: int


def media_key(watch_id: WatchId) -> Key:
    """How long a watch's files were open."""
    return Key(partition_of_watch(watch_id), "MEDIA")
