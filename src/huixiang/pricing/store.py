"""What a price depends on, read in one statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from huixiang.catalogue.model import EVERY_STORE, PUBLIC_LIST
from huixiang.conditions.facts import Value
from huixiang.conditions.registry import Registry
from huixiang.conditions.sql import select_purchases, select_values, values_of
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.platform.db import Transaction
from huixiang.points.model import POINTS
from huixiang.pricing.model.goods import Goods
from huixiang.pricing.model.needs import Counted, Needs, Shared
from huixiang.pricing.model.quotes import COUPONS_MAX
from huixiang.pricing.model.taken import Taken

LIFE = date(1970, 1, 1)
SPANS = ("life", "month", "week", "day")


# Arrays are hidden from the planner by a subquery: knowing how long they are, it would take a plan made for this quote
# to be cheaper than the general one, and make one at every quote, which takes three times as long as the reading.
def _goods(skus: int) -> str:
    """skus: the number of the parameter with them; a store, a moment and price lists are the next."""
    store, moment, lists = range(skus + 1, skus + 4)
    return f"""
    SELECT g.sku, g.unit, g.list_price_fen, g.categories, g.brand, g.tags, g.cost_fen, g.estimated_g,
        ARRAY(
            SELECT (
                SELECT p.price_fen FROM catalogue.catalogue_prices_facts p
                WHERE p.sku = g.sku AND p.price_list = l.price_list AND p.store IN (${store}, '*')
                  AND p.valid_from <= ${moment} AND (p.valid_to IS NULL OR p.valid_to > ${moment})
                ORDER BY p.store = '*', p.valid_from DESC LIMIT 1
            )
            FROM unnest((SELECT ${lists}::text[])) WITH ORDINALITY AS l (price_list, place) ORDER BY l.place
        ) AS prices
    FROM catalogue.catalogue_facts g WHERE g.sku = ANY (ARRAY(SELECT unnest(${skus}::text[]))) AND g.state = 'active'
"""


_MEMBER = """
    SELECT m.state, m.birthday, CASE WHEN t.trial_until <= $4 THEN t.earned ELSE t.tier END AS tier, p.available,
           d.expires_on < $6 OR d.matures_at <= $4 OR d.hold_expires_at <= $4 AS due
    FROM members.members_facts m
    LEFT JOIN tiers.tiers_facts t USING (member_id)
    LEFT JOIN points.points_facts p ON p.member_id = m.member_id AND p.book = $7
    LEFT JOIN points.points_due_facts d ON d.member_id = m.member_id AND d.book = $7
    WHERE m.member_id = $1
"""
_COUPONS = f"""
    SELECT coupon_id::text, rule, expires_at FROM coupons.coupons_facts
    WHERE member_id = $1 AND (expires_at IS NULL OR expires_at > $4)
    ORDER BY expires_at, coupon_id LIMIT {COUPONS_MAX}
"""
_SPAN = "unnest((SELECT $8::text[]), (SELECT $9::date[])) AS span (in_a, starts_on)"
_USES = f"""
    SELECT u.rule, u.in_a, u.fen, u.uses, u.pieces
    FROM pricing.member_use u JOIN {_SPAN} USING (in_a, starts_on)
    WHERE u.member_id = $1
"""


def _given(place: int) -> str:
    """What is taken of resources, by their places in the array that is the parameter of that number."""
    return f"""
    SELECT r.place, f.capacity - f.remaining
    FROM unnest((SELECT ${place}::uuid[])) WITH ORDINALITY AS r (resource_id, place)
    JOIN stock.stock_facts f USING (resource_id) WHERE f.remaining < f.capacity
"""


class Statement(msgspec.Struct, frozen=True):
    """The whole statement for a version of the promotions on a business day, and the parameters that it ends with.
    shared: what it asks stock for."""

    text: str
    price_lists: tuple[str, ...]
    constants: tuple[Any, ...]
    shared: Sequence[Shared]


class Standing(msgspec.Struct, frozen=True):
    """A member. available: points, None where there never were any; due: whether something has changed them since."""

    state: str
    birthday: str | None
    tier: str | None
    available: int | None
    due: bool | None


class Found(msgspec.Struct, frozen=True):
    """place: city and region of the store. values: of the attributes that are asked for, in their order. purchases: as
    the fields of `Purchase`. coupons: id, rule, when it expires. uses: what counts of a member's caps and of all."""

    revision: UUID | None
    place: tuple[str, str] | None
    goods: dict[str, Goods]
    member: Standing | None
    values: Sequence[Any]
    purchases: Sequence[tuple[Any, ...]]
    coupons: Sequence[tuple[str, str, datetime | None]]
    uses: Mapping[Counted, int]


