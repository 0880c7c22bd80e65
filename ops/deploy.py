"""Deploys a stage whole: `python -m ops.deploy --stage STAGE`, as `make deploy` does once the client is built.

Every step looks first at what is there, so that it may be interrupted anywhere and begun again: bootstrap where it is
missing, the stacks, the media key, the edge, the client's files, the public address. At the end the address that people
use is looked at. Nothing changed means nothing is done.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from infra import capacity, packaging
from infra.app import assembly, synth
from infra.packaging import SERVICES, PackagingError
from infra.stages import EDGE_REGION, LOCAL, MAIL_PROVEN, Issuer, Stage
from ops.aws import EMULATED, Clients, OpsError, asked_stage, clients_of, stage_parser
from ops.cdk import Cdk
from ops.client_files import upload
from ops.edge import edge_parameters, note_edge
from ops.public_url import set_public_url
from ops.sbom import home, write_bills
from ops.shift import LOOK_EVERY_S, Shift, told
from ops.smoke import smoke
from ops.stacks import FIREWALL, PARTS, outputs

DIST = packaging.ROOT / "web" / "dist"
BOOTSTRAP_VERSION, NEEDED_BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version", 6
"""What CDK's default synthesizer asks of an account's region."""
EDGE_ADDRESS = "/local/edge/"
"""Where the emulated account's edge says at which address it plays a distribution: parameters, by the distribution."""
EDGE_WAIT_S = 60.0
EMULATED_LOOK_S = 1.0
"""How often the progress of new code is looked at where its minutes are seconds (local/shifting.py)."""

Say = Callable[[str], None]


@dataclass
class Deployment:
    """One run for one stage."""

    where: Stage
    say: Say = field(default=lambda text: print(f"deploy: {text}", flush=True))

    def __post_init__(self) -> None:
        self.clients = clients_of(self.where)
        self.account = str(self.clients("sts").get_caller_identity()["Account"])
        self.cdk = Cdk(self.where, assembly(self.where), lambda text: self.say(f"  {text}"))

    @property
    def emulated(self) -> bool:
        """Whether the account is the emulator: functions run on this machine, and the edge is played."""
        return self.account == EMULATED

    def run(self, dist: Path = DIST) -> str:
        """Deploys; answers the address. Raises OpsError where a step fails, or the address is not as it should be."""
        self._look_ahead()
        with self._step("bootstrap"):
            self._bootstrap()
        with self._step("templates and packages"):
            self.synth()
        with self._step("stacks"):
            self._clear()
            parts = ("Platform", "Firewall", *_titles(), "Backups", "Overview")
            stacks = [self.where.stack(part) for part in parts]
            self._deploy(stacks)
        with self._step("edge (a new distribution takes minutes)"):
            self._edge()
        with self._step("client"):
            self._client(dist)
        address = self._address()
        set_public_url(self.clients("ssm"), self.where, address)
        with self._step(f"smoke test of {address}"):
            self._smoke(address)
        return address

    def _deploy(self, stacks: list[str]) -> None:
        shift = Shift(self.where, self.clients, lambda text: self.say(f"  {text}"))
        try:
            with told(shift, EMULATED_LOOK_S if self.emulated else LOOK_EVERY_S):
                self.cdk.deploy(stacks, self._mails())
        except OpsError as error:
            raise OpsError("\n".join(filter(None, [str(error), shift.advice()]))) from None

    def outputs(self, part: str, region: str | None = None) -> dict[str, str]:
        """The outputs of a stack. Raises OpsError where it is not there."""
        return outputs(clients_of(self.where, region), self.where, part)

    def diff(self) -> None:
        """Shows what `run` would change in the stacks."""
        self.synth()
        self.cdk.diff()

    def _look_ahead(self) -> None:
        """What would fail after half an hour, said at once."""
        self.say(f"stage {self.where.name} in account {self.account}, region {self.where.region}")
        self._look_at_examples()
        limit = self.clients("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
        needed = capacity.beats_at_once(self.where) + capacity.UNRESERVED
        if limit < needed:
            raise OpsError(
                f"The account runs {limit} functions at once; {self.where.learners_at_once} learners need {needed}: "
                f"ask AWS for more (Service Quotas, Lambda, concurrent executions), or lower learners_at_once."
            )

    def _look_at_examples(self) -> None:
        if not self.where.placeholders:
            return
        verb = "is an example" if len(self.where.placeholders) == 1 else "are examples"
        said = f"{', '.join(self.where.placeholders)} in infra/stages.toml {verb}"
        if not self.emulated:
            raise OpsError(f"{said}: put in your own.")
        # A stage is tried whole before anybody owns its names.
        self.say(f"  {said}: the account on this machine takes that, at AWS the deployment stops here")

    def _bootstrap(self) -> None:
        for region in dict.fromkeys((self.where.region, EDGE_REGION)):
            ssm = clients_of(self.where, region)("ssm")
            try:
                version = int(ssm.get_parameter(Name=BOOTSTRAP_VERSION)["Parameter"]["Value"])
            except ssm.exceptions.ParameterNotFound:
                version = 0
            if version < NEEDED_BOOTSTRAP:
                self.cdk.bootstrap(self.account, region)

    def _clear(self) -> None:
        """Removes stacks whose first creation failed: nothing is in them, and their protection would keep them."""
        for part in (*PARTS, FIREWALL):
            region = EDGE_REGION if part == FIREWALL else self.where.region
            if remove_failed_creation(clients_of(self.where, region)("cloudformation"), self.where.stack(part)):
                self.say(f"  {self.where.stack(part)}: removed, its first creation had failed")

    def synth(self) -> None:
        """Writes the stage's templates and packages, for where its functions run. Raises OpsError."""
        target = packaging.host_platform() if self.emulated else packaging.AWS
        try:
            written = synth(self.where, assembly(self.where), target)
        except PackagingError as error:
            raise OpsError(str(error)) from None
        write_bills(written, target, home(self.where))

    def _mails(self) -> dict[str, str]:
        """Whether the user pool may send from the stage's own domain: SES says, once its DNS records are there."""
        domain = self.where.mail_domain
        if domain is None or self.where.issuer:
            return {}
        ses = self.clients("sesv2")
        try:
            proven = bool(ses.get_email_identity(EmailIdentity=domain)["VerifiedForSendingStatus"])
        except ses.exceptions.NotFoundException:
            proven = False
        if not proven:
            self.say(f"  {domain} is not proven to SES yet: codes and invitations come from Cognito's own sender")
        return {MAIL_PROVEN: str(proven).lower()}

    def _edge(self) -> None:
        firewall = self.outputs("Firewall", EDGE_REGION)["FirewallArn"]
        self.cdk.deploy([self.where.stack("Edge")], edge_parameters(self.clients, self.where, firewall))
        note_edge(self.clients, self.where)

    def _client(self, dist: Path) -> None:
        edge = self.outputs("Edge")
        try:
            changed = upload(self.clients("s3"), edge["WebBucketName"], dist, self._config())
        except FileNotFoundError as error:
            raise OpsError(str(error)) from None
        if changed:
            paths = [f"/{key}" for key in changed] + ["/"]
            batch = {"Paths": {"Quantity": len(paths), "Items": paths}, "CallerReference": str(time.time_ns())}
            self.clients("cloudfront").create_invalidation(
                DistributionId=edge["DistributionId"], InvalidationBatch=batch
            )
        self.say(f"  {len(changed)} files changed under names that stay")

    def _config(self) -> dict[str, str]:
        region, issuer = self.where.region, self.where.issuer
        if issuer:
            return {"region": region, **client_config(issuer)}
        return {
            "region": region,
            "userPoolClientId": self.outputs("Platform")["UserPoolClientId"],
            # No browser reaches the emulator's Cognito but through its edge.
            "cognitoUrl": "/cognito/" if self.emulated else f"https://cognito-idp.{region}.amazonaws.com/",
            **sign_in_config(self.where),
        }

    def _address(self) -> str:
        edge = self.outputs("Edge")
        if self.emulated:
            return _played(self.clients, edge["DistributionId"])
        return f"https://{self.where.domain.name if self.where.domain else edge['DistributionDomainName']}"

    def _smoke(self, address: str) -> None:
        client_id = self._config().get("clientId") or self.outputs("Platform")["UserPoolClientId"]
        with httpx.Client(base_url=address, timeout=30) as http:
            wrong = smoke(http, client_id, lambda text: self.say(f"  {text}"))
        if wrong:
            raise OpsError(f"{address} is not as it should be: {'; '.join(wrong)}")

    @contextmanager
    def _step(self, what: str) -> Iterator[None]:
        self.say(f"{what} ...")
        start = time.monotonic()
        yield
        self.say(f"{what}: {time.monotonic() - start:.1f} s")


def remove_failed_creation(cloudformation: Any, stack: str) -> bool:
    """Removes a stack that was rolled back as it was created; answers whether there was such a one."""
    try:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except cloudformation.exceptions.ClientError:
        return False
    if found["StackStatus"] != "ROLLBACK_COMPLETE":
        return False
    cloudformation.update_termination_protection(StackName=stack, EnableTerminationProtection=False)
    cloudformation.delete_stack(StackName=stack)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=found["StackId"], WaiterConfig={"Delay": 2})
    return True


