"""The stage's policy of the log: which witnesses are asked, and how many of them must cosign."""

from collections.abc import Callable

from aws_lambda_powertools.utilities import parameters

from services.kit.tlog.policies import Policy, read_policy

MAX_AGE_SECONDS = 60
UNSET = "unset"
"""What the parameter holds until somebody sets it: see `ops.log_policy`."""


class PolicyUnset(Exception):
    """Nothing can be published yet: `python -m ops.log_policy` was not run."""


def log_policy(parameter: str) -> Callable[[], Policy]:
    """A reader of the parameter that holds the policy. What it gives raises PolicyUnset, ValueError."""

    def read() -> Policy:
        text = parameters.get_parameter(parameter, max_age=MAX_AGE_SECONDS)
        if not isinstance(text, str) or text == UNSET:
            raise PolicyUnset(parameter)
        return read_policy(text)

    return read
