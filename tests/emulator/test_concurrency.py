"""Conditional writes and transactions under threads: nothing is lost and nobody wins twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from local.system import System

THREADS = 8


def together(work: Callable[[int], Any], times: int = THREADS) -> list[Any]:
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, range(times)))


def table(system: System) -> str:
    return system.deployed.resources["Slice"]["Table"]


def key() -> dict[str, Any]:
    return {"pk": {"S": uuid4().hex}, "sk": {"S": "-"}}


def test_versioned_writes_lose_no_update(system: System) -> None:
    dynamodb, name, item = system.client("dynamodb"), table(system), key()
    dynamodb.put_item(TableName=name, Item={**item, "version": {"N": "0"}, "total": {"N": "0"}})

    def increment(_: int) -> None:
        while True:
            read = dynamodb.get_item(TableName=name, Key=item, ConsistentRead=True)["Item"]
            version, total = int(read["version"]["N"]), int(read["total"]["N"])
            try:
                dynamodb.put_item(
                    TableName=name,
                    Item={**item, "version": {"N": str(version + 1)}, "total": {"N": str(total + 1)}},
                    ConditionExpression="version = :read",
                    ExpressionAttributeValues={":read": {"N": str(version)}},
                )
            except dynamodb.exceptions.ConditionalCheckFailedException:
                continue
            return

    together(increment, 100)
    assert dynamodb.get_item(TableName=name, Key=item)["Item"]["total"]["N"] == "100"


def test_one_of_many_creates_the_item(system: System) -> None:
    dynamodb, name = system.client("dynamodb"), table(system)
    for _ in range(10):
        item = key()

        def create(number: int, item: dict[str, Any] = item) -> bool:
            try:
                dynamodb.put_item(
                    TableName=name,
                    Item={**item, "by": {"N": str(number)}},
                    ConditionExpression="attribute_not_exists(pk)",
                )
            except dynamodb.exceptions.ConditionalCheckFailedException:
                return False
            return True

        assert sum(together(create)) == 1


def test_transactions_take_effect_whole_or_not_at_all(system: System) -> None:
    """Transfers among three accounts, each in one transaction: the sum stays, and nothing goes below zero."""
    dynamodb, name, accounts = system.client("dynamodb"), table(system), [key() for _ in range(3)]
    for account in accounts:
        dynamodb.put_item(TableName=name, Item={**account, "balance": {"N": "10"}})

    def transfer(number: int) -> bool:
        source, target = accounts[number % 3], accounts[(number + 1) % 3]
        try:
            dynamodb.transact_write_items(
                TransactItems=[
                    {
                        "Update": {
                            "TableName": name,
                            "Key": source,
                            "UpdateExpression": "ADD balance :less",
                            "ConditionExpression": "balance > :zero",
                            "ExpressionAttributeValues": {":less": {"N": "-1"}, ":zero": {"N": "0"}},
                        }
                    },
                    {
                        "Update": {
                            "TableName": name,
                            "Key": target,
                            "UpdateExpression": "ADD balance :more",
                            "ExpressionAttributeValues": {":more": {"N": "1"}},
                        }
                    },
                ]
            )
        except dynamodb.exceptions.TransactionCanceledException:
            return False
        return True

    assert any(together(transfer, 200))
    balances = [int(dynamodb.get_item(TableName=name, Key=a)["Item"]["balance"]["N"]) for a in accounts]
    assert sum(balances) == 30
    assert min(balances) >= 0


def test_one_transaction_of_many_wins_and_the_losers_learn_why(system: System) -> None:
    dynamodb, name, item = system.client("dynamodb"), table(system), key()

    def claim(number: int) -> list[str]:
        own = {"pk": item["pk"], "sk": {"S": f"claim-{number}"}}
        new = "attribute_not_exists(pk)"
        puts = [{"Put": {"TableName": name, "Item": i, "ConditionExpression": new}} for i in (item, own)]
        try:
            dynamodb.transact_write_items(TransactItems=puts)
        except dynamodb.exceptions.TransactionCanceledException as error:
            return [reason["Code"] for reason in error.response["CancellationReasons"]]
        return []

    outcomes = together(claim)
    assert outcomes.count([]) == 1
    assert all(reasons[0] in {"ConditionalCheckFailed", "TransactionConflict"} for reasons in outcomes if reasons)
    query = {"TableName": name, "KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": item["pk"]}}
    assert dynamodb.query(**query)["Count"] == 2


def test_a_failed_condition_shows_the_item_if_asked(system: System) -> None:
    dynamodb, name, item = system.client("dynamodb"), table(system), key()
    stored = {**item, "version": {"N": "7"}}
    dynamodb.put_item(TableName=name, Item=stored)
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException) as refusal:
        dynamodb.put_item(
            TableName=name,
            Item=item,
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert refusal.value.response["Item"] == stored


def test_an_expiring_table_is_told_so_though_cloudformation_forgets(system: System) -> None:
    description = system.client("dynamodb").describe_time_to_live(TableName=table(system))["TimeToLiveDescription"]
    assert description == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
