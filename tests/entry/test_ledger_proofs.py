"""Roots, proofs, balances of a day and rebuilding, as an operator and as callers of the API reach them."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest
import pytest_asyncio
from typer.testing import CliRunner, Result

from huixiang.entry.cli.main import app
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.members import service as members
from huixiang.platform.db import Database
from huixiang.platform.settings import CannotRun
from huixiang.points import service
from huixiang.points.adapters import verify_proof
from huixiang.points.adapters.signing_keys import FILE_NAME, FileSigner
from huixiang.points.model import NEVER, POINTS, Credit, Hold, Source, Spend
from tests.entry.program import Program, bearer, running

pytestmark = pytest.mark.requirement("PTS-15")

ANY = UUID(int=9)
DAYS = 3


class Ground(msgspec.Struct, frozen=True):
    """A member who earned, held and spent on each of three days; the first two are closed."""

    program: Program
    member: UUID
    number: str
    token: dict[str, str]
    first: date
    environment: dict[str, str]

    def command(self, *words: str) -> Result:
        return CliRunner().invoke(app, ["ledger", *words], env=self.environment)

    def refused(self, *words: str) -> str:
        """The sentence that a command ends with where it cannot do what it is asked."""
        outcome = self.command(*words)
        assert isinstance(outcome.exception, CannotRun), outcome.output
        return str(outcome.exception)

    async def get(self, path: str, **parameters: Any) -> tuple[int, Any]:
        answer = await self.program.client.get(f"/api/v1{path}", params=parameters or None, headers=self.program.system)
        return answer.status_code, answer.json()

    async def get_own(self, path: str) -> tuple[int, Any]:
        answer = await self.program.client.get(f"/api/member/v1/me{path}", headers=self.token)
        return answer.status_code, answer.json()


def _day(member: UUID, number: int, clock: SettableClock) -> list[Credit | Hold | Spend]:
    def source(name: str, counter: str = "") -> Source:
        return Source(key=f"{name}{number}", cause="till", counter_account=counter, occurred_at=clock.now())

    return [
        Credit(member_id=member, book=POINTS, points=100, source=source("e", "issued:till"), expires_on=NEVER),
        Hold(member_id=member, book=POINTS, points=10, hold_id=new_id(), source=source("h"), expires_at=None),
        Spend(member_id=member, book=POINTS, points=30, source=source("s", "redeemed:till")),
    ]


@pytest_asyncio.fixture
async def ground(
    db: Database, clock: SettableClock, tmp_path: Path, database_url: str, owner_url: str
) -> AsyncIterator[Ground]:
    environment = {
        "HUIXIANG_ENVIRONMENT": "test",
        "HUIXIANG_HOME": str(tmp_path / "home"),
        "HUIXIANG_DATABASE_URL": database_url,
        "HUIXIANG_DATABASE_OWNER_URL": owner_url,
    }
    async with running(db) as program:
        service.use_signer(FileSigner(tmp_path / "home" / FILE_NAME))
        async with db.transaction() as tx:
            card = await members.card(tx, program.member_id)
        first = db.calendar.day(clock.now())
        for number in range(DAYS):
            clock.advance(timedelta(days=number > 0))
            async with db.transaction() as tx:
                await service.post(tx, _day(program.member_id, number, clock))
        while True:
            async with db.transaction() as tx:
                if await service.close_day(tx) is None:
                    break
        token = bearer(members.issue_token(program.member_id, clock.now()))
        yield Ground(program, program.member_id, card.number, token, first, environment)


# ------------------------------------------------------------------------------------------------------- command line
def test_a_proof_that_is_printed_is_checked_without_the_database(ground: Ground, tmp_path: Path) -> None:
    proof, roots = tmp_path / "proof.json", tmp_path / "roots.json"
    proof.write_text(ground.command("proof", ground.number, "2").output)
    days = [str(ground.first + timedelta(days=n)) for n in range(2)]
    published = [json.loads(ground.command("root", "--day", day).output) for day in days]
    roots.write_text(json.dumps(published))
    assert [root["day"] for root in published] == days
    checked = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-I", verify_proof.__file__, proof, "--key", published[0]["public_key"], "--roots", roots],
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert days[0] in checked.stdout
    assert ground.command("proof", str(ground.member), "2").output == proof.read_text()


def test_the_last_root_is_shown_where_no_day_is_named(ground: Ground) -> None:
    last = json.loads(ground.command("root").output)
    assert date.fromisoformat(last["day"]) == ground.first + timedelta(days=1)
    assert last["leaves"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["proof", "{number}", "99"], "The account has no posting 99."),
        (["proof", "{number}", "8"], "whose root is not signed yet"),
        (["proof", "{number}", "1", "--book", "nope"], "There is no book nope."),
        (["proof", "{wrong}", "1"], "There is no member by that number."),
        (["proof", "Wang", "1"], "Wang is neither a member's id nor a card number of 12 digits"),
        (["root", "--day", "2020-01-01"], "There is no signed root of 2020-01-01."),
        (["balances", "--day", "2199-01-01"], "2199-01-01 lies in the future"),
    ],
)
def test_what_cannot_be_answered_is_told_in_a_sentence(ground: Ground, words: list[str], said: str) -> None:
    wrong = ground.number[:-1] + str((int(ground.number[-1]) + 1) % 10)
    assert said in ground.refused(*(word.format(number=ground.number, wrong=wrong) for word in words))


@pytest.mark.parametrize("words", [["proof"], ["proof", str(ANY)], ["proof", str(ANY), "0"], ["balances"]])
def test_a_command_that_lacks_something_says_what(words: list[str]) -> None:
    outcome = CliRunner().invoke(app, ["ledger", *words])
    assert outcome.exit_code == 2
    assert "Usage" in outcome.output + outcome.stderr


def test_before_the_first_day_is_closed_there_is_no_root(database_url: str, tmp_path: Path) -> None:
    environment = {
        "HUIXIANG_ENVIRONMENT": "test", "HUIXIANG_HOME": str(tmp_path), "HUIXIANG_DATABASE_URL": database_url,
    }  # fmt: skip
    outcome = CliRunner().invoke(app, ["ledger", "root"], env=environment)
    assert "no day is closed yet" in str(outcome.exception)


def test_a_database_that_cannot_be_reached_is_told_in_a_sentence(tmp_path: Path) -> None:
    nowhere = {
        "HUIXIANG_ENVIRONMENT": "test",
        "HUIXIANG_HOME": str(tmp_path),
        "HUIXIANG_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
    }
    outcome = CliRunner().invoke(app, ["ledger", "root"], env=nowhere)
    assert isinstance(outcome.exception, CannotRun)
    assert "could not be reached" in str(outcome.exception)


@pytest.mark.requirement("PTS-20")
def test_balances_of_a_day_are_those_at_its_end(ground: Ground) -> None:
    for number in range(DAYS):
        shown = ground.command("balances", "--day", str(ground.first + timedelta(days=number)))
        (row,) = csv.DictReader(shown.output.splitlines())
        held = 10 * (number + 1)
        assert row == {
            "member_id": str(ground.member), "book": "points", "balance": str(70 * (number + 1)),
            "available": str(70 * (number + 1) - held), "held": str(held), "pending": "0", "debt": "0",
        }  # fmt: skip
    before = ground.command("balances", "--day", str(ground.first - timedelta(days=1)))
    assert len(before.output.splitlines()) == 1


@pytest.mark.requirement("PTS-20")
def test_what_was_changed_is_said_and_then_written_again(ground: Ground, superuser: psycopg.Connection[Any]) -> None:
    superuser.execute("UPDATE points.account SET balance = balance + 5 WHERE member_id = %s", (ground.member,))
    said = ground.command("rebuild", "--check")
    assert (said.exit_code, f"member {ground.member}, book points, account: " in said.output) == (1, True)
    assert "things differ, " in said.output
    done = ground.command("rebuild")
    assert (done.exit_code, "0 left as they are" in done.output) == (0, True), done.output
    assert ground.command("rebuild", "--check").output.strip().endswith(": 0 things differ, 0 left as they are")


def test_only_the_owner_of_the_database_rebuilds(ground: Ground) -> None:
    environment = {name: value for name, value in ground.environment.items() if "OWNER" not in name}
    outcome = CliRunner().invoke(app, ["ledger", "rebuild"], env=environment)
    assert "HUIXIANG_DATABASE_OWNER_URL" in str(outcome.exception)


# --------------------------------------------------------------------------------------------------------------- HTTP
async def test_the_member_and_a_system_get_the_same_proof(ground: Ground) -> None:
    status, proof = await ground.get(f"/members/{ground.member}/points/postings/4/proof")
    assert (status, await ground.get_own("/points/postings/4/proof")) == (200, (200, proof))
    assert proof["posting"]["points"] == 100
    status, roots = await ground.get("/points/roots")
    assert status == 200
    verify_proof.check_proof(proof, [root["public_key"] for root in roots["items"]])
    assert proof["root"] in roots["items"]
    assert await ground.get(f"/points/roots/{proof['root']['day']}") == (200, proof["root"])


async def test_roots_are_listed_by_page_the_latest_first(ground: Ground) -> None:
    _, page = await ground.get("/points/roots", limit=1)
    _, rest = await ground.get("/points/roots", limit=1, cursor=page["next_cursor"])
    listed = [root["day"] for root in [*page["items"], *rest["items"]]]
    assert listed == [str(ground.first + timedelta(days=n)) for n in (1, 0)]
    assert rest["next_cursor"] is None
    status, problem = await ground.get("/points/roots", cursor="nonsense")
    assert (status, problem["code"]) == (422, "input_invalid")


async def test_what_cannot_be_proven_is_refused_by_code(ground: Ground) -> None:
    postings = f"/members/{ground.member}/points/postings"
    asked = {
        f"{postings}/99/proof": (404, "posting_unknown"),
        f"{postings}/8/proof": (409, "posting_not_signed_yet"),
        f"{postings}/1/proof?book=nope": (404, "book_unknown"),
        f"/members/{ANY}/points/postings/1/proof": (404, "member_unknown"),
        "/points/roots/2020-01-01": (404, "points_root_unknown"),
        "/points/roots/yesterday": (404, "route_unknown"),
    }
    got = {path: await ground.get(path) for path in asked}
    assert {path: (status, body["code"]) for path, (status, body) in got.items()} == asked


@pytest.mark.requirement("PTS-20")
async def test_what_stood_at_an_instant_is_told_with_its_lots(ground: Ground) -> None:
    path = f"/members/{ground.member}/points/as-of"
    status, stood = await ground.get(path, at=f"{ground.first + timedelta(days=1)}T23:59:59+08:00")
    assert (status, stood["seq"], stood["balance"], stood["held"]) == (200, 6, 140, 20)
    assert sum(lot["remaining"] for lot in stood["lots"]) == 140
    for at, problem in [("yesterday", "at"), (f"{ground.first}T10:00:00", "an instant needs its offset")]:
        status, body = await ground.get(path, at=at)
        assert (status, body["code"]) == (422, "input_invalid")
        assert problem in body["detail"]
    status, body = await ground.get(path)
    assert (status, body["detail"]) == (422, "at: is required")
