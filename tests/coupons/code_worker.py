"""A process in which members ask for codes: `python -m tests.coupons.code_worker URL NOW HOLD CODES MEMBERS`.

CODES and MEMBERS are joined by commas; every member asks for every code, all at once over connections of their own. It
says `ready` and waits for a line, then says `MEMBER CODE ANSWER` of each. With HOLD nobody issues what they took.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from uuid import UUID

from huixiang.coupons.service import claims, code_key, redeeming
from huixiang.coupons.service.redeeming import Redeeming
from huixiang.entry import wiring
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Database
from tests.coupons.office import Secrets

CONNECTIONS = 32


async def redeem(db: Database, member: UUID, code: str, *, hold: bool) -> str:
    async with db.transaction() as tx:
        found = await redeeming.take(tx, member, code, None, "k")
    if not isinstance(found, Redeeming):
        return found.code
    await claims.take(db, found.planned)
    if hold:
        return "taken"
    try:
        async with db.transaction() as tx:
            return (await redeeming.issue(tx, found)).state
    except DomainError as refusal:
        return refusal.code


async def main(url: str, now: str, hold: str, codes: str, members: str) -> None:
    code_key.use_secrets(Secrets())
    wiring.register_rule_kinds()
    db = await Database.open(
        url,
        calendar=BusinessCalendar("Asia/Shanghai"),
        clock=SettableClock(datetime.fromisoformat(now)),
        min_size=CONNECTIONS,
        max_size=CONNECTIONS,
    )
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)

    async def ask(member: str, code: str) -> None:
        say(f"{member} {code} {await redeem(db, UUID(member), code, hold=hold == 'hold')}")

    async with asyncio.TaskGroup() as group:
        for code in codes.split(","):
            for member in members.split(","):
                group.create_task(ask(member, code))
    say("done")
    await asyncio.to_thread(sys.stdin.readline)
    await db.close()


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
