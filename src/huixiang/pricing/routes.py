"""Quotes over HTTP: a basket's best price, and why it is what it is; and what a member's coupons give. Nothing is
written, so no key is needed."""

from __future__ import annotations

from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from huixiang.coupons.model import State
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.access import member, system
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit
from huixiang.pricing.model.prices import MemberPricesRequest, Prices, SystemPricesRequest
from huixiang.pricing.model.quotes import MemberQuoteRequest, Quote, SystemQuoteRequest, Why, WhyRequest
from huixiang.pricing.model.wallet import WalletCoupon
from huixiang.pricing.service import facts, prices, quote, wallet, why

GIVES_PRICES = "quotes:price"  # a key with this scope may say what goods cost that the catalogue does not have
InState = Annotated[
    State,
    QueryParameter(name="state", description="issued: those that can be used now. What has ended is expired."),
]


@post("/api/v1/quotes", status_code=200, **system("quotes:write"))
async def quote_basket(edge: NamedDependency[Edge], data: JSONBody[SystemQuoteRequest]) -> Quote:
    """The best price of a basket for a member, or for a guest, proven and explained, with a token to place it on."""
    member_id = await facts.named(edge, data.member)
    return await quote.quote(edge, data, member_id, may_price=GIVES_PRICES in edge.system.scopes)


@post("/api/member/v1/quotes", status_code=200, **member())
async def quote_my_basket(edge: NamedDependency[Edge], data: JSONBody[MemberQuoteRequest]) -> Quote:
    """The best price of my basket."""
    return await quote.quote(edge, data.whole(), edge.member.member_id)


@post("/api/v1/quotes/why", status_code=200, **system("quotes:write"))
async def explain_quote(edge: NamedDependency[Edge], data: JSONBody[WhyRequest]) -> Why:
    """Why a quote costs what it does: every rule that touched it, with its reason and what it would cost."""
    return await why.why(edge, data.token)


@post("/api/member/v1/quotes/why", status_code=200, **member())
async def explain_my_quote(edge: NamedDependency[Edge], data: JSONBody[WhyRequest]) -> Why:
    """Why my quote costs what it does."""
    return await why.why(edge, data.token, edge.member.member_id)


@post("/api/v1/prices", status_code=200, **system("prices:read"))
async def price_goods(edge: NamedDependency[Edge], data: JSONBody[SystemPricesRequest]) -> Prices:
    """Prices of up to 200 goods for a page: public, for a member or a guest, and for each tier (PRC-11)."""
    return await prices.prices(edge, data, await facts.named(edge, data.member))


@post("/api/member/v1/prices", status_code=200, **member())
async def price_my_goods(edge: NamedDependency[Edge], data: JSONBody[MemberPricesRequest]) -> Prices:
    """My prices of up to 200 goods for a page, and those of each tier."""
    return await prices.prices(edge, data.whole(), edge.member.member_id)


@get("/api/member/v1/me/wallet", **member())
async def list_my_wallet(
    edge: NamedDependency[Edge], in_state: InState = "issued", cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[WalletCoupon]:
    """My coupons in a state, with what they are called and give: those that I may use now in the order of their ends,
    others with the latest issued first."""
    return await edge.query(lambda tx: wallet.listed(tx, edge.member.member_id, in_state, cursor, limit))


ROUTES = [quote_basket, quote_my_basket, explain_quote, explain_my_quote, price_goods, price_my_goods, list_my_wallet]
