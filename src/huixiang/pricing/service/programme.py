"""The programme's rules as they stand: what a quote is decided by, kept by each process.

Whether they still stand so is asked in the same statement that reads the facts: a quote costs one round trip, and none
sees two versions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from huixiang.conditions.facts import Value
from huixiang.conditions.registry import Registry
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.period import Period
from huixiang.plans.model import KIND as PLAN
from huixiang.platform.db import Transaction
from huixiang.points.service.spending import DOCUMENT as SPENDING
from huixiang.pricing import store
from huixiang.pricing.model.needs import Needs
from huixiang.pricing.model.rules import Promotions
from huixiang.pricing.rules.compile import RuleSet, compile_promotions
from huixiang.pricing.rules.needs import needs_of
from huixiang.pricing.rules.resources import shared_of
from huixiang.pricing.service import rule_sets
from huixiang.pricing.service.reads import Reads
from huixiang.pricing.service.rule_sets import InForce
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Document, Name, RuleDocumentUnknown, Timeline
from huixiang.tiers.service import DOCUMENT as TIERS

EARNING = "earning"  # the kind of rule document that a quote names as its programme
NONE_YET = 0  # the version of a programme that has published no promotions: everything at its public price
NAMES_KEPT = 50
_OTHERS = frozenset({SPENDING, TIERS})


class Standing(msgspec.Struct, frozen=True):
    """What was read under one revision. holds: from when it was read until a document comes into force or ends."""

    revision: UUID | None
    in_force: InForce
    registry: Registry
    names: frozenset[Name]
    documents: Mapping[Name, Timeline]
    holds: Period


class Programme:
    """rule_set and killed as of `revision`; the documents that points, growth and tiers go by."""

    def __init__(self, standing: Standing) -> None:
        self.revision = standing.revision
        self.rule_set = standing.in_force.rule_set
        self.killed = standing.in_force.killed
        self.needs: Needs = needs_of(self.rule_set.promotions, standing.registry)
        self.standing = standing
        self._statement: tuple[date, store.Statement] | None = None

    def document(self, name: Name, now: datetime) -> Document | None:
        """None where there is none in force."""
        line = self.standing.documents.get(name)
        return line.find(now) if line is not None else None

    def documents(self, kind: str, now: datetime) -> Iterator[tuple[str, Document]]:
        """Those of a kind in force, by code."""
        for (of_kind, code), line in sorted(self.standing.documents.items()):
            if of_kind == kind and (document := line.find(now)) is not None:
                yield code, document

    def statement(self, calendar: BusinessCalendar, now: datetime) -> store.Statement:
        """What reads the facts on the business day of `now`."""
        today = calendar.day(now)
        if self._statement is None or self._statement[0] != today:
            shared = shared_of(self.needs, today, calendar)
            self._statement = (today, store.statement(self.needs, shared, self.standing.registry, calendar, today))
        return self._statement[1]


_kept: list[Programme] = []


async def current(reads: Reads, earning: str, revision: UUID | None) -> Programme:
    """What stands now, as far as this process knows; as of `revision` at least, where another is known to stand."""
    name = (EARNING, earning)
    kept = _kept[0] if _kept else None
    if (
        kept is not None
        and reads.now in kept.standing.holds
        and name in kept.standing.names
        and revision in {None, kept.revision}
    ):
        return kept
    names = {*_OTHERS, name}
    if kept is not None and len(kept.standing.names) < NAMES_KEPT:
        names |= kept.standing.names
    read = Programme(await reads.query(lambda tx: _read(tx, names)))
    _kept[:] = [read]
    return read


async def _read(tx: Transaction, names: Collection[Name]) -> Standing:
    revision = await rulebook.revision(tx)
    plans = [(PLAN, one.code) for one in await rulebook.versions(tx, PLAN)]
    documents = await rulebook.timelines(tx, {*names, *plans})
    promotions = await rulebook.standing(tx, *rule_sets.DOCUMENT, revision)
    periods = [one.period for one in promotions.versions]
    periods += [one.period for line in documents.values() for one in line.documents]
    return Standing(
        revision=revision,
        in_force=await in_force(tx, revision),
        registry=await rule_sets.load_registry(tx),
        names=frozenset(names),
        documents=documents,
        holds=Period(tx.now, _next_change(periods, tx.now)),
    )


def _next_change(periods: Sequence[Period], now: datetime) -> datetime | None:
    moments = (moment for period in periods for moment in (period.start, period.end))
    return min((moment for moment in moments if moment is not None and moment > now), default=None)


async def in_force(tx: Transaction, revision: UUID | None) -> InForce:
    """What holds now; without promotions, none."""
    try:
        return await rule_sets.in_force(tx, revision=revision)
    except RuleDocumentUnknown:
        return InForce(await _empty(tx), frozenset())


async def in_force_at(reads: Reads, version: int) -> InForce:
    """The rule set of a version that a quote was priced under, and what is switched off now: one round trip, where
    this process knows the rest. Raises RuleDocumentUnknown."""
    revision = await reads.query_once(rulebook.revision)
    if version != NONE_YET and (kept := rule_sets.known(version, revision)) is not None:
        return kept

    async def read(tx: Transaction) -> InForce:
        if version == NONE_YET:
            return InForce(await _empty(tx), frozenset())
        return await rule_sets.in_force(tx, version=version)

    return await reads.query(read)


async def _empty(tx: Transaction) -> RuleSet:
    return compile_promotions(Promotions(rules=()), NONE_YET, await rule_sets.load_registry(tx))


async def values_now(reads: Reads, member_id: UUID, codes: Sequence[str]) -> Mapping[str, Value]:
    """Attributes of a member as they are now; what is unknown is left out."""

    async def read(tx: Transaction) -> Mapping[str, Value]:
        return await store.values(tx, await rule_sets.load_registry(tx), member_id, codes)

    return await reads.query(read)
