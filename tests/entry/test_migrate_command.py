"""`huixiang migrate`."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from huixiang.entry.cli.main import app
from huixiang.platform import migrations
from huixiang.platform.embedded.endpoints import NotRunning
from tests.support.fixtures import TestDatabase


@pytest.mark.requirement("OPS-02")
def test_it_brings_a_named_database_to_this_version(empty_database: TestDatabase) -> None:
    environment = {"HUIXIANG_DATABASE_OWNER_URL": empty_database.url("huixiang_owner")}
    revisions = migrations.revisions()
    first = CliRunner().invoke(app, ["migrate"], env=environment)
    assert first.exit_code == 0, first.output
    assert first.output.splitlines() == [
        *(f"ran {one}" for one in revisions),
        f"the database is at {revisions[-1]}",
    ]
    again = CliRunner().invoke(app, ["migrate"], env=environment)
    assert again.output.splitlines() == [f"the database is at {revisions[-1]}"]


def test_without_a_database_it_says_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["migrate"], env={"HUIXIANG_HOME": str(tmp_path)})
    assert isinstance(result.exception, NotRunning)
    assert "start `huixiang serve` first" in str(result.exception)
