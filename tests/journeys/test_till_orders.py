"""A shop's till over HTTP: register, post, look, refund, repeat (CHK-06, CHK-07, PTS-18, PTS-19, TIER-05)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.journeys.conftest import House

COMPLETED_AT = "2026-03-17T10:30:00+08:00"


async def register(house: House, external_id: str) -> str:
    body = {"channel": "till", "external_ids": [{"source": "shop", "external_id": external_id}]}
    response = await house.post("/api/v1/members", body, key=f"register-{external_id}")
    assert response.status_code == 201, response.text
    member_id: str = response.json()["member_id"]
    return member_id


def order(member: str, number: str, **changes: Any) -> dict[str, Any]:
    return {
        "source": "pos",
        "external_id": number,
        "member": {"source": "shop", "external_id": member},
        "store_id": "s1",
        "channel": "till",
        "programme": "base",
        "completed_at": COMPLETED_AT,
        "lines": [
            {"line_id": "1", "sku": "apple", "pieces": 3, "payable_fen": 1000},
            {"line_id": "2", "sku": "beef", "grams": 512, "payable_fen": 2555},
            {"line_id": "3", "sku": "fuel", "amount": True, "payable_fen": 445},
        ],
        "tenders": [{"kind": "manufacturer_coupon", "amount_fen": 100, "line_id": "1"}],
    } | changes


@pytest.mark.requirement("CHK-07")
async def test_an_order_from_posting_to_the_last_refund(house: House) -> None:
    member_id = await register(house, "h1")
    posted = await house.post("/api/v1/orders", order("h1", "1"), key="o1")
    assert posted.status_code == 201, posted.text
    result = posted.json()
    assert (result["cash_fen"], result["points"], result["growth"], result["created"]) == (3900, 39, 3900, True)

    balance = await house.get(f"/api/v1/members/{member_id}/points")
    assert balance == {
        "book": "points",
        "balance": 39,
        "available": 39,
        "held": 0,
        "pending": 0,
        "debt": 0,
        "expiring": [],
    }
    tier = await house.get(f"/api/v1/members/{member_id}/tier")
    assert (tier["tier"]["code"], tier["growth"], tier["next"]["missing"]) == ("bronze", 3900, 196_100)

    stored = await house.get(f"/api/v1/orders/{result['order_id']}")
    assert [line["paid_fen"] for line in stored["lines"]] == [900, 2555, 445]
    assert [line["measure"] for line in stored["lines"]] == ["piece", "gram", "amount"]

    refund = {
        "external_id": "r1",
        "reason": "bruised",
        "occurred_at": "2026-03-18T09:00:00+08:00",
        "lines": [{"line_id": "1", "quantity": 2}, {"line_id": "2", "quantity": 256}],
    }
    refunded = await house.post(f"/api/v1/orders/{result['order_id']}/refunds", refund, key="f1")
    assert refunded.status_code == 201, refunded.text
    assert refunded.json()["refund_fen"] == 600 + 1278
    rest = refund | {
        "external_id": "r2",
        "lines": [
            {"line_id": "1", "quantity": 1},
            {"line_id": "2", "quantity": 256},
            {"line_id": "3", "quantity": 1},
        ],
    }
    last = await house.post(f"/api/v1/orders/{result['order_id']}/refunds", rest, key="f2")
    assert refunded.json()["refund_fen"] + last.json()["refund_fen"] == 3900
    assert (await house.get(f"/api/v1/orders/{result['order_id']}"))["state"] == "refunded"
    assert (await house.get(f"/api/v1/members/{member_id}/points"))["balance"] == 0
    statement = await house.get(f"/api/v1/members/{member_id}/points/postings")
    assert [line["kind"] for line in statement["items"]] == ["claw_back", "claw_back", "earn"]
    assert [line["balance_after"] for line in statement["items"]] == [0, statement["items"][1]["balance_after"], 39]


async def test_the_same_request_again_answers_the_same(house: House) -> None:
    await register(house, "h1")
    first = await house.post("/api/v1/orders", order("h1", "1"), key="o1")
    again = await house.post("/api/v1/orders", order("h1", "1"), key="o1")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    other_body = await house.post("/api/v1/orders", order("h1", "2"), key="o1")
    assert (other_body.status_code, other_body.json()["code"]) == (409, "idempotency_conflict")
    no_key = await house.client.post("/api/v1/orders", json=order("h1", "2"))
    assert (no_key.status_code, no_key.json()["code"]) == (400, "idempotency_key_required")
    other_content = await house.post("/api/v1/orders", order("h1", "1", channel="app"), key="o2")
    assert (other_content.status_code, other_content.json()["code"]) == (409, "order_conflict")


@pytest.mark.requirement("PTS-19")
async def test_bulk_reports_the_bad_rows_and_keeps_the_good_ones(house: House) -> None:
    member_id = await register(house, "h1")
    good = [order("h1", str(number)) for number in range(3)]
    rows = [
        msgspec.json.encode(good[0]),
        b'{"source": "pos"',
        msgspec.json.encode(good[1] | {"surprise": 1}),
        msgspec.json.encode(good[1] | {"member": {"source": "shop", "external_id": "nobody"}}),
        msgspec.json.encode(good[1] | {"lines": good[1]["lines"] * 2}),
        msgspec.json.encode(good[2]),
        msgspec.json.encode(good[0]),
    ]
    response = await house.client.post(
        "/api/v1/orders/bulk", content=b"\n".join(rows), headers={"Content-Type": "application/x-ndjson"}
    )
    assert response.status_code == 200, response.text
    outcome = response.json()
    assert (outcome["accepted"], outcome["refused"]) == (3, 4)
    assert [row["outcome"] for row in outcome["rows"]] == [
        "created", "refused", "refused", "refused", "refused", "created", "unchanged",
    ]  # fmt: skip
    codes = [row["problem"]["code"] for row in outcome["rows"] if "problem" in row]
    assert codes == ["json_malformed", "input_invalid", "member_unknown", "input_invalid"]
    assert (await house.get(f"/api/v1/members/{member_id}/points"))["balance"] == 78


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"lines": [{"line_id": "1", "sku": "a", "pieces": 1, "payable_fen": -1}]}, 422, "input_invalid"),
        ({"lines": [{"line_id": "1", "sku": "a", "pieces": 1, "payable_fen": 10**30}]}, 422, "input_invalid"),
        ({"lines": [{"line_id": "1", "sku": "a", "pieces": 1, "payable_fen": 1.5}]}, 422, "input_invalid"),
        ({"lines": [{"line_id": "1", "sku": "a", "pieces": 1, "payable_fen": 1}] * 2}, 422, "input_invalid"),
        ({"member": {"source": "shop", "external_id": "nobody"}}, 404, "member_unknown"),
        ({"completed_at": "2026-03-17T10:30:00"}, 422, "input_invalid"),
        ({"completed_at": "2026-03-18T10:30:00-08:00"}, 422, "order_in_future"),
        ({"programme": "nowhere"}, 422, "programme_unknown"),
        ({"unknown_field": 1}, 422, "input_invalid"),
        ({"source": "x\u0000"}, 422, "input_invalid"),
    ],
)
async def test_a_bad_order_is_a_problem_with_a_stable_code(
    house: House, change: dict[str, Any], status: int, code: str
) -> None:
    member_id = await register(house, "h1")
    response = await house.post("/api/v1/orders", order("h1", "1") | change, key="o1")
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert response.headers["content-type"].startswith("application/problem+json")
    assert (await house.get(f"/api/v1/members/{member_id}/points"))["balance"] == 0


async def test_a_refusal_is_not_remembered(house: House) -> None:
    refused = await house.post("/api/v1/orders", order("h1", "1"), key="o1")
    assert refused.json()["code"] == "member_unknown"
    await register(house, "h1")
    assert (await house.post("/api/v1/orders", order("h1", "1"), key="o1")).status_code == 201
