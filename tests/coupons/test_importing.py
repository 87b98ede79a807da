"""Copies of another system brought in: each once, within limits, every bad row named (CPN-02)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from huixiang.coupons.model.importing import ImportedCopy
from huixiang.coupons.routes.importing import ROUTES
from huixiang.coupons.rules.importing import copy_id, turns
from huixiang.coupons.service import importing
from huixiang.entry.cli.main import app
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock, SystemClock
from huixiang.kernel.ids import new_id
from huixiang.members import service as members_service
from huixiang.members.adapters.key_file import FileKeys
from huixiang.members.model import MemberRef
from huixiang.platform.db import Database
from huixiang.platform.settings import CannotRun
from tests.coupons.ground import breaches, publish_template
from tests.support.http_client import client_of
from tests.support.programme import SOURCE, load_programme, register_members

pytestmark = pytest.mark.requirement("CPN-02")
COPIES = "SELECT count(*), count(DISTINCT coupon_id) FROM coupons.coupon"


@pytest_asyncio.fixture
async def members(db: Database) -> list[UUID]:
    """Known to the till as m0, m1, m2."""
    await load_programme(db)
    return await register_members(db, 3)


def row(reference: str, who: str = "m0", template: str = "ten", **more: Any) -> dict[str, Any]:
    member = {"source": SOURCE, "external_id": who}
    return {"reference": reference, "member": member, "template": template, **more}


async def bring(db: Database, *rows: Any, dry_run: bool = False) -> list[tuple[str, str | None]]:
    """Of each row what became of it, and why it was refused."""
    body = b"\n".join(one if isinstance(one, bytes) else msgspec.json.encode(one) for one in rows)
    headers = {"Content-Type": "application/x-ndjson"}
    async with client_of(db, ROUTES, "coupons:write") as client:
        answer = await client.post(
            "/api/v1/coupons/bulk", content=body, headers=headers, params={"dry_run": "true"} if dry_run else {}
        )
    assert answer.status_code == 200, answer.text
    return [(one["outcome"], one.get("problem", {}).get("code")) for one in answer.json()["rows"]]


async def test_rows_are_kept_once_with_what_their_template_says(
    db: Database, members: list[UUID], clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    version = await publish_template(db, days=30, remind_days=2, grant=False, claim={}, holdout_bp=9000)
    end = clock.now() + timedelta(days=9)
    rows = [row("old:1", expires_at=end.isoformat()), row("old:2", "m1"), row("old:2", "m1")]
    assert await bring(db, *rows, dry_run=True) == [("created", None), ("created", None), ("unchanged", None)]
    assert superuser.execute(COPIES).fetchone() == (0, 0), "nothing stays of a dry run"
    assert await bring(db, *rows) == [("created", None), ("created", None), ("unchanged", None)]
    assert await bring(db, *rows) == [("unchanged", None)] * 3
    kept = superuser.execute(
        "SELECT member_id, template_version, expires_at, remind_at, state FROM coupons.coupon ORDER BY expires_at"
    ).fetchall()
    assert kept[0] == (members[0], version, end, end - timedelta(days=2), "issued")
    assert [one[0] for one in kept] == members[:2]
    assert superuser.execute("SELECT DISTINCT cause FROM coupons.coupon_change").fetchall() == [("import",)]
    taken = [row("old:1", "m1", expires_at=end.isoformat()), row("old:2", "m1", expires_at=end.isoformat())]
    assert await bring(db, *taken) == [("refused", "coupon_reference_taken")] * 2
    assert await breaches(db) == []


async def test_bad_rows_are_named_and_the_good_ones_kept(
    db: Database, members: list[UUID], clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    await publish_template(db, per_member=2)
    superuser.execute("UPDATE members.member SET state = 'blocked' WHERE member_id = %s", (members[2],))
    rows = [
        b"{",
        row("a", "nobody"),
        row("b", template="none"),
        row("c", expires_at=(clock.now() - timedelta(days=1)).isoformat()),
        row("d", "m2"),
        row("e e"),
        *[row(f"f{number}") for number in range(3)],
        row("g", "m1"),
    ]
    assert [why or what for what, why in await bring(db, *rows)] == [
        "json_malformed",
        "member_unknown",
        "coupon_template_unknown",
        "input_invalid",
        "member_state_refuses",
        "input_invalid",
        "created",
        "created",
        "coupon_limit_reached",
        "created",
    ]
    assert await bring(db, row("b")) == [("refused", "coupon_limit_reached")], "what was refused may come again"
    await publish_template(db, per_member=9)
    assert await bring(db, row("b"), row("f2")) == [("created", None)] * 2
    superuser.execute("UPDATE members.member SET state = 'active'")
    assert await breaches(db) == []


async def test_never_more_than_there_are_and_nothing_twice_by_many_at_once(
    db: Database, members: list[UUID], superuser: psycopg.Connection[Any]
) -> None:
    """Four bring in the same twelve rows at once, where there are nine copies."""
    assert members
    await publish_template(db, total=9, worth_fen=100, budget_fen=10_000)
    rows = [
        ImportedCopy(reference=f"r{n}", member=MemberRef(source=SOURCE, external_id=f"m{n % 3}"), template="ten")
        for n in range(12)
    ]

    async def one(part: list[ImportedCopy]) -> list[str]:
        async with db.transaction() as tx:
            done = await importing.bring(tx, part)
        return [brought.refusal.code if brought.refusal else str(brought.created) for brought in done]

    answers = await asyncio.gather(*(one(rows if number % 2 else rows[::-1]) for number in range(4)))
    assert sum(answer.count("True") for answer in answers) == 9
    assert {code for answer in answers for code in answer} == {"True", "False", "stock_exhausted"}
    assert superuser.execute(COPIES).fetchone() == (9, 9)
    left = superuser.execute("SELECT kind, remaining FROM stock.stock_facts ORDER BY kind").fetchall()
    assert left == [("budget", 10_000 - 900), ("coupon_template", 0)]
    assert await breaches(db) == []


class Operator:
    """Somebody with a shell and a table."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.keys = FileKeys.open(folder / "home" / "master-keys.json", create=True)
        self._environment = {
            "HUIXIANG_DATABASE_URL": database_url,
            "HUIXIANG_HOME": str(folder / "home"),
            "HUIXIANG_ENVIRONMENT": "test",
        }
        self._file = folder / "copies.csv"

    def bring(self, table: str, *options: str) -> Result:
        self._file.write_text(table, encoding="utf-8-sig")
        return CliRunner(env=self._environment).invoke(app, ["coupons", "import", str(self._file), *options])


