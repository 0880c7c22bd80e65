"""An AWS account on this machine: `python -m local account`, for deployments with the real command line.

It begins empty. What the emulator lacks is played beside it, for whatever stage is deployed there:
- the edge: each distribution has an address of this machine, which a parameter in the stage's region names;
- event source mappings of DynamoDB streams, as local/streams.py drives them.
"""

import argparse
import contextlib
import logging
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from infra.stages import LOCAL, Stage, stages
from local import emulator as emulators
from local.edge import listen, serving
from local.emulator import Emulator
from local.errors import LocalError
from local.played import PlayedEdge, watched
from local.streams import DynamoStream, MappingSettings, StreamMapping, function_invoker, queue_sender
from local.system import BUILD
from ops.deploy import EDGE_ADDRESS

logger = logging.getLogger(__name__)

FILE = BUILD / "account.env"
"""Where the account that runs says how to reach it: `make deploy ACCOUNT=here` reads it."""
PORT = 8100


@dataclass
class Account:
    """A running account. `port` is that of the first edge; 0 takes free ones."""

    emulator: Emulator
    port: int
    _ends: contextlib.ExitStack
    _edges: dict[str, PlayedEdge] = field(default_factory=dict)
    _addresses: dict[str, str] = field(default_factory=dict)
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
        played = self._edges.setdefault(name, PlayedEdge(client, name, self.emulator.endpoint_url, stage.region))
        before = played.distribution_id
        played.look()
        if played.edge and name not in self._addresses:
            self._addresses[name] = self._ends.enter_context(serving(played.edge, listen(self.port)))
            self.port = self.port + 1 if self.port else 0
        if played.distribution_id != before:
            told = f"{EDGE_ADDRESS}{played.distribution_id}"
            client("ssm").put_parameter(Name=told, Value=self._addresses[name], Type="String", Overwrite=True)

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
        ends.enter_context(watched(made.look))
        yield made


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


def main() -> int:
    """Runs an account until Ctrl-C, or a signal as a closed terminal or a service manager sends; answers the status."""
    parser = argparse.ArgumentParser(prog="python -m local.account", description="An AWS account on this machine.")
    parser.add_argument("--port", type=int, default=PORT, help=f"of the first stage's edge (default {PORT})")
    port = parser.parse_args().port
    # Ctrl-C too: whoever is begun in the background may be told to overlook it.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        with account(BUILD / f"account-{port}", port) as made, _told(made), contextlib.suppress(KeyboardInterrupt):
            print(f"An empty AWS account is at {made.emulator.endpoint_url}, and so says {FILE}. Ctrl-C ends it.")
            while made.emulator.child.running():
                threading.Event().wait(0.5)
    except KeyboardInterrupt:
        return 0
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


@contextlib.contextmanager
def _told(made: Account) -> Iterator[None]:
    """Says where the account is, for as long as it is there."""
    FILE.write_text("".join(f"export {name}={value}\n" for name, value in made.environment.items()))
    try:
        yield
    finally:
        FILE.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
