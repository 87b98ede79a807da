"""The quote engine: facts in, a priced basket out. Pure, and the same on any machine."""

from __future__ import annotations

from typing import Literal

from huixiang.pricing.model.basket import Basket, Situation
from huixiang.pricing.model.priced import Priced
from huixiang.pricing.rules.answer import answer_of
from huixiang.pricing.rules.budget import Pause, no_pause
from huixiang.pricing.rules.compile import RuleSet
from huixiang.pricing.rules.explain import not_applied_of
from huixiang.pricing.rules.explain_full import fully_not_applied_of
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.search import Search

NODES = 20_000


def price(
    rule_set: RuleSet,
    basket: Basket,
    situation: Situation,
    *,
    nodes_max: int = NODES,
    explain: Literal["brief", "full"] = "brief",
    pause: Pause = no_pause,
) -> Priced:
    """The cheapest combination that the rules allow, and why each rule that touches the basket was applied or not.

    nodes_max: how many combinations and states may be looked at; beyond, `proven` is false. explain: `full` forces each
    rule that was not applied, and says how much more that would cost; each is a search of its own. pause: called
    several times in each millisecond of a longer search, so that who waits beside it may go on.
    """
    quote = Quote(rule_set, basket, situation)
    search = Search(quote, nodes_max, pause)
    outcome = search.run()
    lines, applied = answer_of(quote, outcome)
    full = explain == "full"
    not_applied = fully_not_applied_of(quote, search, outcome) if full else not_applied_of(quote, outcome)
    return Priced(
        lines=lines,
        list_fen=quote.list_fen,
        goods_fen=outcome.goods,
        delivery_fen=outcome.delivery,
        packaging_fen=quote.packaging,
        payable_fen=outcome.payable,
        applied=applied,
        not_applied=not_applied,
        proven=search.proven,
        bound_fen=search.bound,
        nodes=search.nodes,
    )
