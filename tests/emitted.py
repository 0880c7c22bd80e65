"""What functions tell CloudWatch, read back from what a test's code wrote."""

import json
from collections import defaultdict

import pytest


def emitted(captured: pytest.CaptureFixture[str]) -> dict[str, list[float]]:
    """Values of each metric that was told since the output was last read."""
    found: dict[str, list[float]] = defaultdict(list)
    for line in captured.readouterr().out.splitlines():
        told = json.loads(line)
        for described in told.get("_aws", {}).get("CloudWatchMetrics", ()):
            for metric in described["Metrics"]:
                found[metric["Name"]].append(told[metric["Name"]])
    return dict(found)
