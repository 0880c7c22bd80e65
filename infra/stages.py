"""Stages as data: where Xueshi is deployed to, and all that differs between those places (`stages.toml`)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

FILE = Path(__file__).with_name("stages.toml")
LOCAL = "local"
"""This machine's stage. It is never deployed to AWS."""
EDGE_REGION = "us-east-1"
"""Where AWS has CloudFront's firewalls and certificates, wherever everything else is."""
MAIL_PROVEN = "MailDomainProven"
"""The platform's parameter that says whether SES may send for the mail domain: `make deploy` looks."""
LIVE = "live"
"""The alias through which APIs call their functions."""
NEW_CODE = "new-code"
"""Of a function's alarms, those that take its new code back: `<function>-new-code-<what>-<version>`."""
DomainName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[a-z0-9-]+(\.[a-z0-9-]+)+$")]
IssuerUrl = Annotated[str, StringConstraints(pattern=r"^(https://[a-z0-9.-]+|http://127\.0\.0\.1)(:\d+)?(/[^\s/]+)*$")]
CertificateArn = Annotated[
    str, StringConstraints(pattern=rf"^arn:aws:acm:{EDGE_REGION}:\d{{12}}:certificate/[0-9a-f-]+$")
]
ModelName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.:_/-]{0,127}$")]
EndpointUrl = Annotated[str, StringConstraints(pattern=r"^https://[a-z0-9.-]+(:\d+)?(/[^\s/]+)*$")]
CallingCode = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,2}$")]
LogsDays = Literal[14, 30, 90, 180, 365]
"""Of what CloudWatch takes, what makes sense."""
Shift = Literal[
    "LambdaAllAtOnce",
    "LambdaCanary10Percent5Minutes",
    "LambdaCanary10Percent10Minutes",
    "LambdaCanary10Percent15Minutes",
    "LambdaCanary10Percent30Minutes",
    "LambdaLinear10PercentEvery1Minute",
    "LambdaLinear10PercentEvery2Minutes",
    "LambdaLinear10PercentEvery3Minutes",
    "LambdaLinear10PercentEvery10Minutes",
]
"""What CodeDeploy has, by its names there."""


class StageError(Exception):
    """A stage that there is not, or data that cannot be; the message says what there is."""


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Domain(_Data):
    """The name that people type, and its certificate, which must be in EDGE_REGION."""

    name: DomainName
    certificate_arn: CertificateArn


class Issuer(_Data):
    """An OpenID Connect issuer in the place of a user pool, as where AWS has none.

    The APIs take its access tokens: JWTs by RS256, made for `audience`, with `sub`, `sid` and, for staff who signed in
    with a second factor, `roles` (services/kit/identity.py). Its ID tokens are made for `client_id` and refused.
    The address of its keys is what `<url>/.well-known/openid-configuration` says: API Gateway takes no other.
    """

    url: IssuerUrl
    audience: str = Field(min_length=1)
    client_id: str = Field(min_length=1)

    @model_validator(mode="after")
    def _tells_tokens_apart(self) -> "Issuer":
        if self.audience == self.client_id:
            raise ValueError("audience and client_id must differ, or ID tokens would pass for access tokens")
        return self


class Archive(_Data):
    """How long evidence, records and the log are locked. Nobody shortens compliance mode, not even the root user."""

    years: int = Field(ge=1, le=30)
    mode: Literal["governance", "compliance"]


class AlarmsTo(_Data):
    """E-mail addresses: `page` wakes somebody, `ticket` is read on the next working day."""

    page: tuple[Email, ...]
    ticket: tuple[Email, ...]


class Memory(_Data):
    """Of functions, in MiB, by what they are for. Lambda gives CPU by memory; what needs more says so where it is."""

    http: int = Field(ge=128, le=10_240)
    consumer: int = Field(ge=128, le=10_240)
    scheduled: int = Field(ge=128, le=10_240)


class Sms(_Data):
    """Who sends short messages with codes, for signing in by phone; its account is a secret (docs/deployment.md).

    `mailbox` is this machine's, which shows them. `countries` are calling codes: to others nothing is sent, as each
    message costs, and dear ones are what fraud sends them to.
    """

    provider: Literal["aliyun", "tencent", "mailbox"]
    countries: tuple[CallingCode, ...] = Field(default=("86",), min_length=1)


class Productions(_Data):
    """What makes courses of recordings (services/catalog/README.md).

    Members:
        encoder: the ffmpeg of a function, which a call's 15 minutes bound, or MediaConvert.
        transcriber: nobody, so that only brought captions make a transcript; Amazon Transcribe; or an endpoint that
            speaks OpenAI's API.
        summariser: one that chooses sentences, without a model; a model of Bedrock; or one behind such an endpoint.
        transcriber_model, summariser_model: by the names that they have there.
        openai_base_url: of the endpoint; its key is a secret.
    """

    encoder: Literal["ffmpeg", "mediaconvert"]
    transcriber: Literal["none", "amazon", "openai"] = "none"
    transcriber_model: ModelName | None = None
    summariser: Literal["extractive", "bedrock", "openai"] = "extractive"
    summariser_model: ModelName | None = None
    openai_base_url: EndpointUrl | None = None

    @model_validator(mode="after")
    def _says_what_is_needed_and_no_more(self) -> "Productions":
        wanted = {
            "transcriber_model": self.transcriber == "openai",
            "summariser_model": self.summariser in ("bedrock", "openai"),
            "openai_base_url": self.uses_openai,
        }
        for name, needed in wanted.items():
            if needed != bool(getattr(self, name)):
                raise ValueError(f"{name} is {'needed' if needed else 'of no use'} with these")
        return self

    @property
    def uses_openai(self) -> bool:
        """Whether anything is asked of an endpoint that speaks OpenAI's API."""
        return "openai" in (self.transcriber, self.summariser)


