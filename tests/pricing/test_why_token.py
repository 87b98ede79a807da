"""Tokens of quotes: what they hold, how large they are, who may open them; and why a quote costs what it does."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from huixiang.conditions.facts import Purchase
from huixiang.conditions.model import All, Anniversary, Bought, Compare
from huixiang.kernel.clock import SettableClock
from huixiang.members import service as members_service
from huixiang.members.model import ExternalId, NewMember
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Off, OffStep, PriceRate
from huixiang.pricing.model.refusals import QuoteExpired, QuoteTokenInvalid
from huixiang.pricing.model.rules import CouponRule, OrderRule, UnitRule
from huixiang.pricing.rules.needs import condensed
from huixiang.pricing.service import tokens
from tests.pricing.quoting import Secrets, Shop, good, named, numbered, opened, pieces, refused

pytestmark = pytest.mark.requirement("CHK-01")
TOKEN_BYTES = 8_000


def rate(code: str, rate_bp: int, **other: object) -> UnitRule:
    return UnitRule(code=code, name=named(code), effect=PriceRate(rate_bp), **other)  # type: ignore[arg-type]


def steps(code: str, at: int, off: int) -> OrderRule:
    return OrderRule(code=code, name=named(code), effect=Off((OffStep(at, off),)))


@pytest.mark.requirement("PRC-08")
async def test_why_prices_the_quote_again_as_it_was(shop: Shop, member: UUID, clock: SettableClock) -> None:
    """Under its version, facts and moment, whatever has changed since."""
    await shop.stock(good("beef", 5200))
    version = await shop.publish([rate("day", 8800), rate("silver", 9800), steps("steps", 10_000, 2_000)])
    quoted = await shop.quote([pieces("beef", 2)], member)
    await shop.stock(good("beef", 9900, version=2))
    await shop.publish([rate("day", 1000)])
    await shop.kill("day")
    clock.advance(timedelta(days=2))
    why = await shop.why(quoted["token"])
    assert (why["version"], why["issued_at"], why["expires_at"]) == (version, quoted["issued_at"], quoted["expires_at"])
    assert why["priced"]["payable_fen"] == quoted["priced"]["payable_fen"] == 8192
    [day] = [one for one in why["priced"]["not_applied"] if one["rule"] == "day"]
    assert (day["reason"], day["dearer_fen"]) == ("dearer", 9152 - 8192)


async def test_what_was_not_proven_may_be_found_otherwise_by_another_version(shop: Shop, member: UUID) -> None:
    """A quote that an older program found by a search that was cut short: a refusal that says so, and no fault."""
    await shop.stock(good("beef", 5200))
    await shop.publish([rate("day", 8800)])
    kept = tokens.read_token((await shop.quote([pieces("beef")], member))["token"])
    assert kept.totals.proven
    dearer = replace(kept, totals=replace(kept.totals, payable_fen=4_600, proven=False))
    asked = await shop.client.post("/api/v1/quotes/why", json={"token": tokens.seal(dearer)})
    refused(asked, 409, "quote_not_reproduced")
    assert (asked.json()["quoted_fen"], asked.json()["found_fen"]) == (4_600, 4_576)
    proven = replace(dearer, totals=replace(dearer.totals, proven=True))
    refused(await shop.client.post("/api/v1/quotes/why", json={"token": tokens.seal(proven)}), 500, "internal_error")


async def test_a_token_holds_no_personal_data_and_needs_what_it_was_made_by(shop: Shop, db: Database) -> None:
    await shop.stock(good("cake", 10_000))
    birthday = Anniversary("birthday", within="month")
    await shop.publish([rate("birthday", 5000, when=All((birthday, Compare("member_state", "eq", "active"))))])
    new = NewMember(channel="till", external_ids=(ExternalId("till", "b1"),), birthday=date(1990, 3, 18), name="王小明")
    async with db.transaction() as tx:
        [registered] = await members_service.register_bulk(tx, [new])
    assert registered.member_id is not None
    quoted = await shop.quote([pieces("cake")], registered.member_id)
    assert quoted["priced"]["payable_fen"] == 5_000
    kept = tokens.read_token(quoted["token"])
    assert (kept.hidden, kept.numbers) == (["birthday"], {"member_state": "active"})
    assert (await shop.why(quoted["token"]))["priced"]["payable_fen"] == 5_000
    async with db.transaction() as tx:
        await tx.execute("UPDATE members.member SET birth_day = 19 WHERE member_id = $1", registered.member_id)
    changed = await shop.client.post("/api/v1/quotes/why", json={"token": quoted["token"]})
    refused(changed, 409, "quote_facts_changed")


async def test_a_token_of_a_hundred_lines_stays_small(shop: Shop, member: UUID) -> None:
    skus = [good(f"SKU-{number:06d}", 500 + number * 37, cost_fen=300 + number * 11, brand=f"b{number % 9}")
            for number in range(100)]  # fmt: skip
    await shop.stock(*skus)
    await shop.publish([rate("day", 8800), CouponRule(code="c", name=named("c"), effect=Off((OffStep(0, 10),)))])
    for _ in range(20):
        await shop.grant(member, "c", shop.db.clock.now() + timedelta(days=9))
    lines = [pieces(one.sku, 1 + place % 7) for place, one in enumerate(skus)]
    token = (await shop.quote(lines, member))["token"]
    assert len(token) <= TOKEN_BYTES
    assert len(token) < 7_000, "it has grown; say why"


async def test_a_token_that_was_changed_or_made_elsewhere_is_none(shop: Shop) -> None:
    await shop.stock(good("beef", 5200))
    token = (await shop.quote([pieces("beef")]))["token"]
    for place in range(0, len(token), 7):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(QuoteTokenInvalid):
            tokens.read_token(token[:place] + other + token[place + 1 :])
    for wrong in ("", "x", token[:-1], token + "A", token + "=", f" {token}", "é", token[:40]):
        with pytest.raises(QuoteTokenInvalid):
            tokens.read_token(wrong)
    answer = await shop.client.post("/api/v1/quotes/why", json={"token": token[:-4] + "AAAA"})
    refused(answer, 422, "quote_token_invalid")
    tokens.use_secrets(Secrets("elsewhere"))
    with pytest.raises(QuoteTokenInvalid):
        tokens.read_token(token)
    tokens.use_secrets(Secrets("here"))
    assert tokens.read_token(token).lines[0].sku == "beef"
    assert b"beef" not in urlsafe_b64decode(token + "=" * (-len(token) % 4))


async def test_a_token_expires_and_the_life_is_a_setting(shop: Shop, clock: SettableClock) -> None:
    await shop.stock(good("beef", 5200))
    token = (await shop.quote([pieces("beef")]))["token"]
    clock.advance(timedelta(minutes=14, seconds=59))
    assert tokens.read_token(token).totals.payable_fen == 5200
    clock.advance(timedelta(seconds=1))
    with pytest.raises(QuoteExpired):
        tokens.require_fresh(tokens.read_token(token), clock.now())
    tokens.use_secrets(Secrets("here"), timedelta(minutes=1))
    quoted = await shop.quote([pieces("beef")])
    assert quoted["expires_at"] == (clock.now() + timedelta(minutes=1)).isoformat().replace("+00:00", "Z")


async def test_a_member_asks_why_of_their_own_quotes(shop: Shop, members: list[UUID], db: Database) -> None:
    one, other = members
    await shop.stock(good("beef", 5200))
    body = {"lines": numbered([pieces("beef")])}
    async with opened(db, "none:none", member=one) as mine:
        token = (await mine.ask("/api/member/v1/quotes", body)).json()["token"]
        assert (await mine.client.post("/api/member/v1/quotes/why", json={"token": token})).status_code == 200
        of_a_guest = (await shop.quote([pieces("beef")]))["token"]
        refused(
            await mine.client.post("/api/member/v1/quotes/why", json={"token": of_a_guest}), 403, "quote_of_another"
        )
    async with opened(db, "none:none", member=other) as theirs:
        refused(await theirs.client.post("/api/member/v1/quotes/why", json={"token": token}), 403, "quote_of_another")


KIND = st.sampled_from([(None, None), ("fresh", None), (None, "milk")])
TODAY = date(2026, 3, 18)
purchases = st.builds(
    lambda kind, age, orders, quantity, fen: Purchase(
        day=TODAY - timedelta(days=age), category=kind[0], sku=kind[1], orders=orders, quantity=quantity, spend_fen=fen
    ),
    KIND, st.integers(0, 100), st.integers(1, 3), st.integers(1, 9), st.integers(0, 9_999),
)  # fmt: skip


@given(bought=st.lists(purchases, max_size=30), windows=st.dictionaries(KIND, st.sets(st.integers(1, 90), min_size=1)))
def test_condensed_purchases_are_the_same_to_every_condition(
    bought: list[Purchase], windows: dict[tuple[str | None, str | None], set[int]]
) -> None:
    few = condensed(bought, {kind: sorted(days) for kind, days in windows.items()}, TODAY)
    assert len(few) <= sum(map(len, windows.values()))
    for (category, sku), lengths in windows.items():
        for days in lengths:
            for count in ("orders", "quantity", "spend_fen"):
                sums = [
                    sum(
                        getattr(one, count)
                        for one in rows
                        if (one.category, one.sku) == (category, sku) and (TODAY - one.day).days < days
                    )
                    for rows in (bought, few)
                ]
                assert sums[0] == sums[1]


async def test_what_a_member_bought_is_known(shop: Shop, member: UUID) -> None:
    """Of nobody else, and of no guest."""
    await shop.stock(good("beef", 5200))
    await shop.publish([rate("loyal", 9000, when=Bought("spend_fen", 90, at_least=0, at_most=0))])
    assert (await shop.quote([pieces("beef")], member))["priced"]["payable_fen"] == 4680
    assert (await shop.quote([pieces("beef")]))["priced"]["payable_fen"] == 5200
