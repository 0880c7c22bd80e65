"""The public description of credits' HTTP API: all its functions' routes in one document."""

from typing import Any

from services.credits.adapters.badge_signer import MemorySigner
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
from services.kit.http import merged
from services.kit.ids import RandomIds
from services.kit.keyring import KeyRing
from services.kit.objects import MemoryObjects
from services.kit.store.memory import MemoryStore


def document() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    nothing: dict[str, str] = {}
    keys = KeyRing(lambda _: nothing)
    ledger = context(MemoryStore(), SystemClock(), RandomIds(), keys, load_rules(), load_profile_policy())
    handed_out = made_records(ledger.store, SystemClock(), RandomIds(), MemoryObjects())
    issuing = Issuing(
        ledger.store, ledger.clock, RandomCodes(), StoredNames(ledger.store), Typesetter().draw, lambda: ""
    )
    transcripts = Transcripts(ledger.store, ledger.clock, issuing.names, ledger.rules, issuing.draw, ledger.audit)
    others = [
        records.build_api(handed_out, lambda _: nothing),
        documents.build_api(issuing, transcripts, lambda _: nothing),
        badges.build_api(ledger.store, ledger.clock, MemorySigner(), issuing.public_url, lambda _: nothing),
        verification.build_api(ledger.store, lambda _: nothing),
    ]
    return merged(http.build_api(ledger, lambda _: nothing).openapi(), *(api.openapi() for api in others))