async def _seed(database_url: str, keys: FileKeys) -> None:
    db = await Database.open(database_url, calendar=BusinessCalendar("Asia/Shanghai"), clock=SystemClock())
    try:
        await load_programme(db)
        members_service.use_keys(keys)
        await register_members(db, 2)
    finally:
        await db.close()


def test_a_table_is_brought_in_from_the_command_line(
    database_url: str, tmp_path: Path, superuser: psycopg.Connection[Any]
) -> None:
    """Lines are those of the file, with blank ones and cells of several lines."""
    operator = Operator(database_url, tmp_path)
    asyncio.run(_seed(database_url, operator.keys))
    table = (
        "reference,source,external_id,template,expires_at\n"
        f"v1,{SOURCE},m0,fresh_5,2099-12-31\n"
        "\n"
        f"v2,{SOURCE},m1,fresh_5,\n"
        f'"v\n3",{SOURCE},m1,fresh_5,\n'
        f"v4,{SOURCE},nobody,fresh_5,\n"
        f"v5,{SOURCE},m1,fresh_5,soon\n"
        "v6,m1\n"
    )
    tried = operator.bring(table, "--dry-run")
    assert (tried.exit_code, tried.output.splitlines()[-1]) == (1, "2 would be brought in, 0 were there, 4 refused")
    assert superuser.execute(COPIES).fetchone() == (0, 0)
    done = operator.bring(table)
    lines = done.output.splitlines()
    assert [line.split(":")[0] for line in lines] == ["line 6", "line 7", "line 8", "line 9", lines[-1]]
    assert lines[0].startswith("line 6: reference: ")
    assert lines[2].startswith("line 8: expires_at: ")
    assert lines[3] == "line 9: $: has 2 cells, not 5"
    assert lines[-1] == "2 brought in, 0 were there, 4 refused"
    until = superuser.execute("SELECT max(expires_at) AT TIME ZONE 'Asia/Shanghai' FROM coupons.coupon").fetchone()
    assert until is not None
    assert until[0].isoformat() == "2100-01-01T00:00:00"
    again = operator.bring(table[: table.index('"v')])
    assert (again.exit_code, again.output) == (0, "0 brought in, 2 were there, 0 refused\n")
    assert isinstance(operator.bring("reference,template\n").exception, CannotRun)


def test_ids_of_rows_are_their_own() -> None:
    """The same row is the same copy, whoever is named; another template or end is another."""
    one = msgspec.convert(row("a"), ImportedCopy)
    assert copy_id(one) == copy_id(msgspec.convert(row("a", "m1"), ImportedCopy))
    assert copy_id(one) != copy_id(msgspec.convert(row("a", template="other"), ImportedCopy))
    anna, ben = new_id(), new_id()
    assert list(turns([(anna, 1), (ben, 2), (anna, 3), (anna, 4)])) == [[(anna, 1), (ben, 2)], [(anna, 3)], [(anna, 4)]]
