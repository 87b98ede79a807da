"""`huixiang ledger verify`."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from huixiang.entry.cli.main import app
from huixiang.kernel.ids import new_id

MEMBER = new_id()


@pytest.mark.requirement("PTS-15")
def test_it_counts_names_what_differs_and_fails(
    database_url: str, read_url: str, superuser: psycopg.Connection[Any]
) -> None:
    environment = {"HUIXIANG_DATABASE_URL": database_url, "HUIXIANG_DATABASE_READ_URL": read_url}
    sound = CliRunner().invoke(app, ["ledger", "verify"], env=environment)
    assert sound.exit_code == 0, sound.output
    assert sound.output.startswith("0 accounts, 0 postings: 0 differences")

    superuser.execute(
        "INSERT INTO points.account (member_id, book, balance, held, pending, debt, seq, last_lot, head, counters,"
        " recorded_at, open_from, open_lot)"
        " VALUES (%s, 1, 100, 0, 0, 0, 1, 0, '', '{}', '2026-01-01', '9999-01-01', 0)",
        (MEMBER,),
    )
    broken = CliRunner().invoke(app, ["ledger", "verify"], env=environment)
    assert broken.exit_code == 1
    assert f"member {MEMBER}, book points, posting 1: " in broken.output
    assert "1 accounts, 0 postings: 0 differences" not in broken.output
