"""An AWS account on this machine: `python -m local account`, for deployments with the real command line.

It begins empty. What the emulator lacks is played beside it, for whatever stage is deployed there:
- the edge: each distribution has an address of this machine, which a parameter in the stage's region names;
- event source mappings of DynamoDB streams, as local/streams.py drives them.
"""

import argparse
import contextlib
import logging
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from infra.stages import LOCAL, Stage, stages
from local import emulator as emulators
from local.distribution import read_distribution
from local.edge import Edge, EdgeSettings, SecretHeaders, listen, serving
from local.emulator import Emulator
from local.errors import LocalError
from local.signed_cookies import opens
from local.streams import DynamoStream, MappingSettings, StreamMapping, function_invoker, queue_sender
from local.system import BUILD
from ops.deploy import EDGE_ADDRESS

logger = logging.getLogger(__name__)

FILE = BUILD / "account.env"
"""Where the account that runs says how to reach it: `make deploy ACCOUNT=here` reads it."""
PORT = 8100
LOOK_EVERY_S = 0.3
SETTLED = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}


@dataclass
class Account:
    """A running account. `port` is that of the first edge; 0 takes free ones."""

    emulator: Emulator
    port: int
    _ends: contextlib.ExitStack
    _edges: dict[str, tuple[Edge, str]] = field(default_factory=dict)
    _mappings: dict[str, StreamMapping] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What leads the AWS command lines and clients here."""
        url = self.emulator.endpoint_url
        return {
            "AWS_ENDPOINT_URL": url,
            # CDK's own client of S3 would put the bucket's name before the host.
            "AWS_ENDPOINT_URL_S3": url.replace("127.0.0.1", "localhost"),
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": "us-east-1",
        }

    def look(self) -> None:
        """Plays what was deployed since the last look, and no longer what is gone."""
        for stage in stages().values():
            if stage.name != LOCAL:
                self._look_at_edge(stage)
        for region in {stage.region for stage in stages().values()}:
            self._look_at_streams(region)

    def _look_at_edge(self, stage: Stage) -> None:
        client = partial(self.emulator.client, region=stage.region)
        name = stage.stack("Edge")
        try:
            (stack,) = client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        except ClientError:
            return
        if stack["StackStatus"] not in SETTLED:
            return
        state = str(stack.get("LastUpdatedTime", stack["CreationTime"]))
        edge, known = self._edges.get(stack["StackId"], (None, ""))
        if known == state:
            return
        settings = _settings(self.emulator, stage)
        if edge is None:
            edge = Edge(settings)
            url = self._ends.enter_context(serving(edge, listen(self.port)))
            self.port = self.port + 1 if self.port else 0
            (distribution,) = (o["OutputValue"] for o in stack["Outputs"] if o["OutputKey"] == "DistributionId")
            client("ssm").put_parameter(Name=f"{EDGE_ADDRESS}{distribution}", Value=url, Type="String", Overwrite=True)
        else:
            edge.change(settings)
        self._edges[stack["StackId"]] = edge, state

    def _look_at_streams(self, region: str) -> None:
        client = partial(self.emulator.client, region=region)
        pages = client("lambda").get_paginator("list_event_source_mappings").paginate()
        there = {
            mapping["UUID"]: mapping
            for page in pages
            for mapping in page["EventSourceMappings"]
            if ":dynamodb:" in mapping["EventSourceArn"]
        }
        for id_ in there.keys() - self._mappings.keys():
            self._mappings[id_] = _driven(client, there[id_])
            self._ends.callback(self._mappings[id_].stop)
        for id_ in [id_ for id_, mapping in self._mappings.items() if _gone(mapping, region, id_, there)]:
            self._mappings.pop(id_).stop()


def _gone(mapping: StreamMapping, region: str, id_: str, there: Mapping[str, Any]) -> bool:
    return f":{region}:" in mapping.settings.stream_arn and id_ not in there


@contextlib.contextmanager
def account(workdir: Path, port: int = 0) -> Iterator[Account]:
    """Runs an empty account until the block ends. Raises LocalError where it cannot."""
    with contextlib.ExitStack() as ends:
        emulator = ends.enter_context(emulators.running(workdir))
        made = Account(emulator, port, ends)
        stopping = threading.Event()
        watching = threading.Thread(target=_watch, args=(made, stopping), name="account", daemon=True)
        watching.start()
        ends.callback(watching.join)
        ends.callback(stopping.set)
        yield made


def _watch(made: Account, stopping: threading.Event) -> None:
    while not stopping.wait(LOOK_EVERY_S):
        try:
            made.look()
        except (BotoCoreError, ClientError) as error:
            # Something goes while it is looked at, or the emulator is busy; the next look sees the rest.
            logger.info("not seen: %s", error)


def _driven(client: Any, mapping: dict[str, Any]) -> StreamMapping:
    names = {"Function": mapping["FunctionArn"], "Stream": mapping["EventSourceArn"]}
    destination = mapping.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    settings = MappingSettings.from_template("", mapping, names | ({"OnFailure": destination} if destination else {}))
    driven = StreamMapping(
        settings,
        DynamoStream(client("dynamodbstreams"), settings.stream_arn, from_oldest=settings.from_oldest),
        function_invoker(client("lambda"), settings.function),
        queue_sender(client("sqs"), settings.on_failure_arn),
    )
    driven.start()
    return driven


def _settings(emulator: Emulator, stage: Stage) -> EdgeSettings:
    """What a stage's distribution serves, as its stack was deployed."""
    client = partial(emulator.client, region=stage.region)
    cloudformation, name = client("cloudformation"), stage.stack("Edge")
    pages = cloudformation.get_paginator("list_exports").paginate()
    exports = {export["Name"]: export["Value"] for page in pages for export in page["Exports"]}
    listed = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    own = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in listed}
    template = cloudformation.get_template(StackName=name)["TemplateBody"]
    groups = [r["PhysicalResourceId"] for r in listed if r["ResourceType"] == "AWS::CloudFront::KeyGroup"]
    return EdgeSettings(
        distribution=read_distribution(template, exports, stage.region, own),
        endpoint_url=emulator.endpoint_url,
        client_files=None,
        config=None,
        headers_of=SecretHeaders(client("secretsmanager")),
        opens=partial(opens, _keys(client("cloudfront"), groups)),
        region=stage.region,
    )


