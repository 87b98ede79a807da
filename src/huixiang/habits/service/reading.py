"""What is known of a member, as segments ask for it."""

from __future__ import annotations

from uuid import UUID

import msgspec

from huixiang.catalogue import service as catalogue
from huixiang.habits.model import Facts, Stage
from huixiang.habits.service.reckoning import reckoned
from huixiang.habits.store import history
from huixiang.members import service as members
from huixiang.members.model import MemberRef, MemberUnknown
from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.points.model import POINTS


async def facts(tx: Transaction, member_id: UUID) -> Facts:
    """The row as conditions read it; reckoned now where it is not written yet. Raises MemberUnknown."""
    owner = await members.resolve(tx, MemberRef(member_id=member_id))
    found = await history.read(tx, owner)
    if found is None:
        raise MemberUnknown(by="member_id")
    row = dict(found)
    if row["reckoned_at"] is None:
        made = await reckoned(tx, [owner])
        if not made:
            raise MemberUnknown(by="member_id")
        row |= {"reckoned_at": tx.now, **msgspec.structs.asdict(made[0])}
    last = row["last_order_on"]
    categories = {*row["favourite_categories"], *filter(None, [row["last_viewed_category"]])}
    category_names, home_store_name = await catalogue.names(tx, categories, row["home_store"])
    return Facts(
        member_id=owner,
        as_of=row["reckoned_at"],
        first_order_on=row["first_order_on"],
        last_order_on=last,
        days_since_last_order=(tx.calendar.day(tx.now) - last).days if last else None,
        orders_30d=row["orders_30d"],
        orders_90d=row["orders_90d"],
        orders_365d=row["orders_365d"],
        spend_30d_fen=row["spend_30d"],
        spend_90d_fen=row["spend_90d"],
        spend_365d_fen=row["spend_365d"],
        favourite_categories=row["favourite_categories"],
        home_store=row["home_store"],
        home_city=row["home_city"],
        tier=row["tier"],
        plans=row["plans"] or [],
        points=(await points.balance(tx, owner, POINTS)).available,
        birthday=row["birthday"],
        age_band=row["age_band"],
        lifecycle=Stage(row["lifecycle"]),
        lifecycle_version=row["rule_version"],
        last_seen_at=row["last_seen_at"],
        last_viewed_category=row["last_viewed_category"],
        category_names=category_names,
        home_store_name=home_store_name,
    )
