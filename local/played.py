"""Plays CloudFront for one stage: serves its distribution as it was deployed last, and forgets what is invalidated."""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from starlette.routing import Route

from local.distribution import Behaviour, Distribution, read_distribution
from local.edge import Client, Edge, EdgeSettings
from local.signed_cookies import opens

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 0.3
SETTLED = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}
DISTRIBUTION = "AWS::CloudFront::Distribution"


@dataclass
class PlayedEdge:
    """The edge of one stack. `client` makes clients of AWS in the stack's region."""

    client: Callable[[str], Any]
    stack: str
    endpoint_url: str
    region: str
    files: Client | None = None
    pages: Sequence[Route] = ()
    """Of this machine only, beside what the distribution serves."""
    edge: Edge | None = None
    distribution_id: str = ""
    _state: Any = None
    _invalidated: set[str] = field(default_factory=set)

    def look(self) -> None:
        """Takes over what was deployed or invalidated since the last look. While a stack changes, nothing is new."""
        try:
            (stack,) = self.client("cloudformation").describe_stacks(StackName=self.stack)["Stacks"]
        except ClientError:
            return
        state = (stack["StackId"], stack.get("LastUpdatedTime"), stack.get("Parameters"))
        if stack["StackStatus"] in SETTLED and state != self._state:
            self._deployed()
            self._state = state
        if self.edge:
            self._forget(self.edge)

    def _deployed(self) -> None:
        listed = self.client("cloudformation").describe_stack_resources(StackName=self.stack)["StackResources"]
        (id_,) = (r["PhysicalResourceId"] for r in listed if r["ResourceType"] == DISTRIBUTION)
        cloudfront = self.client("cloudfront")
        distribution = read_distribution(cloudfront, id_)
        keys = trusted_keys(cloudfront, distribution)

        def opened(behaviour: Behaviour, cookies: Mapping[str, str], url: str) -> bool:
            trusted = {id_: key for group in behaviour.key_groups for id_, key in keys[group].items()}
            return opens(trusted, cookies, url)

        settings = EdgeSettings(distribution, self.endpoint_url, opened, self.region, self.files, self.pages)
        if self.edge is None:
            self.edge = Edge(settings)
        else:
            self.edge.change(settings, anew=id_ != self.distribution_id)
        self.distribution_id = id_

    def _forget(self, edge: Edge) -> None:
        cloudfront = self.client("cloudfront")
        pages = cloudfront.get_paginator("list_invalidations").paginate(DistributionId=self.distribution_id)
        asked = [found["Id"] for page in pages for found in page["InvalidationList"].get("Items", [])]
        for id_ in asked:
            if id_ not in self._invalidated:
                found = cloudfront.get_invalidation(DistributionId=self.distribution_id, Id=id_)["Invalidation"]
                edge.cache.invalidate(found["InvalidationBatch"]["Paths"].get("Items", []))
                self._invalidated.add(id_)


def trusted_keys(cloudfront: Any, distribution: Distribution) -> dict[str, dict[str, RSAPublicKey]]:
    """The public keys of the groups that a distribution names, by the group's id and their own."""
    groups = {group for behaviour in distribution.behaviours for group in behaviour.key_groups}
    return {group: dict(_keys(cloudfront, group)) for group in groups}


def _keys(cloudfront: Any, group: str) -> list[tuple[str, RSAPublicKey]]:
    found = []
    for id_ in cloudfront.get_key_group(Id=group)["KeyGroup"]["KeyGroupConfig"]["Items"]:
        encoded = cloudfront.get_public_key(Id=id_)["PublicKey"]["PublicKeyConfig"]["EncodedKey"]
        key = load_pem_public_key(encoded.encode())
        assert isinstance(key, RSAPublicKey)  # noqa: S101 (CloudFront takes these)
        found.append((id_, key))
    return found


@contextlib.contextmanager
def watched(look: Callable[[], None]) -> Iterator[None]:
    """Looks again and again until the block ends."""
    stopping = threading.Event()

    def watch() -> None:
        while not stopping.wait(LOOK_EVERY_S):
            try:
                look()
            except (BotoCoreError, ClientError) as error:
                # Something goes while it is looked at, or the emulator is busy; the next look sees the rest.
                logger.info("not seen: %s", error)

    thread = threading.Thread(target=watch, name="watching what is deployed", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
