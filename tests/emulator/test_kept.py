"""What the emulator keeps over a restart, as `make run` relies on it."""

from pathlib import Path
from typing import Any

from local.emulator import Emulator, require_whole, running, saved
from local.kept import Kept, MadeBy
from local.streams import DynamoStream

TABLE = "things"


def stream_of(emulator: Emulator) -> DynamoStream:
    arn = emulator.client("dynamodb").describe_table(TableName=TABLE)["Table"]["LatestStreamArn"]
    return DynamoStream(emulator.client("dynamodbstreams"), arn, from_oldest=True)


def put(emulator: Emulator, id_: str) -> None:
    emulator.client("dynamodb").put_item(TableName=TABLE, Item={"id": {"S": id_}})


def ids(records: list[dict[str, Any]]) -> list[str]:
    return [record["dynamodb"]["Keys"]["id"]["S"] for record in records]


def fill(emulator: Emulator) -> None:
    emulator.client("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    put(emulator, "before")
    queue = emulator.client("sqs").create_queue(QueueName="waiting")["QueueUrl"]
    emulator.client("sqs").send_message(QueueUrl=queue, MessageBody="a message")
    emulator.client("s3").create_bucket(Bucket="files")
    emulator.client("s3").put_object(Bucket="files", Key="a/file", Body=b"content")


def test_items_messages_and_files_are_there_after_a_restart_and_the_stream_goes_on(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "kept")
    with running(tmp_path / "first", kept) as emulator:
        fill(emulator)
        assert ids(stream_of(emulator).read(10)) == ["before"]
        url = emulator.endpoint_url
    assert saved(tmp_path / "first")
    kept.keep(tmp_path / "first", MadeBy("release", "seed", int(url.rpartition(":")[2])))
    with running(tmp_path / "second", kept) as emulator:
        require_whole(emulator)
        assert emulator.endpoint_url == url
        assert emulator.client("dynamodb").scan(TableName=TABLE)["Items"] == [{"id": {"S": "before"}}]
        queue = emulator.client("sqs").get_queue_url(QueueName="waiting")["QueueUrl"]
        (message,) = emulator.client("sqs").receive_message(QueueUrl=queue)["Messages"]
        assert message["Body"] == "a message"
        assert emulator.client("s3").get_object(Bucket="files", Key="a/file")["Body"].read() == b"content"
        stream = stream_of(emulator)
        put(emulator, "after")
        assert ids(stream.read(10)) == ["after"]
