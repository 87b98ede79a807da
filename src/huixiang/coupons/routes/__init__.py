"""Coupons over HTTP, one file per topic."""

from huixiang.coupons.routes import (
    batches,
    claims,
    copies,
    desk,
    gifts,
    importing,
    packs,
    published,
    redeeming,
    wallet,
)

ROUTES = [
    *wallet.ROUTES,
    *copies.ROUTES,
    *desk.ROUTES,
    *claims.ROUTES,
    *redeeming.ROUTES,
    *packs.ROUTES,
    *gifts.ROUTES,
    *batches.ROUTES,
    *published.ROUTES,
    *importing.ROUTES,
]

__all__ = ["ROUTES"]
