"""Starts the emulator. The emulator's own interpreter runs this file; nothing of this repository is imported here.

One private method is replaced: after every call the emulator waits up to 50 ms for the function's standard error, which
makes 55 ms of a 2 ms call. Here it takes what has arrived; a line that comes later goes with the next call's log.
Functions may take a minute: what a second of processor takes here depends on all that shares this machine's cores.
The replacement is written for one exact version and refuses any other; tests/emulator looks at it at every upgrade.

Layers are unpacked once, and not anew for every worker: thousands of files, which its one thread also removes again.
Three types of CloudFormation are added, of which the emulator has the API only: CloudFront's public keys and its key
groups, and the policies of event buses.
And it polls no DynamoDB stream for a function: it would lose records (local/streams.py drives the mappings).
"""

import hashlib
import inspect
import io
import os
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

PINNED = "1.5.33"
SAVED = "saved"
"""The file in the state's directory that says that all of it was written."""
MIN_TIMEOUT_S = 60
SMALL_BYTES = 100_000
"""Of a layer that is not worth sharing, or already points elsewhere (local/publish.py)."""
PARAMETERS = ["self", "first_line_wait", "idle_confirm", "hard_cap"]


def main() -> None:
    """Checks the version, replaces the method, runs the emulator until a signal ends it."""
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
        begin(self, name, {**config, "Timeout": max(MIN_TIMEOUT_S, config.get("Timeout", 0))}, code)

    lambda_runtime.Worker.__init__ = patiently

    unpacked = SharedLayers(lambda_svc._resolve_layer_zip)  # noqa: SLF001
    lambda_svc._resolve_layer_zip = unpacked.pointer  # noqa: SLF001
    _add_media_keys()
    _add_bus_policies()
    lambda_svc._poll_dynamodb_streams = lambda: False  # noqa: SLF001

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


def _add_media_keys() -> None:
    """Public keys and key groups, kept where the emulator's own API of CloudFront keeps them."""
    from ministack.services import cloudfront
    from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

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
