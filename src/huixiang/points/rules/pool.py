"""What a person may take out of a pool, and what of it is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.kernel.allocation import allocate
from huixiang.points.model.pool import PoolMember, PoolOutsideLimit, PoolRules, Taken


def check_taking(rules: PoolRules, person: PoolMember, points: int, taken: Taken) -> None:
    """Raises PoolOutsideLimit."""
    daily = rules.daily_points if person.daily_points is None else person.daily_points
    monthly = rules.monthly_points if person.monthly_points is None else person.monthly_points
    for limit, left in (("daily_points", daily - taken.today), ("monthly_points", monthly - taken.this_month)):
        if points > left:
            raise PoolOutsideLimit(limit=limit, points=points, left=max(left, 0))


def shares(available: int, people: Sequence[PoolMember], head_id: UUID) -> dict[UUID, int]:
    """Whose the available points are: in proportion to what each put in and did not take out themselves, by largest
    remainder. Where nobody has anything left in, all is the head's."""
    weights = [max(person.contributed - person.spent, 0) for person in people]
    if not any(weights):
        return {person.person_id: available if person.person_id == head_id else 0 for person in people}
    parts = allocate(available, weights, [str(person.person_id) for person in people])
    return {person.person_id: part for person, part in zip(people, parts, strict=True)}
