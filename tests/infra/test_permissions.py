"""One role per function, exact actions, own resources; only a relay publishes, and only its own source."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from infra.openapi import read_operations
from infra.stages import LOCAL, stage
from local.emulator import ROOT
from tests.templates import SERVICES, Template, of_type, service_template, templates

NO_RESOURCES = {
    "cloudwatch:DescribeAlarms",
    "dynamodb:ListStreams",
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
"""Actions that know no resources, or that AWS answers for all of them or for none."""
CONSUMING = {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}
STORE = {"dynamodb:ConditionCheckItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"}
COUNT = "dynamodb:UpdateItem"
COUNTING = {"catalog": {"consume"}, "playback": {"consume"}}
"""Which functions add to counters, or to an item's version."""
OPENAPI = ROOT / "docs" / "openapi"
READ_BY_POST = {"POST /v1/credits/verification/{code}/name-check"}
"""What changes nothing: a body keeps a name out of addresses, which are logged."""


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(template: Template) -> Iterator[tuple[str, dict[str, Any]]]:
    """Role's logical id and statement, of all policies."""
    for policy in of_type(template, "AWS::IAM::Policy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            for role in policy["Roles"]:
                yield role["Ref"], statement


def actions_by_function(service: str) -> dict[str, set[str]]:
    """Actions by the function's kind, such as "relay"."""
    template = service_template(service)
    roles = {
        function["Role"]["Fn::GetAtt"][0]: str(function["FunctionName"]).rsplit("-", 1)[1]
        for function in of_type(template, "AWS::Lambda::Function").values()
    }
    granted: dict[str, set[str]] = {kind: set() for kind in roles.values()}
    for role, statement in statements(template):
        # Schedules have roles too.
        if role in roles:
            granted[roles[role]] |= set(as_list(statement["Action"]))
    return granted


def names(value: Any) -> str:
    """A resource as text, to look for logical ids in."""
    return repr(value)


def test_each_function_has_a_role_and_a_log_group_of_its_own_and_all_but_beats_are_traced() -> None:
    functions = [f for t in templates().values() for f in of_type(t, "AWS::Lambda::Function").values()]
    assert functions
    for function in functions:
        is_beat = function["FunctionName"] == "xueshi-playback-beat"
        assert function.get("TracingConfig") == (None if is_beat else {"Mode": "Active"})
        assert function["LoggingConfig"].get("SystemLogLevel") == ("WARN" if is_beat else None)
        assert function["Architectures"] == ["arm64"]
        assert function["Runtime"] == "python3.13"
    for service in SERVICES:
        own = of_type(service_template(service), "AWS::Lambda::Function").values()
        roles = Counter(names(function["Role"]) for function in own)
        groups = Counter(names(function["LoggingConfig"]["LogGroup"]) for function in own)
        assert set(roles.values()) == {1}
        assert set(groups.values()) == {1}


def test_all_logs_end() -> None:
    groups = [g for template in templates().values() for g in of_type(template, "AWS::Logs::LogGroup").values()]
    assert groups
    assert all(group["RetentionInDays"] > 0 for group in groups)


def test_no_role_has_a_wildcard_or_a_managed_policy() -> None:
    for template in templates().values():
        for role in of_type(template, "AWS::IAM::Role").values():
            assert "ManagedPolicyArns" not in role
            assert "Policies" not in role
        for _, statement in statements(template):
            actions = set(as_list(statement["Action"]))
            assert not [action for action in actions if "*" in action]
            if "*" in as_list(statement["Resource"]):
                assert actions <= NO_RESOURCES


@pytest.mark.parametrize("service", SERVICES)
def test_only_the_relay_publishes_and_only_its_services_source(service: str) -> None:
    assert [kind for kind, granted in actions_by_function(service).items() if "events:PutEvents" in granted] == [
        "relay"
    ]
    publishing = [s for _, s in statements(service_template(service)) if "events:PutEvents" in as_list(s["Action"])]
    for statement in publishing:
        assert statement["Action"] == "events:PutEvents"
        assert statement["Condition"] == {"StringEquals": {"events:source": f"xueshi.{service}"}}
        assert "XueshiPlatform" in names(statement["Resource"])


@pytest.mark.parametrize("service", SERVICES)
def test_the_bus_refuses_the_services_source_from_anybody_but_its_relay(service: str) -> None:
    template = service_template(service)
    (policy,) = of_type(template, "AWS::Events::EventBusPolicy").values()
    (relay,) = (f for f in of_type(template, "AWS::Lambda::Function").values() if f["FunctionName"].endswith("-relay"))
    statement = policy["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "events:PutEvents")
    assert "XueshiPlatform" in names(statement["Resource"])
    assert statement["Condition"] == {
        "ForAnyValue:StringEquals": {"events:source": f"xueshi.{service}"},
        "ArnNotEquals": {"aws:PrincipalArn": relay["Role"]},
    }


@pytest.mark.parametrize("service", SERVICES)
def test_the_relay_touches_no_item_and_consumers_only_read_their_queue(service: str) -> None:
    granted = actions_by_function(service)
    assert not granted["relay"] & STORE
    consumers = {"consume", "notices", "archive", "settle", "export", "reconcile", "mail", "push", "erasure"}
    senders = {"relay", "seal", "log", "sweep", "daily", "remind", "check", "index", "canary"}
    for kind, actions in granted.items():
        on_queues = {action for action in actions if action.startswith("sqs:")}
        if kind in senders:
            # To its dead-letter queue.
            assert on_queues == {"sqs:SendMessage"}
        else:
            assert on_queues == (CONSUMING if kind in consumers else set())


@pytest.mark.parametrize("service", SERVICES)
def test_tables_are_the_services_own_and_the_outbox_only_grows(service: str) -> None:
    template = service_template(service)
    outbox = {name for name, t in of_type(template, "AWS::DynamoDB::Table").items() if "StreamSpecification" in t}
    own = set(of_type(template, "AWS::DynamoDB::Table"))
    for _, statement in statements(template):
        on_items = (STORE | {COUNT}) & set(as_list(statement["Action"]))
        for resource in as_list(statement["Resource"]) if on_items else []:
            table, attribute = resource["Fn::GetAtt"]
            assert (table in own, attribute) == (True, "Arn")
            if table in outbox:
                assert on_items == {"dynamodb:PutItem"}


def test_who_may_write_and_emit() -> None:
    for kind in ("http", "index"):
        assert actions_by_function("catalog")[kind] & STORE == {"dynamodb:GetItem", "dynamodb:Query"}
    for service, kind in (("catalog", "editor"), ("orders", "http"), ("playback", "http"), ("credits", "consume")):
        assert actions_by_function(service)[kind] & STORE == STORE


WRITTEN = {
    "IndexRole": ("search/*",),
    "EditorRole": ("media/*", "pictures/*", "productions/*"),
    "MediaRole": ("productions/*",),
    "ProduceRole": ("productions/*",),
}
"""Under which prefixes of the media's bucket each role puts objects."""


BATCHED = {"http", "shelf", "editor"}
"""Who shows lists of courses, or a course as learners see it."""


def test_only_the_index_writes_what_searches_read_and_only_lists_of_courses_read_several_items_at_once() -> None:
    template, granted = service_template("catalog"), actions_by_function("catalog")
    writing = {kind for kind, actions in granted.items() if "s3:PutObject" in actions}
    assert writing == {"editor", "index", "media", "produce"}
    assert {kind for kind, actions in granted.items() if "dynamodb:BatchGetItem" in actions} == BATCHED
    (index,) = (f for f in of_type(template, "AWS::Lambda::Function").values() if f["FunctionName"].endswith("-index"))
    assert index["ReservedConcurrentExecutions"] == 1
    for role, statement in statements(template):
        if "s3:PutObject" in as_list(statement["Action"]):
            (open_to,) = (prefixes for name, prefixes in WRITTEN.items() if role.startswith(name))
            assert any(prefix in names(statement["Resource"]) for prefix in open_to)


def test_the_machine_calls_its_functions_and_only_editors_begin_and_end_its_runs() -> None:
    template, granted = service_template("catalog"), actions_by_function("catalog")
    (machine,) = of_type(template, "AWS::StepFunctions::StateMachine").values()
    role = machine["RoleArn"]["Fn::GetAtt"][0]
    (calling,) = (s for of, s in statements(template) if of == role and s["Action"] == "lambda:InvokeFunction")
    called = {resource["Fn::GetAtt"][0] for resource in as_list(calling["Resource"])}
    functions = of_type(template, "AWS::Lambda::Function")
    assert {functions[name]["FunctionName"] for name in called} == {"xueshi-catalog-media", "xueshi-catalog-produce"}
    for action in ("states:StartExecution", "states:DescribeExecution", "states:StopExecution"):
        assert [kind for kind, actions in granted.items() if action in actions] == ["editor"]
    (trusted,) = of_type(template, "AWS::IAM::Role")[role]["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "states.amazonaws.com"}
    assert "aws:SourceAccount" in names(trusted["Condition"])


def test_this_machines_stage_asks_no_service_for_media_words_or_summaries() -> None:
    every = set().union(*actions_by_function("catalog").values())
    assert not {action for action in every if action.startswith(("bedrock:", "mediaconvert:", "transcribe:"))}


@pytest.mark.parametrize("service", SERVICES)
def test_only_who_counts_changes_a_part_of_an_item(service: str) -> None:
    counting = {kind for kind, actions in actions_by_function(service).items() if COUNT in actions}
    assert counting == COUNTING.get(service, set())


@pytest.mark.parametrize("service", SERVICES)
def test_routes_that_change_something_lead_to_functions_that_may_write(service: str) -> None:
    granted = actions_by_function(service)
    changing = {route for route in read_operations(OPENAPI, service) if route.method != "GET"}
    assert changing
    reading = {route.key for route in changing if not granted[route.function] >= STORE}
    expected = READ_BY_POST & {route.key for route in changing}
    assert reading == expected, (
        f"these lead to a function that may not write: {sorted(reading - expected)}; allow_write for it in "
        f"infra/stacks, or another function for the route; what changes nothing is listed in READ_BY_POST"
    )


@pytest.mark.parametrize("service", SERVICES)
def test_secrets_are_only_read_one_by_one_and_only_the_services_own_keys(service: str) -> None:
    own = set(of_type(service_template(service), "AWS::SecretsManager::Secret"))
    for _, statement in statements(service_template(service)):
        if any(action.startswith("secretsmanager:") for action in as_list(statement["Action"])):
            assert statement["Action"] == "secretsmanager:GetSecretValue"
            for resource in as_list(statement["Resource"]):
                shared = "XueshiPlatform" in resource.get("Fn::ImportValue", "")
                assert shared or resource["Ref"] in own


def test_only_mail_and_codes_send_each_from_its_own_address_and_only_erasure_deletes_users() -> None:
    granted = actions_by_function("credits")
    assert {kind for kind, actions in granted.items() if "ses:SendEmail" in actions} == {"codes", "mail"}
    assert not [action for action in granted["codes"] if action.startswith("cognito-idp:")]
    assert [kind for kind, actions in granted.items() if "cognito-idp:AdminDeleteUser" in actions] == ["erasure"]
    sending = [s for _, s in statements(service_template("credits")) if "ses:SendEmail" in as_list(s["Action"])]
    senders = {one["Condition"]["StringEquals"]["ses:FromAddress"] for one in sending}
    assert senders == {f"{name}@{stage(LOCAL).sends_from}" for name in ("accounts", "notices")}
    assert all("identity/" in names(one["Resource"]) for one in sending)


def test_only_people_lists_the_pool_and_pictures_are_read_there_and_deleted_with_the_decision() -> None:
    granted = actions_by_function("credits")
    assert [kind for kind, actions in granted.items() if "cognito-idp:ListUsers" in actions] == ["people"]
    assert not {action for action in granted["people"] if action.startswith("cognito-idp:")} - {"cognito-idp:ListUsers"}
    assert {kind for kind, actions in granted.items() if "s3:DeleteObject" in actions} == {"people", "erasure"}
    template = service_template("credits")
    (name,) = (n for n, b in of_type(template, "AWS::S3::Bucket").items() if "pictures" in repr(b["BucketName"]))
    reading = {
        role
        for role, statement in statements(template)
        if "s3:GetObject" in as_list(statement["Action"]) and name in names(statement["Resource"])
    }
    assert len(reading) == 1, "one function reads pictures"


def test_what_is_deleted_of_pictures_is_gone_and_what_is_left_goes_by_itself() -> None:
    buckets = of_type(service_template("credits"), "AWS::S3::Bucket").values()
    (bucket,) = (found for found in buckets if "pictures" in repr(found["BucketName"]))
    assert "VersioningConfiguration" not in bucket
    assert bucket["PublicAccessBlockConfiguration"]["BlockPublicAcls"] is True
    rules = {rule["Prefix"]: rule["ExpirationInDays"] for rule in bucket["LifecycleConfiguration"]["Rules"]}
    assert rules == {"sent/": 1, "kept/": 30}
    (cors,) = bucket["CorsConfiguration"]["CorsRules"]
    assert cors["AllowedMethods"] == ["POST"]


def test_only_badges_signs_credentials_and_what_strangers_call_only_reads() -> None:
    granted = actions_by_function("credits")
    assert [kind for kind, actions in granted.items() if "kms:Sign" in actions] == ["badges"]
    for kind in ("badges", "verification"):
        assert granted[kind] & STORE == {"dynamodb:GetItem", "dynamodb:Query"}


def test_only_what_fills_the_archive_signs_and_nobody_changes_or_deletes_evidence() -> None:
    granted = actions_by_function("playback")
    assert {kind for kind, actions in granted.items() if "kms:Sign" in actions} == {"archive", "log"}
    assert {kind for kind, actions in granted.items() if "s3:PutObject" in actions} == {"archive", "seal", "log"}
    every = set().union(*granted.values())
    assert not {action for action in every if "Delete" in action} - {"sqs:DeleteMessage", "dynamodb:DeleteItem"}
    assert [kind for kind, actions in granted.items() if "dynamodb:DeleteItem" in actions] == ["log"]
    assert not {action for action in every if "Retention" in action or "LegalHold" in action}


def test_the_log_has_one_writer_and_its_own_key_and_who_checks_only_reads() -> None:
    template, granted = service_template("playback"), actions_by_function("playback")
    (writer,) = (f for f in of_type(template, "AWS::Lambda::Function").values() if f["FunctionName"].endswith("-log"))
    assert writer["ReservedConcurrentExecutions"] == 1
    keys = {
        name: key for name, key in of_type(template, "AWS::KMS::Key").items() if "EDWARDS" in key.get("KeySpec", "")
    }
    signing = {
        names(statement["Resource"])
        for role, statement in statements(template)
        if role == writer["Role"]["Fn::GetAtt"][0] and "kms:Sign" in as_list(statement["Action"])
    }
    assert [[key in resource for resource in signing] for key in keys] == [[True]]
    for service in ("playback", "credits"):
        assert actions_by_function(service)["check"] & STORE == {"dynamodb:GetItem", "dynamodb:Query"}
    assert "secretsmanager:GetSecretValue" not in granted["seal"] | granted["log"]
