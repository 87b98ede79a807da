"""What refunds do to the members' accounts: what was spent on the orders comes back, then what they earned goes.

What is left of each posting is known before, so nothing is asked for that the ledger would refuse: what something else
has taken or given back already, such as a person who voided an earning, is not taken or given twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

import msgspec

from huixiang.checkout import rules
from huixiang.checkout.model import POINTS_TENDER, NewEffect, Order, RefundedLine, RefundRequest
from huixiang.checkout.model.fulfilment import Fulfilled
from huixiang.checkout.model.placing import OrderGift
from huixiang.checkout.service.earning import FIRST_ORDER
from huixiang.checkout.service.gifts import CAUSE as GIFT
from huixiang.checkout.service.gifts import points_key
from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.points.model import GROWTH, POINTS, Book, ClawBack, ClawBackPolicy, Posting, Return, Source
from huixiang.points.model.earning import CONSUMPTION
from huixiang.points.model.effects import BEFORE, GROWTH_BEFORE, GROWTH_TAKEN, RETURNED
from huixiang.points.service import Accounts, Origin, spending
from huixiang.points.service.behaviour import reward_key
from huixiang.rulebook.model import Document

CAUSE = "refund"
CLAWED_BACK = "clawed_back:refund"
WITH_POINTS = POINTS_TENDER

_REWARD = reward_key(FIRST_ORDER, FIRST_ORDER)


class RefundDraft(msgspec.Struct):
    """A refund on its way: its place in the batch, what its lines give back, and once decided what that did.

    completed: the order before it; after: with what its lines give back counted in. stands: what is left of an order
    that was placed on a quote; gifts: that came with it; owner_id: who has now what it had beside the ledger, the
    order's member or who they were merged into. See `Refund` for the figures.
    """

    place: int
    request: RefundRequest
    input_hash: bytes
    refund_id: UUID
    completed: Order
    after: Order
    owner_id: UUID
    lines: list[RefundedLine]
    rules: Document
    stands: Fulfilled | None = None
    gifts: Sequence[OrderGift] = ()
    points_before: int = 0
    points_short: int = 0
    points_returned: int = 0
    reward: int = 0
    reward_short: int = 0
    growth_before: int = 0
    effects: list[NewEffect] = []

    @property
    def points(self) -> int:
        return sum(line.points for line in self.lines)

    @property
    def growth(self) -> int:
        return sum(line.growth for line in self.lines)

    @property
    def is_last(self) -> bool:
        """Whether it leaves nothing of the order's goods, of which there were some before it."""
        return bool(self.lines) and rules.all_came_back(self.after)


class _Part(msgspec.Struct):
    """An earlier posting, and how much of it is left when the refunds before have had theirs."""

    origin: Origin
    left: int

    def take(self, wanted: int) -> int:
        taken = min(wanted, self.left)
        self.left -= taken
        return taken


class _Step(msgspec.Struct, frozen=True):
    """A command of a refund, and why there was what it is about."""

    draft: RefundDraft
    command: ClawBack | Return
    cause: str


async def take_back(tx: Transaction, drafts: Sequence[RefundDraft], accounts: Accounts) -> None:
    """Give back and take back, in the order of the drafts; each is told what it came to."""
    parts, spent = await _load(tx, drafts)
    steps = [step for draft in drafts for step in _steps(draft, parts, spent.get(draft.completed.order_id, []))]
    outcomes = await points.post(tx, [step.command for step in steps], accounts)
    for step, outcome in zip(steps, outcomes, strict=True):
        if outcome.posting is not None:
            _note(step, outcome.posting)
    for draft in drafts:
        if draft.points_before:
            draft.effects.append(NewEffect(kind=BEFORE, cause=CONSUMPTION, amount=draft.points_before))
        if draft.growth_before:
            draft.effects.append(NewEffect(kind=GROWTH_BEFORE, cause=CONSUMPTION, amount=draft.growth_before))


_Key = tuple[UUID, int, str]


async def _load(tx: Transaction, drafts: Sequence[RefundDraft]) -> tuple[dict[_Key, _Part], dict[UUID, list[_Part]]]:
    """What the orders earned and were rewarded with, and by order what was spent on it."""
    keys: set[_Key] = set()
    for draft in drafts:
        owner, earned = draft.completed.member_id, points.earn_key(draft.completed.order_id)
        keys |= {(owner, POINTS.number, earned), (owner, GROWTH.number, earned)}
        if draft.is_last:
            keys.add((owner, POINTS.number, _REWARD))
            keys |= {(owner, POINTS.number, key) for _, key in _gift_keys(draft)}
    origins = await points.load_origins(tx, keys)
    paid = {
        (draft.completed.member_id, draft.completed.order_id)
        for draft in drafts
        if any(tender.kind == WITH_POINTS for tender in draft.completed.tenders)
    }
    spent = await points.spent_on(tx, paid)
    return (
        {key: _Part(origin, origin.left) for key, origin in origins.items()},
        {order_id: [_Part(one, one.left) for one in those] for order_id, those in spent.items()},
    )


