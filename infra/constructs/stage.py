"""What every stack takes from its stage, and how constructs find it."""

from aws_cdk import Environment, RemovalPolicy, Stack
from constructs import Construct, IConstruct

from infra.stages import Stage

MINIMUM_TLS = 1.2
"""Of buckets. AWS's other addresses take nothing older anyway."""


class StageStack(Stack):
    """A stack of a stage, in its region unless told otherwise."""

    def __init__(self, scope: Construct, stage: Stage, part: str, description: str, region: str | None = None) -> None:
        super().__init__(
            scope,
            stage.stack(part),
            description=description,
            env=Environment(region=region or stage.region),
            termination_protection=stage.protected,
        )
        self.stage = stage


def stage_of(construct: IConstruct) -> Stage:
    """The stage that a construct is deployed to."""
    stack = Stack.of(construct)
    assert isinstance(stack, StageStack)  # noqa: S101 (for the type checker: all of ours are)
    return stack.stage


def kept(construct: IConstruct) -> RemovalPolicy:
    """What becomes of stored things when their stack goes: they stay, unless the stage is a trial.

    What a creation that failed has made goes in any case, or its names would block the next try.
    """
    return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if stage_of(construct).protected else RemovalPolicy.DESTROY
