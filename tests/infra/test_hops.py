"""Every asynchronous hop is guarded: a dead-letter queue, an alarm on it, a way back."""

from typing import Any

import pytest

from infra.stages import LOCAL, stage
from ops.redrive import DEAD, EVENTS, RELAY, UNDELIVERED
from tests.templates import SERVICES, Template, data_key, of_type, service_template

CONSUMERS = ("catalog", "orders", "playback", "credits")
FOURTEEN_DAYS_S = 14 * 24 * 3600


def referred(value: Any) -> str:
    """The logical id that a Ref or Fn::GetAtt names."""
    target = value.get("Ref") or value["Fn::GetAtt"][0]
    assert isinstance(target, str)
    return target


def mappings(template: Template, *, of_stream: bool) -> list[dict[str, Any]]:
    """The event source mappings of streams, or of queues."""
    found = of_type(template, "AWS::Lambda::EventSourceMapping").values()
    return [mapping for mapping in found if ("StartingPosition" in mapping) == of_stream]


def policies_of(template: Template, role: str) -> list[dict[str, Any]]:
    """The statements of a role's own policies."""
    policies = of_type(template, "AWS::IAM::Policy").values()
    return [s for p in policies if {"Ref": role} in p["Roles"] for s in p["PolicyDocument"]["Statement"]]


def dead_letter_queues(template: Template) -> set[str]:
    """Logical ids of whatever any hop names as its dead-letter queue."""
    queues = of_type(template, "AWS::SQS::Queue")
    by_queues = {
        referred(queue["RedrivePolicy"]["deadLetterTargetArn"]) for queue in queues.values() if "RedrivePolicy" in queue
    }
    by_rules = {
        referred(target["DeadLetterConfig"]["Arn"])
        for rule in of_type(template, "AWS::Events::Rule").values()
        for target in rule["Targets"]
    }
    by_streams = {
        referred(m["DestinationConfig"]["OnFailure"]["Destination"]) for m in mappings(template, of_stream=True)
    }
    by_schedules = {
        referred(schedule["Target"]["DeadLetterConfig"]["Arn"])
        for schedule in of_type(template, "AWS::Scheduler::Schedule").values()
    }
    return by_queues | by_rules | by_streams | by_schedules


@pytest.mark.parametrize("service", SERVICES)
def test_the_outbox_stream_is_relayed_with_retries_bisection_and_a_failure_queue(service: str) -> None:
    template = service_template(service)
    (mapping,) = mappings(template, of_stream=True)
    outbox = referred(mapping["EventSourceArn"])
    assert of_type(template, "AWS::DynamoDB::Table")[outbox]["StreamSpecification"] == {"StreamViewType": "NEW_IMAGE"}
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["MaximumRetryAttempts"] > 0
    assert mapping["MaximumRecordAgeInSeconds"] > 0
    assert mapping["StartingPosition"] == "TRIM_HORIZON"
    assert referred(mapping["DestinationConfig"]["OnFailure"]["Destination"]) in of_type(template, "AWS::SQS::Queue")


@pytest.mark.parametrize("service", SERVICES)
def test_every_stream_has_a_mapping(service: str) -> None:
    template = service_template(service)
    tables = of_type(template, "AWS::DynamoDB::Table")
    streams = {name for name, table in tables.items() if "StreamSpecification" in table}
    assert streams == {referred(mapping["EventSourceArn"]) for mapping in mappings(template, of_stream=True)}


@pytest.mark.parametrize("service", SERVICES)
def test_a_schedule_calls_one_function_with_retries_and_every_failure_ends_in_its_queue(service: str) -> None:
    template = service_template(service)
    failures = {
        referred(config["FunctionName"]): config
        for config in of_type(template, "AWS::Lambda::EventInvokeConfig").values()
    }
    schedules = of_type(template, "AWS::Scheduler::Schedule").values()
    assert {referred(schedule["Target"]["Arn"]) for schedule in schedules} == set(failures)
    for schedule in schedules:
        target = schedule["Target"]
        failure = failures[referred(target["Arn"])]
        queue = referred(target["DeadLetterConfig"]["Arn"])
        assert referred(failure["DestinationConfig"]["OnFailure"]["Destination"]) == queue
        assert target["RetryPolicy"]["MaximumRetryAttempts"] > 0
        assert failure["MaximumRetryAttempts"] > 0
        assert of_type(template, "AWS::SQS::Queue")[queue]["QueueName"] == f"{schedule['Name']}-dlq"
        statements = policies_of(template, referred(target["RoleArn"]))
        assert {("".join(s["Action"]), referred(s["Resource"])) for s in statements} == {
            ("lambda:InvokeFunction", referred(target["Arn"])),
            ("sqs:SendMessage", queue),
            ("kms:Decryptkms:GenerateDataKey", data_key(template)),
        }


