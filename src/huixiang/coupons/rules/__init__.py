"""Decisions of coupons."""
