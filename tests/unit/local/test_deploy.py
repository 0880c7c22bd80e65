"""What differs between the synthesized template and its deployed copy: these points and no other."""

import copy
from typing import Any

from local.deploy import local_copy

STREAM: dict[str, Any] = {
    "Type": "AWS::Lambda::EventSourceMapping",
    "Properties": {
        "FunctionName": {"Ref": "F"},
        "EventSourceArn": {"Fn::GetAtt": ["T", "StreamArn"]},
        "StartingPosition": "TRIM_HORIZON",
        "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Q", "Arn"]}}},
    },
}
QUEUE_MAPPING = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"FunctionName": {"Ref": "F"}}}
TEMPLATE: dict[str, Any] = {
    "Parameters": {"BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>"}},
    "Rules": {"CheckBootstrapVersion": {}},
    "Resources": {
        "Stream": STREAM,
        "FromQueue": QUEUE_MAPPING,
        "Archive": {"Type": "AWS::Events::Archive", "Properties": {}},
        "F": {"Type": "AWS::Lambda::Function", "DependsOn": ["Archive", "Q"], "Properties": {}},
        "Q": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 60}},
    },
}


def test_stream_mappings_become_outputs_and_queue_mappings_stay() -> None:
    local, mappings = local_copy(TEMPLATE, None)
    assert set(local["Resources"]) == {"FromQueue", "F", "Q"}
    assert mappings == {"Stream": STREAM["Properties"]}
    assert local["Outputs"] == {
        "LocalStreamFunction": {"Value": {"Ref": "F"}},
        "LocalStreamStream": {"Value": {"Fn::GetAtt": ["T", "StreamArn"]}},
        "LocalStreamOnFailure": {"Value": {"Fn::GetAtt": ["Q", "Arn"]}},
    }


def test_nothing_else_changes() -> None:
    before = copy.deepcopy(TEMPLATE)
    local, _ = local_copy(TEMPLATE, None)
    assert before == TEMPLATE
    function = {**TEMPLATE["Resources"]["F"], "DependsOn": ["Q"]}
    assert local["Resources"]["F"] == function
    assert local["Resources"]["FromQueue"] == QUEUE_MAPPING
    assert local["Resources"]["Q"] == TEMPLATE["Resources"]["Q"]
    assert local["Parameters"] == {}
    assert "Rules" not in local


def test_tests_may_have_messages_redelivered_sooner() -> None:
    local, _ = local_copy(TEMPLATE, 1)
    assert local["Resources"]["Q"]["Properties"]["VisibilityTimeout"] == 1
