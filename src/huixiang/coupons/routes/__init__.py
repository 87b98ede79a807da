"""Coupons over HTTP, one file per topic."""

from huixiang.coupons.routes import claims, copies

ROUTES = [*copies.ROUTES, *claims.ROUTES]

__all__ = ["ROUTES"]
