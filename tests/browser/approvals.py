"""Requests that wait in the browser's installation: of customer service, for finance."""

from __future__ import annotations

from uuid import UUID

from huixiang.entry.background import SUBSCRIPTIONS
from huixiang.platform.relay import Relay
from huixiang.points.model import NewAdjustment
from huixiang.points.service import adjust
from huixiang.staff import service as staff
from huixiang.staff.model.approvals import Change, NewApproval
from tests.browser.world import NEWCOMER, WANG, World, opened

GIFT, TAKEN, RULES, SLIP = "包裹少发两件，补偿积分", "重复发放，更正扣回", "春季促销改价", "填错了"
ADJUSTED = {GIFT: (WANG, 5_000, "goodwill"), TAKEN: (NEWCOMER, -6_000, "correction"), SLIP: (WANG, 7_000, "goodwill")}


async def ask(world: World) -> dict[str, UUID]:
    """The requests by their reasons: two that are well, one that cannot be carried out, one with much to read."""
    clerk, maker = (world.accounts[name].account.staff_id for name in ("clerk", "maker"))
    asked: dict[str, UUID] = {}
    async with opened(world.settings) as db:
        for reason, (member, points, ground) in ADJUSTED.items():
            async with db.transaction() as tx:
                wanted = NewAdjustment(points=points, ground=ground, reason=reason, attachment="工单 2231")  # type: ignore[arg-type]
                asked[reason] = (await adjust.request(tx, world.member_ids[member], wanted, clerk)).adjustment_id
        async with db.transaction() as tx:
            asked[RULES] = (await staff.request_approval(tx, _publication(), maker)).approval_id
    return asked


def _publication() -> NewApproval:
    """As the rulebook asks: what differs, field by field, and what may be a slip."""
    removed = {"code": "old", "name": {"zh": "旧满减" * 40, "en": "Old reduction"}, "steps": [{"from_fen": 10_000}]}
    return NewApproval(
        command="rulebook.publish",
        subject="rule:promotions/default",
        payload={},
        difference=[
            Change(path="$.promotions[0].off_fen", before=1_500, after=2_000),
            Change(path="$.promotions[3]", before=removed),
            Change(path="$.promotions[4].name.zh", after="周三会员日"),
            Change(path="warning $.promotions[0]", after="takes more than a fifth off"),
        ],
        base="3",
        reason=RULES,
        decided_by="rulebook:approve",
    )


async def carry_out(world: World) -> None:
    """What was approved runs, as the worker runs it."""
    async with opened(world.settings) as db:
        await Relay(db, SUBSCRIPTIONS).drain()
