"""Starts the emulator. The emulator's own interpreter runs this file; of this repository only what is written for that
is imported here, and needs nothing but the standard library.

One private method is replaced: after every call the emulator waits up to 50 ms for the function's standard error, which
makes 55 ms of a 2 ms call. Here it takes what has arrived; a line that comes later goes with the next call's log.
Functions may take a minute, and those that may take Lambda's longest may take hours: what a second of processor takes
here depends on all that shares this machine's cores.
The replacement is written for one exact version and refuses any other; tests/emulator looks at it at every upgrade.

Layers are unpacked once, and not anew for every worker: thousands of files, which its one thread also removes again.
Types of CloudFormation are added, of which the emulator has the API only: CloudFront's public keys and key groups, the
policies of event buses, CloudWatch's composite alarms, and what ties a web ACL to a user pool. Alarms of metric math
are taken as they are, and judged by local/dashboards alone. Calls are counted as CloudWatch counts them
(local/counting.py). CodeDeploy and the weights of aliases, which it lacks altogether, are played (local/shifting.py).
The user pool looks at the tokens with which people change their own users, and refuses those without the scope for it.
And it polls no DynamoDB stream for a function: it would lose records (local/streams.py drives the mappings).

Where RECORDED_CALLS names a file, each function has an access key of its own, and what functions call is noted there:
a line of JSON for each permission that a function needed, with the conditions' values. Which permissions AWS asks for,
the emulator's own table says; it enforces none here.
"""

import hashlib
import inspect
import io
import json
import os
import sys
import tempfile
import threading
import zipfile
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local.counting import Counts

PINNED = "1.5.33"
SAVED = "saved"
"""The file in the state's directory that says that all of it was written."""
MIN_TIMEOUT_S = 60
LONGEST_S = 900
"""Lambda's own limit. Who may take so long works on files, with six processors there and with what is here."""
LONG_S = 4 * 3600
SMALL_BYTES = 100_000
"""Of a layer that is not worth sharing, or already points elsewhere (local/publish.py)."""
PARAMETERS = ["self", "first_line_wait", "idle_confirm", "hard_cap"]


def main() -> None:
    """Checks the version, replaces the method, runs the emulator until a signal ends it."""
    sys.path.append(str(Path(__file__).parents[1]))
    from ministack.core import lambda_runtime  # type: ignore[import-not-found] # in the emulator's environment only
    from ministack.services import lambda_svc  # type: ignore[import-not-found]

    found = version("ministack")
    drain = lambda_runtime.Worker._drain_stderr_bounded  # noqa: SLF001 (the point of this file)
    if found != PINNED or list(inspect.signature(drain).parameters) != PARAMETERS:
        sys.exit(f"local/launcher.py is written for ministack {PINNED}, and this is {found}: see its first lines.")

    def take_what_is_there(self: lambda_runtime.Worker) -> str:
        text: str = self._drain_stderr()
        return text

    lambda_runtime.Worker._drain_stderr_bounded = take_what_is_there  # noqa: SLF001

    begin = lambda_runtime.Worker.__init__

    def patiently(self: lambda_runtime.Worker, name: str, config: dict[str, Any], code: bytes) -> None:
        allowed = config.get("Timeout", 0)
        here = LONG_S if allowed >= LONGEST_S else max(MIN_TIMEOUT_S, allowed)
        begin(self, name, {**config, "Timeout": here}, code)

    lambda_runtime.Worker.__init__ = patiently

    unpacked = SharedLayers(lambda_svc._resolve_layer_zip)  # noqa: SLF001
    lambda_svc._resolve_layer_zip = unpacked.pointer  # noqa: SLF001
    _add_media_keys()
    _add_bus_policies()
    _add_alarms()
    _shift(_count())
    _check_access_tokens()
    _add_web_acl_associations()
    lambda_svc._poll_dynamodb_streams = lambda: False  # noqa: SLF001
    if recorded := os.environ.get("RECORDED_CALLS"):
        _record_calls(Path(recorded))

    from ministack.app import main as run  # type: ignore[import-not-found]

    sys.argv = sys.argv[:1]
    saved = Path(os.environ["STATE_DIR"], SAVED)
    saved.unlink(missing_ok=True)
    run()
    # Reached after an end in order only, when what the emulator keeps is on the disk.
    saved.touch()


