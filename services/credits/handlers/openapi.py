"""The public description of credits' HTTP API: all its functions' routes in one document."""

from collections.abc import Callable, Mapping
from typing import Any

from services.credits.adapters.codes import RandomCodes
from services.credits.adapters.profile_file import load_profile_policy
from services.credits.adapters.rule_files import load_rules
from services.credits.adapters.stored_names import StoredNames
from services.credits.adapters.typesetter import Typesetter
from services.credits.app.context import context
from services.credits.app.documents.attestations import Issuing
from services.credits.app.documents.records import records as made_records
from services.credits.app.documents.transcript_pdf import Transcripts
from services.credits.handlers import badges, documents, http, records, verification
from services.kit.clock import SystemClock
from services.kit.http import HttpApi, described
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.objects import MemoryObjects
from services.kit.signing import RS256, MemorySigner
from services.kit.store import Store
from services.kit.store.memory import MemoryStore


def apis(store: Store, origin_secret: Callable[[bool], Mapping[str, str]]) -> list[HttpApi]:
    """Every function's routes; whatever they need besides the store is in memory."""
    clock, ids, keys = SystemClock(), RandomIds(), KeyRing(lambda _: {"current": "none", "none": ""})
    ledger = context(store, clock, ids, keys, load_rules(), load_profile_policy())
    names, draw = StoredNames(store), Typesetter().draw
    issuing = Issuing(store, clock, RandomCodes(), names, draw, lambda: "")
    transcripts = Transcripts(store, clock, names, ledger.rules, draw, ledger.audit)
    return [
        http.build_api(ledger, origin_secret),
        records.build_api(made_records(store, clock, ids, MemoryObjects()), origin_secret),
        documents.build_api(issuing, transcripts, origin_secret),
        badges.build_api(store, clock, MemorySigner(RS256), issuing.public_url, origin_secret),
        verification.build_api(store, origin_secret),
    ]


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    return described(apis(MemoryStore(), lambda _: {}))
