"""The stage's policy of the log: which witnesses are asked, and how many of them must cosign."""

from collections.abc import Callable

from services.kit.direct.values import parameter as kept_parameter
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

    text_of = kept_parameter(parameter, MAX_AGE_SECONDS)

    def read() -> str | None:
        text = text_of()
        return text if text != UNSET else None

    return read
