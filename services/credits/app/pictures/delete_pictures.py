"""Deleting pictures: with the decision on a certificate, and with the person."""

from services.credits.app.certificates.items import read_holder
from services.credits.app.context import ErasureContext
from services.credits.app.pictures.items import kept_key, kept_of, sent_of
from services.credits.app.ports import Pictures
from services.credits.domain.ids import LearnerId
from services.credits.events.consumed import AboutCertificate
from services.kit.events import Envelope


def delete_decided(ctx: ErasureContext, event: Envelope) -> None:
    """Deletes what was sent for a certificate on which was decided; what was sent anew since stays. Safe to repeat.

    Raises:
        ValueError: the event names no certificate.
    """
    about = AboutCertificate.model_validate(event.data)
    learner_id, credential = about.learner_id, about.credential
    holder = read_holder(ctx.store, learner_id, credential).value
    waits = holder.waits_since is not None
    stays = {kept_key(learner_id, credential, holder.picture)} if waits and holder.picture else set()
    kept = set(ctx.pictures.keys(kept_of(learner_id, credential))) - stays
    ctx.pictures.delete([*sorted(kept), *([] if waits else ctx.pictures.keys(sent_of(learner_id, credential)))])


def delete_pictures_of(pictures: Pictures, learner_id: LearnerId) -> None:
    """Deletes all that somebody has sent."""
    pictures.delete([*pictures.keys(kept_of(learner_id)), *pictures.keys(sent_of(learner_id))])
