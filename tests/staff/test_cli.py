"""The commands `staff` and `keys`: secrets are shown once and work."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import typer
from typer.testing import CliRunner, Result

from huixiang.entry.cli import keys, staff
from huixiang.members.adapters.key_file import FileKeys
from huixiang.platform.access import NotAuthenticated
from huixiang.platform.db import Database
from huixiang.platform.settings import CannotRun
from huixiang.staff import service
from huixiang.staff.rules import current_code


class Terminal:
    """Runs commands as an operator of this database would, each in an event loop of its own."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment

    async def run(self, app: typer.Typer, *arguments: str) -> Result:
        return await asyncio.to_thread(CliRunner(env=self._environment).invoke, app, arguments)


@pytest.fixture
def terminal(database_url: str, tmp_path: Path, keys: FileKeys) -> Terminal:
    home = tmp_path / "home"
    assert keys.current_key_id in (home / "master-keys.json").read_text()
    return Terminal({"HUIXIANG_DATABASE_URL": database_url, "HUIXIANG_HOME": str(home), "HUIXIANG_ENVIRONMENT": "test"})


def shown(result: Result, label: str) -> str:
    match = re.search(rf"^{label}\s+(\S+)$", result.output, re.MULTILINE)
    assert match, result.output
    return match[1]


@pytest.mark.requirement("CON-01")
async def test_an_added_user_signs_in_and_is_reset(terminal: Terminal, db: Database) -> None:
    added = await terminal.run(staff.app, "add", "Lin", "--role", "analyst", "--name", "林晓")
    listed = await terminal.run(staff.app, "list")
    reset = await terminal.run(staff.app, "reset", "lin")
    assert [result.exit_code for result in (added, listed, reset)] == [0, 0, 0]
    assert listed.output.split() == ["lin", "analyst", "active", "林晓"]
    assert shown(added, "password") != shown(reset, "password")
    now = datetime.now(UTC)  # noqa: TID251 - the commands have the machine's clock
    code = (await terminal.run(staff.app, "code", "lin")).output.strip()
    assert code in {current_code(shown(reset, "TOTP secret"), now + timedelta(seconds=30 * n)) for n in range(4)}
    signed_in = await service.sign_in(db, "lin", shown(reset, "password"), code, now)
    assert signed_in.session.account.display_name == "林晓"


@pytest.mark.requirement("CON-01")
async def test_a_user_is_limited_to_stores(terminal: Terminal) -> None:
    await terminal.run(staff.app, "add", "lin", "--role", "customer_service", "--store", "s2", "--store", "s1")
    first = (await terminal.run(staff.app, "list")).output.split()
    limited = await terminal.run(staff.app, "limit", "lin", "--store", "s3")
    freed = await terminal.run(staff.app, "limit", "lin")
    assert first == ["lin", "customer_service", "active", "lin", "stores", "s1,", "s2"]
    assert (limited.output, freed.output) == ("lin: stores s3\n", "lin: all stores\n")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("add", "x", "--role", "admin"), "not a username"),
        (("reset", "nobody"), "There is no user nobody"),
        (("code", "nobody"), "There is no user nobody"),
    ],
)
async def test_what_staff_refuses(terminal: Terminal, arguments: tuple[str, ...], problem: str) -> None:
    result = await terminal.run(staff.app, *arguments)
    assert isinstance(result.exception, CannotRun)
    assert problem in str(result.exception)


async def test_production_shows_no_code(terminal: Terminal) -> None:
    terminal._environment["HUIXIANG_ENVIRONMENT"] = "production"
    result = await terminal.run(staff.app, "code", "lin")
    assert isinstance(result.exception, CannotRun)
    assert "demo and test only" in str(result.exception)


