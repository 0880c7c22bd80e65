"""What the usual tools say about the templates, and that the platform of the layer does not change them."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from infra import packaging
from infra.app import build_app, synth
from infra.constructs import review
from infra.stages import LOCAL, MAIL_PROVEN, stage, stages
from tests.templates import Template, of_type, read_templates

STORED = {
    "AWS::Cognito::UserPool",
    "AWS::DynamoDB::Table",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::SecretsManager::Secret",
}
NAMED_WITHIN = {"AWS::ApiGatewayV2::Authorizer", "AWS::Events::Rule", "AWS::Lambda::Alias"}
NAMES = (
    "AlarmName", "ApplicationName", "BucketName", "DashboardName", "EmailIdentity", "FunctionName", "LogGroupName",
    "Name", "QueueName", "TableName", "TopicName", "UserPoolName",
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """What cdk-nag says of a resource, or what we accept of it; `path` is the construct's, or of what it is in."""

    path: str
    rule: str

    def covers(self, other: "Finding") -> bool:
        """Whether accepting this accepts the other."""
        return self.rule == other.rule and f"{other.path}/".startswith(f"{self.path}/")


class Acceptances:
    """Takes the place of CDK's validations: it only notes what is accepted, so that cdk-nag tells all that it finds."""

    def __init__(self) -> None:
        self.all: list[Finding] = []

    def of(self, construct: Any) -> "Acceptance":
        """As CDK's own."""
        return Acceptance(construct.node.path, self.all)


@dataclass(frozen=True)
class Acceptance:
    """What is accepted of one construct."""

    path: str
    all: list[Finding]

    def acknowledge(self, given: Any) -> None:
        """As CDK's own."""
        assert given.reason.endswith("."), given
        # Of checkov's, `make audit` looks whether they are found.
        if not given.id.startswith("checkov-"):
            self.all.append(Finding(self.path, given.id))


@dataclass(frozen=True)
class Review:
    """A stage's assembly, what cdk-nag finds there and what we accept."""

    directory: Path
    found: list[Finding]
    accepted: list[Finding]


ReviewOf = Callable[[str], Review]
DEPLOYED = [name for name in stages() if name != LOCAL]
"""The stages that are deployed to AWS."""


@pytest.fixture(scope="module")
def review_of(tmp_path_factory: pytest.TempPathFactory) -> ReviewOf:
    """A stage's review, for AWS's CPU; made once."""
    return cache(lambda name: _review(name, tmp_path_factory.mktemp(name)))


def _review(name: str, directory: Path) -> Review:
    # Imported here because the import itself starts node, in every worker that collects tests.
    from aws_cdk import Validations
    from cdk_nag import AwsSolutionsChecks, ServerlessChecks

    # The runtime's own Python, which makes the bytecode, need not be on this machine.
    target = replace(packaging.AWS, python=packaging.host_platform().python)
    acceptances = Acceptances()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(review, "Validations", acceptances)
        app = build_app(stage(name), directory, target, say=lambda _: None)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    # Written are the templates all the same.
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    return Review(directory, list(_found(directory / "validation-report.json")), acceptances.all)


def _found(report: Path) -> Iterator[Finding]:
    for pack in json.loads(report.read_text())["pluginReports"]:
        for violation in pack["violations"]:
            for construct in violation["violatingConstructs"]:
                yield Finding(construct["constructPath"], violation["ruleName"])


@pytest.fixture(scope="module")
def reviewed(review_of: ReviewOf) -> Path:
    """Production's assembly."""
    return review_of("prod").directory


@pytest.mark.parametrize("name", DEPLOYED)
def test_cdk_nag_finds_nothing_that_we_have_not_answered(review_of: ReviewOf, name: str) -> None:
    seen = review_of(name)
    assert {finding.rule.partition("-")[0] for finding in seen.found} == {"AwsSolutions", "Serverless"}
    unanswered = [f for f in seen.found if not any(answer.covers(f) for answer in seen.accepted)]
    assert unanswered == []


@pytest.mark.parametrize("name", DEPLOYED)
def test_what_is_accepted_is_found_and_on_one_resource(review_of: ReviewOf, name: str) -> None:
    seen = review_of(name)
    covered = {answer: {f.path for f in seen.found if answer.covers(f)} for answer in seen.accepted}
    assert {answer: paths for answer, paths in covered.items() if len(paths) != 1} == {}


def test_templates_are_the_same_for_every_platform(reviewed: Path, tmp_path: Path) -> None:
    here = synth(stage("prod"), tmp_path, packaging.host_platform(), say=lambda _: None)
    names = [f"{stack}.template.json" for stack in read_templates(reviewed)]
    assert len(names) == 9
    for name in names:
        assert (here / name).read_bytes() == (reviewed / name).read_bytes()


def test_production_keeps_what_is_stored_and_nothing_that_a_failed_creation_left(reviewed: Path) -> None:
    policies = {
        resource["DeletionPolicy"]
        for template in read_templates(reviewed).values()
        for resource in template["Resources"].values()
        if resource["Type"] in STORED
    }
    assert policies == {"RetainExceptOnCreate"}
    manifest = json.loads((reviewed / "manifest.json").read_text())["artifacts"]
    stacks = [a["properties"] for a in manifest.values() if a["type"] == "aws:cloudformation:stack"]
    assert [properties["terminationProtection"] for properties in stacks] == [True] * 9
    assert "XueshiFirewall" in manifest["XueshiEdge"]["dependencies"], "or it goes while the distribution has it"


