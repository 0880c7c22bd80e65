"""Demo accounts and courses in a deployed stage that is to have them: `python -m demo.stage --stage STAGE`.

`make deploy` runs it. The password is not the one of `make run`, which everybody knows: each run makes a new one, and
new second factors for the staff. It tells their secrets once, to be typed into an authenticator.
"""

import secrets
import sys
from dataclasses import dataclass, field

from rich.console import Console

from infra.stages import Stage
from local.errors import LocalError
from local.seed import PASSWORD, seed_demo, sign_in_lines
from local.steps import Steps
from local.users import Users
from ops.aws import OpsError, asked_stage, clients_of, stage_parser
from ops.public_url import public_url
from ops.stacks import outputs


@dataclass
class ToldFactors:
    """Secrets of second factors, kept until they are told."""

    secrets: dict[str, str] = field(default_factory=dict)

    def keep(self, email: str, secret: str) -> None:
        """Keeps the secret of an account, in place of the one before."""
        self.secrets[email] = secret

    def secret(self, email: str) -> str | None:
        """The secret of an account; None where it has no second factor that was made here."""
        return self.secrets.get(email)

    def lines(self) -> list[str]:
        """What is told of them."""
        return [f"  {email}: second factor {secret}" for email, secret in sorted(self.secrets.items())]


@dataclass(frozen=True)
class DeployedStage:
    """A stage as what seeds it sees it. `password` takes the place of this machine's."""

    base_url: str
    password: str
    _users: Users

    def create_user(self, email: str, _password: str, groups: list[str]) -> str:
        """Creates a user; answers the learner id."""
        return self._users.create(email, self.password, groups)

    def sign_in(self, email: str, _password: str) -> str:
        """An access token."""
        return self._users.sign_in(email, self.password)


def deployed(where: Stage, factors: ToldFactors) -> DeployedStage:
    """The stage at the address that people use. Raises OpsError where it is not deployed."""
    clients = clients_of(where)
    platform = outputs(clients, where, "Platform")
    # The pool asks for a small and a capital letter, a digit and another sign.
    password = f"Xs1-{secrets.token_urlsafe(18)}"
    address = public_url(clients("ssm"), where)
    users = Users(clients("cognito-idp"), platform["UserPoolId"], platform["UserPoolClientId"], factors)
    return DeployedStage(address, password, users)


def main() -> int:
    """Puts the demo's data in where the stage has any; answers the exit status."""
    options = stage_parser("demo.stage", __doc__).parse_args()
    try:
        where = asked_stage(options)
        if not where.demo_data:
            return 0
        factors = ToldFactors()
        target = deployed(where, factors)
        seed_demo(target, Steps(Console(highlight=False)))
    except (OpsError, LocalError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(sign_in_lines(target.base_url)).replace(PASSWORD, target.password))
    print("\n".join(factors.lines()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
