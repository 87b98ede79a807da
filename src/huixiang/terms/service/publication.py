"""What is asked of a version of the terms before it is published, or withdrawn, beside its shape."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.kernel.errors import Problem
from huixiang.kernel.period import Period
from huixiang.platform.db import Transaction
from huixiang.terms import rules, store
from huixiang.terms.model import TermsBinding
from huixiang.terms.service.reading import notice


async def check_in_time(tx: Transaction, period: Period) -> Sequence[Problem]:
    """What is wrong with when it is to hold. Where there is no member yet, nobody has to be told."""
    if not await store.has_members(tx):
        return []
    return rules.out_of_time(period, await notice(tx), tx.now, tx.calendar)


async def check_withdrawal(tx: Transaction, number: int, period: Period) -> None:
    """Raises TermsBinding for a version that has taken effect."""
    if period.start <= tx.now and await store.has_members(tx):
        raise TermsBinding(version=number)
