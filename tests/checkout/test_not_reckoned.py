"""Under *reckon*: nothing is priced anew where nothing changed; and an order whose quote cannot be priced again, since
its rules asked for what is another by now, goes on line by line and says so (CHK-03, CHK-06)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from huixiang.checkout.model.fulfilment import Policy
from huixiang.checkout.rules.fulfil import as_placed, base_of_refunds, fulfil, give_back
from huixiang.conditions.model import Anniversary, Compare
from huixiang.conditions.model import Any as Either
from huixiang.kernel.text import Text
from huixiang.members import service as members_service
from huixiang.members.model import ExternalId, NewMember
from huixiang.members.model.attributes import AttributeDefinition
from huixiang.members.routes import attributes, profile
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Off, OffStep
from huixiang.pricing.model.rules import OrderRule
from huixiang.pricing.service import tokens
from tests.checkout.counter import ROUTES, SCOPES, Answer, Counter
from tests.checkout.fulfilling import granted_of, orders, picks_of, rules, stepped, takings
from tests.checkout.test_fulfil_laws import lawful, some_of
from tests.pricing.quoting import Secrets, good, named, open_shop, pieces, refused
from tests.support.http_client import client_of

pytestmark = pytest.mark.requirement("CHK-03", "CHK-06")

FED = [*ROUTES, *profile.ROUTES, *attributes.ROUTES]
LATER: dict[str, tuple[str, Answer]] = {
    "birthday": ("profile", {"birthday": "1990-07-19"}),
    "attribute": ("attributes", {"attributes": {"pets": 0}}),
}
BEFORE: dict[str, tuple[str, Answer]] = {
    "birthday": ("profile", {"birthday": "1990-03-18"}),
    "attribute": ("attributes", {"attributes": {"pets": 2}}),
}


@pytest_asyncio.fixture
async def counter(db: Database) -> AsyncIterator[Counter]:
    """20.00 off from 100.00, in the month of the birthday and for who has pets."""
    await open_shop(db)
    pets = AttributeDefinition(code="pets", type="integer", title=Text(zh="宠物", en="Pets"), purpose="food")
    async with db.transaction() as tx:
        await members_service.define_attributes(tx, [pets])
    async with client_of(db, FED, *SCOPES, "members:write", "members:manage") as client:
        made = Counter(db, client)
        await made.stock(good("chicken", 3_980, unit="gram", estimated_g=1_000), good("rice", 6_500))
        when = Either((Anniversary("birthday", within="month"), Compare("custom.pets", "ge", 1)))
        await made.publish([OrderRule(code="off", name=named("off"), effect=Off((OffStep(10_000, 2_000),)), when=when)])
        body = {"name": {"zh": "测试", "en": "Test"}, "policy": "reckon", "refund_policy": "reckon"}
        await made.document("fulfilment", "default", body)
        yield made
        tokens.use_secrets(Secrets("here"))
        assert await made.breaches() == []


@pytest_asyncio.fixture
async def member(counter: Counter) -> UUID:
    birthday = date(1990, 3, 18)
    new = NewMember(channel="till", external_ids=(ExternalId("till", "b1"),), birthday=birthday, name="王小明")
    async with counter.db.transaction() as tx:
        [registered] = await members_service.register_bulk(tx, [new])
    assert registered.member_id is not None
    await tell(counter, registered.member_id, *BEFORE["attribute"])
    await counter.give_points(registered.member_id, 2_000)
    return registered.member_id


async def tell(counter: Counter, member: UUID, what: str, body: Answer) -> None:
    headers = {"Idempotency-Key": f"{what}{body}"}
    answer = await counter.client.patch(f"/api/v1/members/{member}/{what}", json=body, headers=headers)
    assert answer.status_code == 200, answer.text


async def placed(counter: Counter, member: UUID, **more: Any) -> Answer:
    lines = [{"line_id": "chicken", "sku": "chicken", "grams": 1_000}, {"line_id": "rice", **pieces("rice")}]
    order = await counter.place(await counter.quote(lines, member, **more), paid=True)
    assert [line["list_fen"] - line["order_fen"] for line in order["lines"]] == [3_220, 5_260]
    return order


async def test_what_changed_nothing_is_not_priced_anew(counter: Counter, member: UUID) -> None:
    """Of a token that nobody can open any more, nothing can be priced."""
    order = await placed(counter, member, delivery={"fee_fen": 600})
    tokens.use_secrets(Secrets("elsewhere"))
    picks = [{"line_id": "rice", "quantity": 1}]
    picked = await counter.act(order, "fulfil", picked=picks)
    assert [line["payable_fen"] for line in picked["fulfilled"]["lines"]] == [3_220, 5_260]
    assert picked["fulfilled"]["not_reckoned"] is None
    await counter.act(order, "complete")
    assert (await counter.refund(order, "r1", fees_fen=600))["fees_fen"] == 600
    refused(await counter.try_refund(order, "r2", [("rice", 1)]), 422, "quote_token_invalid")
    assert (await counter.refund(order, "r3", [("rice", 1), ("chicken", 1_000)]))["refund_fen"] == 8_480


@pytest.mark.parametrize("what", ["birthday", "attribute"])
async def test_what_cannot_be_reckoned_goes_line_by_line_and_says_why(
    counter: Counter, member: UUID, what: str
) -> None:
    order = await placed(counter, member, points=800)
    await tell(counter, member, *LATER[what])
    picked = await counter.act(order, "fulfil", picked=[{"line_id": "chicken", "quantity": 500}])
    assert [line["payable_fen"] for line in picked["fulfilled"]["lines"]] == [1_610, 5_260]  # 5,500 if reckoned
    assert picked["fulfilled"]["not_reckoned"] == "quote_facts_changed"
    await counter.act(order, "complete")
    first = await counter.refund(order, "r1", [("chicken", 100)])
    await tell(counter, member, *BEFORE[what])  # too late: the two ways would give points back twice
    last = await counter.refund(order, "r2", [("chicken", 400), ("rice", 1)])
    assert [one["not_reckoned"] for one in (first, last)] == ["quote_facts_changed"] * 2
    assert await counter.refunds(order) == [first, last]
    desk = await counter.client.get(f"/api/console/v1/orders/{order['order_id']}/whole")
    assert desk.json()["not_reckoned"] == "quote_facts_changed"
    paid = (await counter.order(order))["cash_fen"]
    assert first["refund_fen"] + last["refund_fen"] == paid
    spent = sum(line["points"] for line in picked["fulfilled"]["lines"])
    assert first["points_returned"] + last["points_returned"] == spent
    assert await counter.placed(order) == picked | {
        key: (await counter.placed(order))[key] for key in ("state", "settled_at")
    }


async def test_what_was_reckoned_before_stays_so(counter: Counter, member: UUID) -> None:
    order = await placed(counter, member)
    await counter.act(order, "complete")
    first = await counter.refund(order, "r1", [("chicken", 250)])
    assert (first["refund_fen"], first["not_reckoned"]) == (0, None)  # 94.85 without the 20.00 is more than was paid
    await tell(counter, member, *LATER["birthday"])
    second = await counter.refund(order, "r2", [("chicken", 250)])
    last = await counter.refund(order, "r3", [("chicken", 500), ("rice", 1)])
    assert [one["not_reckoned"] for one in (second, last)] == ["quote_facts_changed"] * 2
    assert second["refund_fen"] + last["refund_fen"] == 8_480
    assert second["refund_fen"] > 0


@given(st.data())
def test_from_any_step_on_the_parts_give_back_the_whole(data: st.DataObject) -> None:
    """Nothing beside what is asked for moves, in cash or in points, wherever the price is lost."""
    order = data.draw(orders())
    both, price, granted = rules(Policy.RECKON, overweight_bp=1_000), stepped(order), granted_of(order)
    known = data.draw(st.booleans())
    now = fulfil(granted, both, picks_of(data.draw(takings(order))), price if known else None)
    lawful(as_placed(granted), now)
    made, base = now, base_of_refunds(granted, now, both)
    points = cash = 0
    lost = now.not_reckoned is not None
    while any(line.quantity for line in now.lines):
        wanted = data.draw(some_of(now))
        known = data.draw(st.booleans())
        before, now = now, give_back(base, now, both, wanted, price if known else None)
        lost |= not known
        assert (now.not_reckoned is not None) == lost
        lawful(before, now)
        asked = {one.line_id for one in wanted}
        assert all(min(line.back_fen, line.points_back, line.cash_back_fen) >= 0 for line in now.lines) or not lost
        assert {line.line_id for line in now.lines if line.back_fen or line.points_back} <= asked or not lost
        assert min(now.back_fen, now.points_back, now.cash_back_fen) >= 0
        points, cash = points + now.points_back, cash + now.cash_back_fen
    assert (points, cash) == (made.points, made.goods_fen - made.points_fen)
