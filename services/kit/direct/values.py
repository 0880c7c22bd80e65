"""What functions read by name: secrets and parameters."""

from collections.abc import Callable

from services.kit.direct.client import PARAMETERS, SECRETS, client
from services.kit.kept import Kept


def secret(name: str) -> Callable[[], str]:
    """A reader of a secret of Secrets Manager, by its name or ARN."""

    def read() -> str:
        text: str = client(SECRETS).call("GetSecretValue", {"SecretId": name})["SecretString"]
        return text

    return read


def parameter(name: str, max_age: float) -> Callable[[], str]:
    """A reader of a parameter of Systems Manager, which is kept so many seconds."""

    def read() -> str:
        text: str = client(PARAMETERS).call("GetParameter", {"Name": name})["Parameter"]["Value"]
        return text

    return Kept(read, max_age).get
