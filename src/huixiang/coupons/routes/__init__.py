"""Coupons over HTTP, one file per topic."""

from huixiang.coupons.routes import copies

ROUTES = [*copies.ROUTES]

__all__ = ["ROUTES"]
