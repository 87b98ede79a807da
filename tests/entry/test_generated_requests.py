"""Requests that nobody thought of, drawn by schemathesis from the API document, valid and not: none makes the program
fail, and every answer is one that the document names, in its shape.

HUIXIANG_TEST_API_REQUESTS: how many of each kind for each operation; `python -m bench api_requests` draws many.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from huixiang.kernel.clock import SettableClock, SystemClock
from huixiang.members import service as members
from huixiang.platform.access import Access
from huixiang.platform.db import Database
from huixiang.platform.web.openapi import operations
from tests.entry.document import Document
from tests.entry.program import application, bearer
from tests.entry.test_examples import staff_of
from tests.entry.test_wire import Server, serving
from tests.support.programme import register_members

pytestmark = pytest.mark.requirement("INT-01")

NDJSON = "application/x-ndjson"
REQUESTS = int(os.environ.get("HUIXIANG_TEST_API_REQUESTS", "1"))
KEPT_OUT = {"sign_out", "sign_out_everywhere"}  # they end the session that the others use
# Refused by the server before the program: no route answers to them.
BEFORE_ROUTES = {405, 414, 431}
CHECKS: list[Any] = [status_code_conformance, content_type_conformance, response_schema_conformance]
Credentials = Callable[[Access], dict[str, str]]


@schemathesis.serializer(NDJSON)
def as_lines(_context: Any, value: Any) -> bytes:
    """A drawn list of rows as NDJSON; what is drawn wrongly as it is."""
    if isinstance(value, list):
        return b"".join(msgspec.json.encode(row) + b"\n" for row in value)
    return value if isinstance(value, bytes) else str(value).encode()


def document() -> dict[str, Any]:
    """The document, saying of NDJSON bodies what their rows are, which OpenAPI 3.1 has no words for."""
    whole: dict[str, Any] = Document().whole
    for item in whole["paths"].values():
        for operation in item.values():
            if rows := operation.get("requestBody", {}).get("content", {}).get(NDJSON):
                names = re.findall(r"`(\w+)`", rows["schema"]["description"])
                kinds = [{"$ref": f"#/components/schemas/{name}"} for name in names]
                rows["schema"] = {"type": "array", "minItems": 1, "maxItems": 3, "items": {"anyOf": kinds}}
                del rows["example"]
    return whole


def drawn(operation: Any, mode: GenerationMode, send: Callable[[Any], None]) -> None:
    """Send so many requests of a kind; the same ones each time."""

    @seed(20260318)
    @settings(
        max_examples=REQUESTS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        send(case)

    try:
        run()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, operation.label  # nothing that it takes can be wrong


def judge(case: Any, answer: Any) -> list[str]:
    """What is wrong with an answer."""
    if answer.status_code in BEFORE_ROUTES:
        return []
    if answer.status_code == 500:
        return [f"500: {answer.text[:300]}"]
    try:
        case.validate_response(answer, checks=CHECKS)
    except (Failure, FailureGroup) as failure:
        told = failure.exceptions if isinstance(failure, FailureGroup) else [failure]
        return [f"{answer.status_code}: {one} {answer.text[:200]}" for one in told]
    return []


def ask_everything(server: Server, credentials: Credentials) -> tuple[Counter[int], list[str]]:
    """How many requests were answered with each status, and what was wrong."""
    schema = schemathesis.openapi.from_dict(document())
    schema.config.generation.update(with_security_parameters=False)  # ours are sent in their place
    access = {(one.path, one.method): one.access for one in operations(application())}
    answered, faults = Counter[int](), list[str]()
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]  # the document is valid, as another test sees
        if operation.definition.raw["operationId"] in KEPT_OUT:
            continue
        headers = credentials(access[operation.path, operation.method.upper()])

        def send(case: Any, headers: dict[str, str] = headers) -> None:
            answer = case.call(base_url=f"http://127.0.0.1:{server.port}", headers=headers, timeout=20)
            answered[answer.status_code] += 1
            faults.extend(f"{case.method} {case.path}: {fault}" for fault in judge(case, answer))

        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            drawn(operation, mode, send)
    return answered, faults


async def test_no_drawn_request_makes_the_program_fail(
    db: Database, clock: SettableClock, database_url: str, tmp_path: Path
) -> None:
    clock.set(SystemClock().now())  # the process has the machine's clock, and sessions end
    async with serving(db, database_url, tmp_path, log_level="error") as server:
        (member_id,) = await register_members(db, 1, prefix="drawn")
        member = bearer(members.issue_token(member_id, db.clock.now()))
        staff = await staff_of(db)

        def credentials(access: Access) -> dict[str, str]:
            of_staff = staff.get(access.permission, {})
            return {"system": bearer(server.token), "member": member, "staff": of_staff, "public": {}}[access.kind]

        answered, faults = await asyncio.to_thread(ask_everything, server, credentials)
    assert not faults, "\n".join(dict.fromkeys(faults))
    assert answered.total() > 300 * REQUESTS
    assert answered[401] < answered.total() // 4, answered
    assert answered[200] + answered[422] > 60 * REQUESTS, answered
