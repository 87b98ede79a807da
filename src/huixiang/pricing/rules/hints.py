"""Hints: what to add, or to become, so that a basket costs less; each is priced as if it were followed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from huixiang.kernel.money import format_yuan
from huixiang.kernel.text import Text
from huixiang.pricing.model.basket import Basket, Line, Situation
from huixiang.pricing.model.hints import HINTS_MAX, Elsewhere, Hint
from huixiang.pricing.rules.adding import Adding, addings
from huixiang.pricing.rules.budget import Pause, no_pause
from huixiang.pricing.rules.compile import RuleSet
from huixiang.pricing.rules.prices import unit_prices
from huixiang.pricing.rules.quote import Quote
from huixiang.pricing.rules.search import Search

LOOKED_AT = 6  # thresholds, the nearest
NODES = 5_000  # of each basket that is priced


def hints(
    rule_set: RuleSet,
    basket: Basket,
    situation: Situation,
    elsewhere: Sequence[Elsewhere] = (),
    *,
    pause: Pause = no_pause,
) -> tuple[Hint, ...]:
    """At most three, the largest gain (saving less cost) first; of tiers, plans and joining the best of each kind. None
    whose gain is not positive, or that a search did not prove. elsewhere: the tiers and plans that may be told; pause:
    as of `price`."""
    asking = _Asking(rule_set, basket, situation, pause)
    if not asking.proven:
        return ()
    found = [*asking.goods(), *asking.elsewhere(elsewhere)]
    found.sort(key=_rank)
    kept: list[Hint] = []
    for hint in found:
        if not any(_same(hint, other) for other in kept):
            kept.append(hint)
    return tuple(kept[:HINTS_MAX])


def _rank(hint: Hint) -> tuple[int, int, str, str]:
    return hint.cost_fen - hint.saving_fen, hint.missing_fen or 0, hint.kind, hint.rule or hint.tier or hint.plan or ""


def _same(hint: Hint, other: Hint) -> bool:
    """Another way to say what was said, or a lesser one of a kind of which one is enough."""
    if hint.kind != other.kind:
        return False
    return hint.kind != "goods" or (hint.missing_fen, hint.saving_fen) == (other.missing_fen, other.saving_fen)


class _Asking:
    def __init__(self, rule_set: RuleSet, basket: Basket, situation: Situation, pause: Pause) -> None:
        self._rule_set = rule_set
        self._basket = basket
        self._situation = situation
        self._quote = Quote(rule_set, basket, situation)
        self._pause = pause
        search = Search(self._quote, NODES, pause)
        self._outcome = search.run()
        self.proven = search.proven

    def goods(self) -> Iterator[Hint]:
        for adding in addings(self._quote, self._outcome)[:LOOKED_AT]:
            line = adding.line(self._basket)
            saving = 0 if line is None else self._saving(line, adding.fen)
            if line is None or saving <= 0:
                continue
            fen = adding.fen
            if adding.of is None:
                fen = self._least(adding, saving)
                line = adding.line(self._basket, fen)
                assert line is not None  # noqa: S101 - it is in scope whatever it costs
            if self._alone(line) > fen - saving:
                yield _goods_hint(adding, fen, saving)

    def _payable(self, basket: Basket, situation: Situation) -> int | None:
        """None where it is not proven: another number of nodes might find less."""
        search = Search(Quote(self._rule_set, basket, situation), NODES, self._pause)
        payable = search.run().payable
        return payable if search.proven else None

    def _saving(self, line: Line, fen: int) -> int:
        """How much less is paid with a line more, its list price not counted; 0 where that is not known."""
        basket = msgspec.structs.replace(self._basket, lines=(*self._basket.lines, line))
        payable = self._payable(basket, self._situation)
        return 0 if payable is None else self._outcome.payable + fen - payable

    def _least(self, adding: Adding, saving: int) -> int:
        """The least sum that saves as much: less will do where other prices of the lines reach the threshold."""
        low, high = 0, adding.fen  # `high` does it, `low` does not
        step = 1
        while high - low > 1:
            middle = high - step if step == 1 else (low + high) // 2
            line = adding.line(self._basket, middle)
            if line is not None and self._saving(line, middle) >= saving:
                high = middle
            else:
                low = middle
            step += 1
        return high

    def _alone(self, line: Line) -> int:
        """What the added goods would cost by themselves."""
        [price] = unit_prices(self._rule_set, [line], self._situation)
        return price.price_fen * (line.quantity if line.measure == "piece" else 1)

    def elsewhere(self, others: Sequence[Elsewhere]) -> Iterator[Hint]:
        for other in others:
            payable = self._payable(self._basket, other.situation)
            saving = 0 if payable is None else self._outcome.payable - payable
            if saving > other.cost_fen:
                yield Hint(
                    kind=other.kind,
                    saving_fen=saving,
                    text=_elsewhere_text(other, saving),
                    tier=other.code if other.kind == "tier" else None,
                    plan=other.code if other.kind == "plan" else None,
                    cost_fen=other.cost_fen,
                )


def _goods_hint(adding: Adding, fen: int, saving: int) -> Hint:
    name = adding.rule.rule.name
    less = format_yuan(saving)
    if adding.of is None:
        more = format_yuan(fen)
        text = Text(zh=f"“{name.zh}”：再买 {more} 元，可减 {less} 元", en=f"{name.en}: {more} more for {less} off")
    else:
        count = adding.pieces
        pieces = "piece" if count == 1 else "pieces"
        text = Text(
            zh=f"“{name.zh}”：再买 {count} 件，可减 {less} 元", en=f"{name.en}: {count} more {pieces} for {less} off"
        )
    return Hint(
        kind="goods",
        saving_fen=saving,
        text=text,
        rule=adding.rule.code,
        sku=None if adding.of is None else adding.of.sku,
        missing_fen=fen,
        missing_pieces=adding.pieces or None,
    )


def _elsewhere_text(other: Elsewhere, saving: int) -> Text:
    less, cost = format_yuan(saving), format_yuan(other.cost_fen)
    if other.kind == "join":
        return Text(zh=f"注册会员，本单可省 {less} 元", en=f"join and save {less}")
    if other.kind == "tier":
        return Text(zh=f"升为{other.name.zh}，本单可省 {less} 元", en=f"{other.name.en} would save {less} here")
    return Text(
        zh=f"开通{other.name.zh}，本单可省 {less} 元，费用 {cost} 元",
        en=f"with {other.name.en} this order saves {less}, it costs {cost}",
    )