@pytest.mark.parametrize("service", CONSUMERS)
def test_a_consumer_reports_single_failures_and_its_queue_has_a_dead_letter_queue(service: str) -> None:
    template = service_template(service)
    for mapping in mappings(template, of_stream=False):
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        queue = of_type(template, "AWS::SQS::Queue")[referred(mapping["EventSourceArn"])]
        function = of_type(template, "AWS::Lambda::Function")[referred(mapping["FunctionName"])]
        assert queue["RedrivePolicy"]["maxReceiveCount"] >= 3
        assert queue["VisibilityTimeout"] >= 6 * function["Timeout"]


@pytest.mark.parametrize("service", CONSUMERS)
def test_rules_fill_the_consumers_queues_and_nothing_else(service: str) -> None:
    template = service_template(service)
    filled = set()
    for rule in of_type(template, "AWS::Events::Rule").values():
        (target,) = rule["Targets"]
        filled.add(referred(target["Arn"]))
        assert referred(target["DeadLetterConfig"]["Arn"]) != referred(target["Arn"])
    assert filled
    assert filled == {referred(mapping["EventSourceArn"]) for mapping in mappings(template, of_stream=False)}


@pytest.mark.parametrize("service", CONSUMERS)
def test_only_the_services_own_rules_may_send_to_its_queues(service: str) -> None:
    template = service_template(service)
    rules = of_type(template, "AWS::Events::Rule")
    filled = {referred(rule["Targets"][0]["Arn"]) for rule in rules.values()}
    filled |= {referred(rule["Targets"][0]["DeadLetterConfig"]["Arn"]) for rule in rules.values()}
    for policy in of_type(template, "AWS::SQS::QueuePolicy").values():
        (queue,) = [referred(queue) for queue in policy["Queues"]]
        allowed = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
        assert bool(allowed) == (queue in filled)
        for statement in allowed:
            assert statement["Principal"] == {"Service": "events.amazonaws.com"}
            assert "sqs:SendMessage" in statement["Action"]
            assert referred(statement["Condition"]["ArnEquals"]["aws:SourceArn"]) in rules


@pytest.mark.parametrize("service", SERVICES)
def test_every_dead_letter_queue_keeps_14_days_and_alarms_from_the_first_message(service: str) -> None:
    template = service_template(service)
    queues = of_type(template, "AWS::SQS::Queue")
    alarms = of_type(template, "AWS::CloudWatch::Alarm").values()
    dead = dead_letter_queues(template)
    assert dead
    for name in dead:
        assert queues[name]["MessageRetentionPeriod"] == FOURTEEN_DAYS_S
        named = {"Name": "QueueName", "Value": queues[name]["QueueName"]}
        (alarm,) = [a for a in alarms if named in a.get("Dimensions", [])]
        assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
        assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (1, "GreaterThanOrEqualToThreshold")
        assert alarm["AlarmActions"]


@pytest.mark.parametrize("service", SERVICES)
def test_every_queue_is_either_a_dead_letter_queue_or_has_one(service: str) -> None:
    template = service_template(service)
    dead = dead_letter_queues(template)
    for name, queue in of_type(template, "AWS::SQS::Queue").items():
        assert (name in dead) != ("RedrivePolicy" in queue)


@pytest.mark.parametrize("service", CONSUMERS)
def test_a_consumers_dead_letters_may_go_back_to_its_queue(service: str) -> None:
    queues = of_type(service_template(service), "AWS::SQS::Queue")
    for queue in queues.values():
        if "RedrivePolicy" in queue:
            dead = queues[referred(queue["RedrivePolicy"]["deadLetterTargetArn"])]
            allowed = dead["RedriveAllowPolicy"]
            assert allowed["redrivePermission"] == "byQueue"
            assert [arn["Fn::Join"][1][-1] for arn in allowed["sourceQueueArns"]] == [f":{queue['QueueName']}"]


@pytest.mark.parametrize("service", SERVICES)
def test_the_redrive_command_finds_every_dead_letter_queue_and_its_way_back(service: str) -> None:
    template, prefix = service_template(service), f"{stage(LOCAL).prefix}-{service}"
    queues = of_type(template, "AWS::SQS::Queue")
    live = {queue["QueueName"] for queue in queues.values() if "RedrivePolicy" in queue}
    scheduled = {schedule["Name"] for schedule in of_type(template, "AWS::Scheduler::Schedule").values()}
    for name in dead_letter_queues(template):
        queue = queues[name]["QueueName"]
        assert queue.startswith(f"{prefix}-")
        of = queue.removesuffix(DEAD)
        assert of != queue
        ways = {of, of.removesuffix(UNDELIVERED) + EVENTS} & live | {of} & (scheduled | {f"{prefix}{RELAY}"})
        assert len(ways) == 1, f"{queue} leads back to {ways}"
