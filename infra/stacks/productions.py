"""What makes courses of recordings: the machine that runs a production's steps, and the functions that do them."""

from itertools import pairwise
from typing import Any

from aws_cdk import Aws, Duration, RemovalPolicy, Size
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_stepfunctions as sfn

from infra.constructs.alarm import Severity, Told
from infra.constructs.archive import allow_objects
from infra.constructs.encryption import data_key, role_of
from infra.constructs.function import Bundle, ServiceFunction, allow, log_retention
from infra.constructs.graphs import graph
from infra.constructs.metric import PERIOD
from infra.constructs.review import accept, accept_check, accept_names, accept_no_queue, accept_objects
from infra.constructs.stage import kept
from infra.stacks.service import SCHEDULED_TIMEOUT, ServiceStack

MEDIA_PREFIX = "media/"
"""A file's key is its URL's path: /media/<content_id>/<content_version>/..."""
PICTURES_PREFIX = "pictures/"
"""Covers and portraits, which everybody may see."""
PRODUCTIONS_PREFIX = "productions/"
"""What editors bring and what is made of it. No distribution reaches it."""
TRANSCRIPTION_PREFIX = "transcription/"
"""Recordings while Amazon Transcribe reads them, and what it wrote."""
TRANSCRIPTION_KEPT = Duration.days(30)
"""Of what it wrote, and of a recording whose run was cancelled while it waited."""
PRODUCTIONS_KEPT = Duration.days(90)
"""Of a production's files; afterwards what was published is in its own place, and what was not begins anew."""
UPLOADS_KEPT = Duration.days(7)
"""Of the parts of a file that was not brought to its end: so long somebody can go on with it."""
STEPS = ("probe", "encode", "check", "transcribe", "summarise")
OF_MEDIA = ("probe", "encode")
"""Steps of the function that has ffmpeg; the others are of the one that has what makes summaries."""
WAIT_S = 30
LONGEST = Duration.hours(12)
"""Of all steps together; the longest of them, a transcript by Amazon Transcribe, may take six hours."""
CALLED = Duration.hours(4)
"""For how long a call may say nothing. Lambda ends each after 15 minutes; on this machine encoding takes longer."""
CONVERTING = Duration.hours(6)
ENCODING_MIB = 10_240
"""Lambda gives CPU by memory, and encoding takes all there is: where MediaConvert encodes, that of sound alone."""
STORAGE = Size.gibibytes(10)
"""Lambda's most: all renditions of four hours at their highest rates, or of eight hours of slides."""
DRAFTING_MIB = 1_769
"""Lambda's measure of one whole CPU: words and their ranks are counted in one thread."""
OUT_OF_TIME = ["Sandbox.Timedout", "States.Timeout", "States.HeartbeatTimeout"]
"""What took too long once does so again."""
BUSY = ["MediaConvert.TooManyRequestsException", "MediaConvert.InternalServerErrorException"]


