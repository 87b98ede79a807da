"""The API document says what the program does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from huixiang.entry.examples import REQUESTS
from huixiang.entry.http import openapi_document
from huixiang.platform.web import strict
from huixiang.platform.web.openapi import operations
from huixiang.platform.web.schemas import Schemas
from huixiang.points.model.adjusting import Adjustment as PointsAdjustment
from huixiang.pricing.model.priced import Adjustment as PricingAdjustment
from tests.entry.program import application

pytestmark = pytest.mark.requirement("INT-01")

PUBLIC = {
    *("sign_in", "read_health", "read_readiness", "ask_sign_in_code", "sign_in_with_code", "refresh_sign_in"),
    *("begin_provider_visit", "sign_in_by_provider", "join_by_provider", "begin_passkey_sign_in", "sign_in_by_passkey"),
    *("list_card_keys", "list_ways_in", "begin_console_passkey", "list_console_ways_in", "sign_in_by_console_passkey"),
    *("read_terms", "read_terms_version"),
}
VERB_NOUN = re.compile(r"[a-z]+(_[a-z0-9]+)+")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi_document()


def described(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(reference := value.get("$ref"), str):
            yield reference
        for one in value.values():
            yield from references(one)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)


def test_every_route_is_described_once(document: dict[str, Any]) -> None:
    served = {(one.path, one.method.lower()) for one in operations(application())}
    assert len(served) > 30
    assert {(path, method) for path, method, _ in described(document)} == served
    ids = [operation["operationId"] for _, _, operation in described(document)]
    assert len(set(ids)) == len(ids)
    assert [name for name in ids if not VERB_NOUN.fullmatch(name)] == []


def test_every_operation_says_who_may_call_it_and_how_it_refuses(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"]
    for path, method, operation in described(document):
        place = f"{method} {path}"
        if operation["operationId"] in PUBLIC:
            assert operation["security"] == [], place
        else:
            (requirement,) = operation["security"]
            assert set(requirement) <= set(schemes), place
            assert {"401", "500", "503"} <= set(operation["responses"]), place
        if "requestBody" in operation:
            assert {"400", "413", "415", "422"} <= set(operation["responses"]), place
        assert operation["summary"], place
        assert operation["tags"], place
        (done,) = [status for status in operation["responses"] if status.startswith("2")]
        content = operation["responses"][done].get("content", {})
        assert done == "204" or content, place
        assert all("example" in shown for shown in content.values()), place


def test_commands_ask_for_a_key_and_console_changes_for_a_token(document: dict[str, Any]) -> None:
    headers = {
        operation["operationId"]: {p["name"] for p in operation.get("parameters", []) if p["in"] == "header"}
        for _, _, operation in described(document)
    }
    for command in (
        "refund_order",
        "register_member",
        "change_member_attributes",
        "send_points",
        "cancel_order",
        "claim_coupon",
        "redeem_my_code",
        "claim_my_pack",
        "take_gift",
        "place_my_order",
    ):
        assert headers[command] == {"Idempotency-Key"}
    for taking in ("spend_points", "send_points_of_member", "post_order"):
        assert headers[taking] == {"Idempotency-Key", "Member-Presence"}
    assert headers["sign_out"] == {"X-CSRF-Token"}
    assert headers["post_orders"] == headers["read_order"] == headers["sign_in"] == set()


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found = set(references(document))
    assert len(found) > 20
    for reference in found:
        value: Any = document
        for part in reference.removeprefix("#/").split("/"):
            value = value[part]


def test_the_schemas_hold_what_the_decoder_holds(document: dict[str, Any]) -> None:
    order = document["components"]["schemas"]["NewOrder"]
    assert order["additionalProperties"] is False
    assert order["properties"]["lines"]["minItems"] == 1
    assert document["components"]["schemas"]["NewLine"]["properties"]["payable_fen"]["minimum"] == 0
    balance = document["components"]["schemas"]["Balance"]
    assert set(balance["required"]) == set(balance["properties"])


@pytest.mark.parametrize("name", REQUESTS)
def test_the_examples_are_accepted(name: str) -> None:
    (operation,) = [one for one in operations(application()) if one.name == name]
    kind = operation.body or operation.rows
    strict.decode(strict.parse(msgspec.json.encode(REQUESTS[name])), kind)


def test_structs_of_one_name_are_told_apart() -> None:
    schemas = Schemas(asked=[PricingAdjustment], answered=[list[PointsAdjustment]])
    assert schemas.of(PricingAdjustment) == {"$ref": "#/components/schemas/PricingAdjustment"}
    assert schemas.of(list[PointsAdjustment])["items"] == {"$ref": "#/components/schemas/PointsAdjustment"}
    assert {"PricingAdjustment", "PointsAdjustment"} <= schemas.components.keys()
    assert schemas.components["PointsAdjustment"]["properties"].keys() == set(PointsAdjustment.__struct_fields__)
