"""Puts a merchant account into its secret: `python -m ops.merchant_account wechat < account.json`.

The file holds the members that the adapter's settings name (docs/deployment.md). It is checked before anything is
written, and shown nowhere. Functions take a change up within five minutes; a payment begun before keeps working as
long as the provider's keys of then are valid there.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import boto3
from pydantic import BaseModel, ValidationError

from services.orders.adapters.alipay import AlipaySettings
from services.orders.adapters.wechat_pay import WechatPaySettings

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

ACCOUNTS: dict[str, tuple[str, type[BaseModel]]] = {
    "wechat": ("xueshi-orders-wechat-pay", WechatPaySettings),
    "alipay": ("xueshi-orders-alipay", AlipaySettings),
}
"""By provider: the secret's name, and what must be in it."""


def put_account(client: "SecretsManagerClient", provider: str, members: Mapping[str, str]) -> None:
    """Notes the account. Raises pydantic.ValidationError where members are missing or malformed."""
    secret, model = ACCOUNTS[provider]
    model.model_validate(dict(members))
    client.put_secret_value(SecretId=secret, SecretString=json.dumps(dict(members)))


def main() -> int:
    """Reads the account from standard input; answers the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ops.merchant_account", description=__doc__)
    parser.add_argument("provider", choices=sorted(ACCOUNTS))
    provider = parser.parse_args().provider
    try:
        put_account(boto3.client("secretsmanager"), provider, json.load(sys.stdin))
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
