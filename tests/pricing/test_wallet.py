"""A member's wallet: what coupons are called, give and ask for, and why one does nothing now (CPN-01, CPN-03)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from huixiang.conditions.model import Scope as Goods
from huixiang.coupons.routes import ROUTES as ROUTES_OF_COUPONS
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Exchange, Fee, FeeOff, Gift, GiftOver, Off, OffStep, RateOff, RateStep, Scope
from huixiang.pricing.model.rules import CouponRule
from huixiang.pricing.routes import ROUTES
from tests.coupons.ground import claim
from tests.pricing.quoting import Shop, good, named
from tests.support.http_client import client_of

pytestmark = pytest.mark.requirement("CPN-03")
PATH = "/api/member/v1/me/wallet"


def coupon(code: str, effect: Any, **more: Any) -> CouponRule:
    return CouponRule(code=code, name=named(code), effect=effect, **more)


RULES = (
    coupon("off", Off((OffStep(5900, 500), OffStep(10000, 1500)))),
    coupon("rate", RateOff((RateStep(3, 9500),), max_off_fen=3000), count="pieces"),
    coupon("eggs", Exchange(1, 100, 5900), scope=Scope(skus=("eggs", "gone"))),
    coupon("delivery", Fee()),
    coupon("nearer", FeeOff(300, 2000)),
    coupon("gift", GiftOver(9900, Gift("points", "points", 100, 0)), scope=Scope(but=Goods(tags=("dear",)))),
)
NOTHING = {"counts": "fen", "steps": [], "repeats": False} | dict.fromkeys(
    ("max_off_fen", "price_fen", "pieces", "fee_fen", "off_fen")
)


async def shown(db: Database, member: UUID, **asked: Any) -> dict[str, Any]:
    async with client_of(db, ROUTES, member=member) as client:
        answer = await client.get(PATH, params=asked)
    assert answer.status_code == 200, answer.text
    return {one["name"]["en"] if one["name"] else one["coupon_id"]: one for one in answer.json()["items"]}


@pytest.mark.requirement("CPN-01")
async def test_each_kind_tells_what_it_gives_and_for_which_goods(shop: Shop, member: UUID) -> None:
    await shop.stock(good("eggs", 990))
    await shop.publish(RULES)
    for rule in RULES:
        await shop.grant(member, rule.code)
    found = await shown(shop.db, member)
    steps = [{"at": 5900, "off_fen": 500, "rate_bp": None}, {"at": 10000, "off_fen": 1500, "rate_bp": None}]
    rate = [{"at": 3, "off_fen": None, "rate_bp": 9500}]
    assert {name: one["gives"] for name, one in found.items()} == {
        "off": NOTHING | {"kind": "off", "at": 5900, "steps": steps},
        "rate": NOTHING | {"kind": "rate", "at": 3, "counts": "pieces", "steps": rate, "max_off_fen": 3000},
        "eggs": NOTHING | {"kind": "exchange", "at": 5900, "price_fen": 100, "pieces": 1},
        "delivery": NOTHING | {"kind": "fee", "at": 0, "fee_fen": 0},
        "nearer": NOTHING | {"kind": "fee_off", "at": 2000, "off_fen": 300},
        "gift": NOTHING | {"kind": "gift", "at": 9900},
    }
    assert {name for name, one in found.items() if one["some_goods"]} == {"eggs", "gift"}
    assert [one["en"] for one in found["eggs"]["goods"]] == ["eggs"]


async def test_what_does_nothing_now_says_why(shop: Shop, member: UUID) -> None:
    await shop.publish(RULES)
    off, gone, kept = [await shop.grant(member, code) for code in ("off", "rate", "eggs")]
    await shop.publish([rule for rule in RULES if rule.code != "rate"])
    await shop.kill("off")
    found = await shown(shop.db, member)
    by_id = {one["coupon_id"]: (one["why_not"], one["gives"] is None) for one in found.values()}
    assert by_id == {off: ("switched_off", False), gone: ("withdrawn", True), kept: (None, False)}


async def test_a_copy_is_called_as_the_version_of_its_template_says(shop: Shop, member: UUID) -> None:
    await shop.publish(RULES)
    for name, giftable in (("first", True), ("second", False)):
        body = {"rule": "off", "name": {"zh": name, "en": name}, "days": 7, "claim": {}, "giftable": giftable}
        await shop.document("coupon_template", "welcome", body)
        async with client_of(shop.db, ROUTES_OF_COUPONS, "coupons:write") as client:
            answer = await claim(client, member, str(new_id()), "welcome")
            assert answer.status_code == 201, answer.text
    found = await shown(shop.db, member)
    assert {name: one["giftable"] for name, one in found.items()} == {"first": True, "second": False}
    assert await shown(shop.db, member, state="used") == {}
