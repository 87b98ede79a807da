"""The smallest instance that is still wrong, and the text of a program that makes it again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from tests.pricing.judges.instances import Instance

HEAD = """from huixiang.conditions import model as conditions
from huixiang.conditions.facts import Facts
from huixiang.conditions.model import *
from huixiang.conditions.model import Scope as Goods
from huixiang.kernel.period import Period
from huixiang.kernel.text import Text
from huixiang.pricing.model.basket import *
from huixiang.pricing.model.effects import *
from huixiang.pricing.model.rules import *
from tests.pricing.judges.instances import CALENDAR, NOW, REGISTRY, Instance
import datetime
"""


def shrunk(drawn: Instance, wrong: Callable[[Instance], bool]) -> Instance:
    """Leaves out what can be left out while it stays wrong. wrong: whether an instance is."""
    smaller = True
    while smaller:
        smaller = False
        for candidate in simpler(drawn):
            if wrong(candidate):
                drawn, smaller = candidate, True
                break
    return drawn


def simpler(drawn: Instance) -> Iterator[Instance]:
    """One step each: less of a list, a field at its default, a number halved."""
    yield from shorter(drawn)
    basket, situation = drawn.basket, drawn.situation
    empty: dict[str, Any] = {"room": {}, "left_out": frozenset(), "killed": frozenset(), "payment_method": None}
    for field, plain in empty.items():
        if getattr(situation, field) != plain:
            yield Instance(drawn.promotions, basket, changed(situation, **{field: plain}))
    for field in ("delivery_fen", "packaging_fen"):
        if getattr(basket, field):
            yield Instance(drawn.promotions, changed(basket, **{field: 0}), situation)
    if drawn.promotions.packaging_fen:
        yield Instance(changed(drawn.promotions, packaging_fen=0), basket, situation)
    yield from plainer_rules(drawn)
    yield from plainer_lines(drawn)


def shorter(drawn: Instance) -> Iterator[Instance]:
    promotions, basket, situation = drawn.promotions, drawn.basket, drawn.situation
    for lines in without_one(basket.lines):
        if lines:
            yield Instance(promotions, changed(basket, lines=lines), situation)
    for field in ("rules", "exclusions", "maxima"):
        for fewer in without_one(getattr(promotions, field)):
            yield Instance(changed(promotions, **{field: fewer}), basket, situation)
    for field in ("coupons", "codes"):
        for fewer in without_one(getattr(situation, field)):
            yield Instance(promotions, basket, changed(situation, **{field: fewer}))


def plainer_rules(drawn: Instance) -> Iterator[Instance]:
    rules = drawn.promotions.rules
    for place, rule in enumerate(rules):
        for field, plain in (
            ("when", None), ("period", None), ("payment_methods", ()), ("stacking", None), ("priority", 0),
            ("personal", False), ("caps", ()), ("scope", type(rule.scope)()), ("times", None), ("base", "group"),
            ("count", "fen"),
        ):  # fmt: skip
            if field in rule.__struct_fields__ and getattr(rule, field) != plain and not odd(rule, field):
                plainer = (*rules[:place], changed(rule, **{field: plain}), *rules[place + 1 :])
                # What is left of caps is of rules that have some.
                room = {
                    code: left for code, left in drawn.situation.room.items() if (code, field) != (rule.code, "caps")
                }
                situation = changed(drawn.situation, room=room)
                yield Instance(changed(drawn.promotions, rules=plainer), drawn.basket, situation)


def odd(rule: Any, field: str) -> bool:
    return field == "base" and type(rule).__name__ != "OrderRule"


def plainer_lines(drawn: Instance) -> Iterator[Instance]:
    lines = drawn.basket.lines
    for place, line in enumerate(lines):
        plain: list[tuple[str, Any]] = [
            ("prices", {}), ("cost_fen", None), ("hours_left", None), ("categories", ()), ("brand", None), ("tags", ()),
            ("quantity", max(1, line.quantity - 1)), ("quantity", max(1, line.quantity // 2)),
            ("list_price_fen", line.list_price_fen // 2),
        ]  # fmt: skip
        for field, value in plain:
            if getattr(line, field) != value:
                plainer = (*lines[:place], changed(line, **{field: value}), *lines[place + 1 :])
                yield Instance(drawn.promotions, changed(drawn.basket, lines=plainer), drawn.situation)


def without_one(items: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for place in range(len(items)):
        yield (*items[:place], *items[place + 1 :])


def changed(struct: Any, **fields: Any) -> Any:
    return msgspec.structs.replace(struct, **fields)


def program(drawn: Instance) -> str:
    """Python that makes the instance again, as `instance`."""
    facts = f"Facts(now=NOW, calendar=CALENDAR, context={dict(drawn.situation.facts.context)!r})"
    rest = {name: getattr(drawn.situation, name) for name in drawn.situation.__struct_fields__ if name != "facts"}
    situation = ", ".join(f"{name}={value!r}" for name, value in rest.items())
    return (
        f"{HEAD}\npromotions = {drawn.promotions!r}\n\nbasket = {drawn.basket!r}\n\n"
        f"situation = Situation(facts={facts}, {situation})\n\ninstance = Instance(promotions, basket, situation)\n"
    )
