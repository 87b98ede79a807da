"""Tiers: where a member stands, by growth over a rolling window, and how that came about."""