class SharedLayers:
    """Layers, unpacked once each. A worker unpacks one that only points there."""

    def __init__(self, resolve: Callable[[Any], bytes | None]) -> None:
        self._resolve = resolve
        self._turn = threading.Lock()
        self._known: dict[int, tuple[bytes, bytes]] = {}

    def pointer(self, reference: Any) -> bytes | None:
        """What the emulator is to unpack in place of a layer."""
        layer = self._resolve(reference)
        if layer is None or len(layer) < SMALL_BYTES:
            return layer
        with self._turn:
            # The emulator keeps a layer's bytes, so that an address stands for them as long as they are held here.
            if id(layer) not in self._known:
                self._known[id(layer)] = layer, self._unpacked(layer)
            return self._known[id(layer)][1]

    def _unpacked(self, layer: bytes) -> bytes:
        home = Path(tempfile.gettempdir()) / "layers" / hashlib.sha256(layer).hexdigest()[:32]
        if not home.exists():
            with zipfile.ZipFile(io.BytesIO(layer)) as archive:
                archive.extractall(home)
        pointing = io.BytesIO()
        with zipfile.ZipFile(pointing, "w") as archive:
            # Before the interpreter's own packages, as on Lambda. Named apart, as a function may have several layers.
            line = f"import sys; sys.path.insert(1, {str(home / 'python')!r})\n"
            archive.writestr(f"python/lib/python3/site-packages/{home.name}.pth", line)
        return pointing.getvalue()


def _check_access_tokens() -> None:
    """What a person's token may do at the user pool is looked at, as on AWS; else the emulator does so only where it
    checks the signatures of all requests too."""
    from ministack.services import cognito

    run = cognito._run_idp_handler  # noqa: SLF001

    def checked(handler: Callable[[Any], Any], action: str, data: dict[str, Any]) -> Any:
        if action in cognito._UNSIGNED_IDP_ACTIONS:  # noqa: SLF001
            cognito._pin_unsigned_idp_scope(data)  # noqa: SLF001
        return cognito._access_token_error(data) or run(handler, action, data)  # noqa: SLF001

    cognito._run_idp_handler = checked  # noqa: SLF001


def _add_web_acl_associations() -> None:
    """What ties a web ACL to a user pool, in the table where the emulator's own API keeps it. Nothing is filtered."""
    from ministack.services import waf
    from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

    def tie(_logical_id: str, given: Properties, _stack: str) -> Made:
        waf._associations[given["ResourceArn"]] = given["WebACLArn"]  # noqa: SLF001
        return f"{given['WebACLArn']}|{given['ResourceArn']}", {}

    def loosen(_id: str, given: Properties) -> None:
        waf._associations.pop(given["ResourceArn"], None)  # noqa: SLF001

    provisioners._RESOURCE_HANDLERS["AWS::WAFv2::WebACLAssociation"] = {  # noqa: SLF001
        "create": tie,
        "update": lambda _id, _old, new, stack: tie("", new, stack),
        "delete": loosen,
    }


def _add_media_keys() -> None:
    """Public keys and key groups, kept where the emulator's own API of CloudFront keeps them."""
    from ministack.services import cloudfront
    from ministack.services.cloudformation import provisioners

    keys, groups = cloudfront._public_keys, cloudfront._key_groups  # noqa: SLF001
    handlers = provisioners._RESOURCE_HANDLERS  # noqa: SLF001
    handlers["AWS::CloudFront::PublicKey"] = {
        "create": partial(_create, keys, cloudfront._pk_id, "PublicKeyConfig", "CreatedTime"),  # noqa: SLF001
        "update": partial(_update, keys, "PublicKeyConfig", ("CallerReference", "EncodedKey", "Name")),
        "delete": partial(_delete, keys, cloudfront._public_keys_using),  # noqa: SLF001
    }
    handlers["AWS::CloudFront::KeyGroup"] = {
        "create": partial(_create, groups, cloudfront._kg_id, "KeyGroupConfig", "LastModifiedTime"),  # noqa: SLF001
        "update": partial(_update, groups, "KeyGroupConfig", ()),
        "delete": partial(_delete, groups, cloudfront._key_groups_using),  # noqa: SLF001
    }


