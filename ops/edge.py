"""What the edge's stack is told beside its template, and what is noted of it: steps of every deployment."""

from infra.stages import Stage
from ops import media_key
from ops.aws import Clients
from ops.json_secret import read_secret
from ops.stacks import outputs, parameters

ORIGIN_VERSION = "OriginVersion"
"""Of the origin's secret, the version whose value the distribution sends."""


def origin_secret_name(where: Stage) -> str:
    """Of what only our distribution sends to the APIs."""
    return f"{where.prefix}-origin"


def edge_parameters(clients: Clients, where: Stage, firewall: str) -> dict[str, str]:
    """From the secrets as they are, so that a deployment carries a rotation on and undoes none.

    Makes the key of media if there is none. Raises OpsError where a secret is not there.
    """
    origin = read_secret(clients("secretsmanager"), origin_secret_name(where))
    keys = media_key.ensure_key(clients, where)
    return {
        "FirewallArn": firewall,
        ORIGIN_VERSION: origin.version,
        **media_key.key_parameters(keys, parameters(clients, where, "Edge")),
    }


def note_edge(clients: Clients, where: Stage) -> None:
    """Notes what the distribution called the key that signs for media. Raises OpsError where it is not there."""
    media_key.note_id(clients, where, parameters(clients, where, "Edge"), outputs(clients, where, "Edge"))
