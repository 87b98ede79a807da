"""What staff may give, over HTTP (CPN-02)."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency

from huixiang.coupons.model.grantable import GrantableTemplate
from huixiang.coupons.service import many
from huixiang.kernel.page import PAGE_LIMIT_DEFAULT, Page
from huixiang.platform.access import staff
from huixiang.platform.edge import Edge
from huixiang.platform.web.parameters import Cursor, Limit


@get("/api/console/v1/coupons/templates", **staff("coupons:read"))
async def list_grantable_templates(
    edge: NamedDependency[Edge], cursor: Cursor = None, limit: Limit = PAGE_LIMIT_DEFAULT
) -> Page[GrantableTemplate]:
    """The coupon templates that may be given to members now, by code, with how many copies are left."""
    return await edge.query(lambda tx: many.grantable(tx, cursor, limit))


ROUTES = [list_grantable_templates]
