"""What credits' functions beside its consumer do with the service's own events."""

from typing import NoReturn

from services.credits.adapters.rule_files import load_rules
from services.credits.app.context import ErasureContext, MailContext, PushContext, RulesContext, ports
from services.credits.domain.push import Device, Push
from services.credits.handlers.erasure import event_handlers as erasure_handlers
from services.credits.handlers.mail import event_handlers as mail_handlers
from services.credits.handlers.notices import event_handlers as notices_handlers
from services.credits.handlers.push import event_handlers as push_handlers
from services.kit.clock import SystemClock
from services.kit.consumer import EventHandler
from tests.fakes.ids import SequentialIds
from tests.fakes.pictures import MemoryPictures
from tests.fakes.store import MemoryStore


class Closed:
    """Sends and pushes nothing, and deletes nobody."""

    def send(self, address: str, subject: str, text: str) -> NoReturn:
        """Refuses."""
        raise NotImplementedError

    def push(self, device: Device, push: Push) -> NoReturn:
        """Refuses."""
        raise NotImplementedError

    def delete(self, learner_id: str) -> NoReturn:
        """Refuses."""
        raise NotImplementedError


def credits_listeners() -> dict[str, dict[str, EventHandler]]:
    """Handlers by type of event, of each function by its name."""
    common = ports(MemoryStore(), SystemClock(), SequentialIds())
    return {
        "notices": notices_handlers(RulesContext(*common, load_rules())),
        "mail": mail_handlers(MailContext(*common, Closed(), lambda: "")),
        "push": push_handlers(PushContext(*common, Closed())),
        "erasure": erasure_handlers(ErasureContext(*common, Closed(), MemoryPictures())),
    }
