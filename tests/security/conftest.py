"""The running system, with people of every role."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest

from demo.client import Client
from local.seed import DOMAIN, PASSWORD
from local.system import System
from services.kit.identity import Role
from tests.flows.world import World, unfailing

STAFF = {
    Role.EDITOR: "editor",
    Role.REVIEWER: "reviewer",
    Role.FINANCE: "finance",
    Role.AUDITOR: "auditor",
    Role.RECORDS: "records",
    Role.ADMINISTRATOR: "admin",
    Role.MODERATOR: "moderator",
    Role.SUPPORT: "support",
}


@dataclass(frozen=True)
class People:
    """Somebody signed in for every role."""

    world: World
    by_role: dict[str, Client]


@pytest.fixture(scope="session")
def world(system: System) -> Iterator[World]:
    """The running system."""
    running = World(system)
    yield running
    running.close()


@pytest.fixture(scope="session")
def people(world: World) -> People:
    """Somebody signed in for every role."""
    staff = {str(role): world.staff(name) for role, name in STAFF.items()}
    return People(world, {**staff, str(Role.LEARNER): world.member(), str(Role.UNPROVEN): unproven(world)})


def unproven(world: World) -> Client:
    """Somebody with every staff role, signed in by the password alone."""
    email = f"unproven-{uuid4().hex[:12]}@{DOMAIN}"
    world.system.create_user(email, PASSWORD, [])
    for role in STAFF:
        world.system.client("cognito-idp").admin_add_user_to_group(
            UserPoolId=world.system.user_pool_id, Username=email, GroupName=str(role)
        )
    return world.public.sign_in(email, PASSWORD)


@pytest.fixture(scope="module")
def nothing_changes(people: People) -> Iterator[None]:
    """Whatever a module's tests send, no item of any table changes, and nothing fails on the server's side."""
    world = people.world
    world.settle()
    before = world.state()
    with unfailing(world.traffic):
        yield
        world.settle()
    after = world.state()
    differing = [table for table in after if after[table] != before[table]]
    assert not differing, {table: [item for item in after[table] if item not in before[table]] for table in differing}