def _keys(cloudfront: Any, groups: list[str]) -> dict[str, RSAPublicKey]:
    """The public keys of these groups by id."""
    found = {}
    for group in groups:
        for id_ in cloudfront.get_key_group(Id=group)["KeyGroup"]["KeyGroupConfig"]["Items"]:
            encoded = cloudfront.get_public_key(Id=id_)["PublicKey"]["PublicKeyConfig"]["EncodedKey"]
            key = load_pem_public_key(encoded.encode())
            assert isinstance(key, RSAPublicKey)  # noqa: S101 (CloudFront takes these)
            found[id_] = key
    return found


def main() -> int:
    """Runs an account until Ctrl-C; answers the exit status."""
    parser = argparse.ArgumentParser(prog="python -m local.account", description="An AWS account on this machine.")
    parser.add_argument("--port", type=int, default=PORT, help=f"of the first stage's edge (default {PORT})")
    port = parser.parse_args().port
    try:
        with account(BUILD / f"account-{port}", port) as made:
            FILE.write_text("".join(f"export {name}={value}\n" for name, value in made.environment.items()))
            print(f"An empty AWS account is at {made.emulator.endpoint_url}, and so says {FILE}. Ctrl-C ends it.")
            with contextlib.suppress(KeyboardInterrupt):
                while made.emulator.child.running():
                    threading.Event().wait(0.5)
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        FILE.unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
