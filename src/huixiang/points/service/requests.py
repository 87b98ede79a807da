"""One command as a system asks for it over HTTP. The posting that it makes is the record of its Idempotency-Key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from huixiang.kernel.errors import InvalidInput, InvariantBroken
from huixiang.members import service as members
from huixiang.members.model import Ability, MemberRef
from huixiang.platform.db import Database, Transaction
from huixiang.platform.idempotency import IdempotencyConflict
from huixiang.points.model import (
    NEVER,
    POINTS,
    Book,
    Cap,
    Capture,
    ClawBack,
    Credit,
    EarningRules,
    Hold,
    HoldUnknown,
    Keyed,
    OriginUnknown,
    Posting,
    PostingConflict,
    Release,
    Return,
    Source,
    Spend,
    hold_key,
)
from huixiang.points.model.requests import (
    NewCapture,
    NewClawBack,
    NewCredit,
    NewHold,
    NewRelease,
    NewReturn,
    NewSpend,
    Posted,
    Request,
)
from huixiang.points.rules import periods
from huixiang.points.rules.statement import statement_line
from huixiang.points.rules.validity import validity
from huixiang.points.service.books import find_book, find_books
from huixiang.points.service.door import post_alone
from huixiang.points.store import requests as request_store
from huixiang.points.store import rewards as reward_store
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Document, RuleDocumentUnknown

CLOCKS_DIFFER = timedelta(minutes=5)
ABILITY: Mapping[type, Ability] = {NewCredit: Ability.EARN, NewSpend: Ability.SPEND, NewHold: Ability.SPEND}


async def prepare(tx: Transaction, request: Request) -> Keyed | Posting:
    """The command to post, or the posting that the request made before.

    Raises MemberUnknown, StateRefuses, BookUnknown, HoldUnknown, OriginUnknown, InvalidInput for times that are not
    acceptable, and IdempotencyConflict where the key stands for another request.
    """
    await members.resolve(tx, MemberRef(member_id=request.member_id))
    keys = [_key(request), hold_key(_new_hold_id(request))]
    found = await request_store.find_in_any_book(
        tx, request.member_id, [*keys, *([hold_key(request.hold_id)] if request.hold_id else [])]
    )
    for first in (found[key] for key in keys if key in found):
        if first.input_hash != request.input_hash:
            raise IdempotencyConflict
        return first
    if ability := ABILITY.get(type(request.asked)):
        await members.require_able(tx, request.member_id, ability)
    return await _command(tx, request, found)


async def post(db: Database, command: Keyed) -> tuple[Posting, bool]:
    """Post a prepared command, in a transaction of its own: its posting, and whether it had been made before, by the
    same request at the same time. Raises its refusal."""
    try:
        outcome = await post_alone(db, command)
    except PostingConflict:
        raise IdempotencyConflict from None
    if outcome.posting is None:
        raise InvariantBroken("a request for some points makes a posting")
    return outcome.posting, outcome.replayed


async def posted(tx: Transaction, request: Request, posting: Posting) -> Posted:
    """What is answered: the same at every repetition, whatever was posted since."""
    book = (await find_books(tx, [posting.book]))[posting.book]
    after = await request_store.sums_after(tx, posting)
    asked = request.asked
    made = isinstance(asked, NewHold)
    lives = asked.expires_in_s if isinstance(asked, NewHold) else None
    return Posted(
        member_id=posting.member_id,
        book=book.code,
        posting=statement_line(posting, after.balance - after.debt),
        short=posting.short,
        after=after,
        hold_id=_new_hold_id(request) if made else request.hold_id,
        expires_at=None if lives is None else posting.occurred_at + timedelta(seconds=lives),
    )


def _key(request: Request) -> str:
    return f"api:{request.key}"


def _new_hold_id(request: Request) -> UUID:
    """Of the hold that a request makes: the same at every repetition."""
    return uuid5(request.member_id, request.key)


async def _command(tx: Transaction, request: Request, found: Mapping[str, Posting]) -> Keyed:
    asked = request.asked
    match asked:
        case NewCredit():
            return await _credit(tx, request, asked, await find_book(tx, asked.book))
        case NewSpend() | NewHold():
            return _take(tx, request, asked, await find_book(tx, asked.book))
        case NewCapture() | NewRelease():
            return await _finish(tx, request, asked, found)
        case NewReturn() | NewClawBack():
            return await _reverse(tx, request, asked, await find_book(tx, asked.book))


async def _credit(tx: Transaction, request: Request, asked: NewCredit, book: Book) -> Credit:
    occurred_at = _occurred_at(tx, asked.occurred_at)
    today = tx.calendar.day(tx.now)
    if asked.expires_on is not None and asked.expires_on < today:
        raise InvalidInput(path="$.expires_on", problem="must not be past")
    document = await _rules_of(tx, book, occurred_at)
    expires_on, caps = await _as_ruled(tx, request.member_id, document, asked.cause, occurred_at)
    return Credit(
        member_id=request.member_id,
        book=book,
        points=asked.points,
        source=Source(
            key=_key(request),
            cause=asked.cause,
            counter_account=f"issued:{asked.cause}",
            occurred_at=occurred_at,
            order_ref=asked.order_id,
            rule=f"{document.kind}.{document.code}" if document else None,
            rule_version=document.version if document else None,
            budget=asked.budget,
            input_hash=request.input_hash,
            place=asked.store_id,
        ),
        expires_on=asked.expires_on or expires_on,
        matures_at=asked.matures_at if asked.matures_at and asked.matures_at > tx.now else None,
        caps=caps,
    )


async def _rules_of(tx: Transaction, book: Book, at: datetime) -> Document | None:
    """The earning rules of a book: the programme's for points, else those with the book's code, if there are any."""
    if not book.has_lots:
        return None
    try:
        return await rulebook.current(tx, "earning", "default" if book == POINTS else book.code, at)
    except RuleDocumentUnknown:
        return None


async def _as_ruled(
    tx: Transaction, member_id: UUID, document: Document | None, cause: str, occurred_at: datetime
) -> tuple[date, tuple[Cap, ...]]:
    """The last day of points earned by a cause, and the caps that count it."""
    if document is None:
        return NEVER, ()
    rules = document.read(EarningRules)
    by_tier = any(exception.tier is not None for exception in rules.expiries)
    tier = await reward_store.tier_of(tx, member_id) if by_tier else None
    valid = validity(rules, occurred_at, tx.calendar, cause=cause, tier=tier, recorded_at=tx.now)
    return valid.expires_on, periods.caps_for(rules, cause, occurred_at, tx.calendar)


def _take(tx: Transaction, request: Request, asked: NewSpend | NewHold, book: Book) -> Spend | Hold:
    holds = isinstance(asked, NewHold)
    source = Source(
        key=_key(request),
        cause=asked.cause,
        counter_account="" if holds else f"redeemed:{asked.cause}",
        occurred_at=tx.now if isinstance(asked, NewHold) else _occurred_at(tx, asked.occurred_at),
        order_ref=asked.order_id,
        budget=asked.budget,
        input_hash=request.input_hash,
        place=asked.store_id,
    )
    if isinstance(asked, NewSpend):
        return Spend(member_id=request.member_id, book=book, points=asked.points, source=source)
    lives = asked.expires_in_s
    return Hold(
        member_id=request.member_id, book=book, points=asked.points, source=source, hold_id=_new_hold_id(request),
        expires_at=None if lives is None else source.occurred_at + timedelta(seconds=lives),
    )  # fmt: skip


async def _finish(
    tx: Transaction, request: Request, asked: NewCapture | NewRelease, found: Mapping[str, Posting]
) -> Capture | Release:
    """A hold is finished in its own book, for its own cause, order and budget."""
    hold_id = request.hold_id
    if hold_id is None:
        raise InvariantBroken("a capture or a release names its hold")
    made = found.get(hold_key(hold_id))
    if made is None:
        raise HoldUnknown(hold_id=hold_id)
    book = (await find_books(tx, [made.book]))[made.book]
    captures = isinstance(asked, NewCapture)
    source = Source(
        key=_key(request),
        cause=made.cause,
        counter_account=f"redeemed:{made.cause}" if captures else "",
        occurred_at=_occurred_at(tx, asked.occurred_at),
        order_ref=made.order_ref,
        budget=made.budget,
        input_hash=request.input_hash,
        place=asked.store_id if isinstance(asked, NewCapture) else None,
    )
    if isinstance(asked, NewCapture):
        return Capture(member_id=request.member_id, book=book, hold_id=hold_id, points=asked.points, source=source)
    return Release(member_id=request.member_id, book=book, hold_id=hold_id, source=source)


async def _reverse(tx: Transaction, request: Request, asked: NewReturn | NewClawBack, book: Book) -> Return | ClawBack:
    """What comes back ties out with what it reverses: same budget, and same cause unless another is given."""
    origin = None
    if asked.origin_seq is not None:
        origin = await request_store.find_by_seq(tx, request.member_id, book.number, asked.origin_seq)
        if origin is None:
            raise OriginUnknown(key=f"seq {asked.origin_seq}")
    cause = asked.cause or (origin.cause if origin else "")
    returns = isinstance(asked, NewReturn)
    source = Source(
        key=_key(request),
        cause=cause,
        counter_account=f"returned:{cause}" if returns else f"clawed_back:{cause}",
        occurred_at=_occurred_at(tx, asked.occurred_at),
        order_ref=origin.order_ref if origin else None,
        budget=origin.budget if origin else None,
        input_hash=request.input_hash,
    )
    if isinstance(asked, NewClawBack):
        return ClawBack(
            member_id=request.member_id, book=book, points=asked.points, source=source, policy=asked.policy,
            origin_key=origin.key if origin else None,
        )  # fmt: skip
    return Return(
        member_id=request.member_id, book=book, points=asked.points, source=source, min_days=asked.min_days,
        origin_key=origin.key if origin else "",
    )  # fmt: skip


def _occurred_at(tx: Transaction, given: datetime | None) -> datetime:
    if given is not None and given > tx.now + CLOCKS_DIFFER:
        raise InvalidInput(path="$.occurred_at", problem="must not lie in the future")
    # In UTC, as a repetition reads it from the journal.
    return given.astimezone(UTC) if given else tx.now
