"""A quote: facts in, the best price out, sealed in a token. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from huixiang.catalogue import service as catalogue
from huixiang.conditions.facts import Facts
from huixiang.pricing.model.basket import Basket, Situation
from huixiang.pricing.model.hints import Hint
from huixiang.pricing.model.kept import Choices, KeptTotals
from huixiang.pricing.model.priced import Priced
from huixiang.pricing.model.quotes import Joining, MethodTotal, Quote, QuotedEarning, QuotedStanding, QuoteRequest
from huixiang.pricing.rules import asking
from huixiang.pricing.rules.engine import NODES
from huixiang.pricing.rules.hints import hints
from huixiang.pricing.rules.kept import keep
from huixiang.pricing.rules.needs import PAYMENT_METHOD
from huixiang.pricing.rules.within import price_within
from huixiang.pricing.service import facts as facts_of
from huixiang.pricing.service import tokens
from huixiang.pricing.service.aside import ON_LOOP, ON_LOOP_NODES, aside, breathe
from huixiang.pricing.service.elsewhere import elsewhere, newcomer
from huixiang.pricing.service.facts import Known, Where
from huixiang.pricing.service.loyalty import Loyalty, loyalty
from huixiang.pricing.service.reads import Reads
from huixiang.pricing.service.references import references
from huixiang.tiers import service as tiers

ROOMS_KEPT = 100


async def quote(reads: Reads, asked: QuoteRequest, member_id: UUID | None, *, may_price: bool = False) -> Quote:
    """may_price: whether the caller may say what goods cost that the catalogue does not have. Raises MemberUnknown,
    StoreUnknown, GoodsUnknown, InvalidInput, and Overloaded where too many wait for what takes long."""
    where = Where(asked.channel, asked.store, asked.city, asked.experiments)
    known = await facts_of.gather(reads, member_id, list({one.sku for one in asked.lines}), where, asked.programme)
    paths = await _paths(reads, asked)
    basket = Basket(
        lines=asking.lines_of(asked.lines, known.goods, known.price_lists, paths, may_price=may_price),
        delivery_fen=asked.delivery.fee_fen if asked.delivery is not None else 0,
        packaging_fen=asked.packaging_fen,
    )
    return await quoted(reads, asked, known, basket, member_id)


async def quoted(reads: Reads, asked: QuoteRequest, known: Known, basket: Basket, member_id: UUID | None) -> Quote:
    """The quote of a basket whose goods are known."""
    found = await _found(reads, asked, known, basket)
    of_points = loyalty(reads, asked, known, basket, found.priced)
    expires_at = tokens.expires_at(reads.now)
    choices = Choices(
        version=known.programme.rule_set.version,
        member_id=member_id,
        issued_at=reads.now,
        expires_at=expires_at,
        points=asked.points,
        totals=_totals(found.priced, of_points),
        programme=asked.programme,
        rate=of_points.rate,
    )
    return Quote(
        version=choices.version,
        priced=found.priced,
        due_fen=found.priced.payable_fen - of_points.off_fen,
        points=of_points.points,
        earning=of_points.earning,
        standing=await _standing(reads, asked, known, of_points.earning),
        by_line=of_points.by_line,
        by_method=found.by_method,
        without_method_fen=found.without_method_fen,
        references=await _references(reads, asked, known),
        hints=found.hints,
        joining=found.joining,
        issued_at=reads.now,
        expires_at=expires_at,
        token=tokens.seal(keep(basket, found.situation, found.priced, choices)),
    )


class _Found(msgspec.Struct, frozen=True):
    """All that takes searches."""

    situation: Situation
    priced: Priced
    by_method: tuple[MethodTotal, ...]
    without_method_fen: int
    hints: tuple[Hint, ...]
    joining: Joining | None


async def _found(reads: Reads, asked: QuoteRequest, known: Known, basket: Basket) -> _Found:
    """Most searches are over at once. What takes longer waits for nothing, and is done beside the loop."""
    facts = known.facts(reads)
    coupons = len(known.buyer.coupons) if known.buyer is not None else 0
    size = (len(basket.lines) + coupons) * (1 + len(asked.payment_methods))
    if asked.explain == "brief" and not asked.hints and size <= ON_LOOP:
        near = _Searches(reads, asked, known, basket, facts, ON_LOOP_NODES)
        found = near.run()
        if near.proven:
            return found
    return await aside(_Searches(reads, asked, known, basket, facts, NODES).run)


class _Searches:
    """All searches of one quote, with so many nodes for each. proven: each that was made so far."""

    def __init__(
        self, reads: Reads, asked: QuoteRequest, known: Known, basket: Basket, facts: Facts, nodes_max: int
    ) -> None:
        self._reads = reads
        self._asked = asked
        self._known = known
        self._basket = basket
        self._facts = facts
        self._nodes_max = nodes_max
        self.proven = True

    def run(self) -> _Found:
        asked, known = self._asked, self._known
        wide = _situation(asked, known, self._facts, asked.payment_method)
        priced, situation = self._priced(wide)
        return _Found(
            situation=_kept(situation, priced),
            priced=priced,
            by_method=tuple(
                MethodTotal(method, total.payable_fen, total.proven)
                for method in asked.payment_methods
                for total in [self._with_method(priced, method)]
            ),
            without_method_fen=self._with_method(priced, None).payable_fen,
            # What a hint adds would be priced with what is left, and not with what this basket leaves of it.
            hints=self._hints(situation) if asked.hints and situation is wide else (),
            joining=self._joining(priced) if known.buyer is None else None,
        )

    def _priced(self, situation: Situation) -> tuple[Priced, Situation]:
        explain = self._asked.explain
        found, within = price_within(
            self._known.programme.rule_set,
            self._basket,
            situation,
            nodes_max=self._nodes_max,
            explain=explain,
            pause=breathe,
        )
        self.proven &= found.proven
        return found, within

    def _with_method(self, priced: Priced, method: str | None) -> Priced:
        """The same with another payment method; what no rule asks for changes nothing (P10)."""
        if method == self._asked.payment_method or not self._known.programme.needs.by_method:
            return priced
        return self._priced(_situation(self._asked, self._known, self._facts, method))[0]

    def _hints(self, situation: Situation) -> tuple[Hint, ...]:
        others = list(elsewhere(self._reads, self._known, situation, self._asked.channel))
        return hints(self._known.programme.rule_set, self._basket, situation, others, pause=breathe)

    def _joining(self, priced: Priced) -> Joining | None:
        """What a guest would save as a member who joined now, in this channel; None where that is nothing (CHK-08)."""
        as_member = msgspec.structs.replace(
            self._facts, member=newcomer(self._reads, self._asked.channel), purchases=()
        )
        situation = _situation(self._asked, self._known, as_member, self._asked.payment_method)
        payable_fen = self._priced(situation)[0].payable_fen
        saved_fen = priced.payable_fen - payable_fen
        return Joining(payable_fen, saved_fen) if saved_fen > 0 else None


def _situation(asked: QuoteRequest, known: Known, facts: Facts, method: str | None) -> Situation:
    if method is not None:
        facts = msgspec.structs.replace(facts, context={**facts.context, PAYMENT_METHOD: method})
    return Situation(
        facts=facts,
        coupons=known.buyer.coupons if known.buyer is not None else (),
        codes=asked.codes,
        payment_method=method,
        room=known.room,
        budgets=known.budgets,
        left_out=frozenset(asked.left_out),
        killed=known.programme.killed,
    )


def _kept(situation: Situation, priced: Priced) -> Situation:
    """As a token keeps it: of many rules with caps, what is left of those that touch the basket."""
    if len(situation.room) <= ROOMS_KEPT:
        return situation
    met = {one.rule for one in priced.applied} | {one.rule for one in priced.not_applied}
    room = {rule: room for rule, room in situation.room.items() if rule in met}
    return msgspec.structs.replace(situation, room=room)


def _totals(priced: Priced, of_points: Loyalty) -> KeptTotals:
    return KeptTotals(
        payable_fen=priced.payable_fen,
        goods_fen=priced.goods_fen,
        delivery_fen=priced.delivery_fen,
        packaging_fen=priced.packaging_fen,
        points=of_points.used,
        points_off_fen=of_points.off_fen,
        proven=priced.proven,
    )


async def _standing(
    reads: Reads, asked: QuoteRequest, known: Known, earning: QuotedEarning | None
) -> QuotedStanding | None:
    """None where it was not asked for, of a guest, and in a programme without tiers."""
    buyer = known.buyer
    if not asked.standing or buyer is None or earning is None:
        return None
    if known.programme.document(tiers.DOCUMENT, reads.now) is None:
        return None
    before, after = await reads.query(lambda tx: tiers.progress_with(tx, buyer.member_id, earning.growth))
    rises = after.tier.code != before.tier.code
    return QuotedStanding(
        growth=after.growth,
        tier=after.tier.code,
        rises_from=before.tier.code if rises else None,
        next=after.next.code if after.next else None,
        missing=after.next.missing if after.next else None,
    )


async def _references(reads: Reads, asked: QuoteRequest, known: Known) -> dict[str, int]:
    days = known.programme.rule_set.promotions.reference_days
    return await references(reads, known.programme.revision, list(known.goods), asked.store, days)


async def _paths(reads: Reads, asked: QuoteRequest) -> Mapping[str, Sequence[str]]:
    """Of the categories of goods that the caller describes."""
    given = {line.goods.category for line in asked.lines if line.goods is not None}
    return await reads.query_once(lambda tx: catalogue.category_paths(tx, given)) if given else {}
