"""Coupons over HTTP, one file per topic."""

from huixiang.coupons.routes import batches, claims, copies, redeeming, wallet

ROUTES = [*wallet.ROUTES, *copies.ROUTES, *claims.ROUTES, *redeeming.ROUTES, *batches.ROUTES]

__all__ = ["ROUTES"]
