"""Demo accounts and courses in a deployed stage that is to have them: `python -m demo.stage --stage STAGE`.

`make deploy` runs it. The password is not the one of `make run`, which everybody knows: each run makes a new one.
"""

import secrets
import sys
from dataclasses import dataclass

from rich.console import Console

from infra.stages import Stage
from local.errors import LocalError
from local.seed import PASSWORD, seed_demo, sign_in_lines
from local.steps import Steps
from local.users import create_user, sign_in
from ops.aws import Clients, OpsError, asked_stage, clients_of, stage_parser
from ops.stacks import outputs


@dataclass(frozen=True)
class DeployedStage:
    """A stage as what seeds it sees it. `password` takes the place of this machine's."""

    base_url: str
    password: str
    _clients: Clients
    _pool: str
    _client: str

    def create_user(self, email: str, _password: str, groups: list[str]) -> str:
        """Creates a user; answers the learner id."""
        return create_user(self._clients("cognito-idp"), self._pool, email, self.password, groups)

    def sign_in(self, email: str, _password: str) -> str:
        """An access token."""
        return sign_in(self._clients("cognito-idp"), self._client, email, self.password)


def deployed(where: Stage) -> DeployedStage:
    """The stage at the address that people use. Raises OpsError where it is not deployed."""
    clients = clients_of(where)
    platform = outputs(clients, where, "Platform")
    parameter = clients("ssm").get_parameter(Name=where.parameter("public-url"))
    # The pool asks for a small and a capital letter, a digit and another sign.
    password = f"Xs1-{secrets.token_urlsafe(18)}"
    address = str(parameter["Parameter"]["Value"])
    return DeployedStage(address, password, clients, platform["UserPoolId"], platform["UserPoolClientId"])


def main() -> int:
    """Puts the demo's data in where the stage has any; answers the exit status."""
    options = stage_parser("demo.stage", __doc__).parse_args()
    try:
        where = asked_stage(options)
        if not where.demo_data:
            return 0
        target = deployed(where)
        seed_demo(target, Steps(Console(highlight=False)))
    except (OpsError, LocalError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(sign_in_lines(target.base_url)).replace(PASSWORD, target.password))
    return 0


if __name__ == "__main__":
    sys.exit(main())
