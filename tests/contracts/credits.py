"""What credits' functions beside its consumer do with the service's own events."""

from typing import NoReturn

from services.credits.adapters.rule_files import load_rules
from services.credits.app.erase_person import Erasing
from services.credits.app.notices.deadlines import Reminding
from services.credits.app.notices.inbox import Telling
from services.credits.app.notices.mail_notice import Mailing
from services.credits.handlers.erasure import event_handlers as erasure_handlers
from services.credits.handlers.mail import event_handlers as mail_handlers
from services.credits.handlers.notices import event_handlers as notices_handlers
from services.kit.clock import SystemClock
from services.kit.consumer import EventHandler
from services.kit.events import EventFactory
from services.kit.ids import SequentialIds
from services.kit.store.memory import MemoryStore


class Closed:
    """Sends nothing and deletes nobody."""

    def send(self, address: str, subject: str, text: str) -> NoReturn:
        """Refuses."""
        raise NotImplementedError

    def delete(self, learner_id: str) -> NoReturn:
        """Refuses."""
        raise NotImplementedError


def credits_listeners() -> dict[str, dict[str, EventHandler]]:
    """Handlers by type of event, of each function by its name."""
    store, clock = MemoryStore(), SystemClock()
    events = EventFactory("credits", clock, SequentialIds())
    return {
        "notices": notices_handlers(Telling(store, clock, events), Reminding(store, clock, load_rules(), events)),
        "mail": mail_handlers(Mailing(store, clock, Closed(), lambda: "")),
        "erasure": erasure_handlers(Erasing(store, clock, Closed())),
    }
