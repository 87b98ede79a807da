"""Which tier growth makes, and how far it is to the next."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from huixiang.tiers.model import (
    CurrentTier,
    GrowthEvent,
    NextTier,
    Standing,
    StoredUpgrade,
    Tier,
    TierChange,
    TierProgress,
    TierRules,
    TierStep,
    TierTrial,
)


class GrowthWindow:
    """A member's growth by business day; the sum over a rolling window that ends on any day.

    The last sum is kept and moved forward: orders come in time order, and each asks for the window that ends with it.
    """

    def __init__(self, by_day: Mapping[date, int], window_days: int) -> None:
        self.window_days = window_days
        self._by_day = dict(by_day)
        self._days = sorted(by_day)
        self._reach = timedelta(days=window_days)
        self._end: date | None = None
        self._kept = 0

    def of_length(self, window_days: int) -> GrowthWindow:
        """The same growth, over a window of so many days."""
        return self if window_days == self.window_days else GrowthWindow(self._by_day, window_days)

    def add(self, day: date, growth: int) -> None:
        if day not in self._by_day:
            insort(self._days, day)
        self._by_day[day] = self._by_day.get(day, 0) + growth
        if self._end is not None and self._end - self._reach < day <= self._end:
            self._kept += growth

    def total(self, last_day: date) -> int:
        """Growth of the window that ends with `last_day`."""
        if self._end is None:
            self._kept = self._sum(last_day - self._reach, last_day)
        elif last_day < self._end:
            return self._sum(last_day - self._reach, last_day)
        else:
            self._kept += self._sum(self._end, last_day) - self._sum(self._end - self._reach, last_day - self._reach)
        self._end = last_day
        return self._kept

    def _sum(self, after: date, last: date) -> int:
        days = self._days[bisect_right(self._days, after) : bisect_right(self._days, last)]
        return sum(self._by_day[day] for day in days)

    def peak(self, first_day: date, last_day: date) -> int:
        """The most that a window came to which ends within these days."""
        grown = self._days[bisect_left(self._days, first_day) : bisect_right(self._days, last_day)]
        return max((self.total(day) for day in grown), default=0)

    def total_from(self, day: date) -> int:
        """The growth that counts when something is posted on `day`: that of the window ending then or, where later
        growth is known already, on the last such day. An order posted late lifts what came after it as well."""
        return max(self.total(day), self.total(max(day, self._days[-1]))) if self._days else 0


def growth_of(rules: TierRules, cash_fen: int) -> int:
    return cash_fen * rules.growth_rate.growth // rules.growth_rate.fen


def tier_for(rules: TierRules, growth: int) -> Tier:
    """The highest tier whose threshold is reached."""
    return rules.tiers[bisect_right(rules.tiers, max(growth, 0), key=lambda tier: tier.threshold) - 1]


def rank(rules: TierRules, code: str) -> int:
    """The place of a tier from the bottom; a tier that the rules no longer have is below all."""
    return next((place for place, tier in enumerate(rules.tiers) if tier.code == code), -1)


def upgraded(rules: TierRules, current: str | None, growth: int) -> Tier | None:
    """The tier an event lifts a member to, or None. An event never lowers: that is the quarter's reckoning."""
    reached = tier_for(rules, growth)
    if current is not None and rank(rules, reached.code) <= rank(rules, current):
        return None
    return reached


def is_above(rules: TierRules, code: str, current: str | None) -> bool:
    """Whether a tier is above the one that a member has; who has none yet is in the first."""
    return rank(rules, code) > (0 if current is None else max(rank(rules, current), 0))


def fallen_to(
    rules: TierRules, ended: StoredUpgrade, current: str, others: Sequence[StoredUpgrade], peak: int
) -> Tier | None:
    """The tier in which a bought one leaves a member: the highest of what growth had made before, of what it made since
    (`peak`: the most that a window came to), and of what else was bought. None: they stay where they are, because they
    were raised above it, or have it by growth."""
    if current != ended.upgrade.tier:
        return None
    kept = [other.upgrade.tier for other in others] + [tier_for(rules, peak).code]
    place = max(0, *(rank(rules, code) for code in [*kept, ended.earned or ""]))
    return rules.tiers[place] if place < rank(rules, current) else None


