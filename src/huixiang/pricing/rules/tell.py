"""Why a rule was not applied, and what a hint says, in words; sums in yuan."""

from __future__ import annotations

from huixiang.conditions.explain import explain, reason
from huixiang.conditions.facts import Facts
from huixiang.kernel.money import format_yuan
from huixiang.kernel.text import Text
from huixiang.pricing.model.priced import NotApplied
from huixiang.pricing.model.priced import Reason as Code
from huixiang.pricing.model.rules import condition_of
from huixiang.pricing.rules.compile import RuleSet

_PLAIN: dict[Code, Text] = {
    "killed": Text(zh="已停用", en="switched off"),
    "not_now": Text(zh="不在有效期内", en="not valid now"),
    "not_met": Text(zh="不满足条件", en="its condition does not hold"),
    "used_up": Text(zh="已用完", en="used up"),
    "no_goods": Text(zh="没有适用的商品", en="no goods for it"),
    "left_out": Text(zh="您选择不使用", en="left out by choice"),
    "saves_nothing": Text(zh="不会更优惠", en="saves nothing here"),
}


def told(one: NotApplied, rule_set: RuleSet, facts: Facts) -> Text:
    """facts: what the quote knew, for a condition that did not hold."""
    plain = _PLAIN.get(one.reason)
    if one.reason == "not_met":
        condition = condition_of(rule_set.by_code[one.rule].rule)
        return reason(explain(condition, facts, rule_set.registry)) if condition is not None else _PLAIN["not_met"]
    if plain is not None:
        return plain
    if one.reason in ("excluded", "maximum"):
        by = rule_set.by_code[one.by].rule.name if one.by is not None else Text(zh="", en="")
        if one.reason == "excluded":
            return Text(zh=f"与“{by.zh}”不可同享", en=f"excluded by {by.en}")
        return Text(zh=f"已用“{by.zh}”，不能再多", en=f"{by.en} is used, and no more of its kind may be")
    if one.reason == "payment_method":
        methods = rule_set.by_code[one.rule].rule.payment_methods
        return Text(zh=f"限用支付方式：{'、'.join(methods)}", en=f"for payment by {', '.join(methods)}")
    if one.reason == "dearer":
        return _dearer(one.dearer_fen)
    return missing(one.short or 0, in_pieces=one.counts == "pieces")


def _dearer(fen: int | None) -> Text:
    if fen is None:
        return Text(zh="其他组合更便宜", en="another combination is cheaper")
    if fen == 0:
        return Text(zh="其他组合同价", en="another combination costs the same")
    yuan = format_yuan(fen)
    return Text(zh=f"其他组合便宜 {yuan} 元", en=f"another combination is cheaper by {yuan}")


def missing(amount: int, *, in_pieces: bool) -> Text:
    if in_pieces:
        return Text(zh=f"还差 {amount} 件", en=f"short by {amount} {'piece' if amount == 1 else 'pieces'}")
    yuan = format_yuan(amount)
    return Text(zh=f"还差 {yuan} 元", en=f"short by {yuan}")
