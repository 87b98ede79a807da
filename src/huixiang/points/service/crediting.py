"""Points brought in by the thousand, through the bulk door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from huixiang.kernel.errors import DomainError, InvalidInput
from huixiang.members import service as members
from huixiang.members.model import Ability, MemberRef, MemberUnknown, StateRefuses
from huixiang.members.model.states import MemberMerged
from huixiang.members.service import Identified
from huixiang.platform.db import Transaction
from huixiang.points.model import NEVER, POINTS, Book, BookUnknown, Credit, EarnBatch, EarnEvent
from huixiang.points.model.crediting import Credited, CreditRow
from huixiang.points.model.earning import EarningRules
from huixiang.points.rules.periods import period_caps_for
from huixiang.points.rules.validity import validity
from huixiang.points.service.books import find_book
from huixiang.points.service.bulk import earn_bulk
from huixiang.points.service.post import try_post
from huixiang.points.store.postings import find_postings
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Document, RuleDocumentUnknown

Alike = tuple[str, str, str | None, str | None]


class Crediting:
    """Rows on their way in. `batches` are for one transaction each, then `left` for one more; then each of `outcomes`
    is there."""

    def __init__(self, rows: Sequence[CreditRow]) -> None:
        self._rows = rows
        self._outcomes: list[Credited | None] = [None] * len(rows)
        self._left: list[tuple[int, Credit]] = []
        self.batches: dict[Alike, list[int]] = {}
        for place, row in enumerate(rows):
            self.batches.setdefault((row.book, row.cause, row.budget, row.store_id), []).append(place)

    async def post(self, tx: Transaction, alike: Alike) -> None:
        """Post the rows of one book, cause, budget and store."""
        book_code, cause, budget, store_id = alike
        outcomes = dict.fromkeys(self.batches[alike], Credited(0))
        try:
            book = await find_book(tx, book_code)
        except BookUnknown as refusal:
            self._note({place: Credited(0, refusal=refusal) for place in outcomes}, [])
            return
        document = await _rules_of(tx, book)
        rules = document.read(EarningRules) if document else None
        batch = EarnBatch(
            book=book,
            cause=cause,
            counter_account=f"issued:{cause}",
            budget=budget,
            rule=f"{document.kind}.{document.code}" if document else None,
            rule_version=document.version if document else None,
            place=store_id,
            caps=period_caps_for(rules, cause, tx.calendar) if rules else (),
        )
        refusals = await self._refusals(tx, list(outcomes), book)
        places = [place for place in outcomes if place not in refusals]
        earned = await earn_bulk(tx, batch, [self._event(tx, place, rules) for place in places])
        outcomes |= {place: Credited(points) for place, points in zip(places, earned.granted, strict=True)}
        outcomes |= {place: Credited(0, refusal=refusal) for place, refusal in refusals.items()}
        self._note(outcomes, [(places[row], credit) for row, credit in earned.left])

    async def post_left(self, tx: Transaction) -> None:
        """Post what the bulk door left to the general one."""
        for (place, _), outcome in zip(
            self._left, await try_post(tx, [credit for _, credit in self._left]), strict=True
        ):
            if isinstance(outcome, DomainError):
                self._outcomes[place] = Credited(0, refusal=outcome)
            else:
                points = outcome.posting.points if outcome.posting else 0
                self._outcomes[place] = Credited(points, replayed=outcome.replayed)

    @property
    def outcomes(self) -> list[Credited]:
        """By row."""
        return [outcome for outcome in self._outcomes if outcome is not None]

    def _note(self, outcomes: Mapping[int, Credited], left: list[tuple[int, Credit]]) -> None:
        """A transaction may be tried again, so nothing is noted before its end."""
        for place, outcome in outcomes.items():
            self._outcomes[place] = outcome
        known = {place for place, _ in left} | set(outcomes)
        self._left = [one for one in self._left if one[0] not in known] + left

    async def _refusals(self, tx: Transaction, places: list[int], book: Book) -> dict[int, DomainError]:
        found = await members.identify(tx, [MemberRef(member_id=self._rows[place].member_id) for place in places])
        today = tx.calendar.day(tx.now)
        refusals: dict[int, DomainError] = {}
        for place, member in zip(places, found, strict=True):
            row = self._rows[place]
            if member is None:
                refusals[place] = MemberUnknown(by="member_id")
            elif (refusal := _refused_by_state(row, member)) is not None:
                refusals[place] = refusal
            elif row.expires_on is not None and row.expires_on < today:
                refusals[place] = InvalidInput(path="$.expires_on", problem="must not be past")
            elif row.occurred_at > tx.now:
                refusals[place] = InvalidInput(path="$.occurred_at", problem="must not be in the future")
        return await self._without_repetitions(tx, refusals, book)

    async def _without_repetitions(
        self, tx: Transaction, refusals: dict[int, DomainError], book: Book
    ) -> dict[int, DomainError]:
        """What was given before answers as it did, whatever became of the member."""
        keys = {
            place: (self._rows[place].member_id, book.number, f"bulk:{self._rows[place].key}")
            for place, refusal in refusals.items()
            if isinstance(refusal, MemberMerged | StateRefuses)
        }
        if not keys:
            return refusals
        made = {(one.member_id, one.key) for one in await find_postings(tx, list(keys.values()), [])}
        repeated = {place for place, (member_id, _, key) in keys.items() if (member_id, key) in made}
        return {place: refusal for place, refusal in refusals.items() if place not in repeated}

    def _event(self, tx: Transaction, place: int, rules: EarningRules | None) -> EarnEvent:
        row = self._rows[place]
        last_day = NEVER
        if rules is not None and row.book == POINTS.code:
            last_day = validity(rules, row.occurred_at, tx.calendar, cause=row.cause, recorded_at=tx.now).expires_on
        event = EarnEvent(
            member_id=row.member_id, key=f"bulk:{row.key}", points=row.points, occurred_at=row.occurred_at,
            order_ref=row.order_id, expires_on=row.expires_on or last_day, matures_at=row.matures_at,
        )  # fmt: skip
        return event if event.matures_at is None or event.matures_at > tx.now else replace(event, matures_at=None)


def _refused_by_state(row: CreditRow, member: Identified) -> DomainError | None:
    if member.member_id != row.member_id:
        return MemberMerged(member_id=member.member_id)
    return None if member.may(Ability.EARN) else StateRefuses(state=member.state, ability=Ability.EARN)


async def _rules_of(tx: Transaction, book: Book) -> Document | None:
    """The earning rules of a book in force: the programme's for points, else those with the book's code."""
    if not book.has_lots:
        return None
    try:
        return await rulebook.current(tx, "earning", "default" if book == POINTS else book.code, tx.now)
    except RuleDocumentUnknown:
        return None
