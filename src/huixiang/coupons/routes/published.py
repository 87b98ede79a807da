"""Coupon templates over HTTP, for staff (CPN-06)."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from huixiang.coupons.model.published import PublishedTemplate
from huixiang.coupons.service import published
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.access import staff
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit

PATH = "/api/console/v1/coupons/published"
Granted = Annotated[bool, QueryParameter(description="only those of which copies may be given to members now")]
Template = Annotated[str, PathParameter(max_length=32)]


@get(PATH, **staff("coupons:read"))
async def list_published_templates(
    edge: NamedDependency[Edge],
    granted: Granted = False,  # noqa: FBT002 - a query
    cursor: Cursor = None,
    limit: Limit = PAGE_LIMIT_DEFAULT,
) -> Page[PublishedTemplate]:
    """The coupon templates that are in force or will be, by code: how each may be had, its limits, and how many copies
    are left. What a copy does, its rule in the promotions says."""
    return await edge.query(lambda tx: published.listed(tx, cursor, limit, granted=granted))


@get(PATH + "/{template:str}", **staff("coupons:read"))
async def read_published_template(edge: NamedDependency[Edge], template: Template) -> PublishedTemplate:
    """One coupon template, as it is in force or will be first."""
    return await edge.query(lambda tx: published.one(tx, template))


ROUTES = [list_published_templates, read_published_template]
