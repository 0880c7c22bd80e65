"""The plainest thing there is on Lambda: boto3's client for DynamoDB, and one conditional update."""

from typing import Any

import boto3

CLIENT = boto3.client("dynamodb")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Counts up, if nobody else has."""
    answer = CLIENT.update_item(
        TableName=event["table"],
        Key={"pk": {"S": event["key"]}, "sk": {"S": "PEER"}},
        UpdateExpression="SET version = if_not_exists(version, :none) + :one",
        ConditionExpression="attribute_not_exists(gone)",
        ExpressionAttributeValues={":none": {"N": "0"}, ":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW",
    )
    return {"version": int(answer["Attributes"]["version"]["N"])}
