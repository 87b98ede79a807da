"""What a quote reads of what caps have given: in its own period, by this member or by all, and no other."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from huixiang.pricing.model.effects import Off, OffStep
from huixiang.pricing.model.rules import Cap, OrderRule
from huixiang.pricing.store import LIFE
from tests.pricing.quoting import Shop, good, named, pieces


async def given(shop: Shop, member: UUID | None, starts_on: date, in_a: str, fen: int, rule: str = "off") -> None:
    """So much off in two orders; member: None for what all were given."""
    async with shop.db.transaction() as tx:
        table, who = ("member_use", [member]) if member is not None else ("rule_use", [])
        values = [*who, rule, starts_on, in_a, fen, 2, 0, tx.now]
        places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        await tx.execute(f"INSERT INTO pricing.{table} VALUES ({places})", *values)  # noqa: S608 - two tables of ours


async def saved(shop: Shop, member: UUID | None) -> int:
    """What is taken off a basket of 10.00, of which the rule would take 4.00."""
    found = await shop.quote([pieces("milk")], member)
    return 1000 - int(found["priced"]["payable_fen"])


async def publish(shop: Shop, *caps: Cap) -> None:
    await shop.stock(good("milk", 1000))
    await shop.publish([OrderRule(code="off", name=named("off"), effect=Off((OffStep(500, 400),)), caps=caps)])


@pytest.mark.parametrize("in_a", ["life", "month", "week", "day"])
async def test_what_was_given_counts_in_its_own_period(shop: Shop, member: UUID, in_a: str) -> None:
    calendar, now = shop.db.calendar, shop.db.clock.now()
    today = calendar.day(now)
    starts = {
        "life": LIFE,
        "month": calendar.day(calendar.month(today).start),
        "week": calendar.day(calendar.week(today).start),
        "day": today,
    }
    await publish(shop, Cap("fen", 500, in_a=in_a))  # type: ignore[arg-type]  # one of them
    for other in starts.keys() - {in_a}:
        await given(shop, None, starts[other], other, 450)
    await given(shop, None, starts[in_a] - timedelta(days=1), in_a, 450)
    await given(shop, None, starts[in_a], in_a, 450, rule="another")
    assert await saved(shop, member) == 400
    await given(shop, None, starts[in_a], in_a, 250)
    assert await saved(shop, member) == 250


async def test_members_have_their_own_and_all_share_one(shop: Shop, members: list[UUID]) -> None:
    one, other = members
    today = shop.db.calendar.day(shop.db.clock.now())
    await publish(shop, Cap("fen", 500, "member", "day"), Cap("fen", 1_000, "all", "day"))
    await given(shop, one, today, "day", 350)
    assert [await saved(shop, who) for who in (one, other)] == [150, 400]
    await given(shop, None, today, "day", 900)
    assert [await saved(shop, who) for who in (one, other, None)] == [100, 100, 100]


async def test_uses_run_out(shop: Shop, members: list[UUID]) -> None:
    one, other = members
    await publish(shop, Cap("uses", 2, "member"))
    await given(shop, one, LIFE, "life", 1)
    assert [await saved(shop, who) for who in (one, other)] == [0, 400]
