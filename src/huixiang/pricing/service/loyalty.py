"""What points do for a quote: how many can be used, what they take off, and what the order will earn."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from huixiang.conditions.facts import Facts, Value
from huixiang.kernel.errors import InvalidInput
from huixiang.members.model import Ability
from huixiang.points import service as points
from huixiang.points.model import CashOff, EarningLine, EarningRules, SpendingFacts
from huixiang.points.service.spending import DOCUMENT as SPENDING
from huixiang.points.service.spending import cash_off
from huixiang.pricing.model.basket import Basket
from huixiang.pricing.model.priced import Priced
from huixiang.pricing.model.quotes import LinePoints, QuotedEarning, QuotedPoints, QuoteRequest
from huixiang.pricing.rules import cash_off as rules
from huixiang.pricing.rules.cash_off import Share
from huixiang.pricing.service.facts import Buyer, Known
from huixiang.pricing.service.programme import EARNING
from huixiang.pricing.service.reads import Reads
from huixiang.tiers import service as tiers
from huixiang.tiers.model import TierRules


class Loyalty(msgspec.Struct, frozen=True):
    """points: None where the programme has no rules of spending; earning: none where it has none of earning."""

    points: QuotedPoints | None = None
    earning: QuotedEarning | None = None
    by_line: tuple[LinePoints, ...] = ()
    used: int = 0
    off_fen: int = 0
    rate: tuple[int, int] = (1, 1)


def loyalty(reads: Reads, asked: QuoteRequest, known: Known, basket: Basket, priced: Priced) -> Loyalty:
    """Of a member; a guest has none. Raises InvalidInput where the programme that is asked for has no rules."""
    if known.programme.document((EARNING, asked.programme), reads.now) is None:
        raise InvalidInput(path="$.programme", problem="there are no rules of earning by that name in force")
    if known.buyer is None:
        return Loyalty()
    limits = _limits(reads, asked, known, known.buyer, priced.goods_fen)
    used = rules.used(asked.points, limits) if limits is not None else 0
    rate = (limits.rate_points, limits.rate_fen) if limits is not None else (1, 1)
    shares = rules.shares(priced.lines, used, rate)
    off_fen = sum(share.off_fen for share in shares)
    earning, earned = _earning(reads, asked, known, known.buyer, basket, shares)
    return Loyalty(
        points=_points(limits, used, off_fen) if limits is not None else None,
        earning=earning,
        by_line=tuple(
            LinePoints(share.line_id, share.points, share.off_fen, share.cash_fen, of_line)
            for share, of_line in zip(shares, earned, strict=True)
        ),
        used=used,
        off_fen=off_fen,
        rate=rate,
    )


def _limits(reads: Reads, asked: QuoteRequest, known: Known, buyer: Buyer, goods_fen: int) -> CashOff | None:
    document = known.programme.document(SPENDING, reads.now)
    if document is None:
        return None
    facts = SpendingFacts(reads.calendar.day(reads.now), buyer.tier, asked.channel, asked.store)
    return cash_off(document, facts, buyer.available if buyer.identified.may(Ability.SPEND) else 0, goods_fen)


def _points(limits: CashOff, used: int, off_fen: int) -> QuotedPoints:
    return QuotedPoints(
        available=limits.available,
        minimum=limits.minimum if limits.usable else 0,
        step=limits.step,
        maximum=limits.usable,
        limit_fen=limits.limit_fen,
        rate_points=limits.rate_points,
        rate_fen=limits.rate_fen,
        raised_by=limits.raised_by,
        reasons=limits.reasons,
        used=used,
        off_fen=off_fen,
        rule_version=limits.rule_version,
    )


def _earning(
    reads: Reads, asked: QuoteRequest, known: Known, buyer: Buyer, basket: Basket, shares: Sequence[Share]
) -> tuple[QuotedEarning | None, Sequence[int]]:
    """What the order earns, and each line. As an order that is completed now would, with what points paid left out."""
    document = known.programme.document((EARNING, asked.programme), reads.now)
    assert document is not None  # noqa: S101 - looked at before
    if not buyer.identified.may(Ability.EARN):
        return QuotedEarning(points=0, growth=0, rule_version=document.version), [0] * len(shares)
    lines = [
        EarningLine(line.line_id, share.cash_fen, line.categories, line.sku, line.brand)
        for line, share in zip(basket.lines, shares, strict=True)
    ]
    earned = points.earned(document.read(EarningRules), lines, _facts(reads, asked, buyer))
    tier_rules = known.programme.document(tiers.DOCUMENT, reads.now)
    cash_fen = sum(share.cash_fen for share in shares)
    growth = tiers.growth_of(tier_rules.read(TierRules), cash_fen) if tier_rules is not None else 0
    return QuotedEarning(points=earned.points, growth=growth, rule_version=document.version), earned.by_line


def _facts(reads: Reads, asked: QuoteRequest, buyer: Buyer) -> Facts:
    """As checkout has them of an order that is completed now and paid in cash."""
    member: dict[str, Value] = {}
    if buyer.tier is not None:
        member["tier"] = buyer.tier
    if buyer.identified.birthday is not None:
        member["birthday"] = buyer.identified.birthday
    context: dict[str, Value] = {"channel": asked.channel, "tenders": frozenset()}
    if asked.store is not None:
        context["store"] = asked.store
    return Facts(now=reads.now, calendar=reads.calendar, member=member, context=context)
