"""The generated Python client at a served process: a command and its repetition, a list, a refusal, rows."""

from __future__ import annotations

import asyncio
import io
import json
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from huixiang_client import AuthenticatedClient
from huixiang_client.api.checkout import post_order, post_orders
from huixiang_client.api.members import look_up_member
from huixiang_client.api.points import read_balance
from huixiang_client.models import (
    Balance,
    BulkOutcome,
    MemberCard,
    MemberRef,
    NewLine,
    NewOrder,
    OrderResult,
    Problem,
    SoughtMember,
)
from huixiang_client.types import File

from huixiang.platform.db import Database
from tests.entry.test_wire import serving

pytestmark = pytest.mark.requirement("INT-01")


def _ask(address: str, token: str) -> None:
    """What a till does in a morning. Blocking, as most callers are."""
    with AuthenticatedClient(base_url=address, token=token, raise_on_unexpected_status=True) as client:
        order = NewOrder(
            source="till",
            external_id="client-1",
            member=MemberRef(source="till", external_id="m0"),
            channel="store",
            completed_at=datetime.fromisoformat("2026-03-18T10:30:00+08:00"),
            programme="base",
            lines=[NewLine(line_id="1", sku="FRUIT-0001", grams=1250, payable_fen=2475)],
        )
        first = post_order.sync_detailed(client=client, body=order, idempotency_key="k1")
        again = post_order.sync_detailed(client=client, body=order, idempotency_key="k1")
        made = first.parsed
        assert isinstance(made, OrderResult), first.content
        assert (first.status_code, again.headers["idempotency-replayed"]) == (201, "true")
        assert again.parsed == made
        rows = io.BytesIO("".join(json.dumps(row.to_dict()) + "\n" for row in (order, order)).encode())
        outcome = post_orders.sync(client=client, body=File(payload=rows))
        assert isinstance(outcome, BulkOutcome)
        assert [row.outcome for row in outcome.rows] == ["unchanged", "unchanged"]
        card = look_up_member.sync(client=client, body=SoughtMember(source="till", external_id="m0"))
        assert isinstance(card, MemberCard)
        balance = read_balance.sync(member_id=UUID(str(card.member_id)), client=client)
        assert isinstance(balance, Balance)
        assert balance.balance == 24


async def _concurrently(address: str, token: str) -> None:
    async with AuthenticatedClient(base_url=address, token=token) as client:
        nobody = SoughtMember(source="till", external_id="nobody")
        refusals = await asyncio.gather(*(look_up_member.asyncio(client=client, body=nobody) for _ in range(3)))
    for refusal in refusals:
        assert isinstance(refusal, Problem)
        assert (refusal.status, refusal.code) == (404, "member_unknown")
    async with AuthenticatedClient(base_url=address, token="hx_no_key") as stranger:
        refused = await look_up_member.asyncio_detailed(client=stranger, body=nobody)
    assert isinstance(refused.parsed, Problem)
    assert refused.parsed.code == "not_authenticated"


async def test_the_python_client_at_a_served_process(db: Database, database_url: str, tmp_path: Path) -> None:
    async with serving(db, database_url, tmp_path) as server:
        address = f"http://127.0.0.1:{server.port}"
        await asyncio.to_thread(_ask, address, server.token)
        await _concurrently(address, server.token)
