"""Takes a trial stage away, without leftovers: `python -m ops.destroy --stage STAGE`.

Only a stage that infra/stages.toml does not protect. CloudFormation deletes no bucket with objects in it, so buckets
are emptied first, locked objects too (governance mode lets the owner). A function that still ran while its stack went
writes its log anew, so logs are looked for once more after the stacks. At the end whatever still has the stage's prefix
is named; keys wait for their deletion for some days.
"""

import sys
from collections.abc import Iterator
from typing import Any

from infra.packaging import SERVICES
from infra.stages import EDGE_REGION, Stage
from ops.aws import Clients, OpsError, asked_stage, clients_of, stage_parser
from ops.deploy import Deployment
from ops.stacks import FIREWALL, PARTS, stands

ATTEMPTS = 3
LISTINGS = (
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("cognito-idp", "list_user_pools", "UserPools", "Name"),
    ("dynamodb", "list_tables", "TableNames", None),
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("secretsmanager", "list_secrets", "SecretList", "Name"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("sqs", "list_queues", "QueueUrls", None),
    ("ssm", "describe_parameters", "Parameters", "Name"),
)
"""Where names are: service, operation, the list in its answer, the member of an entry that is the name."""


def destroy(where: Stage) -> list[str]:
    """Deletes all of it; answers the names of what is left. Raises OpsError for a protected stage."""
    if where.protected:
        raise OpsError(
            f"Stage {where.name} is protected (infra/stages.toml): nothing was deleted. "
            f'What it takes is said in docs/deployment.md under "The end of a stage".'
        )
    clients = clients_of(where)
    if is_there(where):
        _delete_stacks(clients, where)
    else:
        print(f"Stage {where.name} is not deployed in {where.region}: it has no stacks there to delete.")
    delete_late_logs(clients, where)
    return sorted(left(where))


def is_there(where: Stage) -> bool:
    """Whether any of the stage's stacks is."""
    home, edge = clients_of(where), clients_of(where, EDGE_REGION)
    return stands(edge, where, FIREWALL) or any(stands(home, where, part) for part in PARTS)


def _delete_stacks(clients: Clients, where: Stage) -> None:
    deployment = Deployment(where)
    deployment.synth()
    for attempts in reversed(range(ATTEMPTS)):
        for bucket in buckets(clients, where):
            empty(clients, bucket)
        try:
            deployment.cdk.destroy_all()
            break
        except OpsError:
            # Functions that still ran filled a bucket again.
            if not attempts:
                raise


def buckets(clients: Clients, where: Stage) -> list[str]:
    """Of the stage's stacks that are there."""
    cloudformation: Any = clients("cloudformation")
    found = []
    for part in ("Backups", "Edge", *(service.capitalize() for service in SERVICES)):
        try:
            pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=where.stack(part))
            resources = [r for page in pages for r in page["StackResourceSummaries"]]
        except cloudformation.exceptions.ClientError:
            continue
        found += [r["PhysicalResourceId"] for r in resources if r["ResourceType"] == "AWS::S3::Bucket"]
    return found


def empty(clients: Clients, bucket: str) -> None:
    """Deletes every version of every object, locked ones too."""
    s3: Any = clients("s3")
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        versions = [
            {"Key": entry["Key"], "VersionId": entry["VersionId"]}
            for entry in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        ]
        if versions:
            s3.delete_objects(
                Bucket=bucket, Delete={"Objects": versions, "Quiet": True}, BypassGovernanceRetention=True
            )


def delete_late_logs(clients: Clients, where: Stage) -> None:
    """Deletes log groups that functions made anew while their stacks were being deleted; the stacks must be gone."""
    logs: Any = clients("logs")
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=f"/{where.prefix}/")
    for name in [group["logGroupName"] for page in pages for group in page["logGroups"]]:
        logs.delete_log_group(logGroupName=name)


def left(where: Stage) -> Iterator[str]:
    """Names of what is still there and begins as all of the stage's names do."""
    for service, operation, listed, member in LISTINGS:
        client = clients_of(where)(service)
        asked = {"MaxResults": 60} if service == "cognito-idp" else {}
        pages = client.get_paginator(operation).paginate(**asked)
        entries = (entry for page in pages for entry in page.get(listed, []))
        names = (str(entry[member] if member else entry) for entry in entries)
        yield from (f"{service} {name}" for name in names if _is_of(where, name))


def _is_of(where: Stage, name: str) -> bool:
    # A queue is listed by its address, a topic by its ARN; a user pool has the prefix itself as its name.
    last = name.replace(":", "/").rsplit("/", 1)[-1]
    return name.startswith(f"/{where.prefix}/") or last == where.prefix or last.startswith(f"{where.prefix}-")


def main() -> int:
    """Deletes; answers the exit status."""
    parser = stage_parser("ops.destroy", __doc__)
    options = parser.parse_args()
    try:
        remains = destroy(asked_stage(options))
    except OpsError as error:
        print(error, file=sys.stderr)
        return 1
    for name in remains:
        print(f"left: {name}", file=sys.stderr)
    if not remains:
        print(f"Nothing is left of stage {options.stage}.")
    return 1 if remains else 0


if __name__ == "__main__":
    sys.exit(main())
