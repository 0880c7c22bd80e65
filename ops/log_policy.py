"""Names the transparency log and its witnesses: `python -m ops.log_policy --stage STAGE --origin NAME WITNESSES.txt`.

A step of every first deployment, after the playback stack: until then nothing is logged, and an alarm says so. The file
has the lines of a tlog-policy (https://c2sp.org/tlog-policy) without the log's own: a line for each witness with its
key and address, groups, and the quorum. The whole policy is printed: it is what others check proofs with.
The origin never changes; witnesses may be added and removed at any time, and are asked within a minute.
"""

import sys
from pathlib import Path

from infra.stages import Stage
from ops.aws import Clients, OpsError, asked_stage, clients_of, stage_parser
from services.kit.signing import KmsEd25519
from services.kit.tlog.notes import SIGNATURE, VerifierKey
from services.kit.tlog.policies import NONE, read_policy


def log_key(clients: Clients, where: Stage, origin: str) -> VerifierKey:
    """The key that the log's function signs with, under the log's name. Raises ValueError for what is no name."""
    settings = clients("lambda").get_function_configuration(FunctionName=f"{where.prefix}-playback-log")
    settings = settings["Environment"]["Variables"]
    return VerifierKey(origin, SIGNATURE, KmsEd25519(clients("kms"), settings["LOG_KEY_ID"]).public)


def set_log_policy(clients: Clients, where: Stage, origin: str, witnesses: str) -> str:
    """Notes the policy, and answers it. Raises ValueError where it is none, or a witness cannot be asked."""
    text = f"log {log_key(clients, where, origin)}\n{witnesses}"
    policy = read_policy(text)
    reachable = [name for name, party in policy.witnesses.items() if party.url]
    if policy.quorum != NONE and not policy.is_quorum(reachable):
        raise ValueError("the witnesses with an address are not enough for the quorum")
    clients("ssm").put_parameter(Name=where.parameter("log-policy"), Value=text, Type="String", Overwrite=True)
    return text


def main() -> int:
    """Sets it; answers the exit status."""
    parser = stage_parser("ops.log_policy", __doc__)
    parser.add_argument("--origin", required=True, help="the log's name for ever, such as learn.example.com/log")
    parser.add_argument("witnesses", type=Path, help="lines of a tlog-policy: witness, group, quorum")
    options = parser.parse_args()
    try:
        where = asked_stage(options)
        print(set_log_policy(clients_of(where), where, options.origin, options.witnesses.read_text("utf-8")), end="")
    except (OSError, ValueError, OpsError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
