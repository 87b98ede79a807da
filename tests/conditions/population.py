"""Members at random in PostgreSQL, and the same members as facts, reckoned apart in Python."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from huixiang.conditions.facts import Purchase, Value
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.text import Text
from huixiang.members.model.attributes import AttributeDefinition
from tests.conditions.draws import CATEGORIES, DAYS, MONTH_DAYS

# The catalogue: each category with those above it, each sku with its category. The sku `unknown` is not in it.
PATHS = {"fresh": ["fresh"], "fruit": ["fruit", "fresh"], "dairy": ["dairy", "fresh"], "home": ["home"]}
GOODS = {"apple": "fruit", "milk": "dairy", "soap": "home"}
CITIES = {"gold": "silver", "till": "Ä"}  # of stores
# What operators have defined, by code: its type, and whether it is retired since.
DEFINED: dict[str, tuple[Any, bool]] = {
    "size": ("integer", False),
    "colour": ("text", False),
    "pets": ("boolean", False),
    "wedding": ("date", False),
    "house": ("choice", False),
    "likes": ("choices", False),
    "shoes": ("integer", True),
    "fears": ("choices", True),
}
_CHOICES = {"choice": ("gold", "silver"), "choices": CATEGORIES}


def definitions() -> list[AttributeDefinition]:
    return [
        AttributeDefinition(
            code=code, type=kind, title=Text(zh=code, en=code), purpose="test", choices=_CHOICES.get(kind, ()),
            retired=retired,
        )
        for code, (kind, retired) in DEFINED.items()
    ]  # fmt: skip


class Line(msgspec.Struct, frozen=True):
    sku: str
    measure: str
    quantity: int
    refunded_quantity: int
    paid_fen: int
    refunded_fen: int

    @property
    def kept(self) -> int:
        """What is left of it, as a history counts it."""
        if self.measure == "piece":
            return self.quantity - self.refunded_quantity
        return int(self.refunded_quantity < self.quantity)


class Order(msgspec.Struct, frozen=True):
    day: date
    lines: list[Line]

    @property
    def came_back(self) -> bool:
        return not any(line.kept for line in self.lines)


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """None: unknown."""

    member_id: UUID
    state: str
    registered_at: datetime
    channel: str
    birthday: str | None
    attributes: dict[str, Any]
    standing: tuple[str, datetime] | None
    points: tuple[int, int, int] | None  # balance, held, pending
    growth: int | None
    plans: list[str]
    benefits: list[str]
    orders: list[Order]
    habits: dict[str, Any] | None  # the row of habits.member, as far as conditions ask for it
    seen: tuple[datetime, str | None] | None
    age_band: str | None
    city: str | None

    def known(self, calendar: BusinessCalendar) -> dict[str, Value]:
        """Every attribute of a member that has a value."""
        kept = [order.day for order in self.orders if not order.came_back]
        tier, since = self.standing or (None, None)
        values: dict[str, Value | None] = {
            "member_state": self.state,
            "joined_on": calendar.day(self.registered_at),
            "joined_channel": self.channel,
            "birthday": self.birthday,
            "tier": tier,
            "tier_since": calendar.day(since) if since else None,
            "points": self.points[0] - self.points[1] - self.points[2] if self.points else None,
            "points_pending": self.points[2] if self.points else None,
            "growth": self.growth,
            "plans": frozenset(self.plans) or None,
            "benefits": frozenset(self.benefits) or None,
            "first_order_on": min(kept, default=None),
            "last_order_on": max(kept, default=None),
            "orders": len(kept) or None,
            **self._habits(),
            "age_band": self.age_band,
            "last_seen_on": calendar.day(self.seen[0]) if self.seen else None,
            "last_viewed_category": self.seen[1] if self.seen else None,
            **{f"custom.{code}": value for code, value in self.attributes.items() if not DEFINED[code][1]},
        }
        if "custom.likes" in values:
            values["custom.likes"] = frozenset(self.attributes["likes"])
        if "custom.wedding" in values:
            values["custom.wedding"] = date.fromisoformat(str(values["custom.wedding"]))
        return {code: value for code, value in values.items() if value is not None}

    def _habits(self) -> dict[str, Value | None]:
        if self.habits is None:
            return {}
        liked = frozenset(self.habits["favourite_categories"])
        city = CITIES.get(self.habits["home_store"], self.city)
        return self.habits | {"favourite_categories": liked, "home_city": city}

    def bought(self) -> list[Purchase]:
        """A purchase for each order and each thing that it has goods of."""
        found = []
        for order in self.orders:
            left = [line for line in order.lines if line.kept]
            kinds: list[tuple[dict[str, str], list[Line]]] = [({}, left)]
            for category in PATHS:
                inside = [line for line in left if category in PATHS.get(GOODS.get(line.sku, ""), [])]
                kinds.append(({"category": category}, inside))
            kinds += [({"sku": sku}, [line for line in left if line.sku == sku]) for sku in (*GOODS, "unknown")]
            found += [
                Purchase(
                    day=order.day,
                    orders=1,
                    quantity=sum(line.kept for line in lines),
                    spend_fen=sum(line.paid_fen - line.refunded_fen for line in lines),
                    **of,
                )
                for of, lines in kinds
                if lines
            ]
        return found


def people(random: Random, count: int, calendar: BusinessCalendar) -> list[Person]:
    return [_person(random, number, calendar) for number in range(1, count + 1)]


def _person(random: Random, number: int, calendar: BusinessCalendar) -> Person:
    def perhaps(value: Any) -> Any:
        return value if random.random() < 0.7 else None

    custom = {
        "size": random.choice((-3, 0, 1, 5, 1000)),
        "colour": random.choice(("red", "blue", "")),
        "pets": random.random() < 0.5,
        "wedding": (_instant(random).date()).isoformat(),
        "house": random.choice(("gold", "silver")),
        "likes": random.sample(CATEGORIES, k=random.choice((1, 2, 3))),
        "shoes": random.choice((0, 5)),
        "fears": random.sample(CATEGORIES, k=2),
    }
    return Person(
        member_id=UUID(int=number),
        state=random.choice(("active", "blocked")),
        registered_at=_instant(random),
        channel=random.choice(("till", "app", "Ä")),
        birthday=perhaps(random.choice(MONTH_DAYS)),
        attributes={code: value for code, value in custom.items() if random.random() < 0.6},
        standing=perhaps((random.choice(("silver", "gold")), _instant(random))),
        points=perhaps((random.choice((1000, 5000)), random.choice((0, 100)), random.choice((0, 5)))),
        growth=perhaps(random.choice((0, 12, 1000, 10**12))),
        plans=random.choices(CATEGORIES, k=random.choice((0, 0, 1, 2))),
        benefits=random.choices(CATEGORIES, k=random.choice((0, 1, 3))),
        orders=[_order(random, calendar) for _ in range(random.choice((0, 0, 1, 2, 4)))],
        habits=perhaps(_habits(random)),
        seen=perhaps((_instant(random), random.choice((None, *CATEGORIES)))),
        age_band=perhaps(random.choice(("18_24", "65_up"))),
        city=perhaps(random.choice(("gold", "Ä"))),
    )


def _habits(random: Random) -> dict[str, Any]:
    windows = ("30d", "90d", "365d")
    return {
        **{f"orders_{days}": random.choice((0, 1, 5, 12)) for days in windows},
        **{f"spend_{days}": random.choice((0, 500, 1000, 10**12)) for days in windows},
        "favourite_categories": random.sample(CATEGORIES, k=random.choice((0, 1, 2))),
        "home_store": random.choice((None, "unknown", *CITIES)),
        "lifecycle": random.choice(("new", "growing", "mature", "declining", "dormant", "lost")),
    }


def _instant(random: Random) -> datetime:
    return datetime(2025, 12, 1, tzinfo=UTC) + timedelta(minutes=random.randrange(DAYS * 24 * 60))


def _order(random: Random, calendar: BusinessCalendar) -> Order:
    lines = []
    for _ in range(random.choice((1, 1, 2, 3))):
        measure = random.choice(("piece", "piece", "gram", "amount"))
        quantity = {"piece": random.choice((1, 2, 3)), "gram": 800, "amount": 1}[measure]
        refunded = random.choice((0, 0, 0, quantity, random.randrange(quantity)))
        paid = random.choice((0, 500, 1000))
        back = paid * refunded // quantity
        lines.append(Line(random.choice((*GOODS, "unknown")), measure, quantity, refunded, paid, back))
    return Order(calendar.day(_instant(random)), lines)


def insert(connection: psycopg.Connection[Any], those: Sequence[Person]) -> None:
    """Their rows, as the modules keep them; a superuser's connection, for some are the ledger's."""
    with connection.cursor() as cursor:
        for category, path in PATHS.items():
            cursor.execute(
                "INSERT INTO catalogue.category VALUES (%s, %s, '{}', 0, 'active', %s, 1, '', '2026-01-01Z')",
                (category, path[1] if len(path) > 1 else None, path),
            )
        for sku, category in GOODS.items():
            cursor.execute(
                "INSERT INTO catalogue.sku (sku, name, category, tags, unit, list_price_fen, attributes, state,"
                " version, hash, recorded_at)"
                " VALUES (%s, '{}', %s, '{}', 'piece', 1, '{}', 'active', 1, '', '2026-01-01Z')",
                (sku, category),
            )
        for store, city in CITIES.items():
            cursor.execute(
                "INSERT INTO catalogue.store VALUES (%s, '{}', %s, 'east', NULL, '{}', 'active', 1, '', '2026-01-01Z')",
                (store, city),
            )
        for person in those:
            _insert_person(cursor, person)
        cursor.execute("ANALYZE")


def _insert_person(cursor: psycopg.Cursor[Any], person: Person) -> None:
    owner = person.member_id
    birth_month, birth_day = map(int, person.birthday.split("-")) if person.birthday else (None, None)
    cursor.execute(
        "INSERT INTO members.member (member_id, number, state, channel, registered_at, recorded_at, birth_month,"
        " birth_day, attributes, age_band, city, registration_hash)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '')",
        (owner, str(owner.int), person.state, person.channel, person.registered_at, person.registered_at, birth_month,
         birth_day, json.dumps(person.attributes), person.age_band, person.city),
    )  # fmt: skip
    if person.habits is not None:
        row = person.habits | {"member_id": owner, "rule_version": 0, "reckoned_at": person.registered_at}
        cursor.execute(
            f"INSERT INTO habits.member ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})",  # noqa: S608 - above
            list(row.values()),
        )
    if person.seen is not None:
        at, category = person.seen
        seen = (owner, at, category, None if category is None else at)
        cursor.execute("INSERT INTO habits.behaviour VALUES (%s, %s, %s, %s)", seen)
    if person.standing:
        cursor.execute("INSERT INTO tiers.standing VALUES (%s, %s, %s, 1, 1)", (owner, *person.standing))
    for book, amounts in ((1, person.points), (2, None if person.growth is None else (person.growth, 0, 0))):
        if amounts:
            cursor.execute(
                "INSERT INTO points.account"
                " VALUES (%s, %s, %s, %s, %s, 0, 0, 0, '', '{}', '2026-01-01Z', '2026-01-01', 0)",
                (owner, book, *amounts),
            )
    for number, plan in enumerate(person.plans):
        cursor.execute(
            "INSERT INTO plans.subscription (member_id, subscription_id, plan, state, starts_at, recorded_at)"
            " VALUES (%s, %s, %s, 'active', '2026-01-01Z', '2026-01-01Z')",
            (owner, UUID(int=number), plan),
        )
    for number, benefit in enumerate(person.benefits):
        cursor.execute(
            "INSERT INTO benefits.entitlement (member_id, entitlement_id, benefit, source, state, in_a, used,"
            " period_from, starts_at, recorded_at)"
            " VALUES (%s, %s, %s, 'test', 'active', 'life', 0, '2026-01-01', '2026-01-01Z', '2026-01-01Z')",
            (owner, UUID(int=number), benefit),
        )
    for number, order in enumerate(person.orders):
        _insert_order(cursor, owner, UUID(int=owner.int * 1000 + number), order)


def _insert_order(cursor: psycopg.Cursor[Any], owner: UUID, order_id: UUID, order: Order) -> None:
    row = {
        "member_id": owner, "order_id": order_id, "source": "till", "external_id": str(order_id), "kind": "till",
        "state": "refunded" if order.came_back else "completed", "channel": "till", "programme": "default",
        "earns": True, "completed_at": datetime.combine(order.day, datetime.min.time(), UTC), "input_hash": b"",
        "business_day": order.day, "recorded_at": datetime.combine(order.day, datetime.min.time(), UTC),
    }  # fmt: skip
    row |= dict.fromkeys(
        ("earning_version", "tiers_version", "payable_fen", "cash_fen", "points", "points_cut", "growth",
         "refunded_fen", "cash_refunded_fen", "refunded_points", "points_short", "refunded_growth"), 0
    )  # fmt: skip
    row["cash_fen"] = sum(line.paid_fen for line in order.lines)
    row["refunded_fen"] = sum(line.refunded_fen for line in order.lines)
    cursor.execute(
        f"INSERT INTO checkout.orders ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})",  # noqa: S608 - above
        list(row.values()),
    )
    for number, line in enumerate(order.lines, 1):
        cursor.execute(
            "INSERT INTO checkout.order_line VALUES (%s, %s, %s, %s, %s, %s, %s, 0, %s, 0, 0, %s, %s, 0, 0)",
            (owner, order_id, number, str(number), line.sku, line.measure, line.quantity, line.paid_fen,
             line.refunded_quantity, line.refunded_fen),
        )  # fmt: skip
