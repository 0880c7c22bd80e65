"""A small app with every kind of resource the product deploys, to hold the emulator to what we need of it."""

import json
from typing import Any

from infra.triggers.token_roles import SECOND_FACTOR
from local.assembly import Stack

HTTP = """
import json, os, uuid, boto3
ddb = boto3.client("dynamodb")
def handler(event, context):
    print("a log line")
    body = json.loads(event.get("body") or "{}")
    if body.get("crash"):
        raise RuntimeError("as asked")
    name = body.get("name") or uuid.uuid4().hex
    try:
        ddb.transact_write_items(TransactItems=[
            {"Put": {"TableName": os.environ["TABLE_NAME"], "Item": {"pk": {"S": name}, "sk": {"S": "-"}},
                     "ConditionExpression": "attribute_not_exists(pk)"}},
            {"Put": {"TableName": os.environ["OUTBOX_TABLE_NAME"],
                     "Item": {"pk": {"S": name}, "sk": {"S": "-"}, "poison": {"BOOL": bool(body.get("poison"))}}}},
        ])
    except ddb.exceptions.TransactionCanceledException:
        return {"statusCode": 409, "body": "{}"}
    claims = event["requestContext"].get("authorizer", {}).get("jwt", {}).get("claims", {})
    shown = {"name": name, "claims": claims, "origin": event["headers"].get("x-origin-verify"),
             "query": event["rawQueryString"], "path": event["rawPath"]}
    return {"statusCode": 201, "headers": {"content-type": "application/json", "x-answer": "kept"},
            "cookies": ["a=1", "b=2"], "body": json.dumps(shown)}
"""
RELAY = """
import json, os, boto3
events = boto3.client("events")
def handler(event, context):
    for record in event["Records"]:
        image = record["dynamodb"]["NewImage"]
        if image["poison"]["BOOL"]:
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
        detail = json.dumps({"name": image["pk"]["S"]})
        events.put_events(Entries=[{"EventBusName": os.environ["EVENT_BUS_NAME"], "Source": "slice",
                                    "DetailType": "made", "Detail": detail}])
    return {"batchItemFailures": []}
"""
CONSUME = """
import json, os, boto3
ddb = boto3.client("dynamodb")
def handler(event, context):
    failed = []
    for record in event["Records"]:
        name = json.loads(record["body"])["detail"]["name"]
        if name.startswith("refused"):
            failed.append({"itemIdentifier": record["messageId"]})
        else:
            ddb.update_item(TableName=os.environ["TABLE_NAME"], Key={"pk": {"S": name}, "sk": {"S": "effect"}},
                            UpdateExpression="ADD times :one", ExpressionAttributeValues={":one": {"N": "1"}})
    return {"batchItemFailures": failed}
"""

CACHING_OPTIMIZED, CACHING_DISABLED = "658327ea-f89d-4fab-a63d-7e88639e58f6", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
"""Policies of AWS's own."""


def slice_stacks() -> list[Stack]:
    """The slice, and an edge in front of it."""
    return [Stack("Slice", _slice(), ()), Stack("SliceEdge", _edge(), ())]


def _att(name: str, attribute: str = "Arn") -> dict[str, Any]:
    return {"Fn::GetAtt": [name, attribute]}


def _ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def _function(name: str, code: str, **environment: Any) -> dict[str, Any]:
    properties = {
        "FunctionName": f"slice-{name}",
        "Runtime": "python3.13",
        # The handler's name is how the local system finds a service's function.
        "Handler": "index.handler",
        "Code": {"ZipFile": code},
        "Role": _att("Role"),
        "Timeout": 10,
        "Environment": {"Variables": environment},
    }
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


def _table(**more: Any) -> dict[str, Any]:
    keys = [("pk", "HASH"), ("sk", "RANGE")]
    properties = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in keys],
        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
        **more,
    }
    return {"Type": "AWS::DynamoDB::Table", "Properties": properties}


def _route(key: str, *, signed_in: bool) -> dict[str, Any]:
    authorizer = {"AuthorizationType": "JWT", "AuthorizerId": _ref("Authorizer")} if signed_in else {}
    target = {"Fn::Join": ["/", ["integrations", _ref("Integration")]]}
    properties = {"ApiId": _ref("Api"), "RouteKey": key, "Target": target, **authorizer}
    return {"Type": "AWS::ApiGatewayV2::Route", "Properties": properties}


