"""Tells a notice on the learner's devices too, of the kinds that they want there.

A device shows its lock screen to whoever is near, so it is told that there is something, and nothing of what: no title
of a lecture, no certificate, no figure. What fails is delivered again by the queue; a device that was told before is
told again under the same tag, which shows one notification.
"""

from services.credits.app.context import PushContext
from services.credits.app.metrics import PUSHES
from services.credits.app.notices.items import notice_key
from services.credits.app.notices.mail_notice import UnknownNotice
from services.credits.app.push.devices import read_devices, read_push_settings, remove_device
from services.credits.app.push.items import PushRecord, device_id_of, push_record_key
from services.credits.app.texts.pushes import push_of
from services.credits.domain.notices import Notice
from services.credits.domain.push import Delivery
from services.credits.events.consumed import AboutNotice
from services.kit.events import Envelope
from services.kit.observability import count
from services.kit.store import Change, Conflict, Put


class NotPushed(Exception):
    """So many devices could not be told; the queue delivers the event again."""


def push_notice(ctx: PushContext, event: Envelope) -> None:
    """Tells all devices of the notice that an event tells of, if that was not done yet.

    Raises:
        UnknownNotice: the event names no notice that there is.
        ValueError: the event names no notice.
        NotPushed: see there.
    """
    about = AboutNotice.model_validate(event.data)
    learner_id, mark = about.learner_id, push_record_key(about.learner_id, about.number)
    if ctx.store.get(mark, PushRecord) is not None:
        return
    notice = ctx.store.get(notice_key(learner_id, about.number), Notice)
    if notice is None:
        raise UnknownNotice(f"{learner_id}/{about.number}")
    kind = notice.value.told.kind
    if kind in read_push_settings(ctx.store, learner_id).off:
        return
    told = [
        (each.value, push_of(kind, about.number, each.value.language)) for each in read_devices(ctx.store, learner_id)
    ]
    deliveries = [ctx.pusher.push(device, push) for device, push in told]
    for (device, _), delivery in zip(told, deliveries, strict=True):
        count(PUSHES, kind=kind, outcome=delivery)
        if delivery is Delivery.GONE:
            remove_device(ctx, learner_id, device_id_of(device.endpoint))
    if failed := deliveries.count(Delivery.FAILED):
        raise NotPushed(failed)
    if Delivery.SENT in deliveries:
        _note(ctx, Put(mark, PushRecord(deliveries.count(Delivery.SENT), ctx.clock.now())))


def _note(ctx: PushContext, mark: Put) -> None:
    try:
        ctx.store.commit(Change([mark]))
    except Conflict:
        return  # delivered twice at once: the other call has noted it