def _add_bus_policies() -> None:
    """Statements of a bus's policy, kept where the emulator's own API keeps them."""
    from ministack.services import eventbridge
    from ministack.services.cloudformation import provisioners

    policies = eventbridge._event_bus_policies  # noqa: SLF001

    def create(_id: str, given: Properties, _stack: str) -> Made:
        bus, name = given["EventBusName"], given["StatementId"]
        known = policies.get(bus, {"Version": "2012-10-17", "Statement": []})
        others = [statement for statement in known["Statement"] if statement["Sid"] != name]
        policies[bus] = {**known, "Statement": [*others, {"Sid": name, **given["Statement"]}]}
        return f"{bus}|{name}", {}

    def update(id_: str, old: Properties, new: Properties, stack: str) -> Made:
        delete(id_, old)
        return create(id_, new, stack)

    def delete(id_: str, _given: Properties) -> None:
        bus, _, name = id_.partition("|")
        eventbridge._remove_permission({"EventBusName": bus, "StatementId": name})  # noqa: SLF001

    handlers = provisioners._RESOURCE_HANDLERS  # noqa: SLF001
    handlers["AWS::Events::EventBusPolicy"] = {"create": create, "update": update, "delete": delete}


OF_FUNCTION = "function."
"""How the access keys of functions begin."""
Dispatch = Callable[..., Awaitable[Any]]


def _record_calls(file: Path) -> None:
    """Tells functions apart by their access keys, also in addresses that they sign for others; notes their calls."""
    from ministack import app  # type: ignore[import-not-found]
    from ministack.core import lambda_runtime
    from ministack.services import sts

    def own_session(config: dict[str, Any]) -> dict[str, str]:
        function, (before, role) = config["FunctionName"], config["Role"].split(":role/")
        key = f"{OF_FUNCTION}{function}"
        session = f"{before.replace(':iam:', ':sts:')}:assumed-role/{role}/{function}"
        # Any secret will do; the emulator looks at those of signed addresses alone.
        sts.register_session(key, {"Arn": session, "SecretAccessKey": key, "SessionToken": key})
        return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": key, "AWS_SESSION_TOKEN": key}

    lambda_runtime.execution_credentials = own_session
    calls = RecordedCalls(file)
    app._dispatch_service_request = calls.noting(app._dispatch_service_request)  # noqa: SLF001
    app._handle_ses_v2_request = calls.noting(app._handle_ses_v2_request)  # noqa: SLF001


class RecordedCalls:
    """Which permissions functions needed, each once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: set[str] = set()

    def noting(self, dispatch: Dispatch) -> Dispatch:
        """The same, but what it answers is noted."""

        async def noted(
            method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any], request_id: str
        ) -> Any:
            answer = await dispatch(method, path, headers, body, query, request_id)
            if answer is not None:
                self._note(method, path, headers, body, query, missing=answer[0] == HTTPStatus.NOT_FOUND)
            return answer

        return noted

    def _note(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any], *, missing: bool
    ) -> None:
        from ministack.core.router import extract_access_key_id  # type: ignore[import-not-found]

        key = extract_access_key_id(headers, query)
        if not key.startswith(OF_FUNCTION):
            return
        for action, resource, context in _needed(method, path, headers, body, query):
            needed = {"function": key.removeprefix(OF_FUNCTION), "action": action, "resource": resource}
            line = json.dumps({**needed, "context": context, "missing": missing}, sort_keys=True)
            if line not in self._known:
                self._known.add(line)
                with self._file.open("a") as file:
                    file.write(f"{line}\n")


Permission = tuple[str, str, dict[str, str]]
"""An action, the resource that it is asked for, and the conditions' values."""


