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
    text_of = log_policy_text(parameter)

    def read() -> Policy:
        text = text_of()
        if text is None:
            raise PolicyUnset(parameter)
        return read_policy(text)

    return read


def log_policy_text(parameter: str) -> Callable[[], str | None]:
    """A reader of the same as a text, as it was set; None until then."""

    def read() -> str | None:
        text = parameters.get_parameter(parameter, max_age=MAX_AGE_SECONDS)
        return text if isinstance(text, str) and text != UNSET else None

    return read
