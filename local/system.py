"""The whole system on this machine, for `make run`, tests and the demo."""

import contextlib
import json
import logging
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.stages import LOCAL, Issuer, stage
from local import emulator as emulators
from local.assembly import Stack, of_type, read_assembly
from local.codes import KeptFactors
from local.dashboards.board import COUNTED, Board
from local.deploy import Deployed, Standing, deploy
from local.edge import Client, listen, serving
from local.emulator import REGION, ROOT, Emulator
from local.errors import LocalError
from local.kept import Kept, MadeBy
from local.payments.bridge import SCRIPT, bridge_routes
from local.payments.sandbox import Sandbox, playing, wall_clock
from local.payments.till import Now
from local.played import PlayedEdge, watched
from local.processes import descendants_running, kill_and_wait
from local.publish import publish_assets
from local.seed import CANARY, CANARY_COURSE, COURSES, PASSWORD, seed_demo
from local.steps import Steps
from local.streams import DynamoStream, StreamMapping, function_invoker, queue_sender
from local.toolchain import content_hash, files_under, made_from, synthesize
from local.users import Users
from local.wechat.sandbox import WeChat, playing_wechat
from local.witness import Witness, witnessing
from ops.aws import OpsError
from ops.canary import note_account
from ops.deploy import client_config, sign_in_config
from ops.edge import edge_parameters, note_edge
from ops.log_policy import log_key, set_log_policy
from ops.merchant_account import put_account
from ops.public_url import set_public_url
from ops.sign_in_account import WECHAT, put_sign_in_account
from ops.stacks import outputs

logger = logging.getLogger(__name__)

BUILD = ROOT / "build" / "local"
ASSEMBLY = BUILD / "cdk.out"
STAGE = stage(LOCAL)
CLIENT_FILES = ROOT / "web" / "dist"
LOG_ORIGIN = "log.xueshi.local"
SETTLE_S = 0.15
"""How long streams and queues must stay empty to count as settled."""
REST_S = 15.0
"""How long the end waits for events under way."""
RESTED = "rested"
"""The file that says that none were."""
LOOK_S = 0.03
"""How long to wait before looking again whether they are."""


