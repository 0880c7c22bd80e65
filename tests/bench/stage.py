"""A checkout's system, running, and its functions as they are packaged: found in what its own CDK app synthesized."""

import base64
import contextlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3

from demo.client import Client
from local.assembly import Stack, of_type, read_assembly
from local.emulator import CLIENT_CONFIG, REGION
from local.errors import LocalError
from local.processes import Child
from local.seed import DOMAIN, PASSWORD

READY = re.compile(r"Ready after ([\d.]+) s")
LONG_COURSE, SHORT_COURSE = "annual-portfolio-review", "risk-level-talk"
"""Of the demo: fifty minutes, and twenty seconds."""
Json = dict[str, Any]


@dataclass(frozen=True)
class Package:
    """A function as it is deployed. `traced` and `quiet` are what its template says of X-Ray and of system logs."""

    name: str
    handler: str
    path: tuple[str, ...]
    environment: dict[str, str]
    memory_mib: int
    traced: bool
    quiet: bool


@dataclass(frozen=True)
class Stage:
    """A checkout's system, seeded with the demo, while it runs."""

    checkout: Path
    base_url: str
    endpoint_url: str
    ready_s: float
    memory_mb: float
    stacks: list[Stack]
    _signed_in: dict[str, Client] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A boto3 client against the emulator."""
        session = boto3.session.Session(
            aws_access_key_id="local",
            aws_secret_access_key="local",
            region_name=REGION,
        )
        return session.client(service, endpoint_url=self.endpoint_url, config=CLIENT_CONFIG)  # type: ignore[call-overload]

    def as_(self, account: str) -> Client:
        """One of the demo's accounts, signed in."""
        if account not in self._signed_in:
            self._signed_in[account] = Client(self.base_url).sign_in(f"{account}@{DOMAIN}", PASSWORD)
        return self._signed_in[account]

    def claims(self, account: str) -> dict[str, str]:
        """The claims of the account's token, flattened as the gateway does."""
        body = str(self.as_(account).token).split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return {name: f"[{' '.join(v)}]" if isinstance(v, list) else str(v) for name, v in found.items()}

    @cached_property
    def origin_secret(self) -> str:
        """What the APIs know our own origin by."""
        said = self.client("secretsmanager").get_secret_value(SecretId="xueshi-origin")["SecretString"]
        return str(json.loads(said)["current"])

    def behind(self, route_key: str) -> Package:
        """The function that answers an operation, by its own route or that of its address. Raises LookupError."""
        ways = [route_key, f"ANY {route_key.partition(' ')[2]}"]
        for stack in self.stacks:
            for _, route in of_type(stack.template, "AWS::ApiGatewayV2::Route"):
                if route["Properties"]["RouteKey"] in ways:
                    return self._package(stack, _integrated(stack, route))
        raise LookupError(f"{self.checkout}: no route {route_key}")

    def http_functions(self) -> set[str]:
        """Names of all functions that answer HTTP."""
        return {
            stack.template["Resources"][_integrated(stack, route)]["Properties"]["FunctionName"]
            for stack in self.stacks
            for _, route in of_type(stack.template, "AWS::ApiGatewayV2::Route")
        }

    def fed(self) -> Iterator[tuple[Package, list[str]]]:
        """Functions that a stream or a queue feeds, each with the types of events that reach it; a relay has none."""
        for stack in self.stacks:
            for _, mapping in of_type(stack.template, "AWS::Lambda::EventSourceMapping"):
                source = mapping["Properties"]["EventSourceArn"]["Fn::GetAtt"]
                function = self._package(stack, mapping["Properties"]["FunctionName"]["Ref"])
                yield function, [] if source[1] == "StreamArn" else list(_types_into(stack, source[0]))

    def published(self) -> dict[str, Json]:
        """The latest event of each type that services have put into their outboxes."""
        dynamodb = self.client("dynamodb")
        tables = [name for name in dynamodb.list_tables()["TableNames"] if name.endswith("-outbox")]
        items = [item for table in tables for item in dynamodb.scan(TableName=table)["Items"]]
        return {(event := json.loads(item["body"]["S"]))["type"]: event for item in sorted(items, key=_put_at)}

    def _package(self, stack: Stack, logical_id: str) -> Package:
        resources = stack.template["Resources"]
        properties = resources[logical_id]["Properties"]
        layers = [resources[layer["Ref"]]["Properties"]["Content"] for layer in properties.get("Layers", [])]
        homes = {asset.key: asset.source for asset in stack.assets}
        path = [homes[properties["Code"]["S3Key"]], *(homes[layer["S3Key"]] / "python" for layer in layers)]
        name = properties["FunctionName"]
        deployed = self.client("lambda").get_function_configuration(FunctionName=name)
        return Package(
            name,
            properties["Handler"],
            tuple(map(str, path)),
            deployed["Environment"]["Variables"],
            properties["MemorySize"],
            traced=properties.get("TracingConfig", {}).get("Mode") == "Active",
            quiet=properties.get("LoggingConfig", {}).get("SystemLogLevel") == "WARN",
        )


