"""What goes once a person is forgotten or a certificate decided on. It alone may delete users, and pictures unasked."""

from functools import partial

from services.credits import bootstrap
from services.credits.app.context import ErasureContext
from services.credits.app.erasure.finish_erasure import finish_erasure
from services.credits.app.pictures.delete_pictures import delete_decided
from services.credits.events.published import CertificateConfirmed, CertificateReturned, PersonErased
from services.kit.consumer import EventHandler, consumer


def event_handlers(ctx: ErasureContext) -> dict[str, EventHandler]:
    """What is done with each type of event."""
    return {
        PersonErased.TYPE: partial(finish_erasure, ctx),
        CertificateConfirmed.TYPE: partial(delete_decided, ctx),
        CertificateReturned.TYPE: partial(delete_decided, ctx),
    }


handler = consumer(lambda: event_handlers(bootstrap.erasure()))
