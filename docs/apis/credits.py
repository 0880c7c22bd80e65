"""All functions of credits' HTTP API."""

from services.credits.adapters.codes import RandomCodes
from services.credits.adapters.profile_file import load_profile_policy
from services.credits.adapters.rule_files import load_rules
from services.credits.adapters.typesetter import Typesetter
from services.credits.app.context import (
    AccessContext,
    BadgesContext,
    CodesContext,
    Context,
    DevicesContext,
    DocumentsContext,
    LedgerContext,
    PeopleContext,
    RecordsContext,
    ports,
)
from services.credits.handlers import (
    access,
    badges,
    codes,
    devices,
    documents,
    http,
    people,
    records,
    verification,
)
from services.kit.clock import SystemClock
from services.kit.http import HttpApi
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.origin import OriginSecret
from services.kit.signing import RS256
from services.kit.store import Store
from tests.fakes.messages import SentMails, SentMessages
from tests.fakes.objects import MemoryObjects
from tests.fakes.pictures import MemoryPictures
from tests.fakes.push import MemoryPushKey
from tests.fakes.signing import MemorySigner
from tests.fakes.user_pool import Fingerprint, MemoryDirectory, MemoryPool, MemoryWeChat, ReversingSeal, no_ticket


def apis(store: Store, origin_secret: OriginSecret) -> list[HttpApi]:
    """Every function's routes; whatever they need besides the store is in memory."""
    common = ports(store, SystemClock(), RandomIds())
    rules, keys = load_rules(), KeyRing(lambda _: {"current": "none", "none": ""})
    drawing = DocumentsContext(*common, rules, RandomCodes(), Typesetter().draw, lambda: "")
    finding = PeopleContext(*common, rules, keys, load_profile_policy(), MemoryDirectory(), MemoryPictures())
    return [
        http.build_api(LedgerContext(*common, rules, keys, load_profile_policy()), origin_secret),
        records.build_api(RecordsContext(*common, rules, MemoryObjects()), origin_secret),
        documents.build_api(drawing, origin_secret),
        badges.build_api(BadgesContext(*common, MemorySigner(RS256), drawing.public_url), origin_secret),
        access.build_api(
            AccessContext(
                *common, MemoryPool(), ReversingSeal(), RandomCodes(), Fingerprint(), no_ticket, MemoryWeChat()
            ),
            origin_secret,
        ),
        codes.build_api(
            CodesContext(*common, RandomCodes(), Fingerprint(), SentMails(), SentMessages(), ("86",)), origin_secret
        ),
        devices.build_api(DevicesContext(*common, MemoryPushKey()), origin_secret),
        people.build_api(finding, origin_secret),
        verification.build_api(Context(*common), origin_secret),
    ]
