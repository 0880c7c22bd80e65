"""What this service counts and measures, beside what every service does (`services/kit/metrics.py`).

Beats are not among it: a line for each would cost more than the beat. Lambda's own count of their function has them,
and what passed between them is told by each instance once a minute.
"""

from services.kit.metrics import Metric, Unit

SESSIONS = Metric("Sessions", "somebody began or went on to watch")
WATCHED = Metric(
    "WatchedMs", "time between beats that were taken: a minute's sum by a minute is how many watch", Unit.MILLISECONDS
)
COMPLETIONS = Metric("Completions", "a watch was completed")
BROKEN_RECORDS = Metric("BrokenWatchRecords", "a call was refused: a stored record is not what was sealed")
UNSEALED_WATCHES = Metric(
    "UnsealedWatches", "taken without a seal that fits: what release 1.0.0 left, or writes beside this code"
)
WATCH_FAULTS = Metric("WatchFaults", "a watch, pack or head is not as it was recorded or logged")
LOG_RUNS = Metric("LogRuns", "a run published all that waited for the transparency log")
LOG_WITNESS_FAILURES = Metric("LogWitnessFailures", "a witness did not cosign, whether or not it was needed")
CANARY_TIME = Metric("CanaryTime", "how long a walk of the canary took that came to its end", Unit.MILLISECONDS)
CANARY_FAILURES = Metric("CanaryFailures", "a walk of the canary failed, by its step", dimensions=((), ("step",)))
LOG_FAULTS = Metric("LogFaults", "the log's checkpoint, tiles and state do not agree")