class Productions:
    """A part of the catalogue's stack."""

    def __init__(self, stack: ServiceStack, bucket: s3.Bucket) -> None:
        self._stack = stack
        self._bucket = bucket
        self._data = stack.stage.productions
        self._encoder = self._encoder_role() if self._data.encoder == "mediaconvert" else None
        self.functions: dict[str, lambda_.Function] = {"media": self._media(), "produce": self._produce()}
        self._name = f"{stack.prefix}-productions"
        self._machine = self._made_machine()
        self._add_alarm()

    def open_to(self, editor: lambda_.Function) -> None:
        """Lets a function begin and end runs, take files in parts, show them, and remove them."""
        editor.add_environment("PRODUCTION_MACHINE_ARN", self._machine.state_machine_arn)
        allow(editor, ["states:StartExecution"], [self._machine.state_machine_arn])
        runs = self._stack.format_arn(service="states", resource=f"execution:{self._name}:*")
        allow(editor, ["states:DescribeExecution", "states:StopExecution"], [runs])
        accept_names(role_of(editor), f"states:execution:{self._name}:*", "Runs have names that no template knows.")
        self._stack.allow_remove(editor)
        objects = ("GetObject", "PutObject", "DeleteObject", "ListMultipartUploadParts", "AbortMultipartUpload")
        allow_objects(editor, self._bucket, PRODUCTIONS_PREFIX, *(f"s3:{action}" for action in objects))

    def graphs(self) -> list[cloudwatch.IWidget]:
        """How many productions run, how they end, and how long they take."""
        machine = self._machine
        ended = {
            "began": machine.metric_started(period=PERIOD, label="began"),
            "ended": machine.metric_succeeded(period=PERIOD, label="came to their end"),
            "failed": machine.metric_failed(period=PERIOD, label="failed"),
            "timed out": machine.metric_timed_out(period=PERIOD, label="took too long"),
            "cancelled": machine.metric_aborted(period=PERIOD, label="were cancelled"),
        }
        lasting = [machine.metric_time(period=PERIOD, statistic=s, label=s) for s in ("p50", "Maximum")]
        return [graph("Productions", list(ended.values())), graph("A production takes", lasting, unit="ms")]

    def _media(self) -> ServiceFunction:
        """Looks into recordings and packages them."""
        function = self._worker("media", self._stack.bundle_with("media"), ENCODING_MIB, STORAGE)
        allow_objects(function, self._bucket, PRODUCTIONS_PREFIX, "s3:GetObject", "s3:PutObject")
        # A cover that is kept is the picture of a recording without one.
        allow_objects(function, self._bucket, PICTURES_PREFIX, "s3:GetObject")
        return function

    def _produce(self) -> ServiceFunction:
        """Checks, writes down what is said, and drafts; and writes down what failed."""
        function = self._worker("produce", self._stack.bundle_with("summary"), DRAFTING_MIB)
        allow_objects(function, self._bucket, PRODUCTIONS_PREFIX, "s3:GetObject", "s3:PutObject")
        # What is published and kept is checked there.
        allow_objects(function, self._bucket, MEDIA_PREFIX, "s3:GetObject")
        chosen = {
            "ENCODER": self._data.encoder,
            "ENCODER_ROLE_ARN": self._encoder.role_arn if self._encoder else "",
            "TRANSCRIBER": self._data.transcriber,
            "TRANSCRIBER_MODEL": self._data.transcriber_model or "",
            "SUMMARISER": self._data.summariser,
            "SUMMARISER_MODEL": self._data.summariser_model or "",
        }
        for name, value in chosen.items():
            function.add_environment(name, value)
        if self._data.transcriber == "amazon":
            self._allow_transcribing(function)
        if self._data.summariser == "bedrock":
            models = f"arn:{self._stack.partition}:bedrock:{self._stack.region}::foundation-model"
            allow(function, ["bedrock:InvokeModel"], [f"{models}/{self._data.summariser_model}"])
        if self._data.uses_openai:
            self._open_endpoint(function)
        return function

    def _worker(self, kind: str, bundle: Bundle, memory_mib: int, storage: Size | None = None) -> ServiceFunction:
        function = ServiceFunction(
            self._stack,
            kind,
            bundle,
            memory_mib=memory_mib,
            timeout=SCHEDULED_TIMEOUT,
            environment={**self._stack.table_names(), "MEDIA_BUCKET_NAME": self._bucket.bucket_name},
            storage=storage,
        )
        self._stack.allow_write(function)
        accept_no_queue(function, "The machine waits for it, calls it again, and writes its failure down.")
        return function

    def _allow_transcribing(self, function: ServiceFunction) -> None:
        """Jobs and their vocabularies are named by recordings, so there are none to be named here."""
        names = ("transcription-job", "vocabulary")
        jobs, vocabularies = (
            self._stack.format_arn(service="transcribe", resource=n, resource_name="xueshi-*") for n in names
        )
        allow(function, [f"transcribe:{did}TranscriptionJob" for did in ("Start", "Get", "Delete")], [jobs])
        allow(function, [f"transcribe:{did}Vocabulary" for did in ("Create", "Get", "Delete")], [vocabularies])
        reason = "Jobs and vocabularies have names that no template knows."
        for name in names:
            accept_names(role_of(function), f"transcribe:{name}/xueshi-*", reason)
        # Transcribe reads and writes with the caller's permissions.
        actions = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
        allow_objects(function, self._bucket, TRANSCRIPTION_PREFIX, *actions)

    def _open_endpoint(self, function: ServiceFunction) -> None:
        """The key at an endpoint that speaks OpenAI's API, which operators put in."""
        secret = secretsmanager.Secret(
            self._stack,
            "OpenaiKey",
            secret_name=f"{self._stack.prefix}-openai",
            description='The key of productions at the endpoint that their stage names: {"api_key": "…"}',
            removal_policy=kept(self._stack),
        )
        accept_check(secret, "CKV_AWS_149", "It is about nobody; who may read it, its own permission says.")
        accept(secret, "SMG4", "The endpoint gives it out, and operators put it in.")
        allow(function, ["secretsmanager:GetSecretValue"], [secret.secret_arn])
        function.add_environment("OPENAI_SECRET_ID", secret.secret_arn)
        function.add_environment("OPENAI_BASE_URL", self._data.openai_base_url or "")

    def _encoder_role(self) -> iam.Role:
        """MediaConvert's, for what lies under a production's prefix."""
        role = iam.Role(
            self._stack,
            "EncoderRole",
            assumed_by=iam.ServicePrincipal("mediaconvert.amazonaws.com", conditions=_own_account()),
            description="Of MediaConvert's jobs for productions alone",
        )
        objects = self._bucket.arn_for_objects(f"{PRODUCTIONS_PREFIX}*")
        role.add_to_policy(iam.PolicyStatement(actions=["s3:GetObject", "s3:PutObject"], resources=[objects]))
        accept_objects(role, self._bucket, PRODUCTIONS_PREFIX)
        return role

    def _made_machine(self) -> sfn.StateMachine:
        group = logs.LogGroup(
            self._stack,
            "ProductionsLogs",
            log_group_name=f"/{self._stack.stage.prefix}/{self._name}",
            retention=log_retention(self._stack),
            encryption_key=data_key(self._stack),
            removal_policy=RemovalPolicy.DESTROY,
        )
        role = iam.Role(
            self._stack,
            "ProductionsRole",
            assumed_by=iam.ServicePrincipal("states.amazonaws.com", conditions=_own_account()),
            description=f"Of {self._name} alone",
        )
        called = [function.function_arn for function in self.functions.values()]
        role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=called))
        if self._encoder:
            self._allow_converting(role, self._encoder)
        accept(role, "IAM5[Resource::*]", "The actions of X-Ray and of log deliveries know no resources.")
        return sfn.StateMachine(
            self._stack,
            "Productions",
            state_machine_name=self._name,
            definition_body=sfn.DefinitionBody.from_string(self._stack.to_json_string(self._definition())),
            role=role,
            timeout=LONGEST,
            tracing_enabled=True,
            # What steps are given and answer are ids and yes or no: nothing that a log would need.
            logs=sfn.LogOptions(destination=group, level=sfn.LogLevel.ALL, include_execution_data=False),
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _allow_converting(self, role: iam.Role, encoder: iam.Role) -> None:
        """What Step Functions needs to begin a job and to hear of its end."""
        queue, jobs = (
            self._stack.format_arn(service="mediaconvert", resource=kind, resource_name=name)
            for kind, name in (("queues", "Default"), ("jobs", "*"))
        )
        rule = self._stack.format_arn(
            service="events", resource="rule", resource_name="StepFunctionsGetEventsForMediaConvertJobRule"
        )
        granted = {
            ("mediaconvert:CreateJob",): queue,
            ("mediaconvert:GetJob", "mediaconvert:CancelJob"): jobs,
            ("events:PutTargets", "events:PutRule", "events:DescribeRule"): rule,
        }
        for actions, resource in granted.items():
            role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=[resource]))
        role.add_to_policy(
            iam.PolicyStatement(
                actions=["iam:PassRole"],
                resources=[encoder.role_arn],
                conditions={"StringEquals": {"iam:PassedToService": "mediaconvert.amazonaws.com"}},
            )
        )
        accept_names(role, "mediaconvert:jobs/*", "Jobs have names that MediaConvert gives.")

    def _definition(self) -> dict[str, Any]:
        """Takes one step after the other. What a person must act on, a step writes down itself, and ends the run."""
        states: dict[str, Any] = {
            "Call": {
                "Type": "Choice",
                "Choices": [_where_step(step, self._state_of(step)) for step in OF_MEDIA],
                "Default": "Produce",
            },
            "Media": self._call("media", "Answered"),
            "Produce": self._call("produce", "Answered"),
            "Answered": {
                "Type": "Choice",
                "Choices": [
                    {"Variable": "$.answer.go_on", "BooleanEquals": False, "Next": "Done"},
                    {"Variable": "$.answer.wait", "BooleanEquals": True, "Next": "Wait"},
                ],
                "Default": "Step done",
            },
            "Wait": {"Type": "Wait", "Seconds": WAIT_S, "Next": "Call"},
            "Step done": {
                "Type": "Choice",
                "Choices": [_where_step(step, f"Begin {then}") for step, then in pairwise(STEPS)],
                "Default": "Done",
            },
            "Fail": self._failing(),
            "Done": {"Type": "Succeed"},
        }
        states |= {f"Begin {step}": _beginning(step) for step in STEPS}
        if self._encoder:
            states |= self._converting()
        return {"StartAt": f"Begin {STEPS[0]}", "States": states}

    def _state_of(self, step: str) -> str:
        return "Ask for job" if self._encoder and step == "encode" else "Media"

    def _converting(self) -> dict[str, Any]:
        """Before the function packages what MediaConvert encoded."""
        members = ("Role", "ClientRequestToken", "AccelerationSettings", "Settings")
        return {
            "Ask for job": self._call("produce", "Job asked for", {"job.$": "$.Payload.job"}),
            "Job asked for": {
                "Type": "Choice",
                "Choices": [
                    {"Variable": "$.answer.go_on", "BooleanEquals": False, "Next": "Done"},
                    {"Variable": "$.answer.job", "IsNull": True, "Next": "Media"},
                ],
                "Default": "Convert",
            },
            "Convert": {
                "Type": "Task",
                "Resource": f"arn:{self._stack.partition}:states:::mediaconvert:createJob.sync",
                "Parameters": {f"{name}.$": f"$.answer.job.{name}" for name in members},
                "ResultPath": None,
                "TimeoutSeconds": CONVERTING.to_seconds(),
                "Retry": [_retry(BUSY, 5)],
                "Catch": [_CAUGHT],
                "Next": "Media",
            },
        }

    def _call(self, kind: str, then: str, more: dict[str, Any] | None = None) -> dict[str, Any]:
        """A task: a step of the function, which is called again where it fails."""
        given = {"production_id.$": "$.production_id", "run.$": "$.run", "step.$": "$.step"}
        return {
            **self._invoking(kind, given),
            "ResultSelector": {"go_on.$": "$.Payload.go_on", "wait.$": "$.Payload.wait", **(more or {})},
            "ResultPath": "$.answer",
            "Retry": [_retry(OUT_OF_TIME, 0), _retry(["States.ALL"], 3)],
            "Catch": [_CAUGHT],
            "Next": then,
        }

    def _failing(self) -> dict[str, Any]:
        """Writes down what failed. Where that fails too, so does the execution, and an alarm rises."""
        given = {"production_id.$": "$.production_id", "run.$": "$.run", "step": "fail"}
        told = {**given, "failed.$": "$.step", "cause.$": "$.cause"}
        return {
            **self._invoking("produce", told),
            "ResultPath": None,
            "Retry": [_retry(["States.ALL"], 5)],
            "Next": "Done",
        }

    def _invoking(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        return {
            "Type": "Task",
            "Resource": f"arn:{self._stack.partition}:states:::lambda:invoke",
            "Parameters": {"FunctionName": self.functions[kind].function_arn, "Payload": payload},
            "TimeoutSeconds": CALLED.to_seconds(),
        }

    def _add_alarm(self) -> None:
        stuck = cloudwatch.MathExpression(
            expression="failed + late",
            using_metrics={
                "failed": self._machine.metric_failed(period=PERIOD),
                "late": self._machine.metric_timed_out(period=PERIOD),
            },
            period=PERIOD,
            label="productions that ended without a word",
        )
        self._stack.add_alarm(
            "productions-stuck",
            stuck,
            Told(
                Severity.TICKET,
                "A production ended without its failure being written down: its editor sees it run for ever",
                "the first: what a step refuses or fails at is written down, and its execution succeeds",
                "productions-stuck",
            ),
        )


_CAUGHT = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.cause", "Next": "Fail"}


def _retry(errors: list[str], times: int) -> dict[str, Any]:
    return {
        "ErrorEquals": errors,
        "IntervalSeconds": 5,
        "BackoffRate": 3,
        "MaxAttempts": times,
        "JitterStrategy": "FULL",
    }


def _where_step(step: str, then: str) -> dict[str, Any]:
    return {"Variable": "$.step", "StringEquals": step, "Next": then}


def _beginning(step: str) -> dict[str, Any]:
    given = {"production_id.$": "$.production_id", "run.$": "$.run", "step": step}
    return {"Type": "Pass", "Parameters": given, "Next": "Call"}


def _own_account() -> dict[str, Any]:
    return {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
