"""Invites somebody into the staff: `python -m ops.staff --stage STAGE EMAIL ROLE`.

The user pool mails a first password, which is changed at the first sign-in. Somebody who has an account already gets
the role beside it. `make first-administrator EMAIL=…` is this with the role of an administrator; nobody in the client
can give roles, so the right to is that of whoever may administer the user pool.
"""

import sys
from typing import Any

from infra.triggers.token_roles import SECOND_FACTOR
from ops.aws import Clients, OpsError, asked_stage, clients_of, stage_parser
from ops.stacks import outputs


def invite(clients: Clients, pool: str, email: str, role: str) -> bool:
    """Creates the account if there is none, and puts it into the role's group; answers whether it was created.

    Raises:
        OpsError: there is no such role.
    """
    cognito: Any = clients("cognito-idp")
    groups = {group["GroupName"] for group in cognito.list_groups(UserPoolId=pool)["Groups"]}
    roles = sorted(groups - {SECOND_FACTOR})
    if role not in roles:
        raise OpsError(f"There is no role {role!r}; there are {', '.join(roles)}.")
    attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    try:
        cognito.admin_create_user(
            UserPoolId=pool, Username=email, UserAttributes=attributes, DesiredDeliveryMediums=["EMAIL"]
        )
        created = True
    except cognito.exceptions.UsernameExistsException:
        created = False
    cognito.admin_add_user_to_group(UserPoolId=pool, Username=email, GroupName=role)
    return created


def main() -> int:
    """Invites; answers the exit status."""
    parser = stage_parser("ops.staff", __doc__)
    parser.add_argument("email")
    parser.add_argument("role", help="a group of the user pool, such as administrator, editor, reviewer")
    options = parser.parse_args()
    try:
        where = asked_stage(options)
        clients = clients_of(where)
        created = invite(clients, outputs(clients, where, "Platform")["UserPoolId"], options.email, options.role)
    except OpsError as error:
        print(error, file=sys.stderr)
        return 1
    told = "is invited by e-mail" if created else "had an account already"
    print(f"{options.email} {told}, and has the role {options.role}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