def statement(
    needs: Needs, shared: Sequence[Shared], registry: Registry, calendar: BusinessCalendar, today: date
) -> Statement:
    """What reads all that a version needs. One text a version, so that the database prepares it once."""
    constants: list[Any] = [today, POINTS.code]
    parts = {
        "revision": "SELECT revision FROM rulebook.rulebook_revision_facts",
        "place": "SELECT s FROM (SELECT city, region FROM catalogue.catalogue_stores_facts WHERE store = $3) AS s",
        "goods": f"SELECT array_agg(g) FROM ({_goods(2)}) AS g",
        "member": f"SELECT m FROM ({_MEMBER}) AS m",
        "coupons": f"SELECT array_agg(c) FROM ({_COUPONS}) AS c",
    }
    if any(cap.per == "member" for caps in needs.caps.values() for cap in caps):
        spans = (LIFE, *(calendar.day(one.start) for one in (calendar.month(today), calendar.week(today))), today)
        constants += [SPANS, spans]
        parts["uses"] = f"SELECT array_agg(u) FROM ({_USES}) AS u"
    first = len(constants) + 6
    if shared:
        parts["given"] = f"SELECT array_agg(s) FROM ({_given(first)}) AS s"
        constants.append([one.resource_id for one in shared])
        first += 1
    if needs.attributes:
        values = select_values(needs.attributes, registry, calendar, first, of_one=True)
        parts["values"] = f"SELECT v FROM ({values.text}) AS v"
        constants += values.parameters
        first += len(values.parameters)
    if needs.histories:
        bought = select_purchases(needs.histories, registry, calendar, today, first, of_one=True)
        parts["purchases"] = f"SELECT array_agg(b) FROM ({bought.text}) AS b"
        constants += bought.parameters
    # A connection learns to read this type from a column; in records alone it fails on it.
    parts["list_of_prices"] = "SELECT '{}'::bigint[]"
    text = "SELECT " + ",\n".join(f"({part}) AS {name}" for name, part in parts.items())
    return Statement(text, (PUBLIC_LIST, *needs.price_lists), tuple(constants), shared)


async def facts(
    tx: Transaction, asked: Statement, member_id: UUID | None, skus: Sequence[str], store: str | None
) -> Found:
    """Everything at once."""
    row = await tx.fetchrow(
        asked.text,
        member_id,
        skus,
        store or EVERY_STORE,
        tx.now,
        asked.price_lists,
        *asked.constants,
    )
    assert row is not None  # noqa: S101 - a statement of scalars has a row
    return Found(
        revision=row["revision"],
        place=row["place"],
        goods={one[0]: Goods(*one) for one in row["goods"] or ()},
        member=Standing(*row["member"]) if row["member"] is not None else None,
        values=row.get("values") or (),
        purchases=row.get("purchases") or (),
        coupons=row["coupons"] or (),
        uses=dict(_uses(asked.shared, row)),
    )


async def goods(
    tx: Transaction, skus: Sequence[str], store: str | None, at: datetime, price_lists: Sequence[str]
) -> dict[str, Goods]:
    """What is sold now of some goods, with the prices of an instant in a store; the public list is the first."""
    rows = await tx.fetch(_goods(1), list(skus), store or EVERY_STORE, at, list(price_lists))
    return {row[0]: Goods(*row) for row in rows}


def _uses(shared: Sequence[Shared], row: Mapping[str, Any]) -> Iterator[tuple[Counted, int]]:
    for rule, in_a, fen, uses, pieces in row.get("uses") or ():
        yield Counted(rule, "fen", in_a, "member"), fen
        yield Counted(rule, "uses", in_a, "member"), uses
        yield Counted(rule, "pieces", in_a, "member"), pieces
    for place, given in row.get("given") or ():
        yield shared[place - 1].counted, given


async def values(tx: Transaction, registry: Registry, member_id: UUID, codes: Sequence[str]) -> Mapping[str, Value]:
    """Attributes of one member; what is unknown is left out."""
    known = [code for code in codes if registry.find(code) is not None]
    query = select_values(known, registry, tx.calendar)
    row = await tx.fetchrow(query.text, [member_id], *query.parameters)
    return values_of(known, list(row)[1:]) if row is not None else {}


async def count_use(tx: Transaction, member_id: UUID, taken: Sequence[Taken], sign: int) -> list[Taken]:
    """Add what an order takes of a member's caps, or take it off again; what they come to then."""
    if not taken:
        return []
    rows = await tx.fetch(
        """
        INSERT INTO pricing.member_use AS m (member_id, rule, in_a, starts_on, fen, uses, pieces, recorded_at)
        SELECT $1, t.*, $8
        FROM unnest($2::text[], $3::text[], $4::date[], $5::bigint[], $6::bigint[], $7::bigint[]) AS t
        ORDER BY 2, 3, 4
        ON CONFLICT (member_id, rule, starts_on, in_a) DO UPDATE
        SET fen = m.fen + $9 * excluded.fen, uses = m.uses + $9 * excluded.uses,
            pieces = m.pieces + $9 * excluded.pieces, recorded_at = excluded.recorded_at
        RETURNING rule, in_a, starts_on, fen, uses, pieces
        """,
        member_id,
        *([one[place] for one in taken] for place in range(6)),
        tx.now,
        sign,
    )
    return [Taken(*row) for row in rows]