@dataclass(frozen=True)
class System:
    """A running system: where it is, and the levers that tests pull."""

    base_url: str
    emulator: Emulator
    stacks: list[Stack]
    deployed: Deployed
    mappings: list[StreamMapping]
    payments: Sandbox
    log_policy: str
    """What proofs of the local log are checked with; empty where the log is not deployed."""
    wechat: WeChat

    @property
    def endpoint_url(self) -> str:
        """The emulator's address, for boto3's endpoint_url."""
        return self.emulator.endpoint_url

    def client(self, service: str) -> Any:
        """A boto3 client against the emulator."""
        return self.emulator.client(service)

    def create_user(self, email: str, password: str, groups: list[str]) -> str:
        """Creates a confirmed user in the groups; answers the learner id. One that exists keeps its id."""
        return self.users.create(email, password, groups)

    def sign_in(self, email: str, password: str) -> str:
        """An access token, as the client gets one."""
        return self.users.sign_in(email, password)

    @property
    def users(self) -> Users:
        """The people of the user pool."""
        return Users(self.client("cognito-idp"), self.user_pool_id, self.user_pool_client_id, self.factors)

    @property
    def factors(self) -> KeptFactors:
        """The second factors of those that were made here."""
        return KeptFactors(self.client("ssm"))

    @property
    def user_pool_id(self) -> str:
        """The one user pool."""
        return self._only("AWS::Cognito::UserPool")

    @property
    def user_pool_client_id(self) -> str:
        """The client's id at the user pool."""
        return self._only("AWS::Cognito::UserPoolClient")

    def function(self, service: str, handler: str) -> str:
        """Physical name of `services.<service>.handlers.<handler>.handler`'s function."""
        return self._function(service, handler)[1]

    def kill(self, function: str) -> int:
        """Kills a function's worker processes, in the middle of a call too; answers how many there were.

        A call under way fails; one that begins afterwards gets a new worker.
        """
        workers = descendants_running(f"{self.emulator.workdir / 'tmp'}/ministack-lambda-{function}-")
        for pid in workers:
            kill_and_wait(pid)
        return len(workers)

    def environment(self, service: str, handler: str) -> dict[str, str]:
        """A function's environment variables, resolved."""
        configuration = self.client("lambda").get_function_configuration(FunctionName=self.function(service, handler))
        return dict(configuration["Environment"]["Variables"])

    def set_variables(self, function: str, variables: Mapping[str, str]) -> None:
        """Changes some environment variables of a function, for all its callers; its next calls get new workers."""
        functions = self.client("lambda")
        known = functions.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
        functions.update_function_configuration(
            FunctionName=function, Environment={"Variables": {**known, **variables}}
        )
        for alias in functions.list_aliases(FunctionName=function)["Aliases"]:
            version = functions.publish_version(FunctionName=function)["Version"]
            functions.update_alias(FunctionName=function, Name=alias["Name"], FunctionVersion=version)

    def table(self, service: str) -> str:
        """Physical name of the service's table."""
        return self.environment(service, "http")["TABLE_NAME"]

    def outbox(self, service: str) -> str:
        """Physical name of the service's outbox table."""
        return self.environment(service, "http")["OUTBOX_TABLE_NAME"]

    def queue(self, service: str) -> str:
        """URL of the queue that feeds the service's consumer."""
        sources = self.client("lambda").list_event_source_mappings(FunctionName=self.function(service, "consume"))
        arns = [m["EventSourceArn"] for m in sources["EventSourceMappings"] if ":sqs:" in m["EventSourceArn"]]
        return self._queue_url(arns[0])

    def dead_letters(self, service: str, handler: str) -> str:
        """URL of the dead-letter queue behind the service's `consume` or `relay`."""
        if handler == "relay":
            return self._queue_url(self.relay(service).settings.on_failure_arn or "")
        source = self.queue(service)
        attributes = self.client("sqs").get_queue_attributes(QueueUrl=source, AttributeNames=["RedrivePolicy"])
        return self._queue_url(json.loads(attributes["Attributes"]["RedrivePolicy"])["deadLetterTargetArn"])

    def relay(self, service: str) -> StreamMapping:
        """The mapping from the service's outbox to its relay."""
        function = self.function(service, "relay")
        return next(m for m in self.mappings if m.settings.function.rsplit(":", 1)[-1] == function)

    def settle(self, timeout: float = 120.0) -> None:
        """Waits until every running mapping has read its stream to the end and every consumed queue is empty.

        Raises:
            TimeoutError: still busy after `timeout` seconds.
        """
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if not self._at_rest():
                time.sleep(LOOK_S)
            elif self._stays_at_rest():
                return
        raise TimeoutError(f"The system was still busy after {timeout} s")

    def _stays_at_rest(self) -> bool:
        """Whether for a while nothing comes, and then every stream is read once more to its end.

        Looking costs the processor that those need who are waited for: queues are asked before and after, streams by
        those who read them anyway.
        """
        for mapping in self.mappings:
            mapping.wake()
        calm_until = time.monotonic() + SETTLE_S
        while time.monotonic() < calm_until:
            time.sleep(LOOK_S)
            if not self._streams_idle(since=0.0):
                return False
        return self._queues_empty() and self._all_read()

    def _all_read(self) -> bool:
        """Whether every stream that is looked at from now on has nothing new."""
        begun = time.monotonic()
        for mapping in self.mappings:
            mapping.wake()
        while self._streams_idle(since=0.0):
            if self._streams_idle(since=begun):
                return True
            time.sleep(LOOK_S / 3)
        return False

    def _at_rest(self) -> bool:
        return self._streams_idle(since=0.0) and self._queues_empty()

    def _streams_idle(self, *, since: float) -> bool:
        """Whether every mapping is paused, or has found its stream read to the end after that moment."""
        return all(m.paused or m.idle_at() > since for m in self.mappings)

    def _queues_empty(self) -> bool:
        sqs = self.client("sqs")
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        for url in self._consumed_queues:
            counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
            if any(int(counts[name]) for name in names):
                return False
        return True

    @cached_property
    def _consumed_queues(self) -> list[str]:
        """URLs of the queues that functions consume."""
        mappings = self.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        return [self._queue_url(mapping["EventSourceArn"]) for mapping in mappings]

    def _queue_url(self, arn: str) -> str:
        return str(self.client("sqs").get_queue_url(QueueName=arn.rsplit(":", 1)[-1])["QueueUrl"])

    def _only(self, kind: str) -> str:
        ((stack, logical_id),) = ((stack, name) for stack in self.stacks for name, _ in of_type(stack.template, kind))
        return self.deployed.resources[stack.name][logical_id]

    def _function(self, service: str, handler: str) -> tuple[Stack, str]:
        wanted = f"services.{service}.handlers.{handler}.handler"
        for stack in self.stacks:
            for logical_id, resource in of_type(stack.template, "AWS::Lambda::Function"):
                if resource["Properties"].get("Handler") == wanted:
                    return stack, self.deployed.resources[stack.name][logical_id]
        raise LookupError(f"No function of the templates has the handler {wanted}")


