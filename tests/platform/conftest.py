"""What a test of the relay leaves no trace of."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

import psycopg
import pytest
from structlog.testing import capture_logs

from tests.platform.notices import (
    drop_record,
    make_record,
)


@pytest.fixture
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged; unconfigured, a traceback would be drawn for each."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture
def handled_table(superuser: psycopg.Connection[Any]) -> Iterator[None]:
    make_record(superuser)
    yield
    drop_record(superuser)
