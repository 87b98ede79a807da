"""Whatever promotions can be published come back as they were, under the hash that they were given."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import psycopg
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from huixiang.entry.attributes import REGISTRY
from huixiang.entry.wiring import register_rule_kinds
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database, Transaction
from huixiang.pricing.model.rules import Promotions
from huixiang.pricing.rules.compile import compile_promotions
from huixiang.pricing.rules.validate import validate
from huixiang.pricing.service import rule_sets
from huixiang.rulebook import service as rulebook
from tests.support import pristine
from tests.support.fixtures import NOW, TestDatabase

Body = dict[str, Any]

texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=12)
names = st.builds(lambda zh, en: {"zh": zh, "en": en}, texts, texts)
codes = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,12}", fullmatch=True)
terms = st.lists(texts, min_size=1, max_size=3, unique=True)
fen = st.integers(1, 10**12)
rates = st.integers(0, 9999)
pieces = st.integers(1, 10_000)
goods = st.fixed_dictionaries({}, optional=dict.fromkeys(("skus", "categories", "brands", "tags"), terms))
instants = st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - strategies
at = st.integers(0, 10**11)


@st.composite
def scopes(draw: st.DrawFn) -> Body:
    scope: Body = draw(goods)
    if draw(st.booleans()):
        scope["weighed"] = False
    if draw(st.booleans()):
        scope["but"] = {"tags": [f"not {draw(texts)}"], "skus": draw(terms)}
    return scope


@st.composite
def periods(draw: st.DrawFn) -> Body:
    start = draw(instants)
    period: Body = {"start": start.isoformat()}
    if draw(st.booleans()):
        period["end"] = (start + timedelta(seconds=draw(st.integers(1, 10**8)))).isoformat()
    return period


leaves = st.one_of(
    st.builds(lambda days: {"type": "weekdays", "days": days}, st.lists(st.integers(1, 7), min_size=1, max_size=7)),
    st.builds(lambda value: {"type": "compare", "attribute": "tier", "op": "eq", "value": value}, texts),
    st.builds(lambda least: {"type": "between", "attribute": "orders", "at_least": least}, st.integers(0, 99)),
    st.builds(lambda least: {"type": "basket", "sum": "list_fen", "at_least": least}, at),
    st.builds(lambda days: {"type": "bought", "count": "orders", "days": days, "at_least": 1}, st.integers(1, 3650)),
    st.just({"type": "anniversary", "attribute": "birthday", "within": "month"}),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda of: {"type": "all", "of": of}, st.lists(inner, max_size=3)),
        st.builds(lambda of: {"type": "any", "of": of}, st.lists(inner, max_size=3)),
        st.builds(lambda of: {"type": "not", "of": of}, inner),
    ),
    max_leaves=6,
)


@st.composite
def offs(draw: st.DrawFn, *, counts_fen: bool) -> Body:
    thresholds = sorted(draw(st.sets(st.integers(100, 10**9), min_size=1, max_size=4)))
    if draw(st.booleans()):
        rising = sorted(draw(st.sets(rates, min_size=len(thresholds), max_size=len(thresholds))), reverse=True)
        return {"type": "rate", "steps": [{"at": a, "rate_bp": r} for a, r in zip(thresholds, rising, strict=True)]}
    # Each step takes off more than the one below, and less than its own threshold.
    steps = [{"at": a, "off_fen": place + 1} for place, a in enumerate(thresholds)]
    if len(steps) == 1 and draw(st.booleans()):
        return {"type": "off", "steps": steps, "repeat": True, "times": draw(pieces)}
    if not counts_fen:
        steps[-1]["off_fen"] = draw(st.integers(len(steps), 10**12))
    return {"type": "off", "steps": steps}


@st.composite
def unit_rules(draw: st.DrawFn) -> Body:
    plain = draw(st.sampled_from(["price", "off", "rate", "listed", "markdown"]))
    hours = sorted(draw(st.sets(st.integers(0, 8760), min_size=1, max_size=3)))
    rising = sorted(draw(st.sets(rates, min_size=len(hours), max_size=len(hours))))
    effects: dict[str, Body] = {
        "price": {"price_fen": draw(fen)},
        "off": {"off_fen": draw(fen)},
        "rate": {"rate_bp": draw(rates)},
        "listed": {"price_list": draw(texts)},
        "markdown": {
            "steps": [{"hours_left": h, "rate_bp": r} for h, r in zip(hours, rising, strict=True)],
            "least_margin_bp": draw(st.integers(-10_000, 10_000)),
        },
    }
    on_top = plain in {"off", "rate"} and draw(st.booleans())
    quota = {"of": "pieces", "at_most": draw(pieces), "per": draw(st.sampled_from(["all", "member"]))}
    return {
        "layer": "unit",
        "effect": {"type": plain, **effects[plain]},
        "on_top": on_top,
        "caps": [] if on_top else [quota],
    }


@st.composite
def group_rules(draw: st.DrawFn) -> Body:
    slots: list[Body] = [{"goods": draw(scopes()), "pieces": draw(pieces)} for _ in range(draw(st.integers(1, 3)))]
    size = sum(slot["pieces"] for slot in slots)
    effect = draw(
        st.one_of(
            st.builds(lambda price: {"type": "price", "price_fen": price}, fen),
            st.builds(lambda off: {"type": "off", "off_fen": off}, fen),
            st.builds(lambda rate, n: {"type": "rate", "rate_bp": rate, "cheapest": min(n, size)}, rates, pieces),
        )
    )
    return {"layer": "group", "slots": slots, "effect": effect, "base": draw(st.sampled_from(["list", "unit"]))}


@st.composite
def upper_rules(draw: st.DrawFn) -> Body:
    layer = draw(st.sampled_from(["order", "coupon", "delivery"]))
    fee = draw(
        st.one_of(
            st.builds(lambda to, a: {"type": "fee", "fee_fen": to, "at": a}, fen, at),
            st.builds(lambda off, a: {"type": "fee_off", "off_fen": off, "at": a}, fen, at),
        )
    )
    if layer == "delivery":
        return {"layer": layer, "effect": fee}
    count = draw(st.sampled_from(["fen", "pieces"]))
    gift = {"kind": "coupon", "what": draw(texts), "count": draw(pieces), "value_fen": draw(fen)}
    effects = [draw(offs(counts_fen=count == "fen")), {"type": "gift", "at": draw(at), "gift": gift}]
    if layer == "order":
        effects.append({"type": "add_on", "at": draw(at), "goods": draw(scopes()), "price_fen": draw(fen)})
        return {"layer": layer, "count": count, "effect": draw(st.sampled_from(effects))}
    effects.append({"type": "exchange", "pieces": draw(pieces), "price_fen": draw(fen)})
    if draw(st.booleans()):
        return {"layer": layer, "effect": fee}
    return {"layer": layer, "count": count, "effect": draw(st.sampled_from(effects))}


@st.composite
def promotions(draw: st.DrawFn) -> Body:
    rules = []
    for code in draw(st.lists(codes, max_size=6, unique=True)):
        rule = draw(st.one_of(unit_rules(), group_rules(), upper_rules()))
        if rule["layer"] != "group":  # whose slots would have to lie in it
            rule["scope"] = draw(scopes())
        stacking = draw(st.none() | st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True))
        if stacking is not None:
            rule["stacking"] = stacking
        optional = {"when": conditions, "period": periods(), "priority": st.integers(-9, 9), "personal": st.booleans()}
        rules.append(rule | {"code": code, "name": draw(names)} | draw(st.fixed_dictionaries({}, optional=optional)))
    body: Body = {"rules": rules, "packaging_fen": draw(st.integers(0, 100))}
    classes = sorted({rule["stacking"] for rule in rules if "stacking" in rule})
    if classes:
        first, second = draw(st.sampled_from(classes)), draw(st.sampled_from(classes))
        body["exclusions"] = [{"first": first, "second": second, "on": draw(st.sampled_from(["line", "order"]))}]
        body["maxima"] = [{"of": first, "at_most": draw(st.integers(0, 100))}]
    return body


class Undo(Exception):
    """Rolls a transaction back."""


@pytest_asyncio.fixture(scope="module")
async def quick_db(worker_database: TestDatabase, superuser: psycopg.Connection[Any]) -> AsyncIterator[Database]:
    """Clean, and left clean: what a test does here it undoes."""
    pristine.restore(superuser)
    register_rule_kinds()
    url = worker_database.url("huixiang_app")
    db = await Database.open(url, calendar=BusinessCalendar("Asia/Shanghai"), clock=SettableClock(NOW))
    yield db
    await db.close()


@asynccontextmanager
async def undone(db: Database) -> AsyncIterator[Transaction]:
    with suppress(Undo):
        async with db.transaction() as tx:
            yield tx
            raise Undo


@pytest.mark.requirement("INV-5", "PRC-14")
@given(body=promotions())
async def test_what_is_published_is_what_is_read(body: Body, quick_db: Database) -> None:
    meant = msgspec.convert(body, Promotions)
    assert validate(meant, REGISTRY) == []
    async with undone(quick_db) as tx:
        given_as = [body, meant, msgspec.to_builtins(meant)]
        found = [await rulebook.publish(tx, *rule_sets.DOCUMENT, one, tx.now, "maker", "the same") for one in given_as]
        assert [one.version for one in found] == [1, 2, 3]
        for document in found:
            assert document.read(Promotions) == meant
            written = msgspec.json.encode(document.body, order="sorted")
            assert document.hash == hashlib.sha256(written).digest()
        assert (await rule_sets.current(tx)).promotions == meant
        changed = await rulebook.compare(tx, *rule_sets.DOCUMENT, body)
        assert (changed.against, changed.changes) == (3, ())
    assert [rule.code for rule in compile_promotions(meant, 1, REGISTRY).rules] == sorted(
        rule["code"] for rule in body["rules"]
    )
