"""What was found at one node, in words: `Spend in 90 days 812.00 < 1000.00`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any as Anything

from huixiang.conditions import model
from huixiang.conditions.basket import basket_sum
from huixiang.conditions.check import typed
from huixiang.conditions.facts import Facts, Value
from huixiang.conditions.model import Condition, OfAttribute
from huixiang.conditions.moments import local_time, today
from huixiang.conditions.predicate import bought
from huixiang.conditions.registry import Attribute, Registry
from huixiang.kernel.money import format_yuan
from huixiang.kernel.text import Text

_SHOWN = 3  # of a list of values
_MET_SIGN = {"lt": "<", "le": "≤", "gt": ">", "ge": "≥", "eq": "=", "ne": "≠"}
_FAILED_SIGN = {"lt": "≥", "le": ">", "gt": "≤", "ge": "<", "eq": "≠", "ne": "="}
_DAYS_ZH = ("一", "二", "三", "四", "五", "六", "日")
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HAS = {
    ("any", True): Text(zh="含其一", en="has one of"),
    ("any", False): Text(zh="全不含", en="has none of"),
    ("all", True): Text(zh="全含", en="has all of"),
    ("all", False): Text(zh="不全含", en="has not all of"),
}
_SUMS = {
    "list_fen": Text(zh="购物篮原价", en="Basket at list price"),
    "pieces": Text(zh="购物篮件数", en="Pieces in the basket"),
    "grams": Text(zh="购物篮称重克数", en="Grams in the basket"),
    "skus": Text(zh="购物篮商品种数", en="Different goods in the basket"),
}
_COUNTS = {
    "orders": Text(zh="{days} 天内订单数", en="Orders in {days} days"),
    "quantity": Text(zh="{days} 天内购买数量", en="Quantity in {days} days"),
    "spend_fen": Text(zh="{days} 天内消费", en="Spend in {days} days"),
}


def leaf_text(node: Condition, facts: Facts, registry: Registry, *, met: bool) -> Text:
    """Of a node that has no nodes below it."""
    match node:
        case model.BasketSum():
            return _of_basket(node, facts, met=met)
        case model.Bought():
            return _of_history(node, facts, met=met)
        case model.All() | model.Any() | model.Not():
            raise AssertionError(node)
    if isinstance(node, OfAttribute):
        attribute = registry.find(node.attribute)
        assert attribute is not None  # noqa: S101 - checked
        value = getattr(facts, attribute.scope).get(attribute.code)
        if value is None:
            return _named(attribute.name, zh="未知", en="is unknown")
        return _of_attribute(node, attribute, value, facts, met=met)
    return _of_time(node, local_time(facts.calendar, facts.now), met=met)


def _of_attribute(node: OfAttribute, attribute: Attribute, value: Anything, facts: Facts, *, met: bool) -> Text:
    name, shown = attribute.name, _show(value, attribute.unit)
    match node:
        case model.Compare():
            sign = (_MET_SIGN if met else _FAILED_SIGN)[node.op]
            return _found(name, shown, f"{sign} {_show(typed(node.value, attribute), attribute.unit)}")
        case model.Between():
            bounds = [None if one is None else typed(one, attribute) for one in (node.at_least, node.at_most)]
            return _found(name, shown, _bounds(value, bounds, attribute.unit, met=met))
        case model.OneOf() | model.NoneOf():
            sign = "∈" if met == isinstance(node, model.OneOf) else "∉"
            return _found(name, shown, f"{sign} {_listed(node.values, attribute.unit)}")
        case model.Has():
            has, wanted = _HAS[node.match, met], _listed(node.values, None)
            return _named(name, zh=f"{shown} {has.zh} {wanted}", en=f"{shown} {has.en} {wanted}")
        case model.Known():
            return _found(name, shown, "")
        case model.Elapsed():
            days = (today(facts.calendar, facts.now) - value).days
            compared = _bounds(days, [node.at_least, node.at_most], None, met=met)
            return _named(name, zh=f"距今天数 {days} {compared}", en=f"{days} days ago {compared}")
        case model.Anniversary():
            return _near(node, name, shown, today(facts.calendar, facts.now), met=met)


def _near(node: model.Anniversary, name: Text, shown: str, day: date, *, met: bool) -> Text:
    if node.within == "month":
        span = Text(zh="当月", en="of this month")
    else:
        span = Text(
            zh=f"前 {node.before} 天至后 {node.after} 天", en=f"from {node.before} d before to {node.after} d after"
        )
    is_zh, is_en = ("在", "is") if met else ("不在", "is not")
    return _named(name, zh=f"{shown}，{day} {is_zh}{span.zh}内", en=f"{shown}, {day} {is_en} {span.en}")


def _of_time(node: model.OfTime, local: datetime, *, met: bool) -> Text:
    sign = "∈" if met else "∉"
    match node:
        case model.During():
            start, end = ("…" if one is None else f"{one:%Y-%m-%d %H:%M%z}" for one in (node.start, node.end))
            return _found(_NOW, f"{local:%Y-%m-%d %H:%M%z}", f"{sign} {start} – {end}")
        case model.Hours():
            return _found(_NOW, f"{local:%H:%M}", f"{sign} {node.start} – {node.end}")
        case model.MonthDays():
            return _found(_NOW, f"{local:%Y-%m-%d}", f"{sign} {_listed(node.days, None)}")
        case model.Yearly():
            return _found(_NOW, f"{local:%m-%d}", f"{sign} {node.first} – {node.last}")
        case model.Weekdays():
            zh, en = (", ".join(names[day - 1] for day in node.days) for names in (_DAYS_ZH, _DAYS_EN))
            here = local.weekday()
            return Text(zh=f"今天周{_DAYS_ZH[here]} {sign} {zh}", en=f"Now {_DAYS_EN[here]} {sign} {en}")


_NOW = Text(zh="现在", en="Now")


def _of_basket(node: model.BasketSum, facts: Facts, *, met: bool) -> Text:
    name = _SUMS[node.sum]
    if facts.basket is None:
        return _named(name, zh="未知", en="is unknown")
    total = basket_sum(node.sum, node.scope)(facts.basket.lines)
    unit = "fen" if node.sum == "list_fen" else None
    return _found(name, _show(total, unit), _bounds(total, [node.at_least, node.at_most], unit, met=met))


def _of_history(node: model.Bought, facts: Facts, *, met: bool) -> Text:
    what = f" ({node.category or node.sku})" if node.category or node.sku else ""
    name = Text(*(f"{text.format(days=node.days)}{what}" for text in (_COUNTS[node.count].zh, _COUNTS[node.count].en)))
    if facts.purchases is None:
        return _named(name, zh="未知", en="is unknown")
    total = bought(node, facts.purchases, today(facts.calendar, facts.now))
    unit = "fen" if node.count == "spend_fen" else None
    return _found(name, _show(total, unit), _bounds(total, [node.at_least, node.at_most], unit, met=met))


def _bounds(value: Anything, bounds: Sequence[Anything], unit: str | None, *, met: bool) -> str:
    """The bound that a value fails, or, where it fails none, those that it keeps."""
    least, most = bounds
    if not met:
        return f"< {_show(least, unit)}" if least is not None and value < least else f"> {_show(most, unit)}"
    kept = [f"{sign} {_show(bound, unit)}" for sign, bound in (("≥", least), ("≤", most)) if bound is not None]
    return " ".join(kept)


def _found(name: Text, shown: str, compared: str) -> Text:
    return _named(name, zh=f"{shown} {compared}".rstrip(), en=f"{shown} {compared}".rstrip())


def _named(name: Text, *, zh: str, en: str) -> Text:
    return Text(zh=f"{name.zh} {zh}", en=f"{name.en} {en}")


def _show(value: Value, unit: str | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, frozenset):
        return _listed(sorted(value), unit)
    return format_yuan(value) if unit == "fen" and isinstance(value, int) else str(value)


def _listed(values: Sequence[Anything], unit: str | None) -> str:
    shown = ", ".join(_show(value, unit) for value in values[:_SHOWN])
    more = len(values) - _SHOWN
    return f"{{{shown}}}" if more <= 0 else f"{{{shown} +{more}}}"