class Stage(_Data):
    """One place.

    Members:
        prefix: begins all names in the account, so that stages stand side by side: "xueshi", "xueshi-dev".
        region: where all is but the firewall and the certificate of CloudFront.
        learners_at_once: how many watch at the same time; throttles, reserved concurrency and limits follow from it.
        consumers_at_once: how many calls one queue starts side by side at most (Lambda takes 2 to 1000).
        logs_days: how long logs are kept.
        shift: how calls go over to new code: all at once, a tenth first, or a tenth after the other.
        protected: what is stored outlives the stacks; stacks, tables and the user pool are not deleted by accident.
        alarms_to: who is told when an alarm rises and when it is over, by its severity.
        productions: what makes courses of recordings.
        demo_data: whether accounts and courses to try things with are put in.
        mail_domain: what notices are sent from; its owner proves it to SES by DNS records. Without one nothing is sent.
        domain: the name that people type; without one CloudFront's own.
        issuer: who signs people in, where it is not a user pool of the stage's own.
        sms: who sends codes to phones; without it nobody signs in by phone.
        wechat: whether people sign in with WeChat; our apps there are a secret.
    """

    name: str
    prefix: Annotated[str, StringConstraints(pattern=r"^xueshi(-[a-z][a-z0-9]{1,11})?$")]
    region: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    learners_at_once: int = Field(ge=1)
    consumers_at_once: int = Field(ge=2, le=1000)
    memory_mib: Memory
    logs_days: LogsDays
    shift: Shift
    archive: Archive
    protected: bool
    alarms_to: AlarmsTo
    productions: Productions
    demo_data: bool
    mail_domain: DomainName | None = None
    domain: Domain | None = None
    issuer: Issuer | None = None
    sms: Sms | None = None
    wechat: bool = False

    @model_validator(mode="after")
    def _sends_to_people(self) -> "Stage":
        if self.sms and self.sms.provider == "mailbox" and self.name != LOCAL:
            raise ValueError("short messages go into a mailbox on this machine only")
        if self.issuer and (self.sms or self.wechat):
            raise ValueError("another issuer signs people in by phone and WeChat itself")
        return self

    @property
    def ways_to_sign_in(self) -> list[str]:
        """What the client offers, in this order, where the user pool signs people in."""
        return [*(["phone"] if self.sms else []), "email", *(["wechat"] if self.wechat else [])]

    def stack(self, part: str) -> str:
        """A stack's name: "XueshiDevPlatform" for the part "Platform"."""
        return f"{self.namespace}{part}"

    @property
    def namespace(self) -> str:
        """Of the metrics, and what the names of stacks begin with: "XueshiDev"."""
        return "".join(word.capitalize() for word in self.prefix.split("-"))

    @property
    def sends_from(self) -> str:
        """The domain of mails. Without one, a name that nobody can own (RFC 2606): SES refuses, and mails wait."""
        return self.mail_domain or f"{self.prefix}.example"

    def parameter(self, name: str) -> str:
        """A parameter's name in Systems Manager."""
        return f"/{self.prefix}/{name}"

    @property
    def placeholders(self) -> list[str]:
        """What still is an example and nobody's: such a stage cannot be deployed to AWS."""
        named = [
            self.domain.name if self.domain else None,
            self.mail_domain,
            *self.alarms_to.page,
            *self.alarms_to.ticket,
        ]
        return [name for name in named if name and name.endswith(".example")]


def stage(name: str) -> Stage:
    """The stage of that name. Raises StageError where there is none, or the data is wrong."""
    known = stages()
    if name not in known:
        raise StageError(f"There is no stage {name!r}; there are {', '.join(known)} (infra/stages.toml).")
    return known[name]


@cache
def stages() -> dict[str, Stage]:
    """All stages by name. Raises StageError where the data is wrong."""
    return read_stages(FILE.read_text(encoding="utf-8"))


def read_stages(text: str) -> dict[str, Stage]:
    """Stages by name, from the text of a file like `stages.toml`.

    Raises:
        StageError: what is no TOML, a member that is not known, lacking or impossible, or a prefix that two share.
    """
    try:
        rows: Mapping[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StageError(f"infra/stages.toml cannot be read: {error}") from None
    found = {name: _read(name, row) for name, row in rows.items()}
    taken: dict[str, str] = {}
    for each in found.values():
        # The local stage has an account of its own: the emulator.
        if each.name != LOCAL and (other := taken.setdefault(each.prefix, each.name)) != each.name:
            raise StageError(f"Stages {other} and {each.name} would share the prefix {each.prefix}.")
    return found


def _read(name: str, row: Any) -> Stage:
    try:
        return Stage.model_validate({**row, "name": name})
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in error.errors())
        raise StageError(f"Stage {name} in infra/stages.toml: {faults}") from None
    except TypeError:
        raise StageError(f"infra/stages.toml: {name} is no table of a stage.") from None
