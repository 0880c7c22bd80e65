"""The public description of credits' HTTP API: all its functions' routes in one document."""

from typing import Any

from services.credits.adapters.codes import RandomCodes
from services.credits.adapters.profile_file import load_profile_policy
from services.credits.adapters.rule_files import load_rules
from services.credits.adapters.typesetter import Typesetter
from services.credits.app.context import BadgesContext, Context, DocumentsContext, LedgerContext, RecordsContext, ports
from services.credits.handlers import badges, documents, http, records, verification
from services.kit.clock import SystemClock
from services.kit.http import HttpApi, OriginSecret, described
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.objects import MemoryObjects
from services.kit.signing import RS256, MemorySigner
from services.kit.store import Store
from services.kit.store.memory import MemoryStore


def apis(store: Store, origin_secret: OriginSecret) -> list[HttpApi]:
    """Every function's routes; whatever they need besides the store is in memory."""
    common = ports(store, SystemClock(), RandomIds())
    rules, keys = load_rules(), KeyRing(lambda _: {"current": "none", "none": ""})
    drawing = DocumentsContext(*common, rules, RandomCodes(), Typesetter().draw, lambda: "")
    return [
        http.build_api(LedgerContext(*common, rules, keys, load_profile_policy()), origin_secret),
        records.build_api(RecordsContext(*common, MemoryObjects()), origin_secret),
        documents.build_api(drawing, origin_secret),
        badges.build_api(BadgesContext(*common, MemorySigner(RS256), drawing.public_url), origin_secret),
        verification.build_api(Context(*common), origin_secret),
    ]


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    return described(apis(MemoryStore(), lambda _: {}))