@contextlib.contextmanager
def start(
    *,
    port: int = 0,
    workdir: Path | None = None,
    seed: bool = False,
    redelivery_s: int | None = None,
    stacks: list[Stack] | None = None,
    steps: Steps | None = None,
    kept: Kept | None = None,
    outside_now: Now = wall_clock,
    recording: bool = False,
    issuer: Issuer | None = None,
) -> Iterator[System]:
    """Runs the system until the block ends.

    Args:
        port: of the edge; 0 takes a free one.
        workdir: for the emulator's state, made anew; by default one under build/, named by the port.
        seed: whether to publish the demo catalogue and create the demo accounts.
        redelivery_s: visibility timeout of all queues in seconds, for tests that wait for a second delivery.
        stacks: what to deploy; by default the synthesized app, brought up to date.
        steps: where to say what is being waited for.
        kept: where the data of the last time is, and is to be put at the end; by default nothing is kept.
        outside_now: the clock of the payment provider and of the log's witness; by default this machine's.
        recording: whether to note what functions call, for tests that compare it with their roles.
        issuer: who signs people in where `stacks` are of a stage without a user pool.

    Raises:
        LocalError: it cannot run; says what to do.
        NotTakenOver: of a release that was deployed over kept data; the data is as it was.
    """
    steps = steps or Steps.silent()
    with contextlib.ExitStack() as cleanup:
        listener = cleanup.enter_context(contextlib.closing(listen(port)))
        if stacks is None:
            stacks = _current_stacks(steps)
        found = kept.made_by() if kept else None
        workdir = workdir or BUILD / f"run-{listener.getsockname()[1]}"
        with steps.step("AWS emulator"):
            ending = cleanup.enter_context(contextlib.ExitStack())
            emulator = cleanup.enter_context(emulators.running(workdir, kept, recording=recording))
        made_by = _made_by(emulator) if kept else None
        over = _standing(found, made_by)
        if over is not Standing.ITSELF:
            with steps.step("code and layers"):
                publish_assets(emulator, (a for s in stacks for a in s.assets), BUILD / "assets")
        with steps.step("CloudFormation stacks"), _taking_over(over):
            emulators.require_whole(emulator)
            deployed = deploy(emulator, stacks, redelivery_s, over, partial(_told, emulator))
        mappings = cleanup.enter_context(_driven_streams(emulator, deployed))
        wechat = cleanup.enter_context(_wechat(emulator, outside_now))
        payments = cleanup.enter_context(_merchant(emulator, outside_now, wechat))
        log_policy = cleanup.enter_context(_witnessed_log(emulator, outside_now))
        system = System("", emulator, stacks, deployed, mappings, payments, log_policy, wechat)
        if kept:
            # After the edge has ended, and before the streams do: what they have not read is in no state.
            cleanup.callback(_come_to_rest, system)
        base_url = cleanup.enter_context(_served_edge(system, issuer, listener))
        set_public_url(emulator.client("ssm"), STAGE, base_url)
        system = replace(system, base_url=base_url)
        if seed and not (found and made_by and found.seed == made_by.seed):
            with _taking_over(over):
                seed_demo(system, steps)
                note_account(emulator.client("secretsmanager"), STAGE, CANARY.email, PASSWORD, CANARY_COURSE)
        if kept and made_by:
            ending.callback(_keep_if_saved, kept, workdir, made_by)
        yield system


class NotTakenOver(LocalError):
    """A release could not be deployed over the data that was kept."""


@contextlib.contextmanager
def _taking_over(over: Standing) -> Iterator[None]:
    """What fails in the block, fails because of what stood before, if anything did."""
    try:
        yield
    except (LocalError, ClientError) as error:
        if over is Standing.NOTHING:
            raise
        raise NotTakenOver(f"This release could not be put over the kept data: {error}") from error


def _standing(found: MadeBy | None, made_by: MadeBy | None) -> Standing:
    if found is None or made_by is None:
        return Standing.NOTHING
    return Standing.ITSELF if found.release == made_by.release else Standing.ANOTHER


def _made_by(emulator: Emulator) -> MadeBy:
    """The release as it is now: what was synthesized, and how it is deployed here."""
    here = [ROOT / "local" / name for name in ("deploy.py", "publish.py", "system.py")]
    release = f"{made_from(ASSEMBLY)} {content_hash(here)}"
    seed = content_hash([ROOT / "local" / "seed.py", *files_under(COURSES)])
    return MadeBy(release, seed, int(emulator.endpoint_url.rpartition(":")[2]))


def _come_to_rest(system: System) -> None:
    """Leaves a mark where nothing is under way any more. Without it the data of the time before stays."""
    with contextlib.suppress(TimeoutError, BotoCoreError, ClientError):
        system.settle(REST_S)
        (system.emulator.workdir / RESTED).touch()


