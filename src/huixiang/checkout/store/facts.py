"""What the earning of orders depends on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

import msgspec

from huixiang.platform.db import Transaction
from huixiang.tiers.model import Standing, TierTrial


class Goods(msgspec.Struct, frozen=True):
    """What the catalogue says of a sku: its categories from leaf to root, and its brand."""

    categories: tuple[str, ...] = ()
    brand: str | None = None


UNKNOWN_GOODS = Goods()


class Facts(msgspec.Struct):
    """goods: those that the catalogue has. newcomers: members without any order yet. growth_by_day: by business day of
    when it occurred, as far back as was asked for."""

    newcomers: set[UUID]
    goods: dict[str, Goods] = {}
    standings: dict[UUID, Standing] = {}
    growth_by_day: dict[UUID, dict[date, int]] = {}
    trials: dict[UUID, TierTrial] = {}


async def load_facts(
    tx: Transaction, member_ids: Collection[UUID], skus: Collection[str], growth_since: datetime
) -> Facts:
    """One statement, over the views of the modules whose facts these are."""
    rows = await tx.fetch(
        """
        SELECT 1 AS what, NULL::uuid AS member_id, sku AS text, brand, categories, NULL::date AS day, NULL::bigint AS n,
               NULL::integer AS changes, NULL::timestamptz AS since, NULL::timestamptz AS until
        FROM catalogue.catalogue_facts WHERE sku = ANY ($1::text[])
        UNION ALL
        SELECT 2, member_id, earned, tier, NULL, NULL, rule_version, changes, since, trial_until
        FROM tiers.tiers_facts WHERE member_id = ANY ($2::uuid[])
        UNION ALL
        SELECT 3, member_id, NULL, NULL, NULL, (occurred_at AT TIME ZONE $4)::date AS day, sum(points)::bigint, NULL,
               NULL, NULL
        FROM points.points_growth_facts WHERE member_id = ANY ($2::uuid[]) AND occurred_at >= $3
        GROUP BY member_id, (occurred_at AT TIME ZONE $4)::date
        UNION ALL
        SELECT 4, member_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
        FROM unnest($2::uuid[]) AS buyer (member_id)
        WHERE EXISTS (SELECT FROM checkout.orders AS o WHERE o.member_id = buyer.member_id) OR EXISTS (
            SELECT FROM members.members_aliases_facts AS a JOIN checkout.orders AS o ON o.member_id = a.member_id
            WHERE a.into_id = buyer.member_id
        )
        """,
        list(skus),
        list(member_ids),
        growth_since,
        tx.calendar.zone_name,
    )
    facts = Facts(set(member_ids))
    for what, member_id, text, brand, categories, day, number, changes, since, until in rows:
        match what:
            case 1:
                facts.goods[text] = Goods(tuple(categories), brand)
            case 2:
                facts.standings[member_id] = Standing(member_id, text, since, number, changes)
                if until is not None and brand is not None:
                    facts.trials[member_id] = TierTrial(trial_id=member_id, tier=brand, starts_at=since, ends_at=until)
            case 3:
                facts.growth_by_day.setdefault(member_id, {})[day] = number
            case _:
                facts.newcomers.discard(member_id)
    return facts
