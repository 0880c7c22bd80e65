"""Gives the canary its account: `python -m ops.canary --stage STAGE EMAIL COURSE_ID`.

Creates a learner of that address with a password that nobody knows, and notes both with the course that it begins, one
of the members' library. An administrator then gives the learner, whose id is printed, a membership in the client.
Called again it makes a new password, and takes another course.
"""

import contextlib
import json
import secrets
import sys
from typing import Any
from urllib.parse import quote

import httpx

from infra.stages import Stage
from ops.aws import Clients, OpsError, asked_stage, clients_of, stage_parser
from ops.public_url import public_url
from ops.stacks import outputs

ANSWER_S = 10.0
"""How long the catalogue may take to say whether a course is there."""
SECRET = "canary"  # noqa: S105 (its name)


def note_account(client: Any, where: Stage, email: str, password: str, course_id: str) -> None:
    """Notes what the canary walks with; it takes a change up within five minutes."""
    account = {"email": email, "password": password, "course_id": course_id}
    client.put_secret_value(SecretId=f"{where.prefix}-{SECRET}", SecretString=json.dumps(account))


def make_account(clients: Clients, where: Stage, pool: str, email: str, course_id: str) -> str:
    """Creates the learner, or gives the one that is there a new password, and notes it; answers the learner's id."""
    cognito: Any = clients("cognito-idp")
    password = f"Aa1!{secrets.token_urlsafe(24)}"
    attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
    with contextlib.suppress(cognito.exceptions.UsernameExistsException):
        cognito.admin_create_user(UserPoolId=pool, Username=email, UserAttributes=attributes, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=password, Permanent=True)
    note_account(clients("secretsmanager"), where, email, password, course_id)
    user = cognito.admin_get_user(UserPoolId=pool, Username=email)
    return next(str(a["Value"]) for a in user["UserAttributes"] if a["Name"] == "sub")


def require_course(http: httpx.Client, course_id: str) -> None:
    """Raises OpsError where the catalogue says that there is no such course. Where it cannot be asked, nobody knows."""
    with contextlib.suppress(httpx.HTTPError):
        answer = http.get(f"/v1/catalog/courses/{quote(course_id, safe='')}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise OpsError(f"There is no published course {course_id}: nothing was changed.")


def main() -> int:
    """Makes the account; answers the exit status."""
    parser = stage_parser("ops.canary", __doc__)
    parser.add_argument("email")
    parser.add_argument("course_id", help="of a published course in the members' library")
    options = parser.parse_args()
    try:
        where = asked_stage(options)
        clients = clients_of(where)
        pool = outputs(clients, where, "Platform")["UserPoolId"]
        with httpx.Client(base_url=public_url(clients("ssm"), where), timeout=ANSWER_S) as http:
            require_course(http, options.course_id)
        learner_id = make_account(clients, where, pool, options.email, options.course_id)
    except OpsError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The canary is the learner {learner_id}: an administrator gives it a membership that opens the library.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