def _keep_if_saved(kept: Kept, workdir: Path, made_by: MadeBy) -> None:
    if (workdir / RESTED).exists() and emulators.saved(workdir):
        kept.keep(workdir, made_by)
    else:
        logger.warning("What happened since the start is not kept: the system did not come to rest, or was not saved.")


def _current_stacks(steps: Steps) -> list[Stack]:
    with steps.step("CDK app"):
        synthesize(ASSEMBLY)
    return read_assembly(ASSEMBLY)


@contextlib.contextmanager
def _merchant(emulator: Emulator, now: Now, wechat: WeChat) -> Iterator[Sandbox]:
    """A merchant account at the payment sandbox, noted as an operator notes one at a real provider."""
    with playing(now, wechat=wechat) as sandbox:
        # A part of the app, as the emulator's own tests deploy, may not deal with payments.
        with contextlib.suppress(OpsError):
            put_account(emulator.client, STAGE, "wechat", sandbox.secret())
        yield sandbox


@contextlib.contextmanager
def _wechat(emulator: Emulator, now: Now) -> Iterator[WeChat]:
    """Our apps at a sandbox of WeChat, noted as an operator notes them."""
    with playing_wechat(now) as wechat:
        # A part of the app, as the emulator's own tests deploy, may sign nobody in.
        with contextlib.suppress(OpsError):
            put_sign_in_account(emulator.client, STAGE, WECHAT, wechat.secret())
        yield wechat


@contextlib.contextmanager
def _witnessed_log(emulator: Emulator, now: Now) -> Iterator[str]:
    """A witness for the log, named in the stage's settings as an operator names one; gives the policy.

    The log is made anew with the emulator, or kept with it, and so are the witness's memory and key.
    """
    functions = emulator.client("lambda")
    try:
        log = log_key(emulator.client, STAGE, LOG_ORIGIN)
    except functions.exceptions.ResourceNotFoundException:
        # A part of the app, as the emulator's own tests deploy, may have no log.
        yield ""
        return
    witness = Witness(emulator.workdir / "witness", {LOG_ORIGIN: log}, now=lambda: now().timestamp())
    with contextlib.closing(listen(0)) as listener, witnessing(witness, listener) as url:
        yield set_log_policy(emulator.client, STAGE, LOG_ORIGIN, f"witness local {witness.key} {url}\nquorum local\n")


@contextlib.contextmanager
def _driven_streams(emulator: Emulator, deployed: Deployed) -> Iterator[list[StreamMapping]]:
    streams, functions, queues = (emulator.client(name) for name in ("dynamodbstreams", "lambda", "sqs"))
    mappings = [
        StreamMapping(
            settings,
            DynamoStream(streams, settings.stream_arn, from_oldest=settings.from_oldest),
            function_invoker(functions, settings.function),
            queue_sender(queues, settings.on_failure_arn),
        )
        for settings in deployed.mappings
    ]
    for mapping in mappings:
        mapping.start()
    try:
        yield mappings
    finally:
        for mapping in mappings:
            mapping.stop()


def _told(emulator: Emulator, stack: Stack) -> Mapping[str, str]:
    """What an operator's deployment tells a stack beside its template."""
    known = stack.template.get("Parameters", {})
    if not stack.is_edge or not known:
        return {}
    return edge_parameters(emulator.client, STAGE, outputs(emulator.client, STAGE, "Firewall")["FirewallArn"])


@contextlib.contextmanager
def _served_edge(system: System, issuer: Issuer | None, listener: socket.socket) -> Iterator[str]:
    """Serves the distribution as it is deployed, and looks for what becomes of it; gives the address."""
    edges = [stack for stack in system.stacks if stack.is_edge]
    if len(edges) != 1:
        raise LocalError(f"The app must have one stack with a distribution, and has {len(edges)}.")
    if edges[0].template.get("Parameters"):
        note_edge(system.client, STAGE)
    client = Client(CLIENT_FILES, _config(system, issuer), SCRIPT)
    pages = [*_board(system).routes(), *system.factors.routes(), *bridge_routes(system.payments, system.wechat)]
    played = PlayedEdge(system.client, edges[0].name, system.endpoint_url, REGION, client, pages)
    played.look()
    assert played.edge is not None  # noqa: S101 (the stack stands)
    with serving(played.edge, listener) as base_url, watched(played.look):
        yield base_url


def _board(system: System) -> Board:
    counted = system.emulator.workdir / COUNTED
    return Board(system.client("cloudwatch"), STAGE.prefix, system.stacks, system.deployed.resources, counted)


def _config(system: System, issuer: Issuer | None) -> dict[str, str]:
    """What the client is told."""
    if issuer:
        return {"region": REGION, **client_config(issuer)}
    return {
        "region": REGION,
        "userPoolClientId": system.user_pool_client_id,
        "cognitoUrl": "/cognito/",
        **sign_in_config(STAGE),
    }
