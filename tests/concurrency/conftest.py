"""What processes stand on beside the database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home
from huixiang.platform.embedded.valkey import EmbeddedValkey


@pytest.fixture
def home(tmp_path: Path) -> Path:
    made = tmp_path / "home"
    made.mkdir()
    return made


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(Home(tmp_path / "valkey"), Identity.for_servers("nobody"))
    server.start()
    yield server
    server.stop()
