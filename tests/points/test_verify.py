"""Verification compares accounts, lots and open holds with what the journal alone makes of them (PTS-15, PTS-20)."""

from __future__ import annotations

import random
from uuid import UUID

import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.points import service
from tests.points.pasts import Chronicle

pytestmark = [pytest.mark.requirement("PTS-15"), pytest.mark.postgres15]

MEMBERS = [UUID(int=n << 64 | 7 << 12 * 4) for n in range(1, 6)]
KINDS = {
    "earn", "transfer_in", "spend", "hold", "capture", "release", "return", "claw_back", "mature", "expire",
}  # fmt: skip


@pytest.mark.requirement("PTS-20")
@pytest.mark.parametrize("seed", range(6))
async def test_what_stands_is_what_the_journal_makes(seed: int, db: Database, clock: SettableClock) -> None:
    await Chronicle(seed, MEMBERS, clock).live(db, 400)
    async with db.snapshot() as tx:
        verified = await service.verify(tx, accounts_at_once=random.Random(seed).randint(1, 12))
        kinds = {row["kind"] for row in await tx.fetch("SELECT DISTINCT kind FROM points.posting")}
        counted = await tx.fetchrow(
            "SELECT (SELECT count(*) FROM points.account), (SELECT count(*) FROM points.posting)"
        )
    assert (verified.differences, verified.findings) == (0, [])
    assert counted is not None
    assert (verified.accounts, verified.postings) == tuple(counted)
    assert kinds >= KINDS