@pytest.mark.requirement("INT-01")
async def test_a_created_key_works_until_it_is_revoked(terminal: Terminal, db: Database) -> None:
    created = await terminal.run(keys.app, "create", "till", "--scope", "orders:write", "--scope", "members:read")
    token, key_id = shown(created, "token"), shown(created, "key id")
    principal = await service.authenticate_key(db, token, None, db.clock.now())
    listed = await terminal.run(keys.app, "list")
    revoked = await terminal.run(keys.app, "revoke", key_id)
    assert (str(principal.key_id), sorted(principal.scopes)) == (key_id, ["members:read", "orders:write"])
    assert key_id in listed.output
    assert token not in listed.output
    assert revoked.output == f"revoked {key_id} (till)\n"
    assert "revoked" in (await terminal.run(keys.app, "list")).output
    with pytest.raises(NotAuthenticated):
        await service.authenticate_key(db, token, None, db.clock.now() + timedelta(seconds=5))


@pytest.mark.requirement("SEC-01")
async def test_what_is_a_year_old_is_overdue(terminal: Terminal, superuser: psycopg.Connection[Any]) -> None:
    old, new, gone = [
        shown(await terminal.run(keys.app, "create", name, "--scope", "members:read"), "key id")
        for name in ("old", "new", "gone")
    ]
    await terminal.run(keys.app, "revoke", gone)
    in_time = await terminal.run(keys.app, "due")
    assert (in_time.exit_code, in_time.output.count("in time")) == (0, 3)
    assert gone not in in_time.output
    superuser.execute(
        "UPDATE staff.key_secret SET created_at = created_at - interval '366 days' WHERE key_id = %s", [old]
    )
    over = await terminal.run(keys.app, "due")
    assert (over.exit_code, over.output.count("overdue")) == (1, 1)
    assert f"overdue  key {old} (old)" in over.output
    assert "huixiang keys rotate" in over.output
    await terminal.run(keys.app, "rotate", old)
    superuser.execute("UPDATE members.key_check SET recorded_at = recorded_at - interval '366 days'")
    over = await terminal.run(keys.app, "due")
    assert (over.exit_code, over.output.count("overdue"), "overdue  master key" in over.output) == (1, 1, True)
    assert new in over.output


@pytest.mark.requirement("INT-01")
async def test_a_key_is_changed_and_rotated(terminal: Terminal, db: Database) -> None:
    options = ("--scope", "orders:write", "--from", "10.0.0.0/8", "--until", "2999-01-01T00:00:00+0800")
    created = await terminal.run(keys.app, "create", "till", *options, "--per-minute", "90")
    key_id = shown(created, "key id")
    assert "10.0.0.0/8  orders:write" in (await terminal.run(keys.app, "list")).output
    changed = await terminal.run(keys.app, "change", key_id, "--scope", "orders:read", "--no", "from", "--no", "until")
    rotated = await terminal.run(keys.app, "rotate", key_id, "--overlap-hours", "1")
    assert [one.exit_code for one in (created, changed, rotated)] == [0, 0, 0], rotated.output
    assert "let in until" in rotated.output
    async with db.transaction() as tx:
        key = await service.read_key(tx, UUID(key_id))
    assert (key.scopes, key.addresses, key.expires_at, key.requests_per_minute) == (["orders:read"], [], None, 90)
    now = datetime.now(UTC)  # noqa: TID251 - the commands have the machine's clock
    for one in (created, rotated):
        assert str((await service.authenticate_key(db, shown(one, "token"), None, now)).key_id) == key_id
    assert (await terminal.run(keys.app, "finish", key_id)).exit_code == 0
    with pytest.raises(NotAuthenticated):
        await service.authenticate_key(db, shown(created, "token"), None, now + timedelta(seconds=5))
    wrong = await terminal.run(keys.app, "change", key_id, "--no", "scope")
    assert wrong.exit_code == 2


async def test_a_key_with_an_unknown_scope_is_not_made(terminal: Terminal) -> None:
    result = await terminal.run(keys.app, "create", "till", "--scope", "orders:burn")
    assert isinstance(result.exception, CannotRun)
    assert (await terminal.run(keys.app, "list")).output == ""