@contextlib.contextmanager
def running(checkout: Path, workdir: Path, port: int) -> Iterator[Stage]:
    """`make run` in a checkout that `make setup` was run in, until the block ends.

    What was done is kept for the next run of the same port.

    Raises:
        LocalError: it did not start; its log says why.
    """
    log = workdir / "run.log"
    environment = {**os.environ, "PATH": f"{checkout / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    command = [str(checkout / ".venv" / "bin" / "python"), "-m", "local", "run", "--port", str(port)]
    with log.open("wb") as output:
        child = Child(command, env=environment, output=output, cwd=checkout)
    try:
        while not (ready := READY.search(log.read_text("utf-8"))):
            if not child.running():
                raise LocalError(f"{checkout} does not run; {log} ends with: {log.read_text('utf-8')[-400:]}")
            time.sleep(0.1)
        told = (checkout / "build" / "local" / f"endpoint-{port}.env").read_text("utf-8").split()
        where = dict(line.split("=", 1) for line in told)
        stacks = [s for s in read_assembly(_kept(checkout, workdir)) if not s.is_edge]
        yield Stage(
            checkout,
            where["XUESHI_BASE_URL"],
            where["AWS_ENDPOINT_URL"],
            float(ready[1]),
            _memory_mb(child.pid),
            stacks,
        )
    finally:
        child.end()


def _kept(checkout: Path, workdir: Path) -> Path:
    """The packages as they are now: what is changed in the checkout meanwhile is packed anew in their place."""
    home = workdir / "packages"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(checkout / "build" / "local" / "cdk.out", home, copy_function=_linked)
    return home


def _linked(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def _integrated(stack: Stack, route: dict[str, Any]) -> str:
    """The logical id of the function behind a route."""
    joined = json.dumps(route["Properties"]["Target"])
    resources = stack.template["Resources"]
    (integration,) = (name for name, _ in of_type(stack.template, "AWS::ApiGatewayV2::Integration") if name in joined)
    called = resources[integration]["Properties"]["IntegrationUri"]
    # A checkout of before there were aliases calls the function itself.
    return str(
        resources[called["Ref"]]["Properties"]["FunctionName"]["Ref"] if "Ref" in called else called["Fn::GetAtt"][0]
    )


def _types_into(stack: Stack, queue: str) -> Iterator[str]:
    """The types of events that rules put into a queue."""
    for _, rule in of_type(stack.template, "AWS::Events::Rule"):
        if any(target["Arn"].get("Fn::GetAtt", [""])[0] == queue for target in rule["Properties"].get("Targets", [])):
            yield from rule["Properties"]["EventPattern"]["detail-type"]


def _put_at(item: dict[str, Any]) -> str:
    return str(item["at"]["S"])


def _memory_mb(root: int) -> float:
    """What a process and all below it hold of this machine's memory: what several share is counted once."""
    parents = {int(stat.parent.name): _parent(stat) for stat in Path("/proc").glob("[0-9]*/stat")}
    family = {root}
    while grown := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= grown
    return sum(map(_held_kb, family)) / 1024


def _parent(stat: Path) -> int:
    try:
        return int(stat.read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def _held_kb(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1])  # type: ignore[index]