def test_production_converts_with_a_role_that_only_the_converter_takes(reviewed: Path) -> None:
    template = read_templates(reviewed)["XueshiCatalog"]
    policies = of_type(template, "AWS::IAM::Policy").values()
    granted = [s for policy in policies for s in policy["PolicyDocument"]["Statement"] if "Allow" in s["Effect"]]
    (passing,) = (s for s in granted if s["Action"] == "iam:PassRole")
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "mediaconvert.amazonaws.com"}}
    role = of_type(template, "AWS::IAM::Role")[passing["Resource"]["Fn::GetAtt"][0]]
    (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "mediaconvert.amazonaws.com"}
    (asked,) = (s for s in granted if s["Action"] == "bedrock:InvokeModel")
    model = stage("prod").productions.summariser_model
    assert model is not None
    assert model in repr(asked["Resource"])
    (machine,) = of_type(template, "AWS::StepFunctions::StateMachine").values()
    assert "states:::mediaconvert:createJob.sync" in repr(machine["DefinitionString"])


def test_production_has_its_name_its_people_and_a_lock_that_nobody_opens(reviewed: Path) -> None:
    templates, prod = read_templates(reviewed), stage("prod")
    assert prod.domain is not None
    (distribution,) = of_type(templates["XueshiEdge"], "AWS::CloudFront::Distribution").values()
    config = distribution["DistributionConfig"]
    assert config["Aliases"] == [prod.domain.name]
    assert config["ViewerCertificate"] == {
        "AcmCertificateArn": prod.domain.certificate_arn,
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }
    told = of_type(templates["XueshiPlatform"], "AWS::SNS::Subscription").values()
    addresses = {topic[:5]: s["Endpoint"] for s in told for topic in s["TopicArn"].values()}
    assert {s["Protocol"] for s in told} == {"email"}
    assert addresses == {"Alarm": prod.alarms_to.page[0], "Ticke": prod.alarms_to.ticket[0]}
    (mail,) = of_type(templates["XueshiCredits"], "AWS::SES::EmailIdentity").values()
    assert mail["EmailIdentity"] == prod.mail_domain
    locks = [
        bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
        for template in templates.values()
        for bucket in of_type(template, "AWS::S3::Bucket").values()
        if "ObjectLockConfiguration" in bucket
    ]
    assert locks == [{"Mode": "COMPLIANCE", "Days": prod.archive.years * 366}] * 3


def test_another_stage_shares_no_name_with_production_and_a_trial_leaves_nothing(
    review_of: ReviewOf, reviewed: Path
) -> None:
    trial = read_templates(review_of("dev").directory)
    assert len(trial) == 9
    assert all(name.startswith("XueshiDev") for name in trial)
    production = {name for template in read_templates(reviewed).values() for name in _names(template)}
    own = {name for template in trial.values() for name in _names(template)}
    assert own
    assert own.isdisjoint(production), own & production
    left = [r["Type"] for t in trial.values() for r in t["Resources"].values() if r.get("DeletionPolicy") == "Retain"]
    assert left == []


def _names(template: Template) -> Iterator[str]:
    """What an account or a region has one of."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        for member in NAMES:
            # An authorizer is named within its API, a rule within its bus, an alias within its function.
            named = properties.get(member, {})
            given = isinstance(named, str) or "Fn::Join" in named
            if given and resource["Type"] not in NAMED_WITHIN:
                yield f"{resource['Type']} {named}"
        if "CachePolicyConfig" in properties:
            yield f"cache policy {properties['CachePolicyConfig']['Name']}"


def test_cfn_lint_is_content_in_every_region_that_a_stage_names(reviewed: Path) -> None:
    # W3005: CDK names a function's role in DependsOn although the function refers to it anyway.
    regions = sorted({each.region for each in stages().values() if each.name != LOCAL})
    options = ["--ignore-checks", "W3005", "--format", "json", "--regions", *regions]
    names = [str(reviewed / f"{stack}.template.json") for stack in read_templates(reviewed)]
    command = [str(Path(sys.executable).with_name("cfn-lint")), *options, "--", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert [(f["Filename"], f["Location"]["Path"], f["Message"]) for f in json.loads(done.stdout)] == []


def test_the_user_pool_mails_from_the_stages_own_domain_once_that_is_proven(reviewed: Path) -> None:
    templates, prod = read_templates(reviewed), stage("prod")
    (pool,) = of_type(templates["XueshiPlatform"], "AWS::Cognito::UserPool").values()
    condition, own, usual = pool["EmailConfiguration"]["Fn::If"]
    assert usual == {"EmailSendingAccount": "COGNITO_DEFAULT"}
    assert own["EmailSendingAccount"] == "DEVELOPER"
    assert own["From"].endswith(f"@{prod.mail_domain}>")
    assert f"identity/{prod.mail_domain}" in repr(own["SourceArn"])
    template = templates["XueshiPlatform"]
    assert template["Conditions"][condition] == {"Fn::Equals": [{"Ref": MAIL_PROVEN}, "true"]}
    assert template["Parameters"][MAIL_PROVEN]["Default"] == "false"
