"""The line that CloudWatch reads a metric's value from."""

import json

import pytest

from services.kit.metrics import BY_FUNCTION, Metric, Unit
from services.kit.observability import count, measure

LAG = Metric("Lag", "how late it was", Unit.MILLISECONDS, (*BY_FUNCTION, ("kind",)))


@pytest.fixture(autouse=True)
def function(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Lambda and the stack tell a function of itself."""
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "XueshiDev")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "orders")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "xueshi-dev-orders-pay")


def test_a_value_is_one_line_in_the_embedded_metric_format(capsys: pytest.CaptureFixture[str]) -> None:
    measure(LAG, 250, kind="award")
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    about = told.pop("_aws")
    assert told == {"service": "orders", "function": "xueshi-dev-orders-pay", "kind": "award", "Lag": 250}
    assert about["Timestamp"] > 1_700_000_000_000
    assert about["CloudWatchMetrics"] == [
        {
            "Namespace": "XueshiDev",
            "Dimensions": [["service"], ["service", "function"], ["service", "kind"]],
            "Metrics": [{"Name": "Lag", "Unit": "Milliseconds"}],
        }
    ]


def test_counting_is_telling_one_with_no_dimension_but_the_service(capsys: pytest.CaptureFixture[str]) -> None:
    count(Metric("Orders", "an order"))
    told = json.loads(capsys.readouterr().out)
    assert told.pop("_aws")["CloudWatchMetrics"][0]["Dimensions"] == [["service"]]
    assert told == {"service": "orders", "Orders": 1}
