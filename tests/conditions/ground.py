"""What conditions are asked of in these tests: a small registry, and facts that say no more than they are given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from huixiang.conditions.facts import Basket, BasketLine, Facts, Purchase, Value
from huixiang.conditions.model import Condition, decode
from huixiang.conditions.predicate import compile as compile_predicate
from huixiang.conditions.registry import Attribute, AttributeScope, Family, Registry, Source, Type
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.text import Text

SHANGHAI = BusinessCalendar("Asia/Shanghai")
BERLIN = BusinessCalendar("Europe/Berlin")
NOW = datetime(2026, 3, 18, 2, 30, tzinfo=UTC)  # a Wednesday, 10:30 in Shanghai


def _attribute(code: str, kind: Type, scope: AttributeScope = "member", **more: Any) -> Attribute:
    source = Source("sample.sample_facts", code) if scope == "member" else None
    return Attribute(code=code, name=Text(zh=f"{code}值", en=code), type=kind, scope=scope, source=source, **more)


REGISTRY = Registry(
    [
        _attribute("tier", "text", choices=("silver", "gold", "diamond")),
        _attribute("spend_90d", "integer", unit="fen"),
        _attribute("visits", "integer"),
        _attribute("subscribed", "boolean"),
        _attribute("joined_on", "date"),
        _attribute("birthday", "month_day"),
        _attribute("labels", "texts"),
        _attribute("channel", "text", "context"),
        _attribute("goods.categories", "texts", "goods"),
    ],
    [Family(prefix="experiment.", name=Text(zh="实验", en="Experiment"), type="text", scope="context")],
)


def condition(**fields: Any) -> Condition:
    """A condition written as its JSON: through the decoder, as whatever comes from outside."""
    return decode(msgspec.json.encode(fields))


def facts(*, now: datetime = NOW, calendar: BusinessCalendar = SHANGHAI, **known: Any) -> Facts:
    return Facts(now=now, calendar=calendar, **known)


def member(**values: Value) -> Facts:
    return facts(member=values)


def at(
    year: int, month: int, day: int, hour: int = 12, minute: int = 0, calendar: BusinessCalendar = SHANGHAI
) -> Facts:
    """Nothing but a moment, by the wall clock of the calendar's zone."""
    local = calendar.local(NOW).replace(year=year, month=month, day=day, hour=hour, minute=minute)
    return facts(now=local.astimezone(UTC), calendar=calendar)


def basket(*lines: BasketLine) -> Facts:
    return facts(basket=Basket(lines))


def purchases(*bought: Purchase) -> Facts:
    return facts(purchases=bought)


def purchase(day: date, *, orders: int = 1, quantity: int = 1, spend_fen: int = 1000, **of: str) -> Purchase:
    return Purchase(day=day, orders=orders, quantity=quantity, spend_fen=spend_fen, **of)


def holds(written: Condition, known: Facts) -> bool:
    return compile_predicate(written, REGISTRY)(known)


def every(written: Condition, those: Sequence[Facts]) -> list[bool]:
    asked = compile_predicate(written, REGISTRY)
    return [asked(known) for known in those]
