"""The fixtures of every test that needs a database. A pytest plugin, loaded by `tests/conftest.py`."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import psycopg
import pytest
import pytest_asyncio
from psycopg import sql

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from tests.support import pristine
from tests.support.server import ServerInfo, shared_server

NOW = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)  # a Wednesday, 10:30 in Shanghai


class TestDatabase(msgspec.Struct, frozen=True):
    """A worker's own database on the shared server."""

    __test__ = False

    server: ServerInfo
    name: str

    def url(self, role: str) -> str:
        return self.server.url(role, self.name)


@pytest.fixture(scope="session")
def server() -> ServerInfo:
    """The PostgreSQL of this test session."""
    return shared_server()


@pytest.fixture(scope="session")
def worker_database(server: ServerInfo) -> TestDatabase:
    """This worker's clone of the migrated template."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    create_database(server, name, template=server.template)
    return TestDatabase(server, name)


@pytest.fixture(scope="session")
def superuser(worker_database: TestDatabase) -> Iterator[psycopg.Connection[Any]]:
    """A superuser's connection to this worker's database, in autocommit."""
    with psycopg.connect(worker_database.url("postgres"), autocommit=True) as connection:
        yield connection


@pytest.fixture
def clean_database(worker_database: TestDatabase, superuser: psycopg.Connection[Any]) -> TestDatabase:
    """This worker's database as the migrations left it."""
    pristine.restore(superuser)
    return worker_database


@pytest.fixture
def database_url(clean_database: TestDatabase) -> str:
    """A clean database under the application's role."""
    return clean_database.url("huixiang_app")


@pytest.fixture
def owner_url(clean_database: TestDatabase) -> str:
    """The same database under the owner's role."""
    return clean_database.url("huixiang_owner")


@pytest.fixture
def read_url(clean_database: TestDatabase) -> str:
    """The same database under the role of reports."""
    return clean_database.url("huixiang_read")


@pytest.fixture
def now() -> datetime:
    """The instant at which tests take place; where `clock` stands at first."""
    return NOW


@pytest.fixture
def clock(now: datetime) -> SettableClock:
    """The clock of `db`; a test may move it."""
    return SettableClock(now)


@pytest.fixture
def calendar() -> BusinessCalendar:
    return BusinessCalendar("Asia/Shanghai")


@pytest_asyncio.fixture
async def owner(owner_url: str, clock: SettableClock, calendar: BusinessCalendar) -> AsyncIterator[Database]:
    """The database of `db` under the owner's role, for what the application may not do."""
    database = await Database.open(owner_url, calendar=calendar, clock=clock)
    yield database
    await database.close()


@pytest_asyncio.fixture
async def db(database_url: str, clock: SettableClock, calendar: BusinessCalendar) -> AsyncIterator[Database]:
    """A clean database, opened as the application does."""
    database = await Database.open(database_url, calendar=calendar, clock=clock)
    yield database
    await database.close()


@pytest.fixture
def empty_database(server: ServerInfo) -> Iterator[TestDatabase]:
    """A database without any migration, for tests of migrations."""
    name = f"empty_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    create_database(server, name, template="template0")
    yield TestDatabase(server, name)
    drop_database(server, name)


def create_database(server: ServerInfo, name: str, *, template: str) -> None:
    """A database of the owner's role, copied from `template`; one of that name is replaced."""
    drop_database(server, name)
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER huixiang_owner").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def drop_database(server: ServerInfo, name: str) -> None:
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