def sign_in_config(where: Stage) -> dict[str, str]:
    """What the client is told of how people sign in, where a user pool does it."""
    return {
        "signIn": " ".join(where.ways_to_sign_in),
        "phoneCountries": " ".join(where.sms.countries) if where.sms else "",
    }


def client_config(issuer: Issuer) -> dict[str, str]:
    """What the client is told of an issuer that is no user pool."""
    return {"issuer": issuer.url, "clientId": issuer.client_id, "audience": issuer.audience}


def _titles() -> list[str]:
    return [service.capitalize() for service in SERVICES]


def _played(clients: Clients, distribution: str) -> str:
    """The address at which the emulated account's edge plays a distribution, once it does."""
    ssm = clients("ssm")
    until = time.monotonic() + EDGE_WAIT_S
    while time.monotonic() < until:
        try:
            return str(ssm.get_parameter(Name=f"{EDGE_ADDRESS}{distribution}")["Parameter"]["Value"])
        except ssm.exceptions.ParameterNotFound:
            time.sleep(0.2)
    raise OpsError("Nobody plays the edge of the emulated account: start it with `make account`.")


def main() -> int:
    """Deploys, or shows what would change; answers the exit status."""
    parser = stage_parser("ops.deploy", __doc__)
    parser.add_argument("--diff", action="store_true", help="only show what would change in the stacks")
    options = parser.parse_args()
    try:
        where = asked_stage(options)
        if where.name == LOCAL:
            raise OpsError("The stage `local` is this machine: `make run` starts it.")
        deployment = Deployment(where)
        if options.diff:
            deployment.diff()
        else:
            deployment.say(f"people reach {where.name} at {deployment.run()}")
    except OpsError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
