"""What is backed up: every service's table, by the hour and by the day, and for as long as erasures allow."""

import json
from typing import Any

import pytest

from tests.templates import SERVICES, of_type, service_template, templates

BACKUPS = "XueshiBackups"


def exports() -> dict[str, dict[str, Any]]:
    """The schedules by their names."""
    return {s["Name"]: s for s in of_type(templates()[BACKUPS], "AWS::Scheduler::Schedule").values()}


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_is_exported_daily_and_can_be_rolled_back_to_any_second(service: str) -> None:
    target = exports()[f"xueshi-backups-{service}"]["Target"]
    assert target["Arn"] == "arn:aws:scheduler:::aws-sdk:dynamodb:exportTableToPointInTime"
    asked = json.dumps(target["Input"])
    (data,) = [name for name in of_type(service_template(service), "AWS::DynamoDB::Table") if "Data" in name]
    assert f"XueshiCatalog:ExportsOutputFnGetAtt{data}Arn".replace("Catalog", service.capitalize()) in asked
    tables = of_type(service_template(service), "AWS::DynamoDB::Table").values()
    assert all(t["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True} for t in tables)


def test_nothing_else_is_exported_and_what_could_not_be_raises_an_alarm() -> None:
    template = templates()[BACKUPS]
    assert set(exports()) == {f"xueshi-backups-{service}" for service in SERVICES}
    (queue,) = of_type(template, "AWS::SQS::Queue")
    told = {a["AlarmName"]: a["Dimensions"][0]["Value"] for a in of_type(template, "AWS::CloudWatch::Alarm").values()}
    assert told == {
        "xueshi-backups-dlq-not-empty": "xueshi-backups-dlq",
        "xueshi-backups-no-heartbeat": "xueshi-backups",
    }
    for schedule in exports().values():
        assert schedule["Target"]["DeadLetterConfig"]["Arn"] == {"Fn::GetAtt": [queue, "Arn"]}
        assert schedule["Target"]["RetryPolicy"]["MaximumRetryAttempts"] > 0


def test_backups_keep_what_an_erasure_emptied_for_no_more_than_35_days() -> None:
    (bucket,) = of_type(templates()[BACKUPS], "AWS::S3::Bucket").values()
    assert [rule["ExpirationInDays"] for rule in bucket["LifecycleConfiguration"]["Rules"]] == [35]
    assert "VersioningConfiguration" not in bucket


def test_the_scheduler_may_export_and_write_there_and_nothing_else() -> None:
    (policy,) = of_type(templates()[BACKUPS], "AWS::IAM::Policy").values()
    actions = [action for s in policy["PolicyDocument"]["Statement"] for action in _many(s["Action"])]
    assert sorted(actions) == [
        "dynamodb:ExportTableToPointInTime",
        *["kms:Decrypt"] * 2,
        *["kms:GenerateDataKey"] * 2,
        "s3:AbortMultipartUpload",
        "s3:PutObject",
        "sqs:SendMessage",
    ]


def _many(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
