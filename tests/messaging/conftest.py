"""Messaging wired as the program wires it in test, and members to write to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio

from huixiang.entry.keys import use_keys
from huixiang.entry.messaging import providers, use_messaging
from huixiang.entry.wiring import register_rule_kinds
from huixiang.members import service as members
from huixiang.members.model import NewMember
from huixiang.messaging.jobs import Deliverer
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings
from tests.messaging.doubles import Providers, running
from tests.messaging.post import Ledger


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(environment="test", home=tmp_path / "home")


@pytest.fixture
def ledger() -> Ledger:
    """Everybody has consented to everything, until a test has them withdraw it."""
    return Ledger()


@pytest.fixture(autouse=True)
def wired(settings: Settings, ledger: Ledger) -> None:
    register_rule_kinds()
    use_messaging(settings, use_keys(settings), ledger)


@pytest_asyncio.fixture
async def member(db: Database, wired: None) -> UUID:  # noqa: ARG001 - keys first
    async with db.transaction() as tx:
        card = await members.register(tx, NewMember(channel="h5", phone="13800000001"))
    return card.member_id


@pytest.fixture
def deliverer(db: Database, settings: Settings) -> Deliverer:
    return Deliverer(db, providers(settings, db))


@pytest.fixture
def outside() -> Iterator[Providers]:
    """Providers in a process of their own, with empty books."""
    with running() as providers_outside:
        yield providers_outside


@pytest.fixture
def led_out(settings: Settings, outside: Providers) -> Settings:
    """Settings whose channels lead to the providers outside."""
    file = settings.home / "channels.toml"
    file.write_text(outside.channels(), encoding="utf-8")
    file.chmod(0o600)
    return msgspec.structs.replace(settings, channels_file=file)


@pytest_asyncio.fixture
async def delivering(db: Database, led_out: Settings, ledger: Ledger) -> AsyncIterator[Deliverer]:
    """A deliverer to the providers outside."""
    use_messaging(led_out, use_keys(led_out), ledger)
    made = Deliverer(db, providers(led_out, db))
    yield made
    await made.close()
