"""Mass assignment: a field that is no field of the request is refused, wherever in the body it stands."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from huixiang.platform.db import Database
from tests.attacks.requests import NDJSON, Sender, changed, example, media_type, places, sender
from tests.entry.document import Described
from tests.entry.program import running

pytestmark = pytest.mark.requirement("SEC-01")

# What somebody would like to set of themselves. At the top of each body all of them, further in the first.
EXTRA = {
    "__proto__": {"role": "admin"},
    "member_id": "01997000-0000-7000-8000-000000000001",
    "balance": 1_000_000,
    "role": "admin",
    "is_admin": True,
}


def variants(one: Described) -> list[tuple[str, Any]]:
    """Bodies with one field too many, each with where it is."""
    body, found = example(one), []
    for steps, value in places(body):
        if isinstance(value, dict):
            names = EXTRA if not steps else {"__proto__": 1}
            found += [
                ("/".join(map(str, (*steps, name))), changed(body, steps, value | {name: extra}))
                for name, extra in names.items()
                if name not in value
            ]
    return found


def refused(one: Described, answer: httpx.Response) -> bool:
    if media_type(one) == NDJSON:
        return answer.status_code == 200 and answer.json()["accepted"] == 0 and answer.json()["refused"] == 1
    return answer.status_code in (400, 422) and answer.json()["code"] in ("input_invalid", "json_malformed")


async def taken(requests: Sender, one: Described) -> list[str]:
    """Where a field too many was let through, although the document does not know it."""
    found = []
    schema = one.body[media_type(one)]["schema"]
    for place, body in variants(one):
        known = media_type(one) != NDJSON and not requests.document.faults(body, schema)
        if not known and not refused(one, answer := await requests.send(one, body=body)):
            found.append(f"{one.name} {place}: {answer.status_code} {answer.text[:100]}")
    return found


async def test_mass_assignment_is_refused_in_every_body(db: Database) -> None:
    faults: list[str] = []
    async with running(db) as program:
        requests = await sender(db, program)
        bodies = [one for one in requests.operations if one.body]
        for one in bodies:
            faults += await taken(requests, one)
    assert len(bodies) > 80
    assert faults == []
