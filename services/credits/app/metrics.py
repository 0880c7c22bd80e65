"""What this service counts and measures, beside what every service does (`services/kit/metrics.py`)."""

from services.kit.metrics import Metric, Unit

WATCH_OUTCOMES = Metric(
    "WatchOutcomes", "what a completed watch came to, for one credential", dimensions=(("kind",), ("kind", "reason"))
)
AWARD_LAG = Metric("AwardLag", "from the completion of a watch to its entries in the ledger", Unit.MILLISECONDS)
BROKEN_RECORDS = Metric("BrokenLedgerRecords", "nothing was entered: a ledger's head or a course is not as sealed")
LEDGER_FAULTS = Metric("LedgerFaults", "a ledger or head is not as it was recorded or logged")
MAILS = Metric("Mails", "what became of a notice by e-mail", dimensions=(("outcome",), ("kind", "outcome")))
PUSHES = Metric("Pushes", "what became of a notice on one device", dimensions=(("outcome",), ("kind", "outcome")))
REMINDERS = Metric("Reminders", "a learner was reminded of a deadline, so many days before", dimensions=(("days",),))
CODES_SENT = Metric(
    "CodesSent", "what became of a code to be sent by short message or mail", dimensions=(("channel", "outcome"),)
)
IDENTITY_PROOFS = Metric(
    "IdentityProofs", "what became of a proof: a code, or WeChat's answer", dimensions=(("kind", "outcome"),)
)
