"""Decisions of insight: how `sums` are laid out, which tills are late or silent (`delays`)."""

from huixiang.insight.rules.sums import by_month, shares

__all__ = ["by_month", "shares"]
