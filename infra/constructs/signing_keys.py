"""Keys of KMS that sign records for strangers: one signs, and those before it stay, for what they have signed is
checked for years.

How many there are and which signs are parameters, changed by `python -m ops.rotate`; a deployment leaves them as they
are. A key is published before it signs.
"""

from aws_cdk import CfnCondition, CfnParameter, Fn
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_

from infra.constructs.function import allow
from infra.constructs.stage import StageStack, kept

PLACES = 5
"""How many keys there may ever be without a change of the template: one a year, say."""


class SigningKeys:
    """The keys `<name>1`, `<name>2` … of a stack. Parameters: `<name>s`, how many; `<name>Signs`, which, from 0 on."""

    def __init__(self, stack: StageStack, name: str, spec: kms.KeySpec, description: str) -> None:
        self._stack, self._name, self._spec, self._description = stack, name, spec, description
        self._count = CfnParameter(
            stack, f"{name}s", type="Number", default=1, min_value=1, max_value=PLACES, description="How many there are"
        )
        self._signs = CfnParameter(
            stack,
            f"{name}Signs",
            type="Number",
            default=0,
            min_value=0,
            max_value=PLACES - 1,
            description="Which of them signs, from 0 on",
        )
        first = self._key(1)
        self._all = [first, *(self._key(number) for number in range(2, PLACES + 1))]

    def ids(self) -> str:
        """Of those that there are, with commas between them, the one that signs first, and again at its place."""
        first = self._all[0].key_id
        filled = [first, *(self._if_there(number, key.key_id, first) for number, key in self._numbered())]
        rest = [self._if_there(number, Fn.join("", [",", key.key_id]), "") for number, key in self._numbered()]
        return Fn.join("", [Fn.select(self._signs.value_as_number, filled), ",", first, *rest])

    def open_to(self, function: lambda_.Function, *actions: str) -> None:
        """Allows actions on all that there are: while the environment changes, some still sign with the one before."""
        first = self._all[0].key_arn
        rest = [self._if_there(number, key.key_arn, first) for number, key in self._numbered()]
        allow(function, list(actions), [first, *rest])

    def renew(self, function: lambda_.Function) -> None:
        """Gives a function that is called through an alias another version whenever they change.

        A version keeps the environment that it was made with, and a template that stays the same makes no other one;
        CloudFormation replaces a version whose description changes:
        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-version.html
        """
        version: lambda_.CfnVersion = function.current_version.node.default_child
        told = [self._count.value_as_string, self._signs.value_as_string]
        version.description = Fn.join(" ", ["Keys that there are, and which signs:", *told])

    def _numbered(self) -> list[tuple[int, kms.Key]]:
        return [(number, key) for number, key in enumerate(self._all, 1) if number > 1]

    def _if_there(self, number: int, value: str, otherwise: str) -> str:
        return Fn.condition_if(self._condition_id(number), value, otherwise).to_string()

    def _condition_id(self, number: int) -> str:
        return f"{self._name}{number}There"

    def _key(self, number: int) -> kms.Key:
        key = kms.Key(
            self._stack,
            f"{self._name}{number}",
            description=self._description,
            key_spec=self._spec,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            removal_policy=kept(self._stack),
        )
        if number > 1:
            made: kms.CfnKey = key.node.default_child
            made.cfn_options.condition = self._there(number)
        return key

    def _there(self, number: int) -> CfnCondition:
        counts = [Fn.condition_equals(self._count.value_as_string, str(count)) for count in range(number, PLACES + 1)]
        there = Fn.condition_or(*counts) if len(counts) > 1 else counts[0]
        return CfnCondition(self._stack, self._condition_id(number), expression=there)
