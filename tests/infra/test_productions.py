"""The machine that makes courses of recordings, and where its files lie."""

import json
from itertools import pairwise
from typing import Any

from tests.templates import Template, of_type, service_template, templates

CALLED = {"Media": "xueshi-catalog-media", "Produce": "xueshi-catalog-produce", "Fail": "xueshi-catalog-produce"}


def states(template: Template) -> dict[str, Any]:
    """The machine's states by name; what is referred to is in its text as a function's logical id."""
    (machine,) = of_type(template, "AWS::StepFunctions::StateMachine").values()
    parts = machine["DefinitionString"]["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else part["Fn::GetAtt"][0] for part in parts)
    found: dict[str, Any] = json.loads(text)["States"]
    return found


def tasks(template: Template) -> dict[str, Any]:
    """Those that call something."""
    return {name: state for name, state in states(template).items() if state["Type"] == "Task"}


def test_each_call_is_made_again_and_what_fails_for_good_is_written_down() -> None:
    template = service_template("catalog")
    functions = of_type(template, "AWS::Lambda::Function")
    found = tasks(template)
    called = {name: functions[task["Parameters"]["FunctionName"]]["FunctionName"] for name, task in found.items()}
    assert called == CALLED
    for name, task in found.items():
        assert task["TimeoutSeconds"] > 0
        *_, others = task["Retry"]
        assert others["ErrorEquals"] == ["States.ALL"]
        assert others["MaxAttempts"] >= 3
        caught = [(one["ErrorEquals"], one["Next"]) for one in task.get("Catch", [])]
        # Where writing the failure down fails too, the execution does, and an alarm rises.
        assert caught == ([] if name == "Fail" else [(["States.ALL"], "Fail")])


def test_the_steps_follow_one_another_to_the_end() -> None:
    found = states(service_template("catalog"))
    begun = [name.removeprefix("Begin ") for name in found if name.startswith("Begin ")]
    assert begun == ["probe", "encode", "check", "transcribe", "summarise"]
    assert all(found[f"Begin {step}"]["Parameters"]["step"] == step for step in begun)
    called = {choice["StringEquals"]: choice["Next"] for choice in found["Call"]["Choices"]}
    assert (called, found["Call"]["Default"]) == ({"probe": "Media", "encode": "Media"}, "Produce")
    led = [(choice["StringEquals"], choice["Next"]) for choice in found["Step done"]["Choices"]]
    assert led == [(step, f"Begin {then}") for step, then in pairwise(begun)]
    assert found["Step done"]["Default"] == "Done"
    assert found["Done"] == {"Type": "Succeed"}


def test_the_machine_is_logged_and_traced_and_its_log_has_no_contents() -> None:
    template = service_template("catalog")
    (machine,) = of_type(template, "AWS::StepFunctions::StateMachine").values()
    assert machine["TracingConfiguration"] == {"Enabled": True}
    logged = machine["LoggingConfiguration"]
    assert (logged["Level"], logged["IncludeExecutionData"]) == ("ALL", False)


def test_what_editors_bring_is_served_by_nobody_and_goes_by_itself() -> None:
    template = service_template("catalog")
    ((name, bucket),) = of_type(template, "AWS::S3::Bucket").items()
    assert name.startswith("Media")
    rules = bucket["LifecycleConfiguration"]["Rules"]
    assert [rule["ExpirationInDays"] for rule in rules if rule.get("Prefix") == "productions/"] == [90]
    assert [rule["ExpirationInDays"] for rule in rules if rule.get("Prefix") == "transcription/"] == [30]
    aborted = [rule["AbortIncompleteMultipartUpload"] for rule in rules if "AbortIncompleteMultipartUpload" in rule]
    assert aborted == [{"DaysAfterInitiation": 7}]
    (cors,) = bucket["CorsConfiguration"]["CorsRules"]
    assert cors["AllowedMethods"] == ["PUT"]
    (policy,) = of_type(template, "AWS::S3::BucketPolicy").values()
    served = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    assert "productions/" not in repr(served)


def test_pages_may_put_and_show_what_is_in_the_making() -> None:
    (headers,) = of_type(templates()["XueshiEdge"], "AWS::CloudFront::ResponseHeadersPolicy").values()
    told = headers["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]["ContentSecurityPolicy"]
    policy = "".join(part if isinstance(part, str) else "?" for part in told["ContentSecurityPolicy"]["Fn::Join"][1])
    directives = {part.split()[0]: part for part in policy.split("; ")}
    for name in ("connect-src", "img-src", "media-src"):
        assert "https://xueshi-media-?-?.s3.amazonaws.com" in directives[name], name
    assert "s3" not in directives["default-src"]
