"""The states of a placed order: every pair of state and command, over HTTP, as the page has them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from huixiang.checkout.model.placing import PlacedState
from huixiang.checkout.rules.moves import MOVES
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Off, OffStep
from huixiang.pricing.model.rules import CouponRule
from tests.checkout.counter import Answer, Counter, opened
from tests.documents.pages import page, sections, table, table_rows
from tests.pricing.quoting import good, named, open_shop, pieces, refused
from tests.support.programme import register_members

SECTIONS = sections(page("checkout"))
COMMANDS: dict[str, tuple[str, Answer]] = {
    "pay": ("paid", {}),
    "fulfil": ("fulfil", {}),
    "complete": ("complete", {"paid": True}),
    "cancel": ("cancel", {"reason": "test"}),
}
TO = {"placed": [], "fulfilled": ["fulfil"], "completed": ["complete"], "cancelled": ["cancel"]}


def said() -> Iterator[tuple[str, str, str]]:
    """State, command, and where it leads, or `-`."""
    for row in table(SECTIONS["An order on a quote"]):
        state = row.pop("state")
        for act, to in row.items():
            yield state, act.strip("`"), to


def test_the_page_has_the_table() -> None:
    table = {(state, act): to for state, act, to in said()}
    assert table == {
        (state, act): MOVES[act].get(state, "-")  # type: ignore[index]
        for state in PlacedState
        for act in COMMANDS
    }


@pytest.mark.requirement("CHK-02", "CHK-04", "CHK-05")
async def test_every_command_in_every_state(db: Database) -> None:
    await open_shop(db)
    [member] = await register_members(db, 1, registered_at=db.clock.now() - timedelta(days=9))
    async with opened(db) as counter:
        await counter.stock(good("milk", 1_000))
        for state, act, to in said():
            order = await counter.place(await counter.quote([pieces("milk")], member))
            for step in TO[state]:
                order = await done(counter, order, step)
            assert order["state"] == state
            path, body = COMMANDS[act]
            if to == "-":
                refused(await counter.try_act(order, path, **body), 409, "placed_state_fixed")
                assert await counter.placed(order) == order
            else:
                moved = await done(counter, order, act)
                assert moved["state"] == to
                assert await done(counter, moved, act) == moved or act == "fulfil"
        assert await counter.breaches() == []


async def done(counter: Counter, order: Answer, act: str) -> Answer:
    path, body = COMMANDS[act]
    if act == "fulfil" and order["state"] != "placed":
        return order
    return await counter.act(order, path, **body)


@pytest.mark.requirement("CHK-02", "CHK-03", "CHK-04")
async def test_the_worked_example_of_the_page(db: Database) -> None:
    rows = table_rows(SECTIONS["Example: beef and milk"])
    await open_shop(db)
    [member] = await register_members(db, 1, registered_at=db.clock.now() - timedelta(days=9))
    async with opened(db) as counter:
        await counter.stock(good("beef", 5_200), good("milk", 1_000))
        await counter.publish([CouponRule(code="ten", name=named("ten"), effect=Off((OffStep(1_001, 1_000),)))])
        coupon = UUID(await counter.grant(member, "ten"))
        await counter.give_points(member, 400)
        order = await counter.place(await counter.quote([pieces("beef"), pieces("milk", 2)], member, points=400))
        assert await shown(counter, order, member, coupon) == rows[0][1:]
        picked = await counter.act(order, "fulfil", picked=[{"line_id": "2", "quantity": 1}])
        assert await shown(counter, picked, member, coupon) == rows[1][1:]
        back = picked["fulfilled"]["lines"][1]
        assert (back["back_fen"], back["points_back"], back["cash_back_fen"]) == (861, 55, 806)
        done = await counter.act(order, "complete", paid=True)
        assert await shown(counter, done, member, coupon) == rows[2][1:]
        assert (await counter.order(order))["cash_fen"] == 4_994


async def shown(counter: Counter, order: Answer, member: UUID, coupon: UUID) -> list[str]:
    async with counter.db.transaction() as tx:
        state = await tx.fetchval("SELECT state FROM coupons.coupon WHERE coupon_id = $1", coupon)
    return [order["state"], str(order["cash_fen"]), str((await counter.balance(member)).held), state]
