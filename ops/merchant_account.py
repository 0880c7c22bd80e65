"""Puts a merchant account into its secret: `python -m ops.merchant_account --stage STAGE wechat < account.json`.

The file holds the members that the adapter's settings name (docs/deployment.md). It is checked before anything is
written, and shown nowhere. Functions take a change up within five minutes. The account as it was before stays beside
it, as `previous_...` members: what the provider signed with those keys is still believed. `--back` puts it in force
again, `--end` forgets it.
"""

import json
import sys
from collections.abc import Mapping

from pydantic import BaseModel, ValidationError

from infra.stages import Stage
from ops.aws import Clients, OpsError, asked_stage, clients_of, stage_parser
from ops.json_secret import JsonSecret, read_secret, replace_secret
from services.orders.adapters.alipay import AlipaySettings
from services.orders.adapters.wechat_pay import WechatPaySettings

ACCOUNTS: dict[str, tuple[str, type[BaseModel]]] = {
    "wechat": ("wechat-pay", WechatPaySettings),
    "alipay": ("alipay", AlipaySettings),
}
"""By provider: what its secret is called behind `<prefix>-orders-`, and what must be in it."""
PREVIOUS, UNSET = "previous_", "unset"
"""How members of the account before begin; a member of a secret that has no account yet."""
WHOSE = ("merchant_id", "app_id", "account_app_id", "seller_id")
"""What says that it is the same account, with other keys. What it did not have yet may come."""


def put_account(clients: Clients, where: Stage, provider: str, members: Mapping[str, str]) -> None:
    """Notes the account, and keeps the one before beside it. The same once more changes nothing.

    Raises:
        pydantic.ValidationError: members are missing or malformed.
        OpsError: it is another merchant's, while payments of the one before may be under way.
    """
    ACCOUNTS[provider][1].model_validate(dict(members))
    secret = _read(clients, where, provider)
    now, _before = _parts(secret)
    if now == members:
        return
    differing = [name for name in WHOSE if name in now and now[name] != members.get(name)]
    if differing:
        raise OpsError(
            f"Another {', '.join(differing)}: payments and refunds of the account that is there could no longer be "
            f"asked about. Only its keys can be rotated."
        )
    before = {} if UNSET in now else {f"{PREVIOUS}{name}": value for name, value in now.items()}
    replace_secret(clients("secretsmanager"), secret, {**members, **before})


def go_back(clients: Clients, where: Stage, provider: str) -> None:
    """Puts the account before in force again, and keeps the other beside it. Raises OpsError where there is none."""
    secret = _read(clients, where, provider)
    now, before = _parts(secret)
    if not before:
        raise OpsError("There is no account before this one.")
    kept = {f"{PREVIOUS}{name}": value for name, value in now.items()}
    replace_secret(clients("secretsmanager"), secret, {**before, **kept})


def forget_previous(clients: Clients, where: Stage, provider: str) -> None:
    """Believes what is signed with the keys of now only. Raises OpsError."""
    secret = _read(clients, where, provider)
    now, before = _parts(secret)
    if before:
        replace_secret(clients("secretsmanager"), secret, now)


def _read(clients: Clients, where: Stage, provider: str) -> JsonSecret:
    return read_secret(clients("secretsmanager"), f"{where.prefix}-orders-{ACCOUNTS[provider][0]}")


def _parts(secret: JsonSecret) -> tuple[dict[str, str], dict[str, str]]:
    """The account that is in force, and the one before."""
    now = {name: value for name, value in secret.members.items() if not name.startswith(PREVIOUS)}
    before = {n.removeprefix(PREVIOUS): value for n, value in secret.members.items() if n.startswith(PREVIOUS)}
    return now, before


def main() -> int:
    """Reads the account from standard input; answers the exit status."""
    parser = stage_parser("ops.merchant_account", __doc__)
    parser.add_argument("provider", choices=sorted(ACCOUNTS))
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--back", action="store_true", help="put the account before in force again")
    change.add_argument("--end", action="store_true", help="forget the account before")
    options = parser.parse_args()
    try:
        where = asked_stage(options)
        clients = clients_of(where)
        if options.back:
            go_back(clients, where, options.provider)
        elif options.end:
            forget_previous(clients, where, options.provider)
        else:
            put_account(clients, where, options.provider, json.load(sys.stdin))
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
