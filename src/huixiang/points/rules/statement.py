"""A posting as a statement shows it."""

from __future__ import annotations

from huixiang.points.model import Posting, StatementLine


def statement_line(posting: Posting, balance_after: int) -> StatementLine:
    """`balance_after`: net of debt."""
    return StatementLine(
        seq=posting.seq,
        kind=posting.kind,
        cause=posting.cause,
        points=posting.points,
        balance_after=balance_after,
        pending_delta=posting.pending_delta,
        held_delta=posting.held_delta,
        debt_delta=posting.debt_delta,
        rule=posting.rule,
        rule_version=posting.rule_version,
        order_id=posting.order_ref,
        occurred_at=posting.occurred_at,
        recorded_at=posting.recorded_at,
    )
