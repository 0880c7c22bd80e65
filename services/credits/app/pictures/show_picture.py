"""Looking at a picture of a certificate: its learner, and administrators, each of whose looks is in the audit log."""

from services.credits.app.certificates.items import read_holder
from services.credits.app.context import PeopleContext
from services.credits.app.pictures.items import kept_key
from services.credits.app.pictures.problems import PICTURE_GONE
from services.credits.domain.credentials import Credential
from services.credits.domain.ids import LearnerId
from services.kit.call import Call
from services.kit.store import Change, required


def show_picture(ctx: PeopleContext, call: Call, learner_id: LearnerId, credential: Credential) -> bytes:
    """The picture of a certificate that waits, a JPEG. Of another's the look is in the log before it is read.

    Raises:
        Problem: PICTURE_GONE.
    """
    picture = required(read_holder(ctx.store, learner_id, credential).value.picture, PICTURE_GONE.problem())
    if call.caller_id != learner_id:
        subject = f"{learner_id}/{credential}/{picture}"
        ctx.store.commit(
            Change([ctx.audit.entry(call.caller, "show_picture", subject, "to decide on the certificate")])
        )
    return required(ctx.pictures.read(kept_key(learner_id, credential, picture)), PICTURE_GONE.problem())
