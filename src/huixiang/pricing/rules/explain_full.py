"""Why each rule was not applied, in words, and how much more the best combination with it would cost."""

from __future__ import annotations

import msgspec

from huixiang.pricing.model.priced import NotApplied, Reason
from huixiang.pricing.rules.compiled import GROUP
from huixiang.pricing.rules.explain import not_applied_of
from huixiang.pricing.rules.forcing import Forced
from huixiang.pricing.rules.outcome import Outcome
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.search import Search
from huixiang.pricing.rules.tell import told

A_RULE = 2_000  # nodes for one rule; together no more than the search itself may have
FORCED: frozenset[Reason] = frozenset({"short", "excluded", "maximum", "saves_nothing", "dearer"})


def fully_not_applied_of(quote: Quote, search: Search, outcome: Outcome) -> tuple[NotApplied, ...]:
    """As the brief reasons, each with its text. Where a combination with the rule exists and both searches are proven,
    `dearer_fen` says what it costs more; a rule that no combination has in it saves nothing."""
    uppers = {(upper.rule.code, upper.coupon_id): upper for upper in quote.uppers}
    left = search.budget.nodes_max
    found = []
    for brief in not_applied_of(quote, outcome):
        one = brief
        rule = quote.rule_set.by_code[one.rule]
        upper = uppers.get((one.rule, one.coupon_id))
        if one.reason in FORCED and search.proven and (upper is not None or rule.layer <= GROUP) and left > 0:
            forced = Forced(quote, (min(A_RULE, left), search.budget.pause), rule, upper)
            one = _compared(one, forced, outcome)
            left -= forced.nodes
        found.append(msgspec.structs.replace(one, text=told(one, quote.rule_set, quote.facts)))
    return tuple(found)


def _compared(one: NotApplied, forced: Forced, outcome: Outcome) -> NotApplied:
    answer = forced.find()
    if not forced.proven:
        return one
    if answer is not None:
        return msgspec.structs.replace(one, dearer_fen=answer.payable - outcome.payable)
    return msgspec.structs.replace(one, reason="saves_nothing") if one.reason == "dearer" else one
