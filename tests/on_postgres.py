"""Select the tests that ask a database, to run them on another PostgreSQL. A pytest plugin: `make test-postgres`.

HUIXIANG_TEST_POSTGRES_BIN names the server's programs (tests/support/server.py). What may differ there is what becomes
of a statement, and every case has been run on the embedded server. So a parametrised test is run with its first case
alone, but where the cases are statements or roles. Left out are tests that need the grocer's year: they prove the
import, and ask the database nothing that others do not.
"""

from __future__ import annotations

import os

import pytest

from tests.support.server import PROGRAMS_VARIABLE

DATABASE_FIXTURE = "server"
EVERY_CASE = (
    "tests/architecture/test_schema.py",
    "tests/platform/test_least_privilege.py",
    "tests/platform/test_migrations.py",
    "tests/points/test_doors",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    asks: dict[str, pytest.Item] = {}
    for item in filter(asks_a_database, items):
        name = item.nodeid if item.nodeid.startswith(EVERY_CASE) else item.nodeid.partition("[")[0]
        asks.setdefault(name, item)
    chosen = set(asks.values())
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = asks.values()


def asks_a_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("postgres15") is not None:
        return True
    return DATABASE_FIXTURE in getattr(item, "fixturenames", ()) and item.get_closest_marker("demo_data") is None


def pytest_report_header() -> str:
    return f"tests that ask a database, on {os.environ.get(PROGRAMS_VARIABLE) or 'the embedded PostgreSQL'}"