def progress(
    rules: TierRules,
    standing: Standing | None,
    growth: int,
    bought_until: datetime | None = None,
    trial: TierTrial | None = None,
) -> TierProgress:
    """trial: what runs now. The next tier is reckoned from what is earned."""
    current = rules.tiers[max(rank(rules, standing.tier), 0)] if standing else rules.tiers[0]
    above = next((tier for tier in rules.tiers if tier.threshold > max(current.threshold, growth)), None)
    earned = CurrentTier(current.code, current.name)
    tried = None if trial is None or rank(rules, trial.tier) <= rank(rules, current.code) else trial
    return TierProgress(
        tier=earned if tried is None else _named(rules, tried.tier),
        since=tried.starts_at if tried else standing.since if standing else None,
        growth=growth,
        next=NextTier(above.code, above.name, above.threshold, above.threshold - growth) if above else None,
        tiers=[TierStep(tier.code, tier.name, tier.threshold) for tier in rules.tiers],
        window_days=rules.window_days,
        bought_until=bought_until,
        earned=earned if tried else None,
        trial_until=tried.ends_at if tried else None,
    )


def _named(rules: TierRules, code: str) -> CurrentTier:
    tier = rules.tiers[rank(rules, code)]
    return CurrentTier(tier.code, tier.name)


class Reckoning:
    """The standings and growth of some members while a batch of events is decided, in order per member."""

    def __init__(
        self,
        standings: Mapping[UUID, Standing],
        growth_by_day: Mapping[UUID, Mapping[date, int]],
        trials: Mapping[UUID, TierTrial] | None = None,
    ) -> None:
        self._standings = dict(standings)
        self._trials = dict(trials or {})
        self._growth_by_day = growth_by_day
        self._windows: dict[UUID, GrowthWindow] = {}
        self.changes: list[TierChange] = []

    def tier(self, member_id: UUID, at: datetime) -> str | None:
        """What a member has at an instant: the tier they try, or where they stand."""
        trial = self._trials.get(member_id)
        if trial is not None and trial.runs(at):
            return trial.tier
        standing = self._standings.get(member_id)
        return standing.tier if standing else None

    def grow(self, rules: TierRules, event: GrowthEvent) -> None:
        """Count one event's growth; note the change where it lifts the member (TIER-03)."""
        window = self._window(event.member_id, rules.window_days)
        window.add(event.business_day, event.growth)
        growth = window.total_from(event.business_day)
        standing = self._standings.get(event.member_id)
        reached = upgraded(rules, standing.tier if standing else None, growth)
        if reached is None:
            return
        if (trial := self._trials.get(event.member_id)) and rank(rules, trial.tier) <= rank(rules, reached.code):
            del self._trials[event.member_id]  # earned
        changes = standing.changes + 1 if standing else 1
        self._standings[event.member_id] = Standing(
            event.member_id, reached.code, event.occurred_at, event.rule_version, changes
        )
        self.changes.append(
            TierChange(
                member_id=event.member_id,
                seq=changes,
                from_tier=standing.tier if standing else None,
                to_tier=reached.code,
                cause=event.cause,
                growth=growth,
                order_ref=event.order_ref,
                rule=event.rule,
                rule_version=event.rule_version,
                occurred_at=event.occurred_at,
            )
        )

    def _window(self, member_id: UUID, window_days: int) -> GrowthWindow:
        """The member's window. A batch may span versions of the rules, each with a window of its own length."""
        known = self._windows.get(member_id) or GrowthWindow(self._growth_by_day.get(member_id, {}), window_days)
        window = self._windows[member_id] = known.of_length(window_days)
        return window
