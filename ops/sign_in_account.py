"""Puts the account for signing in into its secret: `python -m ops.sign_in_account --stage STAGE sms < account.json`.

`sms` is the account of the stage's provider of short messages, `wechat` our two apps at WeChat. The file holds the
members that the adapters' settings name (docs/deployment.md). It is checked before anything is written, and shown
nowhere. Functions take a change up within five minutes.
"""

import json
import sys
from collections.abc import Mapping

from pydantic import BaseModel, ValidationError

from infra.stages import Stage
from ops.aws import Clients, OpsError, asked_stage, clients_of, stage_parser
from ops.json_secret import read_secret, replace_secret
from services.credits.adapters.sms import SETTINGS
from services.credits.adapters.wechat_oauth import WeChatSettings

SMS, WECHAT = "sms", "wechat"
SECRETS = {SMS: "credits-sms", WECHAT: "credits-wechatapps"}
"""What the secrets are called behind the stage's prefix."""


def put_sign_in_account(clients: Clients, where: Stage, kind: str, members: Mapping[str, str]) -> None:
    """Notes the account in place of the one before. The same once more changes nothing.

    Raises:
        pydantic.ValidationError: members are missing or malformed.
        OpsError: the stage does not offer it.
    """
    _settings(where, kind).model_validate(dict(members))
    client = clients("secretsmanager")
    secret = read_secret(client, f"{where.prefix}-{SECRETS[kind]}")
    if secret.members != members:
        replace_secret(client, secret, members)


def _settings(where: Stage, kind: str) -> type[BaseModel]:
    provider = where.sms.provider if where.sms else ""
    if kind == WECHAT and where.wechat:
        return WeChatSettings
    if kind == SMS and provider is not None and provider in SETTINGS:
        return SETTINGS[provider]
    raise OpsError(f"Stage {where.name} has no account for {kind} (infra/stages.toml).")


def main() -> int:
    """Reads the account from standard input; answers the exit status."""
    parser = stage_parser("ops.sign_in_account", __doc__)
    parser.add_argument("kind", choices=sorted(SECRETS))
    options = parser.parse_args()
    try:
        where = asked_stage(options)
        put_sign_in_account(clients_of(where), where, options.kind, json.load(sys.stdin))
    except OpsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, found['loc']))}: {found['msg']}" for found in error.errors())
        sys.stderr.write(f"Nothing was written. {places}\n")
        return 1
    except json.JSONDecodeError:
        sys.stderr.write("Nothing was written. The account must be JSON on standard input.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