def _slice() -> dict[str, Any]:
    tables = {"TABLE_NAME": _ref("Table"), "OUTBOX_TABLE_NAME": _ref("Outbox")}
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    issuer = {"Fn::Join": ["", ["https://cognito-idp.", _ref("AWS::Region"), ".amazonaws.com/", _ref("Pool")]]}
    resources = {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}},
        },
        "Table": _table(),
        "Outbox": _table(StreamSpecification={"StreamViewType": "NEW_IMAGE"}),
        "Http": _function("http", HTTP, **tables),
        "Relay": _function("relay", RELAY, EVENT_BUS_NAME=_ref("Bus")),
        "Consume": _function("consume", CONSUME, **tables),
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "slice"}},
        "Archive": {"Type": "AWS::Events::Archive", "Properties": {"SourceArn": _att("Bus")}},
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventBusName": _ref("Bus"),
                "EventPattern": {"source": ["slice"], "detail-type": ["made"]},
                "Targets": [{"Id": "queue", "Arn": _att("Queue")}],
            },
        },
        "DeadLetters": {"Type": "AWS::SQS::Queue", "Properties": {}},
        "RelayDeadLetters": {"Type": "AWS::SQS::Queue", "Properties": {}},
        "Queue": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "VisibilityTimeout": 60,
                "RedrivePolicy": {"deadLetterTargetArn": _att("DeadLetters"), "maxReceiveCount": 2},
            },
        },
        "QueueMapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "FunctionName": _ref("Consume"),
                "EventSourceArn": _att("Queue"),
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
            },
        },
        "StreamMapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "FunctionName": _ref("Relay"),
                "EventSourceArn": _att("Outbox", "StreamArn"),
                "StartingPosition": "TRIM_HORIZON",
                "BatchSize": 10,
                "BisectBatchOnFunctionError": True,
                "MaximumRetryAttempts": 1,
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
                "FilterCriteria": {"Filters": [{"Pattern": json.dumps({"eventName": ["INSERT"]})}]},
                "DestinationConfig": {"OnFailure": {"Destination": _att("RelayDeadLetters")}},
            },
        },
        "Pool": {"Type": "AWS::Cognito::UserPool", "Properties": {"UsernameAttributes": ["email"]}},
        "Group": {
            "Type": "AWS::Cognito::UserPoolGroup",
            "Properties": {"UserPoolId": _ref("Pool"), "GroupName": "editor"},
        },
        # As the product's pool: the local seed gives staff a second factor.
        "SecondFactor": {
            "Type": "AWS::Cognito::UserPoolGroup",
            "Properties": {"UserPoolId": _ref("Pool"), "GroupName": SECOND_FACTOR},
        },
        "Client": {
            "Type": "AWS::Cognito::UserPoolClient",
            "Properties": {"UserPoolId": _ref("Pool"), "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]},
        },
        "Secret": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {
                "GenerateSecretString": {
                    "SecretStringTemplate": '{"id":"1"}', "GenerateStringKey": "current", "PasswordLength": 64,
                }
            },
        },
        "Media": {"Type": "AWS::S3::Bucket"},
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "slice", "ProtocolType": "HTTP"}},
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": _ref("Api"), "StageName": "$default", "AutoDeploy": True},
        },
        "Authorizer": {
            "Type": "AWS::ApiGatewayV2::Authorizer",
            "Properties": {
                "ApiId": _ref("Api"),
                "AuthorizerType": "JWT",
                "Name": "cognito",
                "IdentitySource": ["$request.header.Authorization"],
                "JwtConfiguration": {"Audience": [_ref("Client")], "Issuer": issuer},
            },
        },
        "Integration": {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": _ref("Api"),
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": _att("Http"),
                "PayloadFormatVersion": "2.0",
            },
        },
        "PublicRoute": _route("POST /v1/slice/things", signed_in=False),
        "PrivateRoute": _route("POST /v1/slice/own/{name}", signed_in=True),
    }  # fmt: skip
    exports = {"Api": _ref("Api"), "Media": _att("Media", "RegionalDomainName"), "Secret": _ref("Secret")}
    outputs = {name: {"Value": value, "Export": {"Name": f"Slice:{name}"}} for name, value in exports.items()}
    return {"Resources": resources, "Outputs": outputs}


def _edge() -> dict[str, Any]:
    def imported(name: str) -> dict[str, str]:
        return {"Fn::ImportValue": f"Slice:{name}"}

    api = {"Fn::Join": ["", [imported("Api"), ".execute-api.", _ref("AWS::Region"), ".", _ref("AWS::URLSuffix")]]}
    secret = {"Fn::Join": ["", ["{{resolve:secretsmanager:", imported("Secret"), ":SecretString:current::}}"]]}
    origins = [
        {
            "Id": "api",
            "DomainName": api,
            "OriginCustomHeaders": [{"HeaderName": "x-origin-verify", "HeaderValue": secret}],
        },
        {"Id": "media", "DomainName": imported("Media"), "S3OriginConfig": {}},
        {"Id": "client", "DomainName": _att("ClientBucket", "RegionalDomainName"), "S3OriginConfig": {}},
    ]
    kept = {"CachePolicyId": CACHING_OPTIMIZED}
    passed = {"CachePolicyId": CACHING_DISABLED, "OriginRequestPolicyId": ALL_VIEWER_EXCEPT_HOST}
    every = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
    config = {
        "Origins": origins,
        "CacheBehaviors": [
            {"PathPattern": "/v1/slice/*", "TargetOriginId": "api", "AllowedMethods": every, **passed},
            {"PathPattern": "/media/*", "TargetOriginId": "media", **kept},
        ],
        "DefaultCacheBehavior": {"TargetOriginId": "client", "ResponseHeadersPolicyId": _ref("Headers"), **kept},
    }
    policy = {
        "SecurityHeadersConfig": {
            "ContentSecurityPolicy": {"ContentSecurityPolicy": "default-src 'self'", "Override": True},
            "ContentTypeOptions": {"Override": True},
        }
    }
    return {
        "Resources": {
            "ClientBucket": {"Type": "AWS::S3::Bucket"},
            "Headers": {
                "Type": "AWS::CloudFront::ResponseHeadersPolicy",
                "Properties": {"ResponseHeadersPolicyConfig": {"Name": "headers", **policy}},
            },
            "Distribution": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": config}},
        }
    }