def _needed(
    method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
) -> Iterator[Permission]:
    """The permissions that a request needs: one for each item of a transaction, and for each event."""
    from ministack.core import iam_actions, router
    from ministack.core.responses import get_account_id  # type: ignore[import-not-found]

    service = router.detect_service(method, path, headers, query)
    place = router.extract_region(headers, query), get_account_id()
    action = iam_actions.extract_iam_action(service, method, path, headers, body, query) or f"{service}:unknown"
    resource = iam_actions.extract_resource_arn(service, method, path, headers, body, query, *place)
    if within := iam_actions.dynamodb_transaction_checks(action, body, *place):
        yield from ((one, table, {}) for one, table in within)
    elif service == "events":
        for entry in json.loads(body)["Entries"]:
            yield action, f"arn:aws:events:{place[0]}:{place[1]}:event-bus/{entry['EventBusName']}", {
                "events:source": entry["Source"], "events:detail-type": entry["DetailType"],
            }  # fmt: skip
    elif service == "ses":
        sender = json.loads(body)["FromEmailAddress"]
        identity = f"arn:aws:ses:{place[0]}:{place[1]}:identity/{sender.rpartition('@')[2]}"
        yield action, identity, {"ses:FromAddress": sender}
    elif action == "s3:ListBucket":
        yield action, resource, iam_actions.s3_service_context(action, query)
    else:
        yield action, resource, {}


def _count() -> "Counts":
    """Writes down what goes through the emulator, beside its state."""
    from ministack.services import apigateway, dynamodb, lambda_svc, sqs

    from local.counting import Counts, count_in

    counts = Counts(Path(os.environ["STATE_DIR"]).parent / "counted.jsonl")
    count_in(counts, lambda_svc, apigateway, dynamodb, sqs)
    return counts


def _shift(counts: "Counts") -> None:
    """Has aliases share out their calls, and updates of them take their time."""
    from ministack.services import cloudwatch, lambda_svc
    from ministack.services.cloudformation import provisioners, stacks

    from local.shifting import Shifting

    Shifting(counts.file, counts.write).add_to(stacks, provisioners, lambda_svc, cloudwatch)


def _add_alarms() -> None:
    """Composite alarms by CloudFormation, and alarms of metric math, which the emulator keeps and does not evaluate."""
    from ministack.services import cloudwatch
    from ministack.services.cloudformation import provisioners

    record = provisioners._cw_metric_alarm_record  # noqa: SLF001

    def of_math(name: str, properties: Properties) -> Properties:
        if "Metrics" not in properties:
            return dict(record(name, properties))
        plain = {key: value for key, value in properties.items() if key != "Metrics"}
        return dict(record(name, {**plain, "Namespace": "metric math", "MetricName": name}))

    provisioners._cw_metric_alarm_record = of_math  # noqa: SLF001
    provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::CompositeAlarm"] = {  # noqa: SLF001
        "create": lambda _id, given, _stack: _put_composite(cloudwatch, given),
        "update": lambda _name, _old, new, _stack: _put_composite(cloudwatch, new),
        "delete": lambda name, _given: cloudwatch._composite_alarms.pop(name, None),  # noqa: SLF001
    }


def _put_composite(cloudwatch: Any, given: "Properties") -> "Made":
    status, _, body = cloudwatch._put_composite_alarm({}, given, is_cbor=False, is_json=True)  # noqa: SLF001
    if status != HTTPStatus.OK:
        raise ValueError(f"AWS::CloudWatch::CompositeAlarm: {body!r}")
    name = given["AlarmName"]
    return name, {"Arn": cloudwatch._composite_alarms[name]["AlarmArn"]}  # noqa: SLF001


Properties = dict[str, Any]
Made = tuple[str, dict[str, str]]
"""What CloudFormation is told of a resource: its physical id and its attributes."""


def _create(
    records: Properties, new_id: Callable[[], str], member: str, time: str, _id: str, given: Properties, _stack: str
) -> Made:
    id_, now = new_id(), datetime.now(UTC).isoformat()
    records[id_] = {"Id": id_, "ETag": id_, time: now, "Config": given[member]}
    return id_, {"Id": id_, time: now}


def _update(
    records: Properties, member: str, fixed: Sequence[str], id_: str, old: Properties, new: Properties, _stack: str
) -> Made:
    changed = [name for name in fixed if old[member].get(name) != new[member].get(name)]
    if changed:
        raise ValueError(f"CannotChangeImmutablePublicKeyFields: {', '.join(changed)}")
    records[id_]["Config"] = new[member]
    return id_, {"Id": id_}


def _delete(records: Properties, used_by: Callable[[str], list[str]], id_: str, _given: Properties) -> None:
    if used_by(id_):
        raise ValueError(f"{id_} is in use by {', '.join(used_by(id_))}")
    records.pop(id_, None)


if __name__ == "__main__":
    main()
