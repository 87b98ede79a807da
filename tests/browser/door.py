"""An installation whose members come in by every way: the sandbox identity provider in a process of its own, passkeys
for `localhost`, the shipped rules and goods, and nobody yet."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec

from huixiang.catalogue import service as catalogue
from huixiang.entry import wiring
from huixiang.entry.background import SUBSCRIPTIONS
from huixiang.entry.messaging import providers
from huixiang.members import service as members
from huixiang.members.model import ExternalId, NewMember
from huixiang.messaging import service as messaging
from huixiang.messaging.jobs import Deliverer
from huixiang.platform.relay import Relay
from huixiang.platform.settings import Settings
from huixiang.rulebook import service as rulebook
from tests.browser.world import World, opened, served
from tests.support.fixtures import create_database, drop_database
from tests.support.server import ServerInfo

ROOT = Path(__file__).parents[2]


class Sandbox(msgspec.Struct, frozen=True):
    """Where the provider answers."""

    url: str

    def will(self, **fault: Any) -> None:
        """What befalls the next request."""
        httpx.post(f"{self.url}/sandbox/faults", json=[fault]).raise_for_status()


@contextmanager
def sandbox(home: Path, origin: str) -> Iterator[tuple[Sandbox, Path]]:
    """The provider, and the sign-in file that leads to it and has passkeys too."""
    command = ["-m", "huixiang.entry.sandbox.identity", "--home", str(home), "--callback", f"{origin}/m/sign-in"]
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, cwd=ROOT, text=True)  # noqa: S603 - ours
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        file = Path(told["sign_in_file"])
        with file.open("a") as more:
            more.write(f'[passkeys]\nsite = "localhost"\norigins = ["{origin}"]\n')
        yield Sandbox(told["url"]), file
    finally:
        process.terminate()
        process.communicate(timeout=10)


@contextmanager
def door(server: ServerInfo, home: Path, name: str, run: Any) -> Iterator[tuple[World, Sandbox]]:
    """name: of the database. run: what runs a coroutine to its end."""
    create_database(server, name, template=server.template)
    listener = socket.create_server(("127.0.0.1", 0))
    origin = f"http://localhost:{listener.getsockname()[1]}"
    with sandbox(home / "provider", origin) as (provider, file):
        settings = Settings(
            environment="test",
            home=home,
            database_url=server.url("huixiang_app", name),
            sign_in_file=file,
        )
        run(_rules(settings))
        empty: dict[str, Any] = {"accounts": {}, "tokens": {}, "member_ids": {}, "holder_kinds": []}
        figures: dict[str, Any] = {"wang_points": 0, "wang_spent_fen": 0, "sales_fen": 0, "orders": 0}
        with served(World(address="", settings=settings, **empty, **figures), listener) as made:
            yield msgspec.structs.replace(made, address=origin), provider
    drop_database(server, name)


async def _rules(settings: Settings) -> None:
    wiring.register_rule_kinds()
    async with opened(settings) as db, db.transaction() as tx:
        await rulebook.load_shipped(tx)
        await catalogue.load_seed(tx)


async def arrived(world: World, phone: str) -> str:
    """The code that came to a phone last."""
    async with opened(world.settings) as db:
        await Deliverer(db, providers(world.settings, db)).deliver_due()
        async with db.transaction(read_only=True) as tx:
            sunk = await messaging.sunk(tx, None, None, 100)
    return str(next(one.values["code"] for one in sunk.items if one.address == f"+86{phone}"))


async def caught_up(world: World) -> None:
    """Everything that follows from what was done has been done."""
    async with opened(world.settings) as db:
        await Relay(db, SUBSCRIPTIONS).drain()


async def joined(world: World, phone: str, name: str | None = None) -> tuple[UUID, str]:
    """Somebody who has just registered in the app, and the token with which it opens the pages."""
    async with opened(world.settings) as db, db.transaction() as tx:
        new = NewMember(channel="app", phone=phone, name=name, external_ids=(ExternalId("app", phone),))
        card = await members.register(tx, new)
        return card.member_id, members.issue_token(card.member_id, tx.now)
