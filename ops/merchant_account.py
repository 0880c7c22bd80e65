"""Puts a merchant account into its secret: `python -m ops.merchant_account --stage STAGE wechat < account.json`.

The file holds the members that the adapter's settings name (docs/deployment.md). It is checked before anything is
written, and shown nowhere. Functions take a change up within five minutes; a payment begun before keeps working as
long as the provider's keys of then are valid there.
"""

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from infra.stages import Stage
from ops.aws import OpsError, asked_stage, clients_of, stage_parser
from services.orders.adapters.alipay import AlipaySettings
from services.orders.adapters.wechat_pay import WechatPaySettings

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

ACCOUNTS: dict[str, tuple[str, type[BaseModel]]] = {
    "wechat": ("wechat-pay", WechatPaySettings),
    "alipay": ("alipay", AlipaySettings),
}
"""By provider: what its secret is called behind `<prefix>-orders-`, and what must be in it."""


def put_account(client: "SecretsManagerClient", where: Stage, provider: str, members: Mapping[str, str]) -> None:
    """Notes the account. Raises pydantic.ValidationError where members are missing or malformed."""
    secret, model = ACCOUNTS[provider]
    model.model_validate(dict(members))
    client.put_secret_value(SecretId=f"{where.prefix}-orders-{secret}", SecretString=json.dumps(dict(members)))


def main() -> int:
    """Reads the account from standard input; answers the exit status."""
    parser = stage_parser("ops.merchant_account", __doc__)
    parser.add_argument("provider", choices=sorted(ACCOUNTS))
    options = parser.parse_args()
    try:
        where = asked_stage(options)
        put_account(clients_of(where)("secretsmanager"), where, options.provider, json.load(sys.stdin))
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