def _steps(draft: RefundDraft, parts: Mapping[_Key, _Part], spent: Sequence[_Part]) -> Iterator[_Step]:
    yield from _returns(draft, spent)
    owner, earned = draft.completed.member_id, points.earn_key(draft.completed.order_id)
    of_points, of_growth = (parts.get((owner, book.number, earned)) for book in (POINTS, GROWTH))
    taken = of_points.take(draft.points) if of_points else 0
    draft.points_before = draft.points - taken
    yield _Step(draft, _claw_back(draft, POINTS, taken, earned), CONSUMPTION)
    reward = parts.get((owner, POINTS.number, _REWARD))
    if draft.is_last and reward and reward.origin.posting.order_ref == draft.completed.order_id:
        taken = reward.take(reward.left)
        draft.reward += taken
        yield _Step(draft, _claw_back(draft, POINTS, taken, _REWARD, ":reward"), FIRST_ORDER)
    for gift_no, key in _gift_keys(draft):
        gift = parts.get((owner, POINTS.number, key))
        taken = gift.take(gift.left) if gift else 0
        draft.reward += taken
        yield _Step(draft, _claw_back(draft, POINTS, taken, key, f":gift:{gift_no}"), GIFT)
    taken = of_growth.take(draft.growth) if of_growth else 0
    draft.growth_before = draft.growth - taken
    yield _Step(draft, _claw_back(draft, GROWTH, taken, earned), CONSUMPTION)


def _gift_keys(draft: RefundDraft) -> Iterator[tuple[int, str]]:
    """Numbers of gifts of points that go with the last of an order, and the keys of their postings."""
    for gift in draft.gifts if draft.is_last else ():
        if gift.kind == "points" and gift.refused is None:
            yield gift.gift_no, points_key(draft.completed.order_id, gift.gift_no)


def _returns(draft: RefundDraft, spent: Sequence[_Part]) -> Iterator[_Step]:
    """So much of what was spent as the part of the order that has come back so far, less what came back before; of an
    order that was placed on a quote, what does not pay for the rest of it."""
    total = sum(abs(part.origin.posting.points) for part in spent)
    stays = draft.stands.points if draft.stands else total - rules.spent_to_return(draft.after, total)
    wanted = sum(part.left for part in spent) - stays
    for number, part in enumerate(spent):
        origin = part.origin.posting
        returned = part.take(max(wanted, 0))
        wanted -= returned
        if returned:
            draft.points_returned += returned
            source = _source(draft, f":return:{number}", f"returned:{origin.cause}", origin.budget)
            command = Return(
                member_id=origin.member_id, book=POINTS, points=returned, origin_key=origin.key, source=source
            )
            yield _Step(draft, command, origin.cause)


def _claw_back(draft: RefundDraft, book: Book, amount: int, origin_key: str, part: str = "") -> ClawBack:
    grows = book == GROWTH
    source = _source(draft, part, CLAWED_BACK)
    # Growth goes back at the order's date, so that both leave the rolling window together.
    dated = msgspec.structs.replace(source, occurred_at=draft.completed.completed_at) if grows else source
    return ClawBack(
        member_id=draft.completed.member_id,
        book=book,
        points=amount,
        source=dated,
        origin_key=origin_key,
        policy=ClawBackPolicy.DEBT if grows else spending.claw_back_policy(draft.rules),
    )


def _source(draft: RefundDraft, part: str, counter_account: str, budget: str | None = None) -> Source:
    return Source(
        key=f"refund:{draft.refund_id}{part}",
        cause=CAUSE,
        counter_account=counter_account,
        occurred_at=draft.request.occurred_at,
        order_ref=draft.completed.order_id,
        rule=f"{draft.rules.kind}.{draft.rules.code}",
        rule_version=draft.rules.version,
        budget=budget,
    )


def _note(step: _Step, posting: Posting) -> None:
    """Tell the refund what a posting did."""
    draft, command = step.draft, step.command
    if isinstance(command, Return):
        found = [(RETURNED, posting.points)]
    elif command.book == GROWTH:
        found = [(GROWTH_TAKEN, -posting.points)]
    else:
        found = list(rules.taken_back(posting, command.policy))
        if step.cause == CONSUMPTION:
            draft.points_short = posting.short
        else:
            draft.reward_short += posting.short
    draft.effects += [
        NewEffect(kind=kind, cause=step.cause, amount=amount, book=posting.book, seq=posting.seq)
        for kind, amount in found
    ]
